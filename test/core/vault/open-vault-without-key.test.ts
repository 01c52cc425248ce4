import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { grant } from './samples-of-grants.ts';
import { stamp, tokenIn, vaultScene } from './scene.ts';

describe('a vault without its key', () => {
  const at = vaultScene();

  it('no keychain: in memory, said so, and nothing on disk', async () => {
    at.store.mood = 'no-store';
    const vault = await at.open();
    expect(vault.state).toEqual({ kind: 'memory', reason: expect.stringContaining('not available') });
    await vault.write([{ kind: 'grant', key: 'g', record: grant('short-lived') }]);
    expect(tokenIn(vault)).toBe('short-lived');
    await vault.close();
    expect(await readdir(at.dataDir)).toEqual([]);
  });

  it.each(['failing', 'forgetful', 'garbling'] as const)('a %s keychain is not trusted with a key', async (mood) => {
    at.store.mood = mood;
    expect((await at.open()).state).toEqual({ kind: 'memory', reason: 'Test keychain gave an error.' });
    expect(await readdir(at.dataDir)).toEqual([]);
  });

  it.each([
    ['no-store', 'memory'],
    ['locked', 'locked'],
    ['failing', 'locked'],
  ] as const)('a sealed file is not touched while the keychain is %s', async (mood, kind) => {
    const before = await at.filled();
    at.store.mood = mood;
    const vault = await at.open();
    expect(vault.state.kind).toBe(kind);
    if (kind === 'memory') await vault.write([{ kind: 'grant', key: 'g', record: grant('other') }]);
    await vault.close();
    expect(await readdir(at.dataDir)).toEqual(['vault.jwe']);
    expect(await readFile(at.file())).toEqual(before);
    at.store.mood = 'open';
    expect(tokenIn(await at.open())).toBe('canary-token');
  });

  it('locked: every call says so, unlocking opens it, and many who ask are one question', async () => {
    await at.filled();
    at.store.mood = 'locked';
    const vault = await at.open();
    const locked = expect.objectContaining({ code: 'keychain-locked' });
    expect(() => vault.get('grant', 'g')).toThrow(locked);
    expect(() => vault.list('grant')).toThrow(locked);
    await expect(vault.write([])).rejects.toEqual(locked);
    await expect(vault.unlock()).rejects.toEqual(locked);
    at.store.mood = 'no-store';
    await expect(vault.unlock()).rejects.toMatchObject({ code: 'keychain-missing' });
    expect(vault.state.kind).toBe('locked');

    at.store.mood = 'open';
    at.store.calls.length = 0;
    await Promise.all([vault.unlock(), vault.unlock(), vault.unlock()]);
    expect(at.store.calls).toHaveLength(1);
    expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
    expect(tokenIn(vault)).toBe('canary-token');
    await vault.unlock();
    await vault.write([{ kind: 'grant', key: 'g', record: grant('after') }]);
    expect(tokenIn(await at.open())).toBe('after');
  });

  it('locked at the very first start: one key, however often it is tried', async () => {
    at.store.mood = 'locked';
    const vault = await at.open();
    expect(vault.state).toEqual({ kind: 'locked', reason: 'Test keychain is locked.' });
    await expect(vault.unlock()).rejects.toMatchObject({ code: 'keychain-locked' });
    expect(await readdir(at.dataDir)).toEqual([]);
    at.store.mood = 'open';
    await vault.unlock();
    expect(vault.state.kind).toBe('sealed');
    expect(new Set(at.store.calls.map((call) => call.split(' ')[1])).size).toBe(1);
  });

  it('a key that is gone: the file is set aside whole, and the person can be told where', async () => {
    const before = await at.filled();
    at.store.entries.clear();
    const vault = await at.open();
    const aside = join(at.dataDir, `vault.unreadable-${stamp}.jwe`);
    expect(vault.state).toEqual({ kind: 'sealed', keyIn: 'keychain', setAside: aside });
    expect(await readFile(aside)).toEqual(before);
    expect(vault.list('grant')).toEqual([]);
    expect(at.logged.join()).toContain('vault.unreadable');
    expect((await at.open()).state).toEqual({ kind: 'sealed', keyIn: 'keychain' });
  });

  it('memory wanted: no folder, no keychain', async () => {
    const vault = await at.open({ kind: 'memory' });
    await vault.write([{ kind: 'grant', key: 'g', record: grant('t') }]);
    await vault.unlock();
    expect(tokenIn(vault)).toBe('t');
    expect(vault.state.kind).toBe('memory');
    expect(await readdir(at.outer)).toEqual([]);
    expect(at.store.calls).toEqual([]);
  });
});
