/**
 * What `npm start` starts: the desktop app where an Electron can be had and there is a screen for it, else the broker
 * without a screen of its own, which opens its window in the browser. Whatever is not as wanted is said in one line.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { officialElectron } from './electron.mjs';
import { root } from './lib.mjs';

/**
 * @typedef {object} Surroundings
 * @property {readonly string[]} words of the command line
 * @property {NodeJS.ProcessEnv} env
 * @property {NodeJS.Platform} platform
 * @property {boolean} isRoot
 * @property {(again: boolean) => string | undefined} electron the program, fetched if need be; `again` even where that
 *   has failed lately
 */

/**
 * @typedef {{ kind: 'desktop', program: string, words: string[] }
 *   | { kind: 'headless', words: string[], why: string | undefined }} Host
 */

/** Ours alone: neither host knows them. */
const ownWords = ['--headless', '--electron'];
/** Options of the broker without a screen; the desktop app has settings instead. */
const headlessWord = /^--(data|port|vault-key-file|memory|background|no-window|log-level)(=|$)/;
const sandboxWord = '--no-sandbox';

/**
 * @param {Surroundings} surroundings
 * @returns {Host}
 */
export function chooseHost({ words, env, platform, isRoot, electron }) {
  const rest = words.filter((word) => !ownWords.includes(word));
  /** @param {string} [why] @returns {Host} */
  const headless = (why) => ({ kind: 'headless', words: rest.filter((word) => word !== sandboxWord), why });
  if (words.includes('--headless')) return headless();
  const option = rest.find((word) => headlessWord.test(word));
  if (option !== undefined)
    return headless(`${option} is for Conexor without the desktop app, so that is what starts.`);
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) {
    return headless('There is no screen here, so Conexor starts without the desktop app.');
  }
  if (platform === 'linux' && isRoot && !words.includes(sandboxWord)) {
    return headless('As root the desktop app starts only with: npm start -- --no-sandbox. Conexor starts without it.');
  }
  const program = electron(words.includes('--electron'));
  if (program === undefined) {
    return headless(
      'The desktop app needs Electron, which could not be fetched, so the window opens in your browser (npm start -- --electron tries again).',
    );
  }
  // Switches of Chromium stand before the app, its own words behind it.
  const switches = rest.filter((word) => word === sandboxWord);
  const own = rest.filter((word) => word !== sandboxWord);
  return { kind: 'desktop', program, words: [...switches, root, ...own] };
}

/** Of the download; what takes longer is tried again another day. */
const fetchLimitMs = 5 * 60_000;
const rememberedMs = 24 * 3_600_000;

/**
 * @typedef {object} FetchNeeds
 * @property {NodeJS.ProcessEnv} env
 * @property {number} nowMs
 * @property {(line: string) => void} say
 * @property {() => string | undefined} find the program where it is there already
 * @property {string} installer Electron's own
 */

/**
 * The Electron of this installation; fetched by its own installer, once. A failure is remembered for a day, so that not
 * every start waits for it.
 * @param {boolean} again
 * @param {FetchNeeds} [needs]
 * @returns {string | undefined}
 */
export function fetchedElectron(again, needs = usualNeeds()) {
  const present = overridden(needs.env) ?? needs.find();
  if (present !== undefined) return present;
  const note = join(cacheFolder(needs.env), 'electron-failed.json');
  if (!existsSync(needs.installer) || (!again && failedLately(note, needs))) return undefined;
  needs.say('Fetching Electron for the desktop app (about 120 MB, once) …');
  // Hidden: what goes wrong here is no fault of the person, and all that matters is said in one line.
  spawnSync(process.execPath, [needs.installer], { stdio: 'ignore', timeout: fetchLimitMs, env: needs.env });
  const program = needs.find();
  if (program === undefined) remember(note, needs);
  return program;
}

/** @returns {FetchNeeds} */
function usualNeeds() {
  return {
    env: process.env,
    nowMs: Date.now(),
    say: (line) => process.stderr.write(`${line}\n`),
    find: officialElectron,
    installer: join(root, 'node_modules/electron/install.js'),
  };
}

/** As Electron's own package reads it: for people who have their Electron elsewhere. @param {NodeJS.ProcessEnv} env */
function overridden(env) {
  const folder = env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (!folder) return undefined;
  const names = ['electron', 'electron.exe', 'Electron.app/Contents/MacOS/Electron'];
  return names.map((name) => join(folder, name)).find((path) => existsSync(path));
}

/** @param {NodeJS.ProcessEnv} env */
function cacheFolder(env) {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'conexor-desktop');
}

/** A newer Electron may be had where an older one could not. */
function wantedVersion() {
  return JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')).version;
}

/**
 * @param {string} note
 * @param {FetchNeeds} needs
 */
function failedLately(note, needs) {
  try {
    const { version, atMs } = JSON.parse(readFileSync(note, 'utf8'));
    return version === wantedVersion() && needs.nowMs - atMs < rememberedMs && needs.nowMs >= atMs;
  } catch {
    return false;
  }
}

/**
 * @param {string} note
 * @param {FetchNeeds} needs
 */
function remember(note, needs) {
  try {
    mkdirSync(dirname(note), { recursive: true });
    writeFileSync(note, JSON.stringify({ version: wantedVersion(), atMs: needs.nowMs }));
  } catch {
    // Then the next start tries again.
  }
}
