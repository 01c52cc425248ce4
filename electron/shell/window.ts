/**
 * The one window: made when somebody wants to see it, shown when its page is painted, given back to the system some
 * minutes after it was closed. Its page is our own and sealed off: no Node, no way around the preload script.
 */
import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen, type WebContents } from 'electron';
import type { Page } from '../../shared/pages.ts';
import type { Log } from '../core/platform.ts';
import { appPage } from './app-protocol.ts';
import { placeOf, readBounds, smallest, writeBounds } from './bounds.ts';
import { windowKeyOf, zoomLevel } from './window-keys.ts';

/** A hidden page costs some 60 MB; somebody who comes back within this time finds it as it was left. */
const restAfterMs = 5 * 60_000;

/** A page that dies again so soon is not loaded once more. */
const revivalMs = 60_000;

/** `--page` of renderer/look/tokens.css, so that nothing flashes before the page is painted. */
const background = { light: '#f3f2ee', dark: '#111514' };

export interface ShellWindowNeeds {
  readonly preload: string;
  readonly icon: string | undefined;
  /** The folder of what the desktop app keeps for itself. */
  readonly folder: string;
  readonly log: Log;
  /** Fulfilled when the page can be sent to a page of the window. */
  readonly connect: (contents: WebContents) => Promise<void>;
  readonly showPage: (page: Page) => void;
  /** The person closed it: hide it or quit. */
  readonly closed: () => void;
  readonly quit: () => void;
}

export interface ShellWindow {
  /** Brings it up and forward, at a page where one is named. */
  show(page?: Page): void;
  /** There for who looks for it, in nobody's way. */
  showMinimized(): void;
  hide(): void;
  isShown(): boolean;
  /** From now on closing closes, and nothing is shown any more. */
  letGo(): void;
}

type Reveal = (window: BrowserWindow) => void;

interface Current {
  readonly window: BrowserWindow;
  /** Its page is told what happens. */
  readonly connected: Promise<void>;
  /** Until there is something to see. */
  whenPainted: Reveal | undefined;
}

export function createShellWindow(needs: ShellWindowNeeds): ShellWindow {
  const boundsPath = join(needs.folder, 'window.json');
  let current: Current | undefined;
  let rest: NodeJS.Timeout | undefined;
  let lettingGo = false;
  let revivedAtMs = 0;

  function make(whenPainted: Reveal): Current {
    const { maximized, ...place } = placeOf(
      readBounds(boundsPath),
      screen.getAllDisplays().map(({ workArea }) => workArea),
    );
    const window = new BrowserWindow({
      ...place,
      minWidth: smallest.width,
      minHeight: smallest.height,
      show: false,
      title: 'Conexor',
      backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
      ...(needs.icon === undefined ? {} : { icon: needs.icon }),
      webPreferences: {
        preload: needs.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        experimentalFeatures: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    const made: Current = { window, connected: needs.connect(window.webContents), whenPainted };
    const painted = () => {
      const how = made.whenPainted;
      made.whenPainted = undefined;
      if (how === undefined || window.isDestroyed()) return;
      if (maximized) window.maximize();
      how(window);
    };
    window.once('ready-to-show', painted);
    window.on('close', (event) => {
      writeBounds(boundsPath, { ...window.getNormalBounds(), maximized: window.isMaximized() });
      if (lettingGo) return;
      event.preventDefault();
      needs.closed();
    });
    window.once('closed', () => {
      current = undefined;
    });
    watch(window);
    window.loadURL(appPage).catch((thrown: unknown) => {
      // Ended in the middle of it.
      if (lettingGo || window.isDestroyed()) return;
      needs.log('error', 'the window could not be loaded', { reason: String(thrown) });
      painted();
    });
    return made;
  }

  function watch(window: BrowserWindow): void {
    const { webContents } = window;
    webContents.on('before-input-event', (event, input) => {
      const key = windowKeyOf(input, process.platform);
      if (key === undefined) return;
      event.preventDefault();
      if (key === 'quit') needs.quit();
      else if (key === 'close') window.close();
      else webContents.setZoomLevel(zoomLevel(webContents.getZoomLevel(), key));
    });
    // To about:blank Chromium goes without asking anybody; nothing of ours is heard from there.
    webContents.on('did-navigate', (_, address) => {
      if (address === appPage) return;
      needs.log('warn', 'the page was held back', { what: 'another page' });
      void webContents.loadURL(appPage).catch(() => undefined);
    });
    webContents.on('render-process-gone', (_, { reason }) => {
      if (reason === 'clean-exit') return;
      needs.log('error', "the window's page has ended", { reason });
      if (Date.now() - revivedAtMs < revivalMs) return;
      revivedAtMs = Date.now();
      webContents.reload();
    });
    webContents.on('unresponsive', () => needs.log('warn', "the window's page does not answer"));
  }

  /** Now, or as soon as there is something to see. */
  function reveal(how: Reveal): void {
    if (lettingGo) return;
    clearTimeout(rest);
    if (current === undefined) current = make(how);
    else if (current.whenPainted) current.whenPainted = how;
    else how(current.window);
  }

  return {
    show(page) {
      reveal(bringForward);
      if (page) void current?.connected.then(() => needs.showPage(page));
    },
    showMinimized: () => reveal((window) => window.minimize()),
    hide() {
      current?.window.hide();
      if (process.platform === 'darwin') app.dock?.hide();
      clearTimeout(rest);
      rest = setTimeout(() => current?.window.destroy(), restAfterMs);
      rest.unref();
    },
    isShown: () => current?.window.isVisible() ?? false,
    letGo() {
      lettingGo = true;
      clearTimeout(rest);
    },
  };
}

function bringForward(window: BrowserWindow): void {
  if (process.platform === 'darwin') void app.dock?.show();
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
  if (process.platform === 'darwin') app.focus({ steal: true });
}
