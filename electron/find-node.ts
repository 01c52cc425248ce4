/**
 * A Node on this computer that may run the relay, where we are not run by one ourselves: the first on the PATH, then in
 * the usual places of each system and of the version managers. A desktop app often starts with a short PATH.
 */
import { execFile } from 'node:child_process';
import { readdir, realpath } from 'node:fs/promises';
import { join, posix, win32 } from 'node:path';
import type { Computer } from './core/clients/client-program.ts';

/** What the relay is built for. */
const oldestMajor = 20;
/** One that does not say its version by then is not used. */
const patienceMs = 2_000;
/** More are not asked: every version that somebody keeps is one more program to start. */
const mostAsked = 16;

/** Its absolute path. Undefined where there is none of version 20 or newer; never throws. */
export async function findNode(computer: Computer): Promise<string | undefined> {
  const candidates = await nodeCandidates(computer);
  // All at once: waiting for one after the other would hold up the start.
  const asked = candidates.slice(0, mostAsked).map((path) => ({ path, fits: isNewEnough(path) }));
  for (const { path, fits } of asked) if (await fits) return path;
  return undefined;
}

/** Files that are there, each once, the preferred one first. */
export async function nodeCandidates(computer: Computer): Promise<readonly string[]> {
  const patterns = [...onPath(computer), ...usualPlaces(computer)];
  const found = (await Promise.all(patterns.map(expand))).flat();
  const byRealPath = new Map<string, string>();
  for (const path of found) {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined && !byRealPath.has(real)) byRealPath.set(real, path);
  }
  return [...byRealPath.values()];
}

/** `v22.1.0` and the like. */
export function isNewEnoughVersion(said: string): boolean {
  const [, major] = /^v(\d+)\.\d+\.\d+\s*$/.exec(said) ?? [];
  return major !== undefined && Number(major) >= oldestMajor;
}

function isNewEnough(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(
      path,
      ['--version'],
      { timeout: patienceMs, windowsHide: true, encoding: 'utf8', killSignal: 'SIGKILL' },
      (error, stdout) => resolve(!error && isNewEnoughVersion(stdout)),
    );
  });
}

function onPath({ platform, env }: Computer): readonly string[] {
  const isWindows = platform === 'win32';
  const { isAbsolute, delimiter } = isWindows ? win32 : posix;
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter);
  // An AppImage has its own folders on the PATH, in a mount that is gone at the next start.
  const mount = env['APPDIR'];
  return folders
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    .filter((folder) => isAbsolute(folder) && !(mount && folder.startsWith(mount)))
    .map((folder) => join(folder, isWindows ? 'node.exe' : 'node'));
}

/** With `*` for a whole part: the newest version first. */
function usualPlaces({ platform, env, homedir }: Computer): readonly string[] {
  const home = (...parts: string[]) => join(homedir, ...parts);
  const versionManagers = [
    join(env['NVM_DIR'] ?? home('.nvm'), 'versions/node/*/bin/node'),
    join(env['VOLTA_HOME'] ?? home('.volta'), 'bin/node'),
    home('.local/share/fnm/node-versions/*/installation/bin/node'),
    home('.local/share/mise/installs/node/*/bin/node'),
    home('.local/bin/node'),
  ];
  switch (platform) {
    case 'darwin':
      return [
        '/opt/homebrew/bin/node',
        '/usr/local/bin/node',
        '/opt/local/bin/node',
        ...versionManagers,
        home('Library/Application Support/fnm/node-versions/*/installation/bin/node'),
      ];
    case 'win32': {
      const roaming = env['APPDATA'] ?? home('AppData', 'Roaming');
      const local = env['LOCALAPPDATA'] ?? home('AppData', 'Local');
      const programs = [env['ProgramFiles'] ?? 'C:\\Program Files', env['ProgramFiles(x86)']];
      return [
        ...programs.flatMap((folder) => (folder ? [join(folder, 'nodejs', 'node.exe')] : [])),
        join(local, 'Programs', 'nodejs', 'node.exe'),
        ...(env['NVM_SYMLINK'] ? [join(env['NVM_SYMLINK'], 'node.exe')] : []),
        join(env['NVM_HOME'] ?? join(roaming, 'nvm'), '*', 'node.exe'),
        join(roaming, 'fnm', 'node-versions', '*', 'installation', 'node.exe'),
        join(env['VOLTA_HOME'] ?? join(local, 'Volta'), 'bin', 'node.exe'),
      ];
    }
    default:
      return [
        '/usr/bin/node',
        '/usr/local/bin/node',
        ...versionManagers,
        '/home/linuxbrew/.linuxbrew/bin/node',
        '/snap/bin/node',
      ];
  }
}

async function expand(pattern: string): Promise<readonly string[]> {
  const at = pattern.search(/[\\/]\*[\\/]/);
  if (at < 0) return [pattern];
  const [folder, rest] = [pattern.slice(0, at), pattern.slice(at + 3)];
  const names = await readdir(folder).catch(() => []);
  return names.sort(newestFirst).map((name) => join(folder, name, rest));
}

/** `v22.1.0` before `v20.19.4` before `system`. */
function newestFirst(a: string, b: string): number {
  const numbers = (name: string) => (/^v?(\d+)\.(\d+)\.(\d+)$/.exec(name) ?? [0, 0, 0, 0]).slice(1).map(Number);
  const [first, second] = [numbers(a), numbers(b)];
  const at = first.findIndex((part, index) => part !== second[index]);
  return at < 0 ? 0 : (second[at] ?? 0) - (first[at] ?? 0);
}
