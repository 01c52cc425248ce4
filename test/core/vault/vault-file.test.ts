import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultFile } from '../../../electron/core/vault/vault-file.ts';

const nowMs = Date.UTC(2030, 0, 2, 3, 4, 5);
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const unusable = expect.objectContaining({ code: 'data-folder-unusable' });

describe.skipIf(process.platform === 'win32')('the vault’s file on disk', () => {
  let outer: string;
  let folder: string;
  beforeEach(async () => {
    outer = await mkdtemp(join(tmpdir(), 'vault-file-'));
    folder = join(outer, 'data', 'conexor');
  });
  afterEach(() => rm(outer, { recursive: true, force: true }));

  it('P-64 the folder is made with mode 0700 and the file with 0600, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      const file = await openVaultFile(folder, nowMs);
      expect(await file.read()).toBeUndefined();
      await file.replace('one');
      await file.replace('two');
      expect(await file.read()).toBe('two');
    } finally {
      process.umask(umask);
    }
    expect(await modeOf(folder)).toBe('700');
    expect(await modeOf(join(folder, 'vault.jwe'))).toBe('600');
    expect(await readdir(folder)).toEqual(['vault.jwe']);
  });

  it('P-64 a folder and a file of ours that are open to others are closed', async () => {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o775);
    await writeFile(join(folder, 'vault.jwe'), 'sealed', { mode: 0o644 });
    expect(await (await openVaultFile(folder, nowMs)).read()).toBe('sealed');
    expect(await modeOf(folder)).toBe('700');
    expect(await modeOf(join(folder, 'vault.jwe'))).toBe('600');
  });

  it.skipIf(process.getuid?.() !== 0)('P-64 an open folder of another user is refused and left (as root)', async () => {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    await chown(folder, 65_534, 65_534);
    await expect(openVaultFile(folder, nowMs)).rejects.toEqual(unusable);
    expect(await modeOf(folder)).toBe('755');
  });

  it('a path that is no folder is refused by name', async () => {
    await writeFile(join(outer, 'data'), '');
    await expect(openVaultFile(folder, nowMs)).rejects.toMatchObject({
      code: 'data-folder-unusable',
      detail: { subject: folder },
    });
  });

  it('a vault that is a folder can neither be read nor replaced, and stays', async () => {
    await mkdir(join(folder, 'vault.jwe'), { recursive: true });
    const file = await openVaultFile(folder, nowMs);
    await expect(file.read()).rejects.toEqual(unusable);
    await expect(file.replace('x')).rejects.toEqual(unusable);
    expect(await readdir(folder)).toEqual(['vault.jwe']);
  });

  it('a folder that is gone is a fault, and a folder that is back is written again', async () => {
    const file = await openVaultFile(folder, nowMs);
    await file.replace('one');
    await rename(folder, `${folder}-moved`);
    await expect(file.replace('two')).rejects.toEqual(unusable);
    await rename(`${folder}-moved`, folder);
    await file.replace('three');
    expect(await readFile(file.path, 'utf8')).toBe('three');
  });

  it('a file that another process has changed is not overwritten', async () => {
    const ours = await openVaultFile(folder, nowMs);
    await ours.replace('ours');
    const theirs = await openVaultFile(folder, nowMs);
    await theirs.read();
    await theirs.replace('them');
    await expect(ours.replace('again')).rejects.toEqual(unusable);
    await theirs.replace('twice');
    expect(await ours.read()).toBe('twice');
    await ours.replace('after reading');
    expect(await readFile(ours.path, 'utf8')).toBe('after reading');
    expect(await readdir(folder)).toEqual(['vault.jwe']);
  });

  it('a file that appeared since we looked is not overwritten', async () => {
    const file = await openVaultFile(folder, nowMs);
    expect(await file.read()).toBeUndefined();
    await writeFile(file.path, 'someone else’s');
    await expect(file.replace('ours')).rejects.toEqual(unusable);
    expect(await readFile(file.path, 'utf8')).toBe('someone else’s');
  });

  it('a file is set aside under a free name, time and reason in it', async () => {
    const file = await openVaultFile(folder, nowMs);
    const names = [];
    for (const content of ['first', 'second', 'third']) {
      await file.replace(content);
      names.push(await file.setAside('damaged', nowMs));
      expect(await file.read()).toBeUndefined();
    }
    expect(names).toEqual(
      ['', '-2', '-3'].map((suffix) => join(folder, `vault.damaged-20300102T030405Z${suffix}.jwe`)),
    );
    expect(await Promise.all(names.map((name) => readFile(name, 'utf8')))).toEqual(['first', 'second', 'third']);
  });

  it('what a killed write left is cleared away, but not what may still be going on', async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [old, young, foreign] = [
      'vault.jwe.0123456789abcdef.tmp',
      'vault.jwe.fedcba9876543210.tmp',
      'notes.tmp',
    ] as const;
    for (const name of [old, young, foreign]) {
      await writeFile(join(folder, name), '');
      const ageS = name === young ? 1 : 3_600;
      await utimes(join(folder, name), nowMs / 1000 - ageS, nowMs / 1000 - ageS);
    }
    await openVaultFile(folder, nowMs);
    expect((await readdir(folder)).sort()).toEqual([foreign, young]);
  });
});
