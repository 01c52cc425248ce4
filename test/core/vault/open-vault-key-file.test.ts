import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stamp, tokenIn, vaultScene } from './scene.ts';

describe('a vault with a key file', () => {
  const at = vaultScene();

  it('P-64 is sealed with it and opens with it, without any keychain', async () => {
    const source = await at.keyFile();
    const bytes = await at.filled(source);
    expect(bytes.includes('canary')).toBe(false);
    const vault = await at.open(source);
    expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'key-file' });
    expect(tokenIn(vault)).toBe('canary-token');
    expect(at.store.calls).toEqual([]);
  });

  it('an invalid key file is a fault before anything is touched', async () => {
    await writeFile(join(at.outer, 'bad'), 'bad');
    await expect(at.open({ kind: 'key-file', path: join(at.outer, 'bad') })).rejects.toMatchObject({
      code: 'key-file-invalid',
    });
    expect(await readdir(at.outer)).toEqual(['bad']);
  });

  it('another key file, or the keychain instead, is told, and the vault stays as it is', async () => {
    const before = await at.filled(await at.keyFile());
    await expect(at.open(await at.keyFile('other'))).rejects.toMatchObject({ code: 'vault-key-missing' });
    await expect(at.open()).rejects.toMatchObject({ code: 'vault-key-missing' });
    expect(await readdir(at.dataDir)).toEqual(['vault.jwe']);
    expect(await readFile(at.file())).toEqual(before);
  });

  it('a key file for a vault of the keychain is told, and the vault stays as it is', async () => {
    const before = await at.filled();
    await expect(at.open(await at.keyFile())).rejects.toMatchObject({ code: 'vault-key-missing' });
    expect(await readFile(at.file())).toEqual(before);
  });

  it('a damaged file is set aside as with a keychain, also twice within a second', async () => {
    const source = await at.keyFile();
    for (const content of ['first', 'second']) {
      await at.filled(source);
      await writeFile(at.file(), content);
      const { state } = await at.open(source);
      const aside = state.kind === 'sealed' ? state.setAside : undefined;
      expect(basename(aside ?? '')).toBe(`vault.damaged-${stamp}${content === 'first' ? '' : '-2'}.jwe`);
      expect(await readFile(aside ?? '', 'utf8')).toBe(content);
    }
    expect(await readdir(at.dataDir)).toHaveLength(3);
  });

  it('a copy of the folder opens elsewhere with the same key', async () => {
    const source = await at.keyFile();
    await at.filled(source);
    await cp(at.dataDir, `${at.dataDir}-copy`, { recursive: true });
    await rm(at.dataDir, { recursive: true });
    at.dataDir = `${at.dataDir}-copy`;
    expect(tokenIn(await at.open(source))).toBe('canary-token');
  });
});
