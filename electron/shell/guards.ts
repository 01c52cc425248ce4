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
  const refuse = (what: string) => (event: { preventDefault(): void; readonly url?: string }) => {
    event.preventDefault();
    log('warn', 'the page was held back', { what, to: schemeOf(event.url) });
  };
  // Of the main frame and of any other; a redirect is no navigation of its own.
  contents.on('will-frame-navigate', refuse('navigation'));
  contents.on('will-navigate', refuse('navigation'));
  contents.on('will-redirect', refuse('redirect'));
  contents.on('will-attach-webview', refuse('webview'));
  contents.setWindowOpenHandler(() => {
    log('warn', 'the page was held back', { what: 'new window' });
    return { action: 'deny' };
  });
}

/** Where to may be anything, a secret too. */
function schemeOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).protocol : '';
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
