/**
 * Real programs that some tests need and not every machine has: is each here, where, and how is it had. What npm can
 * give (Node 24, the MCP inspector) is fetched on request, pinned by build/parts/package-lock.json, into a cache folder
 * outside the repository; nothing is fetched unasked.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { electronMissing } from './electron.mjs';
import { npm } from './install.mjs';
import { root } from './lib.mjs';

export { electron, fetchElectron } from './electron.mjs';

/** @typedef {'keychain' | 'browser' | 'node24' | 'inspector' | 'electron' | 'display' | 'tray'} Part */

/** @type {readonly Part[]} */
export const parts = ['keychain', 'browser', 'node24', 'inspector', 'electron', 'display', 'tray'];

const list = join(root, 'build/parts');
const browsers = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const keychainPrograms = ['gnome-keyring-daemon', 'dbus-daemon', 'gdbus'];
const trayPrograms = ['Xvfb', 'xfce4-panel', 'dbus-daemon', 'gdbus'];
/** Loaded by Electron where it is there; without it there are no notifications. */
const notifyLibrary = 'libnotify.so.4';
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/**
 * Why a part is not here, in plain words and with the way to get it; undefined when it is.
 * @param {Part} part
 * @returns {string | undefined}
 */
export function partMissing(part) {
  switch (part) {
    case 'keychain': {
      if (process.platform !== 'linux') return 'the tests know how to run a keychain of their own on Linux only';
      const missing = keychainPrograms.filter((name) => onPath(name) === undefined);
      if (missing.length === 0) return undefined;
      return `${missing.join(' and ')} not found: apt-get install gnome-keyring dbus libsecret-tools libglib2.0-bin`;
    }
    case 'browser':
      return browser() ? undefined : 'no Chromium or Chrome found: apt-get install chromium fonts-dejavu-core';
    case 'node24':
      return fetched('node_modules/node24/bin/node');
    case 'inspector':
      return fetched('node_modules/@modelcontextprotocol/inspector/package.json');
    case 'electron':
      return electronMissing();
    case 'display':
      if (process.platform !== 'linux' || onPath('Xvfb') || process.env['DISPLAY']) return undefined;
      return 'no screen and no Xvfb found: apt-get install xvfb xauth';
    case 'tray': {
      if (process.platform !== 'linux') return 'the tests know how to run a panel with a tray on Linux only';
      const missing = trayPrograms.filter((name) => onPath(name) === undefined);
      if (!libraryFolders.some((folder) => existsSync(join(folder, notifyLibrary)))) missing.push(notifyLibrary);
      if (missing.length === 0) return undefined;
      return `${missing.join(' and ')} not found: apt-get install xvfb xfce4-panel adwaita-icon-theme dbus libglib2.0-bin libnotify4`;
    }
  }
}

/**
 * @param {string} file inside the folder of fetched parts
 * @returns {string | undefined}
 */
function fetched(file) {
  if (existsSync(join(partsFolder(), file))) return undefined;
  return canFetch() ?? 'not fetched: CONEXOR_TEST_NODE24=1 npm test fetches it once (300 MB, kept in the cache folder)';
}

function canFetch() {
  if (process.platform === 'linux' && process.arch === 'x64') return undefined;
  return `npm has this Node for linux x64, and this is ${process.platform} ${process.arch}`;
}

/** The browser's program, or undefined. @returns {string | undefined} */
export function browser() {
  return browsers.map(onPath).find((path) => path !== undefined);
}

/**
 * The same browser without a window's surroundings, where it is there: it draws pages in half of the time. For what is
 * looked at by programs alone; ask partMissing('browser') first. @returns {string | undefined}
 */
export function drawingBrowser() {
  return onPath('chromium-headless-shell') ?? browser();
}

/** Node 24's program; ask partMissing('node24') first. */
export const node24 = () => join(partsFolder(), 'node_modules/node24/bin/node');

/**
 * How to start the official inspector's command line: append `--method tools/list` and the like, and the server as
 * `-- command args` or as an address with `--transport http --header 'Authorization: Bearer …'`. Give it a HOME of its
 * own: it writes there.
 * @returns {{ command: string, args: string[] }}
 */
export function inspector() {
  const program = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';
  return { command: node24(), args: [join(partsFolder(), program), '--cli'] };
}

/** One folder per content of the lock file, so that another version never meets the files of this one. */
function partsFolder() {
  const lock = readFileSync(join(list, 'package-lock.json'));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'conexor-desktop-tests', `parts-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`);
}

/**
 * Fetches Node 24 and the inspector unless they are here.
 * @returns {string | undefined} why that failed
 */
export function fetchParts() {
  const folder = partsFolder();
  if (existsSync(folder)) return undefined;
  const reason = canFetch();
  if (reason) return reason;
  const work = `${folder}.${process.pid}`;
  try {
    mkdirSync(work, { recursive: true });
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(list, name), join(work, name));
    const { code, output } = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: work,
    });
    if (code !== 0) return `npm could not fetch it: ${output}`;
    renameSync(work, folder);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @returns {string | undefined}
 */
function onPath(name) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
