/** The files of a program that are really there, each once. */
import { readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Computer, Place, ProgramFile } from './program-file.ts';

/** Absolute paths as the person knows them, not as links resolve. Never throws: what cannot be looked at is not there. */
export async function filesOf(program: ProgramFile, computer: Computer): Promise<readonly string[]> {
  const places = program.places[computer.platform as keyof ProgramFile['places']] ?? [];
  const paths = (await Promise.all(places.map((place) => pathsOf(place, computer)))).flat();
  const byRealPath = new Map<string, string>();
  for (const path of paths) {
    // A link to nowhere, or in a circle, is a file that its reader tells about.
    const real = await realpath(path).catch((cause: NodeJS.ErrnoException) =>
      cause.code === 'ELOOP' ? path : undefined,
    );
    if (real !== undefined && !byRealPath.has(real)) byRealPath.set(real, path);
  }
  return [...byRealPath.values()];
}

async function pathsOf({ base, path }: Place, { env, homedir }: Computer): Promise<readonly string[]> {
  const named = base.variable === undefined ? undefined : env[base.variable];
  // A relative path would mean another file in every working directory; the XDG specification has it ignored.
  let found: readonly string[] = [named && isAbsolute(named) ? named : join(homedir, ...base.belowHome.split('/'))];
  for (const part of path.split('/')) {
    found = part.endsWith('*')
      ? (await Promise.all(found.map((folder) => below(folder, part.slice(0, -1))))).flat()
      : found.map((folder) => join(folder, part));
  }
  return found;
}

async function below(folder: string, beginning: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith(beginning))
    .sort()
    .map((name) => join(folder, name));
}
