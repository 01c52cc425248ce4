import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordSchemas } from '../../../electron/core/vault/records.ts';
import { processorMsOf } from '../../fakes/soon.ts';
import { anyChange, opened } from './samples.ts';
import { grant } from './samples-of-grants.ts';
import { tokenIn, vaultScene } from './scene.ts';

describe('a sealed vault', () => {
  const at = vaultScene();

  it('P-64 begins with a fresh key, kept and read back before the file is there', async () => {
    const vault = await at.open();
    expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
    const [name] = [...at.store.entries.keys()];
    expect(at.store.calls).toEqual([`set ${name}`, `get ${name}`]);
    expect(Buffer.from(at.store.entries.get(name ?? '') ?? '', 'base64url')).toHaveLength(32);
    expect(await readdir(at.dataDir)).toEqual(['vault.jwe']);
  });

  it('gives back after a restart what was written, secrets and all', async () => {
    await at.filled();
    const vault = await at.open();
    expect(opened(vault.get('grant', 'g'))).toEqual(opened(grant('canary-token')));
    expect(vault.list('grant')).toHaveLength(1);
    expect(vault.get('grant', 'other')).toBeUndefined();
    expect(vault.list('connection')).toEqual([]);
    expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
    expect(at.store.entries.size).toBe(1);
  });

  it('any list of changes survives close and open', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyChange, { maxLength: 4 }), { maxLength: 6 }), async (writes) => {
        await rm(at.dataDir, { recursive: true, force: true });
        const first = await at.open();
        // Some wait for one another and some do not: the order is the same.
        await Promise.all(writes.map((changes) => first.write(changes)));
        await first.close();
        const second = await at.open();
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
    const vault = await at.open();
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
    const afterCrash = await at.open();
    expect(afterCrash.get('grant', key)?.refreshToken?.open()).toBe('refresh-new');
    expect(afterCrash.get('refreshJournal', key)).toBeUndefined();
  });

  it('P-43 a write that the disk refuses leaves memory and disk as they were', async () => {
    const before = await at.filled();
    const vault = await at.open();
    await rename(at.dataDir, `${at.dataDir}-away`);
    const refused = vault.write([{ kind: 'grant', key: 'g', record: grant('new') }]);
    await expect(refused).rejects.toMatchObject({ code: 'data-folder-unusable' });
    expect(tokenIn(vault)).toBe('canary-token');
    await rename(`${at.dataDir}-away`, at.dataDir);
    expect(await readFile(at.file())).toEqual(before);
    await vault.write([{ kind: 'grant', key: 'g', record: grant('newer') }]);
    expect(tokenIn(await at.open())).toBe('newer');
  });

  it('P-64 no token, key or name of an account is readable in the data folder, the log or the state', async () => {
    await at.filled();
    const vault = await at.open();
    const everything = [JSON.stringify(vault.state), ...at.logged];
    for (const name of await readdir(at.dataDir))
      everything.push(name, await readFile(join(at.dataDir, name), 'latin1'));
    const decoded = everything
      .join('\n')
      .split(/[.\s]/)
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const text of [...everything, ...decoded]) {
      expect(text).not.toContain('canary');
      expect(text).not.toContain('account-1');
      for (const key of at.store.entries.values()) expect(text).not.toContain(key);
    }
  });

  it('two that write to one file do not overwrite each other', async () => {
    await at.filled();
    const [one, other] = [await at.open(), await at.open()];
    await one.write([{ kind: 'grant', key: 'g', record: grant('by one') }]);
    const refused = other.write([{ kind: 'grant', key: 'g', record: grant('by the other') }]);
    await expect(refused).rejects.toMatchObject({ code: 'data-folder-unusable' });
    expect(tokenIn(await at.open())).toBe('by one');
  });

  it('a write of a vault with 50 grants is little work', async () => {
    const vault = await at.open();
    const changes = Array.from({ length: 50 }, (_, n) => {
      return { kind: 'grant' as const, key: `g${n}`, record: grant('t'.repeat(1_500)) };
    });
    await vault.write(changes);
    const took = await processorMsOf(async () => {
      for (let n = 0; n < 20; n += 1) await vault.write([{ kind: 'grant', key: 'g1', record: grant(`t${n}`) }]);
    });
    expect(took / 20).toBeLessThan(50);
  });

  it('close waits for the writes under way; after it nothing is written', async () => {
    const vault = await at.open();
    const writing = vault.write([{ kind: 'grant', key: 'g', record: grant('last') }]);
    await vault.close();
    expect(tokenIn(await at.open())).toBe('last');
    await writing;
    const late = vault.write([{ kind: 'grant', key: 'g', record: grant('late') }]);
    await expect(late).rejects.toMatchObject({ code: 'internal' });
  });
});
