/**
 * The desktop's way between window and broker, and the only file with raw IPC: one channel to ask, one to be told. Only
 * the main frame of a window of ours, showing our own page, is heard and told; everything else is refused and logged.
 */
import { type IpcMainInvokeEvent, ipcMain, type WebContents, type WebFrameMain } from 'electron';
import type { WindowAnswer } from '../../shared/window.ts';
import { askChannel, eventChannel } from '../../shared/window-paths.ts';
import type { Face } from '../core/control/face.ts';
import type { Log } from '../core/platform.ts';
import { appOrigin } from './app-protocol.ts';

export interface Ipc {
  /** Hears this window's page and tells it what happens, again after each load. Fulfilled when the page is told. */
  connect(contents: WebContents): Promise<void>;
}

/** `face` may come later than the first page: whatever is asked until then waits. */
export function createIpc(face: Promise<Pick<Face, 'ask' | 'subscribe'>>, log: Log): Ipc {
  const ours = new Set<WebContents>();

  ipcMain.handle(askChannel, async (event, method: unknown, argument: unknown): Promise<WindowAnswer> => {
    if (!isOurPage(event, ours)) {
      log('warn', 'a question of a stranger was refused', { from: originOf(event.senderFrame) });
      throw new Error('refused');
    }
    return (await face).ask(String(method), argument);
  });

  return {
    connect(contents) {
      ours.add(contents);
      let stop: (() => void) | undefined;
      contents.once('destroyed', () => {
        ours.delete(contents);
        stop?.();
      });
      return new Promise((resolve) => {
        // A page that is loaded again starts from the present state; a page that is not ours is told nothing.
        contents.on('dom-ready', () => {
          void face.then(({ subscribe }) => {
            stop?.();
            stop = undefined;
            if (!showsOurPage(contents)) return;
            stop = subscribe((event) => {
              if (showsOurPage(contents)) contents.mainFrame.send(eventChannel, event);
            });
            resolve();
          });
        });
      });
    },
  };
}

function isOurPage(event: IpcMainInvokeEvent, ours: ReadonlySet<WebContents>): boolean {
  const frame = event.senderFrame;
  if (frame === null || !ours.has(event.sender)) return false;
  return frame.parent === null && frame === event.sender.mainFrame && originOf(frame) === appOrigin;
}

function showsOurPage(contents: WebContents): boolean {
  return !contents.isDestroyed() && originOf(contents.mainFrame) === appOrigin;
}

/** Of the frame as it is now; a frame that has gone has none. */
function originOf(frame: WebFrameMain | null): string {
  const url = frame?.url ?? '';
  if (!URL.canParse(url)) return 'nowhere';
  // `origin` of a scheme of our own is "null" for the parser of Node.
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
