/** Changes after which nothing of ours may be left, nothing of anybody's lost, and nothing be said that is not so. */
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entriesFileName } from '../../../electron/core/clients/written-entries.ts';
import { type ClientHome, openClientHome } from '../../fakes/client-home.ts';

let home: ClientHome;
beforeEach(async () => {
  home = await openClientHome();
});
afterEach(() => home.end());

const file = '.cursor/mcp.json';
const asJson = async () => JSON.parse(await home.read(file));
const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
const each = (...connections: string[]) => ({ scope: { kind: 'each' as const, connections } });
const records = () => join(home.dataDir, entriesFileName);
const copies = async () => (await readdir(join(home.home, '.cursor'))).filter((name) => name.endsWith('.bak'));
const moveRelay = async () => {
  const path = join(home.dataDir, 'moved.cjs');
  await writeFile(path, '');
  home.computer.relay = [process.execPath, path];
};
/** Somebody else's server, ours in its place. */
const takeOver = (name = 'sales') =>
  home.clients.replace({
    client: 'cursor',
    path: join(home.home, file),
    entries: [{ name, connection: name, isMeant: () => true }],
  });
const theirs = { command: 'npx', args: ['mcp-remote', 'https://x.example'], env: { KEY: 'a-secret' } };

describe('what stands in an entry is not lost', () => {
  const inEntry = (more: string) =>
    `{"mcpServers":{"sales":{"command":"npx","args":["mcp-remote","https://x.example"],${more}}}}`;
  it.each([
    ['a comment', '\n// asked by Bob\n"disabled":false', 'comments'],
    ['a number that cannot be kept', '"timeout":12345678901234567890', 'number'],
    ['one larger than any', '"timeout":1e400', 'number'],
    ['a name twice', '"x":1,"x":2', 'twice'],
  ])('%s is refused, and the file is as it was', async (_, more, said) => {
    await home.put(file, inEntry(more));
    await expect(takeOver()).rejects.toMatchObject({ code: 'input-invalid' });
    const wish = {
      client: 'cursor',
      path: join(home.home, file),
      entries: [{ name: 'sales', connection: 'sales', isMeant: () => true }],
    } as const;
    expect((await home.clients.planReplace(wish))[0]?.fault?.what).toContain(said);
    expect(await home.read(file)).toBe(inEntry(more));
  });

  it('ordinary numbers and texts with slashes are kept', async () => {
    await home.put(file, inEntry('"timeout":1.50,"most":9007199254740991,"docs":"https://x.example // not a comment"'));
    await takeOver();
    expect((await asJson()).mcpServers.sales).toMatchObject({
      timeout: 1.5,
      most: 9007199254740991,
      docs: 'https://x.example // not a comment',
    });
  });
});

describe('two of us at once', () => {
  it('write down what both have done', async () => {
    const other = await openClientHome({ dataDir: home.dataDir });
    try {
      for (let round = 0; round < 10; round++) {
        await home.put(file, '{}');
        await other.put('.config/zed/settings.json', '{}');
        const done = await Promise.all([home.clients.add('cursor'), other.clients.add('zed')]);
        expect(done.flatMap(({ failed }) => failed)).toEqual([]);
        const known = (await home.clients.written()).map(({ client }) => client);
        expect(known.toSorted()).toEqual(['cursor', 'zed']);
        await Promise.all([home.clients.remove('cursor'), other.clients.remove('zed')]);
        expect(await home.clients.written()).toEqual([]);
      }
    } finally {
      await other.end();
    }
  });
});

describe('removing leaves nothing of ours', () => {
  it.each([
    ['other relay words', async () => moveRelay().then(() => home.clients.add('cursor'))],
    ['another scope', async () => home.clients.add('cursor', each('sales'))],
  ])('where others had written between two of our changes: %s', async (_, addAgain) => {
    await home.put(file, json({ mcpServers: { other: { command: 'x' } } }));
    await home.clients.add('cursor');
    await home.put(file, `${await home.read(file)}\n`);
    await addAgain();
    expect((await home.clients.remove('cursor')).changed).toHaveLength(1);
    expect(await asJson()).toEqual({ mcpServers: { other: { command: 'x' } } });
    expect((await home.clients.view('cursor')).state).toBe('not-added');
  });

  it('where an older record names a copy with our entry in it as the file without', async () => {
    await home.put(file, json({ mcpServers: {} }));
    await home.clients.add('cursor');
    const withOurs = await home.read(file);
    await home.clients.add('cursor', each('sales'));
    const stored = JSON.parse(await readFile(records(), 'utf8'));
    stored.files[0].original = { sha256: stored.files[0].before.sha256, backup: stored.files[0].before.backup };
    await writeFile(records(), JSON.stringify(stored));
    await home.clients.remove('cursor');
    expect(await home.read(file)).not.toBe(withOurs);
    expect(await asJson()).toEqual({ mcpServers: {} });
  });
});

