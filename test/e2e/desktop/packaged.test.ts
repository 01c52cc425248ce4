/**
 * The packaged app: what is in it, its fuses read back from the finished program, and a start of it as it is shipped,
 * without a driver: nothing can be attached to it.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configuration, stage } from '../../../build/packaging.mjs';
import { askRunning } from '../../../electron/running-broker.ts';
import { type Desk, startDesk } from '../../fakes/desk.ts';
import { electron } from '../../fakes/parts.ts';
import { until } from '../terminal.ts';
import { desktopMissing } from './app.ts';

const run = promisify(execFile);
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

describe.skipIf(desktopMissing !== undefined)('the packaged app', () => {
  let folder: string;
  let program: string;
  let desk: Desk;
  let dataDir: string;

  beforeAll(async () => {
    const runtime = electron() ?? '';
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const { stdout } = await run(runtime, ['-p', 'process.versions.electron'], { env });
    [folder, dataDir, desk] = await Promise.all([
      mkdtemp(join(tmpdir(), 'cx-package-')),
      mkdtemp(join(tmpdir(), 'cx-desktop-')),
      startDesk(),
    ]);
    const { build, Platform } = await import('electron-builder');
    const staged = stage();
    try {
      await build({
        projectDir: staged.folder,
        targets: Platform.LINUX.createTarget(['dir']),
        config: configuration({ output: folder, electronDist: dirname(runtime), electronVersion: stdout.trim() }),
        publish: 'never',
      });
    } finally {
      staged.remove();
    }
    program = join(folder, 'linux-unpacked', 'conexor-desktop');
  }, 120_000);
  afterAll(async () => {
    await desk?.stop();
    for (const one of [folder, dataDir]) if (one) await rm(one, { recursive: true, force: true });
  });

  it('has every back door of Electron closed', async () => {
    const wire = await getCurrentFuseWire(program);
    const state = (fuse: FuseV1Options) => FuseState[wire[fuse] ?? FuseState.REMOVED];
    expect({
      runAsNode: state(FuseV1Options.RunAsNode),
      cookieEncryption: state(FuseV1Options.EnableCookieEncryption),
      nodeOptions: state(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspector: state(FuseV1Options.EnableNodeCliInspectArguments),
      archiveIntegrity: state(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyArchive: state(FuseV1Options.OnlyLoadAppFromAsar),
      ownSnapshot: state(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
      fileRights: state(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({
      runAsNode: 'DISABLE',
      cookieEncryption: 'ENABLE',
      nodeOptions: 'DISABLE',
      inspector: 'DISABLE',
      archiveIntegrity: 'ENABLE',
      onlyArchive: 'ENABLE',
      ownSnapshot: 'DISABLE',
      fileRights: 'DISABLE',
    });
  });

  it('holds the built programs and the keychain library, nothing else of node_modules, and no source', async () => {
    const files = await filesInArchive(join(folder, 'linux-unpacked/resources/app.asar'));
    expect(files).toEqual(
      expect.arrayContaining(['/package.json', '/dist/main.mjs', '/dist/preload.cjs', '/dist/window/index.html']),
    );
    const modules = files.filter((path) => path.startsWith('/node_modules/'));
    expect(modules.filter((path) => !path.startsWith('/node_modules/@napi-rs/keyring'))).toEqual([]);
    expect(modules.some((path) => path.endsWith('.node'))).toBe(true);
    expect(files.filter((path) => /\.tsx?$|\.map$|\/(demo|bench)\.mjs$|\.stamp/.test(path))).toEqual([]);
  });

  it('starts with its keychain, is one, cannot be turned into another program, and ends without a trace', async () => {
    const env = { ...desk.env, CONEXOR_DATA_DIR: dataDir };
    const main = spawn(program, asRoot, { env, stdio: 'ignore' });
    const ended = new Promise((resolve) => main.once('exit', resolve));
    try {
      const socketPath = join(dataDir, 'broker.sock');
      await until(() => existsSync(socketPath), 'the broker');
      expect(await askRunning(socketPath, 'snapshot', {})).toMatchObject({ vault: { kind: 'keychain' } });

      const turned = await run(program, [...asRoot, '-e', 'console.log("turned")'], {
        env: { ...env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--inspect=0 --require=/nonexistent.js' },
      });
      expect(turned).toMatchObject({ stdout: '' });
      expect(turned.stderr).not.toMatch(/Debugger|nonexistent/);

      // Also while its page is being loaded.
      expect(await askRunning(socketPath, 'openWindow', {})).toEqual({ kind: 'shown' });
      await askRunning(socketPath, 'stop', {}).catch(() => undefined);
      expect(await ended).toBe(0);
      expect(existsSync(socketPath)).toBe(false);
      expect(await readFile(join(dataDir, 'conexor.log'), 'utf8').catch(() => '')).not.toContain('"error"');
    } finally {
      main.kill('SIGKILL');
    }
  });
});

interface Entry {
  readonly files?: Readonly<Record<string, Entry>>;
}

/** The paths in an asar archive: it begins with a tree of names as JSON, whose length stands at byte 12. */
async function filesInArchive(path: string): Promise<readonly string[]> {
  const bytes = await readFile(path);
  const tree = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as Entry;
  const under = (entry: Entry, at: string): string[] =>
    entry.files === undefined
      ? [at]
      : Object.entries(entry.files).flatMap(([name, one]) => under(one, `${at}/${name}`));
  return under(tree, '');
}
