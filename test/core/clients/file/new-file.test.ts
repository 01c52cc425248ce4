/** A settings file made where there was none, and taken away again: whole or not at all, and nobody else's with it. */
import { link, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfig, replaceConfig } from '../../../../electron/core/clients/file/config-file.ts';
import { createConfig, deleteConfig } from '../../../../electron/core/clients/file/new-file.ts';
import { asFault } from '../../../../shared/faults.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cx new 'é' "));
  path = join(folder, 'config.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const faultOf = async (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it was done');
    },
    (thrown: unknown) => asFault(thrown),
  );

it('is there for this user alone, and gone without a trace', async () => {
  await createConfig(path, '{"é":1}\n');
  expect(await readFile(path, 'utf8')).toBe('{"é":1}\n');
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(path)).nlink).toBe(1);
  expect(await readdir(folder)).toEqual(['config.json']);
  await deleteConfig(await readConfig(path));
  expect(await readdir(folder)).toEqual([]);
});

it('is made only where nothing is', async () => {
  await writeFile(path, 'theirs');
  expect(await faultOf(createConfig(path, '{}'))).toMatchObject({ detail: { thing: 'config-file-changed' } });
  await mkdir(join(folder, 'folder'));
  expect(await faultOf(createConfig(join(folder, 'folder'), '{}'))).toMatchObject({ code: 'input-invalid' });
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
  await symlink(join(folder, 'circle'), join(folder, 'circle'));
  await symlink(path, join(folder, 'link'));
  const things = { dangling: 'config-link-nowhere', circle: 'config-link-circle', link: 'config-file-changed' };
  for (const [name, thing] of Object.entries(things)) {
    expect(await faultOf(createConfig(join(folder, name), '{}'))).toMatchObject({
      code: 'input-invalid',
      detail: { thing },
    });
  }
  expect((await readdir(folder)).sort()).toEqual(['circle', 'config.json', 'dangling', 'folder', 'link']);
  expect(await readFile(path, 'utf8')).toBe('theirs');
});

it('is made by one of two who want to at once', async () => {
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => createConfig(path, String(n))));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['config.json']);
});

it('says that its folder is missing', async () => {
  await writeFile(join(folder, 'file'), '');
  for (const missing of ['none/config.json', 'none/deeper/config.json', 'file/config.json']) {
    const fault = await faultOf(createConfig(join(folder, missing), '{}'));
    expect(fault).toMatchObject({ code: 'input-invalid', detail: { thing: 'config-folder-missing' } });
  }
  expect(await readdir(folder)).toEqual(['file']);
});

it('stays where it is no longer what was read', async () => {
  await writeFile(path, '{}');
  const file = await readConfig(path);
  await writeFile(path, 'theirs');
  expect(await faultOf(deleteConfig(file))).toMatchObject({ detail: { advice: 'config-changed' } });
  expect(await readFile(path, 'utf8')).toBe('theirs');
  await rm(path);
  expect(await faultOf(deleteConfig(file))).toMatchObject({ detail: { advice: 'config-changed' } });
  expect(await readdir(folder)).toEqual([]);
});

it('stays where somebody keeps it elsewhere, by a link or a second name', async () => {
  await writeFile(path, '{}');
  const linked = join(folder, 'link');
  await symlink(path, linked);
  expect(await faultOf(deleteConfig(await readConfig(linked)))).toMatchObject({ code: 'input-invalid' });
  await link(path, join(folder, 'second'));
  expect(await faultOf(deleteConfig(await readConfig(path)))).toMatchObject({
    detail: { thing: 'config-file-linked' },
  });
  expect(await readFile(path, 'utf8')).toBe('{}');
  expect((await lstat(linked)).isSymbolicLink()).toBe(true);
});

it('a second name that a broken-off change of ours has left is none', async () => {
  await writeFile(path, '{}');
  await link(path, `${path}.conexor-0123456789ab.tmp`);
  await replaceConfig(await readConfig(path), '{"new":1}', 0);
  expect((await readdir(folder)).sort()).toEqual(['config.json', 'config.json.conexor-19700101-000000.bak']);
});
