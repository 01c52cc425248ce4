/**
 * When the app ends and when it only leaves the screen. Closing the window hides it where a tray icon leads back to
 * it, and quits elsewhere; quitting stops the broker, within bounds, and leaves no process.
 */
import { app, powerMonitor } from 'electron';
import type { Log } from '../core/platform.ts';

/** Sign-outs that are under way get this long; what is stored is stored before it is in force. */
const stopWithinMs = 5_000;

export interface LifecycleNeeds {
  /** Asks the panel anew. */
  readonly trayIsThere: () => Promise<boolean>;
  readonly hideWindow: () => void;
  /** The window may be closed for good. */
  readonly letWindowGo: () => void;
  readonly showWindow: () => void;
  /** Closed for the first time: where Conexor is now. */
  readonly sayStillRunning: () => void;
  /** Stops the broker; called once. */
  readonly stop: () => Promise<void>;
  /** A prompt of the keychain is open: an ordinary end would wait for its thread. */
  readonly mustKill: () => boolean;
  readonly log: Log;
}

export interface Lifecycle {
  /** The person closed the window. */
  windowClosed(): void;
  quit(): void;
}

export function createLifecycle(needs: LifecycleNeeds): Lifecycle {
  let ending = false;

  const end = async () => {
    needs.letWindowGo();
    const tooLong = new Promise<void>((resolve) => setTimeout(resolve, stopWithinMs).unref());
    const stopped = needs.stop().catch((thrown: unknown) => {
      needs.log('error', 'stopping failed', { reason: String(thrown) });
    });
    // Asked before: afterwards nobody knows any more.
    const mustKill = needs.mustKill();
    await Promise.race([stopped, tooLong]);
    if (mustKill) process.kill(process.pid, 'SIGKILL');
    app.exit(0);
  };
  const quit = () => {
    if (ending) return;
    ending = true;
    needs.hideWindow();
    void end();
  };

  // The menu's Quit, a signal, the session's end.
  app.on('before-quit', (event) => {
    event.preventDefault();
    quit();
  });
  // Without a listener Electron would quit by itself.
  app.on('window-all-closed', () => undefined);
  app.on('activate', () => needs.showWindow());
  powerMonitor.on('shutdown', quit);
  app.on('child-process-gone', (_, { type, reason }) => {
    if (reason !== 'clean-exit' && reason !== 'killed')
      needs.log('warn', 'a process of Chromium has ended', { type, reason });
  });
  app.on('browser-window-created', (_, window) => {
    window.on('session-end', quit);
  });

  return {
    quit,
    windowClosed() {
      needs.hideWindow();
      void needs.trayIsThere().then((isThere) => {
        if (isThere) needs.sayStillRunning();
        else quit();
      });
    },
  };
}
