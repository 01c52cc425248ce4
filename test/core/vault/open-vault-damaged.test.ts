import { randomBytes } from 'node:crypto';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { grant } from './samples-of-grants.ts';
import { stamp, tokenIn, vaultScene } from './scene.ts';

describe('a damaged vault', () => {
  const at = vaultScene();

  const damages: [string, () => Promise<void>][] = [
    ['cut', async () => truncate(at.file(), (await readFile(at.file())).length - 7)],
    ['empty', () => truncate(at.file(), 0)],
    ['garbage', () => writeFile(at.file(), randomBytes(400))],
    ['sealed with another key', async () => replaceKeys(() => randomBytes(32).toString('base64url'))],
    ['named by an entry that is no key', async () => replaceKeys(() => 'short')],
    ['of records that do not fit', () => reseal('{"grant":[["g",{"canary":1}]]}', 1)],
  ];
  async function replaceKeys(by: () => string): Promise<void> {
    for (const name of at.store.entries.keys()) at.store.entries.set(name, by());
  }
  async function reseal(plain: string, format: number): Promise<void> {
    const [[name, key] = ['', '']] = [...at.store.entries];
    const header = { alg: 'dir', enc: 'A256GCM', typ: 'conexor-vault+jwe', format, keyIn: 'keychain' };
    const sealed = await new CompactEncrypt(Buffer.from(plain))
      .setProtectedHeader({ ...header, kid: name.replace(/^vault-/, '') })
      .encrypt(Buffer.from(key, 'base64url'));
    await writeFile(at.file(), sealed);
  }

  it.each(damages)('a file that is %s is set aside, never overwritten, and a new one begun', async (_, damage) => {
    await at.filled();
    await damage();
    const before = await readFile(at.file());
    const vault = await at.open();
    const aside = join(at.dataDir, `vault.damaged-${stamp}.jwe`);
    expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain', setAside: aside });
    expect(await readFile(aside)).toEqual(before);
    await vault.write([{ kind: 'grant', key: 'g', record: grant('new') }]);
    expect(tokenIn(await at.open())).toBe('new');
    // The old key stays: whoever can mend the file can still open it.
    expect(at.store.entries.size).toBe(2);
  });

  it('with no keychain to begin a new one, a damaged file stays where it is', async () => {
    await at.filled();
    await writeFile(at.file(), 'garbage');
    for (const [mood, kind] of [
      ['no-store', 'memory'],
      ['locked', 'locked'],
    ] as const) {
      at.store.mood = mood;
      expect((await at.open()).state.kind).toBe(kind);
      expect(await readFile(at.file(), 'utf8')).toBe('garbage');
    }
    expect(await readdir(at.dataDir)).toEqual(['vault.jwe']);
  });

  it('a file from a newer version is refused and left exactly as it is, locked or not', async () => {
    await at.filled();
    await reseal('{"future":true}', 2);
    const before = await readFile(at.file());
    for (const mood of ['open', 'locked', 'no-store'] as const) {
      at.store.mood = mood;
      await expect(at.open()).rejects.toMatchObject({ code: 'vault-newer' });
    }
    await expect(at.open(await at.keyFile())).rejects.toMatchObject({ code: 'vault-newer' });
    expect(await readdir(at.dataDir)).toEqual(['vault.jwe']);
    expect(await readFile(at.file())).toEqual(before);
  });
});
