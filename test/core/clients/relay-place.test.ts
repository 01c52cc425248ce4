import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOwnFile } from '../../../electron/core/clients/own-file.ts';
import { placeRelay, relayPlace } from '../../../electron/core/clients/relay-place.ts';
import { findProgram } from '../../../electron/relay/program.ts';

let folder = '';
let dataDir = '';
let built = '';
let headless = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-place-'));
  dataDir = join(folder, 'data with ñ');
  built = join(folder, 'relay.cjs');
  headless = join(folder, 'headless.mjs');
  await writeFile(built, '// the relay, first build\n');
  await writeFile(headless, '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const place = () => placeRelay({ built, program: { headless }, dataDir });

describe('the relay at its stable place', () => {
  it('is a whole copy that only this user may read, with where the program is beside it', async () => {
    const path = await place();
    expect(path).toBe(relayPlace(dataDir));
    expect(await readFile(path, 'utf8')).toBe('// the relay, first build\n');
    expect((await stat(join(dataDir, 'bin'))).mode & 0o777).toBe(0o700);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(join(dataDir, 'bin'))).sort()).toEqual(['program.json', 'relay.cjs']);
    expect(await isOwnFile(path)).toBe(true);
    expect(findProgram(join(dataDir, 'bin'), dataDir)).toEqual({ headless });
  });

  it('stays the same file while nothing changes, and is another one with another build', async () => {
    const path = await place();
    const first = await stat(path);
    await place();
    expect((await stat(path)).ino).toBe(first.ino);
    await writeFile(built, '// the relay, second build\n');
    await place();
    expect(await readFile(path, 'utf8')).toBe('// the relay, second build\n');
    expect((await readdir(join(dataDir, 'bin'))).sort()).toEqual(['program.json', 'relay.cjs']);
  });

  it('T what somebody put there instead is replaced, and what a link leads to is left alone', async () => {
    const path = await place();
    const other = join(folder, 'other.txt');
    await writeFile(other, 'somebody else’s');
    await rm(path);
    await symlink(other, path);
    expect(await isOwnFile(path)).toBe(false);
    await place();
    expect((await lstat(path)).isFile()).toBe(true);
    expect(await readFile(other, 'utf8')).toBe('somebody else’s');
    await chmod(path, 0o666);
    expect(await isOwnFile(path)).toBe(false);
    await place();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('T a folder in its place, or no build, is one fault, and what stands there stays whole', async () => {
    const path = await place();
    await rm(built);
    await expect(place()).rejects.toMatchObject({ code: 'data-folder-unusable' });
    expect(await readFile(path, 'utf8')).toBe('// the relay, first build\n');
    await writeFile(built, 'x');
    await rm(path);
    await mkdir(path);
    await expect(place()).rejects.toMatchObject({ code: 'data-folder-unusable' });
    expect((await readdir(join(dataDir, 'bin'))).sort()).toEqual(['program.json', 'relay.cjs']);
  });
});

describe('the program that a relay starts', () => {
  const write = (value: unknown) => writeFile(join(dataDir, 'bin/program.json'), JSON.stringify(value));

  beforeEach(place);

  it('is the one beside the relay where there is one', async () => {
    expect(findProgram(folder, dataDir)).toEqual({ headless });
    expect(findProgram(folder, '/nowhere')).toEqual({ headless });
  });

  it('is the desktop app where that is written, with its words', async () => {
    await placeRelay({ built, program: { app: [process.execPath, '--hidden'] }, dataDir });
    expect(findProgram('/nowhere', dataDir)).toEqual({ app: [process.execPath, '--hidden'] });
  });

  it.each([
    ['a program that is gone', { conexor: 1, headless: '/gone/headless.mjs' }],
    ['a path that another folder would change', { conexor: 1, headless: 'headless.mjs' }],
    ['another kind of file', { conexor: 2, headless: process.execPath }],
    ['an app without words', { conexor: 1, app: [] }],
    ['an app of other things', { conexor: 1, app: [process.execPath, 1] }],
    ['a folder', { conexor: 1, app: ['/'] }],
    ['nothing', null],
  ])('T %s is none', async (_, value) => {
    await write(value);
    expect(findProgram('/nowhere', dataDir)).toBeUndefined();
  });

  it('T a file that others can write to is none, nor is a folder, a link or a broken text', async () => {
    const path = join(dataDir, 'bin/program.json');
    await chmod(path, 0o620);
    expect(findProgram('/nowhere', dataDir)).toBeUndefined();
    await chmod(path, 0o600);
    expect(findProgram('/nowhere', dataDir)).toEqual({ headless });
    await chmod(join(dataDir, 'bin'), 0o720);
    expect(findProgram('/nowhere', dataDir)).toBeUndefined();
    await chmod(join(dataDir, 'bin'), 0o700);
    const text = await readFile(path, 'utf8');
    await rm(path);
    await writeFile(join(folder, 'other.json'), text);
    await symlink(join(folder, 'other.json'), path);
    expect(findProgram('/nowhere', dataDir)).toBeUndefined();
    await rm(path);
    await writeFile(path, '{');
    expect(findProgram('/nowhere', dataDir)).toBeUndefined();
  });
});
