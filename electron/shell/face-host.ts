/** What only the desktop can do or know for the window: tray, start at login, clipboard, browser, folder, quit. */
import { app, clipboard, shell } from 'electron';
import { Fault } from '../../shared/faults.ts';
import type { HelpPage } from '../../shared/window.ts';
import type { FaceHost } from '../core/control/face.ts';
import type { Autostart } from './autostart.ts';

export interface DesktopFaceHostNeeds {
  readonly dataDir: string;
  readonly autostart: Autostart;
  readonly trayIsVisible: () => boolean;
  readonly openHelp: (page: HelpPage) => Promise<void>;
  readonly showWindow: () => void;
  readonly quit: () => void;
  /** Something that is told of here is another now. */
  readonly changed: () => void;
}

export function desktopFaceHost(needs: DesktopFaceHostNeeds): FaceHost {
  return {
    kind: 'desktop',
    system: process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'windows' : 'linux',
    systemLanguages: app.getPreferredSystemLanguages(),
    newPrograms: 'ask',
    hasTray: needs.trayIsVisible,
    startAtLogin: () => needs.autostart.status(),
    async setStartAtLogin(on) {
      needs.autostart.set(on);
      needs.changed();
    },
    async copyText(text) {
      clipboard.writeText(text);
    },
    openHelp: needs.openHelp,
    async openDataFolder() {
      const failed = await shell.openPath(needs.dataDir);
      if (failed !== '') throw new Fault('internal', { reason: 'the folder could not be shown' });
    },
    async showFile(path) {
      shell.showItemInFolder(path);
    },
    showWindow: needs.showWindow,
    quit: needs.quit,
  };
}
