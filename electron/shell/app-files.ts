/** The files of the window's page: those that were built, of kinds that a page is made of, and nothing else. */
import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export interface AppFile {
  readonly path: string;
  readonly type: string;
}

/** An address's path → the file. A link in the folder is no file. */
export function listAppFiles(folder: string, at = '/'): ReadonlyMap<string, AppFile> {
  const files = new Map<string, AppFile>();
  // Level by level: Electron's archive knows no recursive listing.
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const type = types[extname(entry.name)];
    if (entry.isDirectory()) for (const one of listAppFiles(path, `${at}${entry.name}/`)) files.set(...one);
    else if (entry.isFile() && type !== undefined) files.set(`${at}${entry.name}`, { path, type });
  }
  return files;
}
