/**
 * The window's built files: a list made once from the folder, by the very path that a browser asks for. What is not in
 * the list does not exist; nothing of a request ever becomes part of a path on the disk.
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { tabPaths } from '../../../shared/window-paths.ts';

export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Path of a request → file. With their content: a build in between must not give half of another window. */
export async function readPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    const name = relative(folder, path).split(sep).map(encodeURIComponent).join('/');
    files.set(`${tabPaths.page}${name === 'index.html' ? '' : name}`, { type, content });
  }
  return files;
}
