/** The relay as it is built, as a process with a host on its streams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleRelay } from '../../build/bundles.mjs';
import { LineHost } from './line-host.ts';

export interface BuiltRelay {
  readonly path: string;
  remove(): Promise<void>;
}

export async function buildRelay(): Promise<BuiltRelay> {
  const folder = await mkdtemp(join(tmpdir(), 'cx-dist-'));
  await bundleRelay(fileURLToPath(new URL('../../electron/relay.ts', import.meta.url)), folder);
  return { path: join(folder, 'relay.cjs'), remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface Relay {
  readonly host: LineHost;
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** To be ended by whoever starts it. */
export function startRelay(
  program: string,
  args: readonly string[],
  home: string,
  env: Readonly<Record<string, string>> = {},
): Relay {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home, ...env },
  });
  child.stdin.on('error', () => undefined);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stderr }));
  });
  return { host: new LineHost(child.stdout, child.stdin), child, ended };
}
