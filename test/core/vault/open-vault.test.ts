import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { CompactEncrypt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVault, type VaultKeySource } from '../../../electron/core/vault/open-vault.ts';
import { recordSchemas } from '../../../electron/core/vault/records.ts';
import type { Vault } from '../../../electron/core/vault/vault.ts';
import { type FakeSecretStore, fakeSecretStore } from '../../fakes/secret-store.ts';
import { anyChange, grant, opened } from './samples.ts';

const nowMs = Date.UTC(2030, 0, 2, 3, 4, 5);

describe('the vault', () => {
  let outer: string;
  let dataDir: string;
  let store: FakeSecretStore;
  let logged: string[];
  beforeEach(async () => {
    outer = await mkdtemp(join(tmpdir(), 'vault-'));
    dataDir = join(outer, 'data');
    store = fakeSecretStore();
    logged = [];
  });
  afterEach(() => rm(outer, { recursive: true, force: true }));

  const open = (keySource: VaultKeySource = { kind: 'keychain', store }): Promise<Vault> =>
    openVault({
      dataDir,
      keySource,
      now: () => nowMs,
      log: (level, message, facts) => logged.push(JSON.stringify([level, message, facts])),
    });
  const file = () => join(dataDir, 'vault.jwe');
  const tokenIn = (vault: Vault) => vault.get('grant', 'g')?.accessToken.open();
  /** A vault with one grant, closed again. */
  async function filled(keySource?: VaultKeySource, token = 'canary-token'): Promise<Buffer> {
    const vault = await open(keySource);
    await vault.write([{ kind: 'grant', key: 'g', record: grant(token) }]);
    await vault.close();
    return readFile(file());
  }
  async function keyFile(name = 'key', bytes = randomBytes(32)): Promise<VaultKeySource & { kind: 'key-file' }> {
    const path = join(outer, name);
    await writeFile(path, bytes.toString('hex'));
    return { kind: 'key-file', path };
  }

  describe('sealed', () => {
    it('P-64 begins with a fresh key, kept and read back before the file is there', async () => {
      const vault = await open();
      expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
      const [name] = [...store.entries.keys()];
      expect(store.calls).toEqual([`set ${name}`, `get ${name}`]);
      expect(Buffer.from(store.entries.get(name ?? '') ?? '', 'base64url')).toHaveLength(32);
      expect(await readdir(dataDir)).toEqual(['vault.jwe']);
    });

    it('gives back after a restart what was written, secrets and all', async () => {
      await filled();
      const vault = await open();
      expect(opened(vault.get('grant', 'g'))).toEqual(opened(grant('canary-token')));
      expect(vault.list('grant')).toHaveLength(1);
      expect(vault.get('grant', 'other')).toBeUndefined();
      expect(vault.list('connection')).toEqual([]);
      expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
      expect(store.entries.size).toBe(1);
    });

    it('any list of changes survives close and open', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(anyChange, { maxLength: 4 }), { maxLength: 6 }), async (writes) => {
          await rm(dataDir, { recursive: true, force: true });
          const first = await open();
          // Some wait for one another and some do not: the order is the same.
          await Promise.all(writes.map((changes) => first.write(changes)));
          await first.close();
          const second = await open();
          const expected = new Map(writes.flat().map(({ kind, key, record }) => [JSON.stringify([kind, key]), record]));
          for (const { kind, key } of writes.flat()) {
            expect(opened(second.get(kind, key))).toEqual(opened(expected.get(JSON.stringify([kind, key]))));
          }
          for (const kind of Object.keys(recordSchemas) as (keyof typeof recordSchemas)[]) {
            expect(second.list(kind).map(opened)).toEqual(first.list(kind).map(opened));
          }
        }),
        { numRuns: 60 },
      );
    });

    it('P-43 the new refresh token takes the old one’s place and ends the journal entry in one write', async () => {
      const key = 'g';
      const vault = await open();
      await vault.write([
        { kind: 'grant', key, record: grant('old') },
        { kind: 'refreshJournal', key, record: { refreshTokenDigest: 'digest', startedAtMs: 1 } },
      ]);
      const rotating = vault.write([
        { kind: 'grant', key, record: grant('new') },
        { kind: 'refreshJournal', key, record: undefined },
      ]);
      // Until it is durable nobody is given the new access token.
      expect(tokenIn(vault)).toBe('old');
      await rotating;
      expect(tokenIn(vault)).toBe('new');
      const afterCrash = await open();
      expect(afterCrash.get('grant', key)?.refreshToken?.open()).toBe('refresh-new');
      expect(afterCrash.get('refreshJournal', key)).toBeUndefined();
    });

    it('P-43 a write that the disk refuses leaves memory and disk as they were', async () => {
      const before = await filled();
      const vault = await open();
      await rename(dataDir, `${dataDir}-away`);
      const refused = vault.write([{ kind: 'grant', key: 'g', record: grant('new') }]);
      await expect(refused).rejects.toMatchObject({ code: 'data-folder-unusable' });
      expect(tokenIn(vault)).toBe('canary-token');
      await rename(`${dataDir}-away`, dataDir);
      expect(await readFile(file())).toEqual(before);
      await vault.write([{ kind: 'grant', key: 'g', record: grant('newer') }]);
      expect(tokenIn(await open())).toBe('newer');
    });

    it('P-64 no token, key or name of an account is readable in the data folder, the log or the state', async () => {
      await filled();
      const vault = await open();
      const everything = [JSON.stringify(vault.state), ...logged];
      for (const name of await readdir(dataDir)) everything.push(name, await readFile(join(dataDir, name), 'latin1'));
      const decoded = everything
        .join('\n')
        .split(/[.\s]/)
        .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
      for (const text of [...everything, ...decoded]) {
        expect(text).not.toContain('canary');
        expect(text).not.toContain('account-1');
        for (const key of store.entries.values()) expect(text).not.toContain(key);
      }
    });

    it('two that write to one file do not overwrite each other', async () => {
      await filled();
      const [one, other] = [await open(), await open()];
      await one.write([{ kind: 'grant', key: 'g', record: grant('by one') }]);
      const refused = other.write([{ kind: 'grant', key: 'g', record: grant('by the other') }]);
      await expect(refused).rejects.toMatchObject({ code: 'data-folder-unusable' });
      expect(tokenIn(await open())).toBe('by one');
    });

    it('a write of a vault with 50 grants takes milliseconds', async () => {
      const vault = await open();
      const changes = Array.from({ length: 50 }, (_, n) => {
        return { kind: 'grant' as const, key: `g${n}`, record: grant('t'.repeat(1_500)) };
      });
      await vault.write(changes);
      const timesMs: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        const startedMs = performance.now();
        await vault.write([{ kind: 'grant', key: 'g1', record: grant(`t${n}`) }]);
        timesMs.push(performance.now() - startedMs);
      }
      // The median, with room for a slow disk's fsync.
      expect(timesMs.sort((a, b) => a - b)[10]).toBeLessThan(50);
    });
  });

  describe('without its key', () => {
    it('no keychain: in memory, said so, and nothing on disk', async () => {
      store.mood = 'no-store';
      const vault = await open();
      expect(vault.state).toEqual({ kind: 'memory', reason: expect.stringContaining('not available') });
      await vault.write([{ kind: 'grant', key: 'g', record: grant('short-lived') }]);
      expect(tokenIn(vault)).toBe('short-lived');
      await vault.close();
      expect(await readdir(dataDir)).toEqual([]);
    });

    it.each(['failing', 'forgetful', 'garbling'] as const)('a %s keychain is not trusted with a key', async (mood) => {
      store.mood = mood;
      expect((await open()).state).toEqual({ kind: 'memory', reason: 'Test keychain gave an error.' });
      expect(await readdir(dataDir)).toEqual([]);
    });

    it.each([
      ['no-store', 'memory'],
      ['locked', 'locked'],
      ['failing', 'locked'],
    ] as const)('a sealed file is not touched while the keychain is %s', async (mood, kind) => {
      const before = await filled();
      store.mood = mood;
      const vault = await open();
      expect(vault.state.kind).toBe(kind);
      if (kind === 'memory') await vault.write([{ kind: 'grant', key: 'g', record: grant('other') }]);
      await vault.close();
      expect(await readdir(dataDir)).toEqual(['vault.jwe']);
      expect(await readFile(file())).toEqual(before);
      store.mood = 'open';
      expect(tokenIn(await open())).toBe('canary-token');
    });

    it('locked: every call says so, unlocking opens it, and many who ask are one question', async () => {
      await filled();
      store.mood = 'locked';
      const vault = await open();
      const locked = expect.objectContaining({ code: 'keychain-locked' });
      expect(() => vault.get('grant', 'g')).toThrow(locked);
      expect(() => vault.list('grant')).toThrow(locked);
      await expect(vault.write([])).rejects.toEqual(locked);
      await expect(vault.unlock()).rejects.toEqual(locked);
      store.mood = 'no-store';
      await expect(vault.unlock()).rejects.toMatchObject({ code: 'keychain-missing' });
      expect(vault.state.kind).toBe('locked');

      store.mood = 'open';
      store.calls.length = 0;
      await Promise.all([vault.unlock(), vault.unlock(), vault.unlock()]);
      expect(store.calls).toHaveLength(1);
      expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
      expect(tokenIn(vault)).toBe('canary-token');
      await vault.unlock();
      await vault.write([{ kind: 'grant', key: 'g', record: grant('after') }]);
      expect(tokenIn(await open())).toBe('after');
    });

    it('locked at the very first start: one key, however often it is tried', async () => {
      store.mood = 'locked';
      const vault = await open();
      expect(vault.state).toEqual({ kind: 'locked', reason: 'Test keychain is locked.' });
      await expect(vault.unlock()).rejects.toMatchObject({ code: 'keychain-locked' });
      expect(await readdir(dataDir)).toEqual([]);
      store.mood = 'open';
      await vault.unlock();
      expect(vault.state.kind).toBe('sealed');
      expect(new Set(store.calls.map((call) => call.split(' ')[1])).size).toBe(1);
    });

    it('a key that is gone: the file is set aside whole, and the person can be told where', async () => {
      const before = await filled();
      store.entries.clear();
      const vault = await open();
      const aside = join(dataDir, 'vault.unreadable-20300102T030405Z.jwe');
      expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain', setAside: aside });
      expect(await readFile(aside)).toEqual(before);
      expect(vault.list('grant')).toEqual([]);
      expect(logged.join()).toContain('vault.unreadable');
      expect((await open()).state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
    });

    it('memory wanted: no folder, no keychain', async () => {
      const vault = await open({ kind: 'memory' });
      await vault.write([{ kind: 'grant', key: 'g', record: grant('t') }]);
      await vault.unlock();
      expect(tokenIn(vault)).toBe('t');
      expect(vault.state.kind).toBe('memory');
      expect(await readdir(outer)).toEqual([]);
      expect(store.calls).toEqual([]);
    });
  });

  describe('damaged', () => {
    const damages: [string, () => Promise<void>][] = [
      ['cut', async () => truncate(file(), (await readFile(file())).length - 7)],
      ['empty', () => truncate(file(), 0)],
      ['garbage', () => writeFile(file(), randomBytes(400))],
      ['sealed with another key', async () => replaceKeys(() => randomBytes(32).toString('base64url'))],
      ['named by an entry that is no key', async () => replaceKeys(() => 'short')],
      ['of records that do not fit', () => reseal('{"grant":[["g",{"canary":1}]]}', 1)],
    ];
    async function replaceKeys(by: () => string): Promise<void> {
      for (const name of store.entries.keys()) store.entries.set(name, by());
    }
    async function reseal(plain: string, format: number): Promise<void> {
      const [[name, key] = ['', '']] = [...store.entries];
      const header = { alg: 'dir', enc: 'A256GCM', typ: 'conexor-vault+jwe', format, keyIn: 'keychain' };
      const sealed = await new CompactEncrypt(Buffer.from(plain))
        .setProtectedHeader({ ...header, kid: name.replace(/^vault-/, '') })
        .encrypt(Buffer.from(key, 'base64url'));
      await writeFile(file(), sealed);
    }

    it.each(damages)('a file that is %s is set aside, never overwritten, and a new one begun', async (_, damage) => {
      await filled();
      await damage();
      const before = await readFile(file());
      const vault = await open();
      const aside = join(dataDir, 'vault.damaged-20300102T030405Z.jwe');
      expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain', setAside: aside });
      expect(await readFile(aside)).toEqual(before);
      await vault.write([{ kind: 'grant', key: 'g', record: grant('new') }]);
      expect(tokenIn(await open())).toBe('new');
      // The old key stays: whoever can mend the file can still open it.
      expect(store.entries.size).toBe(2);
    });

    it('with no keychain to begin a new one, a damaged file stays where it is', async () => {
      await filled();
      await writeFile(file(), 'garbage');
      for (const [mood, kind] of [
        ['no-store', 'memory'],
        ['locked', 'locked'],
      ] as const) {
        store.mood = mood;
        expect((await open()).state.kind).toBe(kind);
        expect(await readFile(file(), 'utf8')).toBe('garbage');
      }
      expect(await readdir(dataDir)).toEqual(['vault.jwe']);
    });

    it('a file from a newer version is refused and left exactly as it is, locked or not', async () => {
      await filled();
      await reseal('{"future":true}', 2);
      const before = await readFile(file());
      for (const mood of ['open', 'locked', 'no-store'] as const) {
        store.mood = mood;
        await expect(open()).rejects.toMatchObject({ code: 'vault-newer' });
      }
      await expect(open(await keyFile())).rejects.toMatchObject({ code: 'vault-newer' });
      expect(await readdir(dataDir)).toEqual(['vault.jwe']);
      expect(await readFile(file())).toEqual(before);
    });
  });

  describe('with a key file', () => {
    it('P-64 is sealed with it and opens with it, without any keychain', async () => {
      const source = await keyFile();
      const bytes = await filled(source);
      expect(bytes.includes('canary')).toBe(false);
      const vault = await open(source);
      expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'key-file' });
      expect(tokenIn(vault)).toBe('canary-token');
      expect(store.calls).toEqual([]);
    });

    it('an invalid key file is a fault before anything is touched', async () => {
      await writeFile(join(outer, 'bad'), 'bad');
      await expect(open({ kind: 'key-file', path: join(outer, 'bad') })).rejects.toMatchObject({
        code: 'key-file-invalid',
      });
      expect(await readdir(outer)).toEqual(['bad']);
    });

    it('another key file, or the keychain instead, is told, and the vault stays as it is', async () => {
      const before = await filled(await keyFile());
      await expect(open(await keyFile('other'))).rejects.toMatchObject({ code: 'vault-key-missing' });
      await expect(open()).rejects.toMatchObject({ code: 'vault-key-missing' });
      expect(await readdir(dataDir)).toEqual(['vault.jwe']);
      expect(await readFile(file())).toEqual(before);
    });

    it('a key file for a vault of the keychain is told, and the vault stays as it is', async () => {
      const before = await filled();
      await expect(open(await keyFile())).rejects.toMatchObject({ code: 'vault-key-missing' });
      expect(await readFile(file())).toEqual(before);
    });

    it('a damaged file is set aside as with a keychain, also twice within a second', async () => {
      const source = await keyFile();
      for (const content of ['first', 'second']) {
        await filled(source);
        await writeFile(file(), content);
        const { state } = await open(source);
        const aside = state.kind === 'sealed' ? state.setAside : undefined;
        expect(basename(aside ?? '')).toMatch(/^vault\.damaged-20300102T030405Z(-2)?\.jwe$/);
        expect(await readFile(aside ?? '', 'utf8')).toBe(content);
      }
      expect(await readdir(dataDir)).toHaveLength(3);
    });

    it('a copy of the folder opens elsewhere with the same key', async () => {
      const source = await keyFile();
      await filled(source);
      await cp(dataDir, `${dataDir}-copy`, { recursive: true });
      await rm(dataDir, { recursive: true });
      dataDir = `${dataDir}-copy`;
      expect(tokenIn(await open(source))).toBe('canary-token');
    });
  });

  it('close waits for the writes under way; after it nothing is written', async () => {
    const vault = await open();
    const writing = vault.write([{ kind: 'grant', key: 'g', record: grant('last') }]);
    await vault.close();
    expect(tokenIn(await open())).toBe('last');
    await writing;
    const late = vault.write([{ kind: 'grant', key: 'g', record: grant('late') }]);
    await expect(late).rejects.toMatchObject({ code: 'internal' });
  });
});
