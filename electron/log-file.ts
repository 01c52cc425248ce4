/**
 * The log of a host without a window: lines of JSON in a file of the data folder (mode 0600, two files of 1 MiB at
 * most), so that standard output stays free for people. Secrets print as `[secret]` by themselves.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Log, LogLevel } from './core/platform.ts';

const largestBytes = 1024 * 1024;
const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export function fileLog(dataDir: string, least: LogLevel, now: () => number): Log {
  const path = join(dataDir, 'conexor.log');
  return (level, message, facts) => {
    if (order.indexOf(level) < order.indexOf(least)) return;
    const line = JSON.stringify({ at: new Date(now()).toISOString(), level, message, ...facts });
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestBytes) renameSync(path, `${path}.1`);
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    } catch {
      // A log that cannot be written must not stop anyone's work.
    }
  };
}