describe('a change that cannot be written down', () => {
  const block = async () => {
    await rename(records(), `${records()}.kept`).catch(() => undefined);
    await mkdir(records());
  };
  const unblock = async () => {
    await rmdir(records());
    await rename(`${records()}.kept`, records()).catch(() => undefined);
  };

  it('is not made', async () => {
    const before = json({ mcpServers: { sales: theirs } });
    await home.put(file, before);
    await block();
    await expect(takeOver()).rejects.toMatchObject({ code: 'data-folder-unusable' });
    await expect(home.clients.add('cursor')).rejects.toMatchObject({ code: 'data-folder-unusable' });
    expect(await home.read(file)).toBe(before);
    expect(await copies()).toEqual([]);
  });

  it('and what could not be read for a moment is not set aside: nothing is lost', async () => {
    await home.put(file, '{}');
    await home.clients.add('cursor');
    const stored = await readFile(records(), 'utf8');
    await block();
    expect((await home.clients.view('cursor')).state).toBe('added');
    await expect(home.clients.remove('cursor')).rejects.toMatchObject({ code: 'data-folder-unusable' });
    await unblock();
    expect(await readFile(records(), 'utf8')).toBe(stored);
    expect((await readdir(home.dataDir)).filter((name) => name.includes('broken'))).toEqual([]);
    await home.clients.undo('cursor');
    expect(await home.read(file)).toBe('{}');
  });

  it('what a newer version has written survives the next change', async () => {
    await home.put(file, '{}');
    const newer = { client: 'newer', path: '/x', shape: 2 };
    await writeFile(
      records(),
      JSON.stringify({ version: 9, entries: [newer], files: [{ a: 1 }], clients: [], more: 1 }),
    );
    await home.clients.add('cursor');
    const stored = JSON.parse(await readFile(records(), 'utf8'));
    expect(stored).toMatchObject({ version: 9, more: 1, entries: expect.arrayContaining([newer]) });
    expect(stored.files).toContainEqual({ a: 1 });
    expect(await home.clients.written()).toHaveLength(1);
  });
});

describe('taking back', () => {
  it('a take-over whose copy is gone is refused, in words of its own', async () => {
    await home.put(file, json({ mcpServers: { sales: theirs, other: { command: 'x' } } }));
    const { backup = '' } = await takeOver();
    const taken = await home.read(file);
    await rm(backup);
    const { failed, changed } = await home.clients.undo('cursor');
    expect([changed, failed]).toMatchObject([[], [{ fault: { what: expect.stringContaining('copy') } }]]);
    expect(await home.read(file)).toBe(taken);
  });

  it('brings no entry of ours that had gone before the change', async () => {
    await home.put(file, json({ mcpServers: { other: { command: 'x' } } }));
    await home.clients.add('cursor');
    await home.put(file, json({ mcpServers: { other: { command: 'x' } } }));
    const { changed } = await home.clients.add('cursor', each('sales'));
    await rm(changed[0]?.backup ?? '');
    await home.clients.undo('cursor');
    expect(await asJson()).toEqual({ mcpServers: { other: { command: 'x' } } });
  });

  it('keeps what a person has added to our entry', async () => {
    await home.put(file, json({ mcpServers: {} }));
    const first = home.computer.relay;
    await home.clients.add('cursor');
    await moveRelay();
    await home.clients.add('cursor');
    const value = await asJson();
    Object.assign(value.mcpServers.conexor, { env: { TOKEN: 'a-secret' }, disabledTools: ['delete'] });
    await home.put(file, json(value));
    await home.clients.undo('cursor');
    expect((await asJson()).mcpServers.conexor).toMatchObject({
      args: [first?.[1], '--client', 'cursor', '--connection', '_all'],
      env: { TOKEN: 'a-secret' },
      disabledTools: ['delete'],
    });
    expect(JSON.stringify(await home.clients.written())).not.toContain('a-secret');
  });
});

