/** What the scripts in this folder share. Node built-ins only. */
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The repository's folder, without a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * One line for the person at the terminal. On stderr, so that what a program prints on stdout stays its own.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Whether the module is the one Node was started with.
 * @param {string} url
 */
export function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/**
 * Runs a program in this terminal until it ends, and passes the signals we get on to it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ limitMs?: number }} [options] a program that takes longer is ended
 * @returns {Promise<number>} its exit code; 128 + n when signal n ended it
 */
export function run(command, args, { limitMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    const limits = limitMs === undefined ? [] : endAfter(child, limitMs);
    // Ctrl+C in a terminal reaches the child by itself; passed on as well, it would look like an impatient second one.
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    const stopWatching = onAbandoned(() => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      stopWatching();
      for (const limit of limits) clearTimeout(limit);
      resolve(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15));
    });
  });
}

/**
 * Asks the child to end, and ends it when it does not.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} limitMs
 */
const endAfter = (child, limitMs) => [
  setTimeout(() => child.kill('SIGTERM'), limitMs),
  setTimeout(() => child.kill('SIGKILL'), limitMs + 10_000),
];

/**
 * npm starts a script through a shell that dies of a signal without telling the script. Seen from here, our parent
 * changes; outside npm that is nobody's business (a program put into the background outlives its terminal).
 * @param {() => void} abandoned
 */
function onAbandoned(abandoned) {
  const parent = process.ppid;
  if (process.env['npm_lifecycle_event'] === undefined) return () => undefined;
  const timer = setInterval(() => {
    if (process.ppid !== parent) abandoned();
  }, 500);
  return () => clearInterval(timer);
}
