/** Where a program's settings are on this computer: those that are there, and the one that would be made. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Base, BySystem, ClientProgram, Computer, Place, SettingsPlace } from './client-program.ts';

/** Absolute paths as the person knows them, not as links resolve. Never throws: what cannot be looked at is not there. */
export async function filesOf(program: ClientProgram, computer: Computer): Promise<readonly string[]> {
  const places = of(program.places, computer);
  const paths = (await Promise.all(places.map((place) => candidatesAt(place, computer)))).flat();
  const there = await Promise.all(paths.map(async ({ path }) => ({ path, real: await realPathOf(path) })));
  const byRealPath = new Map<string, string>();
  for (const { path, real } of there) if (real !== undefined && !byRealPath.has(real)) byRealPath.set(real, path);
  return [...byRealPath.values()];
}

export interface SettingsFile {
  readonly path: string;
  readonly exists: boolean;
  /** The program reads another one: it is shown, and an entry of ours is not put there. */
  readonly leftAlone: boolean;
}

/**
 * Its files: all that are there, or the one that would be made. Where the program reads one of several places (`preferred`),
 * the others are left alone until that one is there as well, and not because we made it (`made`). Empty where the program
 * is not on this computer. Never throws.
 */
export async function settingsOf(
  program: ClientProgram,
  computer: Computer,
  made: ReadonlySet<string> = new Set(),
): Promise<readonly SettingsFile[]> {
  const existing = (await filesOf(program, computer)).map((path) => ({ path, exists: true, leftAlone: false }));
  const first = await firstPlace(program, computer);
  const isThere = first === undefined || existing.some(({ path }) => path === first.path);
  if (first?.preferred && isThere && made.has(first.path)) {
    return existing.map((file) => ({ ...file, leftAlone: file.path !== first.path }));
  }
  if (isThere || (existing.length > 0 && !first.preferred)) return existing;
  const fresh = { path: first.path, exists: false, leftAlone: false };
  return [fresh, ...existing.map((file) => ({ ...file, leftAlone: true }))];
}

/** Whether the program is on this computer, as far as its folders and files tell. Never throws. */
export async function isInstalled(program: ClientProgram, computer: Computer): Promise<boolean> {
  return (await settingsOf(program, computer)).length > 0 || hasSign(program, computer);
}

interface Candidate {
  readonly path: string;
  readonly sign: string;
}

/** Where a file would be made; where several are in use, the first. */
async function firstPlace(
  program: ClientProgram,
  computer: Computer,
): Promise<(Candidate & { readonly preferred: boolean }) | undefined> {
  const places = of(program.places, computer).filter(({ existingOnly }) => existingOnly !== true);
  const candidates = (
    await Promise.all(
      places.map(async (place) =>
        (await candidatesAt(place, computer)).map((one) => ({ ...one, preferred: place.preferred ?? false })),
      ),
    )
  ).flat();
  for (const one of candidates) if (await isThere(one.sign)) return one;
  // It is there and was never started: the place that it uses when it is.
  const last = candidates.at(-1);
  return last && (await hasSign(program, computer)) ? { ...last, preferred: false } : undefined;
}

async function hasSign(program: ClientProgram, computer: Computer): Promise<boolean> {
  for (const place of of(program.signs, computer)) {
    for (const path of await pathsOf(place.base, place.path, computer)) if (await isThere(path)) return true;
  }
  return false;
}

function of<T>(bySystem: BySystem<readonly T[]>, { platform }: Computer): readonly T[] {
  return bySystem[platform as keyof typeof bySystem] ?? [];
}

async function candidatesAt({ base, path, sign }: SettingsPlace, computer: Computer): Promise<readonly Candidate[]> {
  const paths = await pathsOf(base, path, computer);
  if (sign === undefined) return paths.map((one) => ({ path: one, sign: dirname(one) }));
  // The same `*` leads to the same folders, in the same order.
  const signs = await pathsOf(base, sign, computer);
  return paths.map((one, n) => ({ path: one, sign: signs[n] ?? dirname(one) }));
}

async function pathsOf(base: Base, path: Place['path'], computer: Computer): Promise<readonly string[]> {
  let found: readonly string[] = [folderOf(base, computer)];
  for (const part of path.split('/')) {
    found = part.endsWith('*')
      ? (await Promise.all(found.map((folder) => below(folder, part.slice(0, -1))))).flat()
      : found.map((folder) => join(folder, part));
  }
  return found;
}

function folderOf(base: Base, { env, homedir }: Computer): string {
  if ('root' in base) return base.root;
  const named = base.variable === undefined ? undefined : env[base.variable];
  // A relative path would mean another file in every working directory; the XDG specification has it ignored.
  return named && isAbsolute(named) ? named : join(homedir, ...base.belowHome.split('/'));
}

/** Undefined where nothing is there. A link in a circle is a file that its reader tells about. */
async function realPathOf(path: string): Promise<string | undefined> {
  return realpath(path).catch((cause: NodeJS.ErrnoException) => (cause.code === 'ELOOP' ? path : undefined));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function below(folder: string, beginning: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith(beginning))
    .sort()
    .map((name) => join(folder, name));
}
