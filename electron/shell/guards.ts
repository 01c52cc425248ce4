/**
 * What no page of ours may do, whatever gets into it: go elsewhere, open a window, embed a page, ask for a permission
 * or a device, download. For every page of this process, so that one made by accident is held as well.
 */
import { app, type Session, session, type WebContents } from 'electron';
import type { Log } from '../core/platform.ts';

/** Once, when the app is ready, before the first window. */
export function guardEverything(log: Log): void {
  guardSession(session.defaultSession, log);
  app.on('web-contents-created', (_, contents) => guardContents(contents, log));
}

function guardContents(contents: WebContents, log: Log): void {
  const refuse = (what: string) => (event: { preventDefault(): void }) => {
    event.preventDefault();
    log('warn', 'the page was held back', { what });
  };
  contents.on('will-navigate', refuse('navigation'));
  contents.on('will-frame-navigate', refuse('navigation of a frame'));
  contents.on('will-redirect', refuse('redirect'));
  contents.on('will-attach-webview', refuse('webview'));
  contents.setWindowOpenHandler(() => {
    log('warn', 'the page was held back', { what: 'new window' });
    return { action: 'deny' };
  });
}

function guardSession(one: Session, log: Log): void {
  one.setPermissionRequestHandler((_, permission, answer) => {
    log('warn', 'a permission was denied', { permission });
    answer(false);
  });
  one.setPermissionCheckHandler(() => false);
  one.setDevicePermissionHandler(() => false);
  one.setDisplayMediaRequestHandler((_, answer) => answer({}));
  one.on('will-download', (event) => event.preventDefault());
  // Chromium would fetch dictionaries by itself.
  one.setSpellCheckerEnabled(false);
}
