/**
 * Brings node_modules in line with package-lock.json, and does nothing when it already is. Node built-ins only: this
 * runs before there is a dependency. Needs no git and no network once installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMain, root, say } from './lib.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockEntry */

/**
 * Why node_modules does not match the lock file, or undefined when it does.
 * Optional packages may be absent (they are for other systems), a different version of them may not.
 * @param {string} [folder]
 * @returns {string | undefined}
 */
export function outOfDate(folder = root) {
  const wanted = readLock(join(folder, 'package-lock.json'));
  const present = readLock(join(folder, 'node_modules/.package-lock.json'));
  if (wanted === undefined) return 'package-lock.json is missing or damaged';
  if (present === undefined) return 'nothing is installed yet';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const name = path.replace(/^.*node_modules\//, '');
    const found = present[path];
    if (found === undefined || !existsSync(join(folder, path, 'package.json'))) {
      if (!entry.optional) return `${name} is missing`;
    } else if (
      found.version !== entry.version ||
      (found.integrity && entry.integrity && found.integrity !== entry.integrity)
    ) {
      return `${name} has another version`;
    }
  }
  return undefined;
}

/**
 * @param {string} path
 * @returns {Record<string, LockEntry> | undefined}
 */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * What to tell a person whose Node is too old; undefined when it is not.
 * @param {string} version
 * @returns {string | undefined}
 */
export function nodeTooOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `Conexor Desktop needs Node 20.19 or newer; this is ${version}. Get it from https://nodejs.org and try again.`;
}

/**
 * Runs npm with the same Node, whichever way this process was started.
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 * @returns {{ code: number, output: string }}
 */
export function npm(args, { cwd = root } = {}) {
  const fromNpm = process.env['npm_execpath'];
  const [command, first] =
    fromNpm && /npm-cli\.c?js$/.test(fromNpm)
      ? [process.execPath, [fromNpm]]
      : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  const result = spawnSync(command, [...first, ...args], {
    cwd,
    encoding: 'utf8',
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && first.length === 0,
  });
  if (result.error) return { code: 1, output: `npm could not be started (${result.error.message}).` };
  return { code: result.status ?? 1, output: `${result.stdout}${result.stderr}`.trim() };
}

/** npm's own settings for the command around us (`npm test --silent`, `omit`) must not leak into the inner one. */
function cleanEnv() {
  const env = { ...process.env };
  for (const name of [
    'npm_config_omit',
    'npm_config_production',
    'npm_config_global',
    'npm_config_local_prefix',
    'NODE_ENV',
  ])
    delete env[name];
  return env;
}

/**
 * Installs what is missing. Ends the process with npm's own words when npm fails.
 *
 * Not `npm ci`: a registry that lacks a package for another operating system makes a lock file without it, and `npm ci`
 * (npm 11) refuses that. `npm install` takes everything the lock file has, by checksum, and changes no file of ours.
 */
export function install() {
  const tooOld = nodeTooOld(process.versions.node);
  if (tooOld !== undefined) {
    say(tooOld);
    process.exit(1);
  }
  const reason = outOfDate();
  if (reason === undefined) return;
  say(`Installing dependencies (${reason}) …`);
  const { code, output } = npm([
    'install',
    '--no-save',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  if (code === 0) return;
  say(output.split('\n').slice(0, 20).join('\n'));
  say('\nnpm could not install the dependencies; its reason is above. The first start needs a network.');
  process.exit(1);
}

if (isMain(import.meta.url)) install();