describe('taking somebody else’s place', () => {
  it('keeps the limits that a person has set, and drops how it was started', async () => {
    const limits = { disabledTools: ['delete'], autoApprove: ['list'], timeout: 30, disabled: true };
    await home.put(
      file,
      json({ mcpServers: { sales: { ...theirs, ...limits, url: 'x', type: 'stdio', headers: {} } } }),
    );
    await takeOver();
    const { sales } = (await asJson()).mcpServers;
    expect(sales).toMatchObject(limits);
    expect(sales).not.toHaveProperty('url');
    expect(sales).not.toHaveProperty('headers');
    expect(JSON.stringify(sales)).not.toContain('a-secret');
  });

  it('beside our entry for all takes theirs out, so that no tool is there twice; an undo brings it back', async () => {
    await home.put(file, json({ mcpServers: { sales: theirs, other: { command: 'x' } } }));
    await home.clients.add('cursor');
    const before = await home.read(file);
    expect(await takeOver()).toMatchObject({ removed: [{ name: 'sales' }] });
    expect(Object.keys((await asJson()).mcpServers)).toEqual(['other', 'conexor']);
    expect((await home.clients.view('cursor')).state).toBe('added');
    await home.clients.undo('cursor');
    expect(await home.read(file)).toBe(before);
  });

  it('beside our entry for all that is switched off is as anywhere', async () => {
    await home.put(file, json({ mcpServers: { sales: theirs } }));
    await home.clients.add('cursor');
    const value = await asJson();
    value.mcpServers.conexor.disabled = true;
    await home.put(file, json(value));
    await takeOver();
    expect(Object.keys((await asJson()).mcpServers)).toEqual(['sales', 'conexor']);
  });

  it('where one entry of ours is taken out and another stands, the program is not one whose entry has vanished', async () => {
    await home.put(file, json({ mcpServers: {} }));
    await home.clients.add('cursor', each('sales', 'crm'));
    const value = await asJson();
    delete value.mcpServers.crm;
    await home.put(file, json(value));
    expect(await home.clients.view('cursor')).toMatchObject({
      state: 'added',
      files: [{ missing: [{ name: 'crm' }] }],
    });
  });
});

describe('what works', () => {
  const claudeFile = '.config/Claude/claude_desktop_config.json';
  const app = { pid: 1, path: '/usr/bin/claude-desktop', words: [] };
  const start = (words: readonly string[]) =>
    home.computer.starts.push({
      client: 'claude-desktop',
      ancestors: [{ pid: 2, path: process.execPath, words }, app],
      startedAtMs: home.computer.nowMs++,
      listedAtMs: home.computer.nowMs,
    });

  it('is not said of a program whose settings are broken, whatever has started before', async () => {
    await home.put(claudeFile, '{"mcpServers": {');
    start(['node', '/Claude Extensions/conexor/server/relay.cjs']);
    expect(await home.clients.view('claude-desktop')).toMatchObject({ state: 'unusable', verdict: 'file-unusable' });
  });

  it('without an entry only what the bundle has started counts', async () => {
    await home.put(claudeFile, '{}');
    start(['node', home.computer.relay?.[1] ?? '']);
    expect((await home.clients.view('claude-desktop')).state).toBe('not-added');
    start(['node', '/Claude Extensions/conexor/server/relay.cjs']);
    expect((await home.clients.view('claude-desktop')).state).toBe('connected');
  });
});

describe('of the copies', () => {
  it('the one just made stays, also where the clock was set back', async () => {
    await home.put(file, json({ mcpServers: { sales: theirs } }));
    for (let n = 0; n < 5; n++) {
      home.computer.nowMs += 2_000;
      await home.clients.add('cursor', each(`service-${n}`));
    }
    home.computer.nowMs -= 86_400_000;
    const before = await home.read(file);
    const { backup = '' } = await takeOver();
    expect(await readFile(backup, 'utf8')).toBe(before);
    expect(await copies()).toHaveLength(5);
    await home.clients.undo('cursor');
    expect(await home.read(file)).toBe(before);
  });

  it('the one just made stays, also of many in one second', async () => {
    await home.put(file, '{}');
    for (let n = 0; n < 12; n++) {
      const { changed } = await home.clients.add('cursor', each(`service-${n}`));
      const names = await copies();
      expect(names.map((name) => join(home.home, '.cursor', name))).toContain(changed[0]?.backup);
      expect(names.length).toBeLessThanOrEqual(6);
    }
  });
});
