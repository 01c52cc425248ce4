/**
 * What a packaged Conexor is: the built programs and the keychain library, nothing else of node_modules; Electron with
 * its back doors closed (fuses); one product name, one scheme, one icon. Used by `npm run package` and its test.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib.mjs';

/** @typedef {import('electron-builder').Configuration} Configuration */

/** Built as well, but for developers. */
const notPackaged = new Set(['demo.mjs', 'bench.mjs', 'window-bench.mjs']);

/** Finds its own binary, so it cannot be bundled. */
const keychainLibrary = '@napi-rs/keyring';

/**
 * Off: everything that lets somebody else's words or variables turn the program into another one, and the rights of
 * file:// pages, of which there are none. The inspector stays closed too; a test build may open it for its driver.
 * @param {{ inspector?: boolean }} [options]
 * @returns {NonNullable<Configuration['electronFuses']>}
 */
export const fuses = ({ inspector = false } = {}) => ({
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: inspector,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
});

/**
 * @param {{ output: string, electronDist?: string, electronVersion?: string, inspector?: boolean }} options
 * @returns {Configuration}
 */
export function configuration({ output, electronDist, electronVersion, inspector = false }) {
  const icons = join(root, 'build/icons');
  return {
    appId: 'io.conexor.desktop',
    productName: 'Conexor',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in
    artifactName: 'conexor-desktop-${version}-${os}-${arch}.${ext}',
    directories: { output, buildResources: icons },
    files: ['**/*'],
    asar: true,
    // Started by `node`, which cannot look into the archive.
    asarUnpack: ['**/relay.cjs'],
    npmRebuild: false,
    electronVersion: electronVersion ?? electronPackageVersion(),
    ...(electronDist === undefined ? {} : { electronDist }),
    electronFuses: fuses({ inspector }),
    // Two languages; Chromium's own texts are hardly ever seen.
    electronLanguages: ['en', 'en-US', 'es', 'es-419'],
    protocols: [{ name: 'Conexor', schemes: ['conexor'], role: 'Viewer' }],
    publish: null,
    linux: {
      target: ['AppImage', 'deb', 'tar.gz'],
      executableName: 'conexor-desktop',
      icon: join(icons, 'app'),
      category: 'Utility',
      synopsis: 'Sign in once, and every assistant uses your services',
      maintainer: 'Conexor Desktop maintainers',
      vendor: 'Conexor Desktop',
    },
    deb: {
      depends: ['libgtk-3-0', 'libnss3', 'libsecret-1-0', 'libnotify4', 'xdg-utils', 'libglib2.0-bin'],
      // What was written into other programs goes before the files do.
      fpm: [`--before-remove=${join(root, 'build/before-remove.sh')}`],
    },
    mac: {
      target: ['dmg', 'zip'],
      icon: join(icons, 'icon.icns'),
      category: 'public.app-category.productivity',
      hardenedRuntime: true,
      gatekeeperAssess: false,
    },
    win: { target: ['nsis'], icon: join(icons, 'icon.ico') },
    nsis: {
      oneClick: true,
      perMachine: false,
      deleteAppDataOnUninstall: false,
      include: join(root, 'build/installer.nsh'),
    },
  };
}

function electronPackageVersion() {
  return JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')).version;
}

/**
 * A folder that holds what goes into the package, and how to remove it. dist/ has to be built.
 * @returns {{ folder: string, remove: () => void }}
 */
export function stage() {
  const folder = mkdtempSync(join(tmpdir(), 'conexor-package-'));
  const dist = join(root, 'dist');
  // Of this build: dist/ keeps some files of earlier ones for programs that still run.
  const { files } = JSON.parse(readFileSync(join(dist, '.stamp.json'), 'utf8'));
  for (const file of files) if (!notPackaged.has(file)) cpSync(join(dist, file), join(folder, 'dist', file));
  const { name, version, description, license, type, main } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const modules = keychainModules();
  for (const one of modules) {
    mkdirSync(join(folder, 'node_modules', one, '..'), { recursive: true });
    cpSync(join(root, 'node_modules', one), join(folder, 'node_modules', one), { recursive: true });
  }
  const dependencies = Object.fromEntries(modules.map((one) => [one, versionOf(one)]));
  const manifest = { name, version, description, license, type, main, author: 'Conexor Desktop', dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The library and its binary for this system. */
function keychainModules() {
  const scope = readdirSync(join(root, 'node_modules/@napi-rs'));
  const binaries = scope.filter((name) => name.startsWith('keyring-')).map((name) => `@napi-rs/${name}`);
  return [keychainLibrary, ...binaries];
}

/** @param {string} module */
const versionOf = (module) =>
  JSON.parse(readFileSync(join(root, 'node_modules', module, 'package.json'), 'utf8')).version;
