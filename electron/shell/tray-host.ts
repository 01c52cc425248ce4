/**
 * Whether a tray icon can be seen. macOS and Windows always show one; on Linux a panel (or GNOME's AppIndicator
 * extension) has to: the session bus is asked for it, with whichever of the usual programs is there. What cannot be
 * found out counts as no tray: a window too many is better than a program that nobody can reach.
 */
import { execFile } from 'node:child_process';

const watcher = 'org.kde.StatusNotifierWatcher';
const path = '/StatusNotifierWatcher';
const property = 'IsStatusNotifierHostRegistered';
const get = 'org.freedesktop.DBus.Properties.Get';

const questions: readonly (readonly [program: string, ...words: readonly string[]])[] = [
  ['gdbus', 'call', '--session', '--timeout=2', '-d', watcher, '-o', path, '-m', get, watcher, property],
  [
    'dbus-send',
    '--session',
    '--print-reply',
    '--reply-timeout=2000',
    `--dest=${watcher}`,
    path,
    get,
    `string:${watcher}`,
    `string:${property}`,
  ],
];

/** A bus that does not answer at all. */
const patienceMs = 3_000;

export async function hasTrayHost(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Promise<boolean> {
  if (platform !== 'linux') return true;
  for (const [program, ...words] of questions) {
    const answer = await ask(program, words, env);
    if (answer !== 'no-such-program') return saysTrue(answer);
  }
  return false;
}

/** `(<true>,)` of gdbus, `variant       boolean true` of dbus-send. */
export function saysTrue(answer: string): boolean {
  return /^\(<true>,\)\s*$/.test(answer) || /^\s*variant\s+boolean true\s*$/m.test(answer);
}

/** Its standard output; empty where it failed, as it does where there is no bus or no watcher. */
function ask(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, words, { env, timeout: patienceMs }, (error, stdout) => {
      if (error && error.code === 'ENOENT') resolve('no-such-program');
      else resolve(error ? '' : stdout);
    });
  });
}
