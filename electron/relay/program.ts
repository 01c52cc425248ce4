/**
 * Where the program is whose broker a relay may start: beside the relay as it was built, or where `bin/program.json` of the
 * data folder says (electron/core/clients/relay-place.ts writes it). What is found is run, so nobody else may have written
 * any of it.
 */
import { lstatSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

export type Program = { readonly headless: string } | { readonly app: readonly [string, ...string[]] };

/** `ownFolder`: of the relay; empty where whoever asks is none. */
export function findProgram(ownFolder: string, dataDir: string): Program | undefined {
  const bin = join(dataDir, 'bin');
  const beside = join(ownFolder, 'headless.mjs');
  // The relay's stable place holds no program, whatever lies there.
  if (isAbsolute(ownFolder) && !isSameFolder(ownFolder, bin) && isRunnable(beside)) return { headless: beside };
  return written(dataDir, bin);
}

function written(dataDir: string, bin: string): Program | undefined {
  const path = join(bin, 'program.json');
  try {
    const [folder, inner, file] = [statSync(dataDir), lstatSync(bin), lstatSync(path)];
    if (!folder.isDirectory() || !inner.isDirectory() || !file.isFile() || file.nlink !== 1) return undefined;
    if (![folder, inner, file].every(isOursAlone)) return undefined;
    const { conexor, headless, app } = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
    if (conexor !== 1) return undefined;
    if (typeof headless === 'string') return isAbsolute(headless) && isRunnable(headless) ? { headless } : undefined;
    if (!Array.isArray(app) || !app.every((word) => typeof word === 'string')) return undefined;
    const [program, ...words] = app as string[];
    return program !== undefined && isAbsolute(program) && isRunnable(program)
      ? { app: [program, ...words] }
      : undefined;
  } catch {
    return undefined;
  }
}

function isSameFolder(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return one === other;
  }
}

/** On Windows owners and modes mean nothing; there the folders' access lists keep others out. */
function isOursAlone({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): boolean {
  const own = process.getuid?.();
  return own === undefined || (uid === own && (mode & 0o022) === 0);
}

/** A program file that only its person, or the administrator, can have written. */
function isRunnable(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) return false;
  const own = process.getuid?.();
  if (own === undefined) return true;
  // A group of one's own (its number is the person's), for which many systems leave files open, is nobody else.
  const others = stats.gid === own && stats.gid === process.getgid?.() ? 0o002 : 0o022;
  return (stats.uid === own || stats.uid === 0) && (stats.mode & others) === 0;
}
