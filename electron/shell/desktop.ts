/**
 * The desktop app without its broker: window, tray, notifications and the app's life, put together. The window is
 * painted while the broker starts; whatever its page asks until then waits.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { app, nativeTheme, shell } from 'electron';
import type { Page } from '../../shared/pages.ts';
import { languageOf } from '../../shared/settings.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import type { WindowState } from '../../shared/window.ts';
import { wordsOf } from '../../shared/words/words.ts';
import { openBrowser } from '../browser.ts';
import type { Face, FaceHost } from '../core/control/face.ts';
import type { Log } from '../core/platform.ts';
import type { SettingsStore } from '../core/settings/settings-store.ts';
import { serveAppFiles } from './app-protocol.ts';
import { createAskingNotices } from './asking-notices.ts';
import { createExternal } from './external.ts';
import { desktopFaceHost } from './face-host.ts';
import { guardEverything } from './guards.ts';
import { createIpc } from './ipc.ts';
import { createLifecycle } from './lifecycle.ts';
import { setMenu } from './menu.ts';
import { missingNotices, noticesFor } from './notices.ts';
import { createNotifications } from './notifications.ts';
import { followSignIns } from './sign-ins.ts';
import { startAtLogin } from './start-at-login.ts';
import { createShellTray } from './tray.ts';
import { trayChoice } from './tray-choice.ts';
import { hasTrayHost } from './tray-host.ts';
import { createShellWindow } from './window.ts';

export interface DesktopNeeds {
  readonly dataDir: string;
  /** Inside it, for what is the desktop's alone. */
  readonly folder: string;
  /** The built programs, with `window/`, `icons/` and the preload script. */
  readonly dist: string;
  /** How this app is started, by a path that outlives an update. */
  readonly command: readonly string[];
  readonly settings: SettingsStore;
  readonly log: Log;
  /** Stops the broker, also one that is still starting. */
  readonly stop: () => Promise<void>;
}

export interface Desktop {
  readonly faceHost: FaceHost;
  /** The page of a sign-in, in the person's own browser. */
  openBrowser(url: URL): Promise<void>;
  show(page?: Page): void;
  /** The broker runs: from now on everything is live. */
  begin(face: Face, hidden: boolean): void;
  quit(): void;
}

/** Started at login, Conexor may well be there before the panel is. In ms, from one look to the next. */
const panelMayComeAfterMs = [1_000, 2_000, 4_000, 8_000, 15_000];

export function createDesktop(needs: DesktopNeeds): Desktop {
  const { settings, log, dist } = needs;
  let face: Face | undefined;
  let resolveFace: (face: Face) => void = () => undefined;
  const faceReady = new Promise<Face>((resolve) => {
    resolveFace = resolve;
  });
  const words = () => wordsOf(languageOf(settings.get().language, app.getPreferredSystemLanguages()));

  const dress = () => {
    nativeTheme.themeSource = settings.get().theme;
    setMenu(words());
  };
  dress();
  settings.subscribe(dress);
  guardEverything(log);
  serveAppFiles(join(dist, 'window'));

  const show = (page?: Page) => {
    window.show(page);
    void lookForTray();
  };
  const ipc = createIpc(
    faceReady.then(({ ask, subscribe }) => ({ ask: followSignIns(ask, show), subscribe })),
    log,
  );
  const window = createShellWindow({
    preload: join(dist, 'preload.cjs'),
    icon: process.platform === 'linux' ? join(dist, 'icons/app.png') : undefined,
    folder: needs.folder,
    log,
    connect: ipc.connect,
    showPage: (page) => face?.show(page),
    closed: () => lifecycle.windowClosed(),
    quit: () => lifecycle.quit(),
  });
  const notifications = createNotifications(show, log);
  const askingNotices = createAskingNotices(words, notifications.show);
  const tray = createShellTray({
    icons: join(dist, 'icons/tray'),
    choose: async (action) => {
      const choose = trayChoice({ face: await faceReady, words, showWindow: show, notify: notifications.show });
      await choose(action);
    },
  });
  const lookForTray = async () => {
    const isThere = await hasTrayHost(process.platform, process.env);
    if (isThere !== tray.isVisible()) {
      tray.setVisible(isThere);
      face?.hostChanged();
    }
    return isThere;
  };
  let hasSaidStillRunning = false;
  const lifecycle = createLifecycle({
    trayIsThere: lookForTray,
    hideWindow: window.hide,
    letWindowGo: window.letGo,
    showWindow: show,
    sayStillRunning: () => {
      if (hasSaidStillRunning || settings.get().trayNoticeGiven) return;
      // Written down it is only later.
      hasSaidStillRunning = true;
      notifications.show({ ...words().notices.stillRunning, page: { name: 'services' } });
      settings.change({ trayNoticeGiven: true }).catch(() => undefined);
    },
    stop: needs.stop,
    mustKill: () => face?.state().snapshot.vault.kind === 'locked',
    log,
  });
  // CONEXOR_BROWSER names another program: for people with an unusual desktop.
  const ownBrowser = process.env['CONEXOR_BROWSER'] ? openBrowser(process) : undefined;
  const external = createExternal({
    open: (address) => (ownBrowser ? ownBrowser(new URL(address)) : shell.openExternal(address)),
    connections: () => face?.state().snapshot.connections,
  });

  return {
    show,
    openBrowser: external.openSignIn,
    quit: lifecycle.quit,
    faceHost: desktopFaceHost({
      dataDir: needs.dataDir,
      autostart: startAtLogin(needs.command),
      trayIsVisible: tray.isVisible,
      openHelp: external.openHelp,
      showWindow: show,
      quit: lifecycle.quit,
      changed: () => face?.hostChanged(),
    }),
    begin(started, hidden) {
      face = started;
      resolveFace(started);
      if (hidden && process.platform === 'darwin' && !window.isShown()) app.dock?.hide();
      let before: Snapshot | undefined;
      let missingBefore: WindowState['missing'] | undefined;
      started.subscribe((event) => {
        if (event.kind !== 'state') return;
        const { snapshot } = event.state;
        tray.render(event.state, words());
        for (const notice of noticesFor(before, snapshot, words())) notifications.show(notice);
        const { missing } = event.state;
        for (const notice of missingNotices(missingBefore, missing, words())) notifications.show(notice);
        missingBefore = missing;
        askingNotices.follow(before, snapshot);
        before = snapshot;
      });
      void lookForTray().then(async (isThere) => {
        if (isThere || !hidden) return;
        for (const afterMs of panelMayComeAfterMs) {
          await wait(afterMs);
          if (await lookForTray()) return;
        }
        // No icon leads to it: somebody who looks for it must be able to find it.
        if (!window.isShown()) window.showMinimized();
      });
    },
  };
}
