/** A program's own command for adding servers: found on the PATH, run without a shell, bounded in time and output. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Computer } from './client-program.ts';

/** It starts a Node and writes a file; some ask a server besides. */
const patienceMs = 30_000;
const mostBytes = 1024 * 1024;

/** Where installers put commands, for a host that was not started from a terminal and has a short PATH. */
const usual = ['.local/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Absolute; undefined where it is not there, or can be started by a shell only (`.cmd`). Never throws. */
export async function commandPath(name: string, { platform, env, homedir }: Computer): Promise<string | undefined> {
  const onWindows = platform === 'win32';
  const more = onWindows ? [] : usual.map((folder) => (isAbsolute(folder) ? folder : join(homedir, folder)));
  const folders = [...(env['PATH'] ?? '').split(delimiter), ...more].filter(isAbsolute);
  for (const folder of folders) {
    const path = join(folder, onWindows ? `${name}.exe` : name);
    const isProgram = await access(path, constants.X_OK)
      .then(async () => (await stat(path)).isFile())
      .catch(() => false);
    if (isProgram) return path;
  }
  return undefined;
}

/** Whether it has ended well. What it prints may hold anything, and is thrown away. */
export function runCommand(path: string, words: readonly string[], { env, homedir }: Computer): Promise<boolean> {
  // Beside it lies what runs it, where that is a script.
  const PATH = [env['PATH'], dirname(path)].filter(Boolean).join(delimiter);
  return new Promise((resolve) => {
    execFile(
      path,
      [...words],
      {
        cwd: homedir,
        env: { ...env, PATH },
        timeout: patienceMs,
        maxBuffer: mostBytes,
        windowsHide: true,
        shell: false,
      },
      (error) => resolve(error === null),
    ).stdin?.end();
  });
}
