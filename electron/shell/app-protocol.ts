/**
 * The window's page at app://conexor/: a scheme of our own, so that the page has an origin, and with nothing behind it
 * but the built files of one folder, listed once; whatever is not on the list does not exist. No file:// page anywhere.
 */
import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { windowPolicy } from '../../shared/window-paths.ts';
import { listAppFiles } from './app-files.ts';

export const appOrigin = 'app://conexor';
export const appPage = `${appOrigin}/index.html`;

const headers = {
  'content-security-policy': windowPolicy,
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

/** Before the app is ready: afterwards Chromium takes no new scheme. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

export function serveAppFiles(folder: string): void {
  const files = listAppFiles(folder);
  protocol.handle('app', async (request) => {
    const { host, pathname } = new URL(request.url);
    const file = host === 'conexor' && request.method === 'GET' ? files.get(pathname) : undefined;
    if (file === undefined) return new Response(undefined, { status: 404, headers });
    return new Response(new Uint8Array(await readFile(file.path)), {
      headers: { ...headers, 'content-type': file.type },
    });
  });
}
