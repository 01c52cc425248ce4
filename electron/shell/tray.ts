/**
 * The tray icon: what `trayMenu` says as the system's own menu. Linux draws a menu as it was when it was set, so each
 * change sets it anew; where nothing that can be seen has changed, nothing is touched.
 */
import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, nativeTheme, Tray } from 'electron';
import type { WindowState } from '../../shared/window.ts';
import type { Words } from '../../shared/words/words.ts';
import { type TrayAction, type TrayIcon, type TrayItem, trayIcon, trayMenu, trayTooltip } from './tray-menu.ts';

export interface ShellTray {
  /** Puts the icon there with the state last told, or takes it away. */
  setVisible(visible: boolean): void;
  isVisible(): boolean;
  render(state: WindowState, words: Words): void;
}

export interface ShellTrayNeeds {
  /** The folder of pictures beside this program. */
  readonly icons: string;
  /** Carries out what was chosen. Fulfilled when it is done, however that went. */
  readonly choose: (action: TrayAction) => Promise<void>;
}

interface Seen {
  readonly items: readonly TrayItem[];
  readonly tooltip: string;
  readonly icon: string;
}

export function createShellTray({ icons, choose }: ShellTrayNeeds): ShellTray {
  let tray: Tray | undefined;
  let last: readonly [WindowState, Words] | undefined;
  let seen = '';

  function draw(anew = false): void {
    if (!tray || !last) return;
    const [state, words] = last;
    const now: Seen = {
      items: trayMenu(state, words).items,
      tooltip: trayTooltip(state, words),
      icon: iconPath(icons, trayIcon(state)),
    };
    const text = JSON.stringify(now);
    if (text === seen && !anew) return;
    seen = text;
    const image = nativeImage.createFromPath(now.icon);
    if (process.platform === 'darwin') image.setTemplateImage(true);
    tray.setImage(image);
    tray.setToolTip(now.tooltip);
    tray.setContextMenu(Menu.buildFromTemplate(now.items.map(nativeItem)));
  }

  /** The system ticks a chosen item by itself; the menu has to show what is, also where it could not be done. */
  const onClick = (action: TrayAction) => () => void choose(action).then(() => draw(true));

  function nativeItem(item: TrayItem): MenuItemConstructorOptions {
    const { id, type, label, enabled, checked, items, action } = item;
    return {
      id,
      type,
      ...(type === 'separator' ? {} : { label, enabled }),
      ...(checked === undefined ? {} : { checked }),
      ...(items === undefined ? {} : { submenu: items.map(nativeItem) }),
      ...(action === undefined ? {} : { click: onClick(action) }),
    };
  }

  nativeTheme.on('updated', () => draw());

  return {
    setVisible(visible) {
      if (visible === (tray !== undefined)) return;
      if (!visible) {
        tray?.destroy();
        tray = undefined;
        return;
      }
      tray = new Tray(nativeImage.createFromPath(iconPath(icons, 'normal')));
      // On Windows a click opens, on Linux it may do nothing: the menu has it too.
      if (process.platform !== 'darwin') tray.on('click', () => void choose({ kind: 'show' }));
      draw(true);
    },
    isVisible: () => tray !== undefined,
    render(state, words) {
      last = [state, words];
      draw();
    },
  };
}

function iconPath(folder: string, icon: TrayIcon): string {
  if (process.platform === 'darwin') return join(folder, `${icon}Template.png`);
  const panel = hasDarkPanel() ? 'on-dark' : 'on-light';
  return join(folder, process.platform === 'win32' ? `${icon}-${panel}.ico` : `${icon}-${panel}-22.png`);
}

/** Panels of Linux desktops are dark far more often than not, whatever their windows are, and none can be asked. */
function hasDarkPanel(): boolean {
  return process.platform === 'win32' ? nativeTheme.shouldUseDarkColorsForSystemIntegratedUI : true;
}
