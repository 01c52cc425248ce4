/**
 * A relay as programs really start it: a program of its own name (a copy of the system's shell), which has a shell start
 * the relay. To be ended by whoever starts it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LineHost } from './line-host.ts';

export interface StartedProgram {
  readonly host: LineHost;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

/** `relay`: the file; `words` follow it. The program lies at `path`, and its folder is made. */
export async function startedBy(
  path: string,
  relay: string,
  words: readonly string[],
  home: string,
): Promise<StartedProgram> {
  await mkdir(dirname(path), { recursive: true });
  await copyFile('/bin/bash', path, constants.COPYFILE_EXCL).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw thrown;
  });
  // The `:` keeps each shell from becoming what it starts.
  const inner = [process.execPath, relay, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn(path, ['-c', `/bin/sh -c "${inner}; :"; :`], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: home },
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return { host: new LineHost(child.stdout, child.stdin), child, ended };
}
