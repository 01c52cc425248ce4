/** What `npm start` starts, and what it says when that is not the desktop app; with small programs in Electron's place. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { officialElectron } from '../../build/electron.mjs';
import { chooseHost, fetchedElectron } from '../../build/host.mjs';
import { root } from '../../build/lib.mjs';

const choose = (words: readonly string[], more: Partial<Parameters<typeof chooseHost>[0]> = {}) =>
  chooseHost({
    words,
    env: { DISPLAY: ':0' },
    platform: 'linux',
    isRoot: false,
    electron: () => '/opt/electron',
    ...more,
  });

describe('what npm start starts', () => {
  it('is the desktop app', () => {
    expect(choose([])).toEqual({ kind: 'desktop', program: '/opt/electron', words: [root] });
    expect(choose(['--hidden'])).toMatchObject({ words: [root, '--hidden'] });
    expect(choose([], { env: { WAYLAND_DISPLAY: 'wayland-0' } }).kind).toBe('desktop');
    expect(choose([], { env: {}, platform: 'darwin', isRoot: true }).kind).toBe('desktop');
    expect(choose([], { env: {}, platform: 'win32' }).kind).toBe('desktop');
  });

  it('is the broker alone where that is wanted, without a word', () => {
    expect(choose(['--headless', '--port', '5000'])).toEqual({
      kind: 'headless',
      words: ['--port', '5000'],
      why: undefined,
    });
  });

  it.each([
    ['without a screen', choose([], { env: {} }), /no screen here/],
    ['as root', choose([], { isRoot: true }), /--no-sandbox/],
    ['without Electron', choose([], { electron: () => undefined }), /needs Electron/],
    ['with an option of its own', choose(['--memory']), /^--memory is for/],
  ])('is the broker alone %s, and one line says why', (_, host, line) => {
    if (host.kind !== 'headless') throw new Error(host.kind);
    expect(host.why).toMatch(line);
    expect(host.why).not.toContain('\n');
  });

  it('is the desktop app as root where the person gives up the sandbox', () => {
    expect(choose(['--no-sandbox'], { isRoot: true })).toMatchObject({ words: ['--no-sandbox', root] });
    expect(choose(['--no-sandbox'], { env: {} })).toMatchObject({ kind: 'headless', words: [] });
  });

  it('asks for Electron only where it could be used, and again where the person insists', () => {
    const asked: boolean[] = [];
    const electron = (again: boolean) => {
      asked.push(again);
      return undefined;
    };
    choose([], { env: {}, electron });
    choose([], { isRoot: true, electron });
    choose(['--headless'], { electron });
    expect(asked).toEqual([]);
    choose([], { electron });
    choose(['--electron'], { electron });
    expect(asked).toEqual([false, true]);
  });
});

describe('Electron', () => {
  let folder = '';
  let said: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conexor-host-'));
    said = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const program = () => join(folder, 'electron');
  const needs = (nowMs: number, installer = join(folder, 'install.cjs')) => ({
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), CONEXOR_TEST_ELECTRON: '1', PLACE: program() },
    nowMs,
    say: (line: string) => said.push(line),
    find: () => (existsSync(program()) ? program() : undefined),
    installer,
  });
  const runs = async () => (await readFile(join(folder, 'runs'), 'utf8').catch(() => '')).length;
  const failing = `require('fs').appendFileSync(${JSON.stringify('FOLDER')} + '/runs', '.'); console.log('noise'); process.exit(1);`;
  const install = (script: string) =>
    writeFile(join(folder, 'install.cjs'), script.replace('FOLDER', folder.replaceAll('\\', '/')));

  it('that is there is used, and nothing is fetched or said', async () => {
    await install(failing);
    await writeFile(program(), '');
    expect(fetchedElectron(false, needs(1))).toBe(program());
    expect(said).toEqual([]);
    expect(await runs()).toBe(0);
  });

  it('is fetched once by its own installer', async () => {
    await install(`require('fs').writeFileSync(process.env.PLACE, '');`);
    expect(fetchedElectron(false, needs(1))).toBe(program());
    expect(said).toEqual([expect.stringMatching(/^Fetching Electron/)]);
  });

  it('that could not be fetched is not asked for again for a day, unless the person insists', async () => {
    await install(failing);
    const day = 24 * 3_600_000;
    expect(fetchedElectron(false, needs(day))).toBeUndefined();
    expect(await runs()).toBe(1);
    expect(fetchedElectron(false, needs(2 * day - 1))).toBeUndefined();
    expect(await runs()).toBe(1);
    expect(fetchedElectron(true, needs(2 * day - 1))).toBeUndefined();
    expect(await runs()).toBe(2);
    expect(fetchedElectron(false, needs(4 * day))).toBeUndefined();
    expect(await runs()).toBe(3);
    // A clock that was set back must not keep anybody waiting for years.
    expect(fetchedElectron(false, needs(1))).toBeUndefined();
    expect(await runs()).toBe(4);
  });

  it('for tests is not the person’s', () => {
    const before = officialElectron();
    const wanted = process.env['CONEXOR_TEST_ELECTRON'];
    process.env['CONEXOR_TEST_ELECTRON'] = '1';
    try {
      expect(officialElectron()).toBe(before);
    } finally {
      if (wanted === undefined) delete process.env['CONEXOR_TEST_ELECTRON'];
      else process.env['CONEXOR_TEST_ELECTRON'] = wanted;
    }
  });

  it('without an installer is just not there', () => {
    expect(fetchedElectron(true, needs(1, join(folder, 'none.cjs')))).toBeUndefined();
    expect(said).toEqual([]);
  });

  it('of another folder is taken as Electron’s own package takes it', async () => {
    await mkdir(join(folder, 'own'));
    await writeFile(join(folder, 'own/electron'), '');
    const { env, ...rest } = needs(1);
    const own = { ...rest, env: { ...env, ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'own') } };
    expect(fetchedElectron(false, own)).toBe(join(folder, 'own/electron'));
  });
});
