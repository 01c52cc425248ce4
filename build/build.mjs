/**
 * `npm run build`: the programs into dist/, and the commands `conexor` and `conexor-relay` into node_modules/.bin. Does
 * nothing when no input has changed. Each file is put in place by a rename, so a program that starts meanwhile reads the
 * old one or the new one, whole.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bundlePreload, bundlePrograms, bundleRelay } from './bundles.mjs';
import { copyIcons } from './copy-icons.mjs';
import { install } from './install.mjs';
import { isMain, root, say } from './lib.mjs';
import { linkCommands } from './link-commands.mjs';
import { bundleWindow } from './window-bundle.mjs';

/** @type {Readonly<Record<string, string>>} */
const programs = {
  main: 'electron/main.ts',
  headless: 'electron/headless.ts',
  cli: 'electron/cli.ts',
  demo: 'test/e2e/demo.ts',
  bench: 'test/bench/bench.ts',
  'window-bench': 'test/bench/window-bench.ts',
};
const relay = 'electron/relay.ts';
const preload = 'electron/preload.ts';
/** Becomes the folder dist/window/. */
const windowPage = 'renderer/index.html';
const entries = [...Object.values(programs), relay, preload, windowPage];

/** Started by people and by MCP clients. */
const executables = ['cli.mjs', 'relay.cjs'];

/** Inputs that are in no bundle. */
const rules = [
  'package-lock.json',
  'build/build.mjs',
  'build/bundles.mjs',
  'build/copy-icons.mjs',
  'build/window-bundle.mjs',
];

/** A broker that is still running may yet load a chunk of an earlier build, and an open tab a file of the window's. */
const staleChunkAgeMs = 3 * 24 * 3_600_000;

const dist = join(root, 'dist');
const stampPath = join(dist, '.stamp.json');

/** Builds what has changed. Throws in plain words when an entry is missing or a bundle breaks its promise. */
async function build() {
  const missing = entries.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`Cannot build: ${missing.join(', ')} is missing.`);
  if (!upToDate()) await rebuild();
  linkCommands();
}

async function rebuild() {
  const startedMs = Date.now();
  mkdirSync(dist, { recursive: true });
  // Inside dist/, so that the rename stays on one disk.
  const work = mkdtempSync(join(dist, '.new-'));
  try {
    const page = await bundleWindow(join(work, 'window'), join(root, windowPage));
    const made = [
      await bundlePrograms(programs, work),
      await bundleRelay(relay, work),
      await bundlePreload(preload, work),
      { ...page, files: page.files.map((name) => `window/${name}`) },
      copyIcons(work),
    ];
    const files = made.flatMap((bundle) => bundle.files);
    const inputs = new Set([...rules, ...made.flatMap((bundle) => bundle.inputs.map((path) => relative(root, path)))]);
    putInPlace(work, files);
    const stamp = {
      files,
      inputs: Object.fromEntries([...inputs].sort().map((path) => [path, digest(path)])),
    };
    writeFileSync(stampPath, `${JSON.stringify(stamp, undefined, 1)}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`Built dist/ in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
}

/**
 * @param {string} work
 * @param {readonly string[]} files
 */
function putInPlace(work, files) {
  for (const name of executables) if (files.includes(name)) chmodSync(join(work, name), 0o755);
  // Chunks before the entries that name them.
  const entriesLast = [...files].sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const name of entriesLast) {
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    renameSync(join(work, name), join(dist, name));
  }
  for (const name of [...namesIn(dist), ...namesIn(join(dist, 'window/assets')).map((one) => `window/assets/${one}`)]) {
    const path = join(dist, name);
    const stale =
      /-[\w-]{8}\.\w+$/.test(name) && !files.includes(name) && Date.now() - statSync(path).mtimeMs > staleChunkAgeMs;
    if (stale) rmSync(path, { force: true });
  }
}

/** @param {string} folder */
const namesIn = (folder) => (existsSync(folder) ? readdirSync(folder) : []);

/** @param {string} name */
const isEntry = (name) =>
  /^(relay|preload)\.cjs$|^window\/index\.html$/.test(name) || Object.hasOwn(programs, name.replace(/\.mjs$/, ''));

/**
 * Whether dist/ holds what the present inputs would make. By content, not by time: a checkout or a copy changes every
 * time stamp and nothing else.
 */
export function upToDate() {
  try {
    const stamp = JSON.parse(readFileSync(stampPath, 'utf8'));
    return (
      stamp.files.every((/** @type {string} */ name) => existsSync(join(dist, name))) &&
      Object.entries(stamp.inputs).every(([path, hash]) => digest(path) === hash)
    );
  } catch {
    return false;
  }
}

/** @param {string} path */
const digest = (path) =>
  createHash('sha256')
    .update(readFileSync(join(root, path)))
    .digest('base64url');

if (isMain(import.meta.url)) {
  install();
  try {
    await build();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
