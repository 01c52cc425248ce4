/**
 * Where the program is whose broker a relay may start: beside the relay, or where `bin/program.json` of the data folder
 * says (electron/core/clients/relay-place.ts writes it). What is read there is run, so it has to be ours alone.
 */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

export type Program = { readonly headless: string } | { readonly app: readonly [string, ...string[]] };

export function findProgram(ownFolder: string, dataDir: string): Program | undefined {
  const beside = join(ownFolder, 'headless.mjs');
  return isFile(beside) ? { headless: beside } : written(join(dataDir, 'bin', 'program.json'));
}

function written(path: string): Program | undefined {
  try {
    if (!isOursAlone(dirname(path), true) || !isOursAlone(path, false)) return undefined;
    const { conexor, headless, app } = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
    if (conexor !== 1) return undefined;
    if (typeof headless === 'string') return isAbsolute(headless) && isFile(headless) ? { headless } : undefined;
    if (!Array.isArray(app) || !app.every((word) => typeof word === 'string')) return undefined;
    const [file, ...words] = app as string[];
    return file !== undefined && isAbsolute(file) && isFile(file) ? { app: [file, ...words] } : undefined;
  } catch {
    return undefined;
  }
}

function isOursAlone(path: string, isFolder: boolean): boolean {
  const stats = lstatSync(path);
  if (isFolder ? !stats.isDirectory() : !stats.isFile()) return false;
  const uid = process.getuid?.();
  return uid === undefined || (stats.uid === uid && (stats.mode & 0o022) === 0);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
