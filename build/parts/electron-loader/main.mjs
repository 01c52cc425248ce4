/**
 * For a runtime without Electron's own loader, and as that one: starts the app whose folder is the first word of the
 * command line; loads before it what stands behind `-r`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const words = process.argv.slice(1);
while (words[0]?.startsWith('-')) {
  const isRequire = words.shift() === '-r';
  if (isRequire) createRequire(import.meta.url)(resolve(words.shift() ?? ''));
}
const folder = resolve(words[0] ?? '.');
const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
await import(pathToFileURL(join(folder, main)).href);
