/** Our entry in other programs' settings: what it is called, whose it is, when nothing is written, and what is true of it. */
import { chmod, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientsNeeds } from '../../../electron/core/clients/clients.ts';
import { entriesFileName } from '../../../electron/core/clients/written-entries.ts';
import type { ClientId, ClientView } from '../../../shared/clients.ts';
import { Fault } from '../../../shared/faults.ts';
import type { ClientUse } from '../../../shared/snapshot.ts';
import { type ClientHome, openClientHome } from '../../fakes/client-home.ts';

let home: ClientHome;
afterEach(() => home.end());

const cursorFile = '.cursor/mcp.json';
const claudeFile = '.config/Claude/claude_desktop_config.json';
const asJson = async (path: string) => JSON.parse(await home.read(path));
const args = (client: string, connection = '_all') => [
  home.computer.relay?.[1],
  ...['--client', client, '--connection', connection],
];
const each = (...connections: string[]) => ({ scope: { kind: 'each' as const, connections } });
const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

describe('without a broker', () => {
  beforeEach(async () => {
    home = await openClientHome();
  });

  describe('an entry', () => {
    it('takes no name that is somebody else’s', async () => {
      const theirs = { command: 'theirs' };
      await home.put(
        cursorFile,
        json({ mcpServers: { conexor: theirs, sales: theirs, 'conexor-crm': theirs, crm: theirs } }),
      );
      await home.clients.add('cursor');
      expect(Object.keys((await asJson(cursorFile)).mcpServers)).toEqual([
        'conexor',
        'sales',
        'conexor-crm',
        'crm',
        'conexor-2',
      ]);
      await home.clients.add('cursor', each('sales', 'crm', 'mail'));
      const { mcpServers } = await asJson(cursorFile);
      expect(Object.keys(mcpServers)).toEqual([
        ...['conexor', 'sales', 'conexor-crm', 'crm'],
        ...['conexor-sales', 'conexor-crm-2', 'mail'],
      ]);
      expect(mcpServers['conexor-crm-2'].args).toEqual(args('cursor', 'crm'));
      expect([mcpServers.conexor, mcpServers.sales]).toEqual([theirs, theirs]);
    });

    it('for all and those for single services take each other’s place; single ones come beside each other', async () => {
      await home.put(cursorFile, '{}');
      const names = async () => Object.keys((await asJson(cursorFile)).mcpServers ?? {});
      await home.clients.add('cursor', each('sales'));
      await home.clients.add('cursor', each('crm'));
      expect(await names()).toEqual(['sales', 'crm']);
      await home.clients.add('cursor');
      expect(await names()).toEqual(['conexor']);
      await home.clients.add('cursor', each('sales'));
      expect(await names()).toEqual(['sales']);
      await home.clients.remove('cursor');
      expect(await names()).toEqual([]);
    });

    it('is written anew where the relay has moved, and keeps what was added to it', async () => {
      await home.put(cursorFile, '{}');
      await home.clients.add('cursor');
      const value = await asJson(cursorFile);
      value.mcpServers.conexor.disabled = true;
      await home.put(cursorFile, json(value));
      expect((await home.clients.add('cursor')).changed).toEqual([]);
      const moved = [process.execPath, join(home.dataDir, 'other', 'relay.cjs')];
      home.computer.relay = moved;
      const { changed, client } = await home.clients.add('cursor');
      expect(changed).toHaveLength(1);
      expect((await asJson(cursorFile)).mcpServers).toEqual({
        conexor: {
          command: moved[0],
          args: [moved[1], '--client', 'cursor', '--connection', '_all'],
          env: {},
          disabled: true,
        },
      });
      expect(client.verdict).toBe('relay-gone');
    });

    it.each([
      ['over several lines', 2],
      ['on one line', 0],
    ])('does not show what a person has added to it when it goes: %s', async (_, indent) => {
      await home.put('.cursor/mcp.json', '{}');
      await home.clients.add('cursor');
      const config = JSON.parse(await home.read('.cursor/mcp.json'));
      config.mcpServers.conexor.env = { KEY: 'sk-very-secret' };
      await home.put('.cursor/mcp.json', JSON.stringify(config, undefined, indent));
      const { scope } = each('sales');
      for (const plan of [
        await home.clients.plan('cursor', 'remove'),
        await home.clients.plan('cursor', 'undo'),
        await home.clients.plan('cursor', 'add', scope),
      ]) {
        expect(plan.changes[0]?.what).toBe('change');
        expect(plan.changes[0]?.lines).not.toEqual([]);
        expect(JSON.stringify(plan)).not.toContain('sk-very-secret');
      }
    });

    it('keeps what a person has added to it to its file: it is not shown, and not written down', async () => {
      const env = { TOKEN: 'a-secret' };
      const added = { command: process.execPath, args: args('cursor'), env, disabled: true };
      await home.put(cursorFile, json({ mcpServers: { conexor: added } }));
      await home.clients.add('cursor');
      home.computer.relay = [process.execPath, join(home.dataDir, 'moved.cjs')];
      expect(JSON.stringify(await home.clients.plan('cursor', 'add'))).not.toContain('a-secret');
      await home.clients.add('cursor');
      expect((await asJson(cursorFile)).mcpServers.conexor).toEqual({ ...added, args: args('cursor') });
      expect(await home.clients.written()).toMatchObject([{ value: { disabled: true, env: {} } }]);
    });

    it('in the place of somebody else’s goes without bringing theirs back', async () => {
      const theirs = { command: 'npx', args: ['mcp-remote', 'https://x.example'] };
      await home.put(cursorFile, json({ mcpServers: { sales: theirs, other: { command: 'x' } } }));
      const path = join(home.home, cursorFile);
      const entries = [{ name: 'sales', connection: 'sales', isMeant: () => true }];
      await home.clients.replace({ client: 'cursor', path, entries });
      expect((await asJson(cursorFile)).mcpServers.sales.args).toEqual(args('cursor', 'sales'));
      await home.clients.add('cursor', each('crm'));
      await home.clients.remove('cursor');
      expect((await asJson(cursorFile)).mcpServers).toEqual({ other: { command: 'x' } });
    });

    it('in the place of somebody else’s is taken back only byte by byte', async () => {
      const before = json({ mcpServers: { sales: { command: 'npx', args: ['mcp-remote'], env: { A: 'a-secret' } } } });
      const path = await home.put(cursorFile, before);
      const entries = [{ name: 'sales', connection: 'sales', isMeant: () => true }];
      await home.clients.replace({ client: 'cursor', path, entries });
      expect(JSON.stringify(await home.clients.plan('cursor', 'undo'))).not.toContain('a-secret');
      await home.clients.undo('cursor');
      expect(await home.read(cursorFile)).toBe(before);
      await home.clients.replace({ client: 'cursor', path, entries });
      await home.put(cursorFile, (await home.read(cursorFile)).replace('{', '{ '));
      expect((await home.clients.view('cursor')).files[0]).not.toHaveProperty('undo');
      expect((await home.clients.undo('cursor')).failed).toHaveLength(1);
    });

    it('that somebody pasted is ours as well, and one that somebody changed is not any more', async () => {
      await home.put(cursorFile, json({ mcpServers: { mine: { command: process.execPath, args: args('cursor') } } }));
      expect(await home.clients.view('cursor')).toMatchObject({
        state: 'added',
        files: [{ entries: [{ name: 'mine' }] }],
      });
      expect((await home.clients.add('cursor')).changed).toEqual([]);
      const changed = { mcpServers: { mine: { command: process.execPath, args: [...args('cursor'), '--verbose'] } } };
      await home.put(cursorFile, json(changed));
      const removed = await home.clients.remove('cursor');
      expect(removed.changed).toEqual([]);
      expect(removed.failed).toMatchObject([
        { fault: { fault: 'input-invalid', what: expect.stringContaining('changed by somebody else') } },
      ]);
      expect(removed.client.files[0]?.entries).toEqual([{ name: 'mine', edited: true }]);
      await home.clients.add('cursor');
      expect(Object.keys((await asJson(cursorFile)).mcpServers)).toEqual(['mine', 'conexor']);
      await home.clients.remove('cursor');
      expect(await asJson(cursorFile)).toEqual(changed);
    });

    it('needs something that starts it', async () => {
      await home.put(cursorFile, '{}');
      home.computer.relay = undefined;
      const { failed, changed } = await home.clients.add('cursor');
      expect([changed, failed[0]?.fault.fault]).toEqual([[], 'node-missing']);
      expect(await home.read(cursorFile)).toBe('{}');
    });
  });

  describe('nothing is written', () => {
    it('while a program is open that writes over it, and it is said', async () => {
      await home.put(claudeFile, json({ preferences: { theme: 'dark' } }));
      const before = await home.all();
      home.computer.running.add('claude-desktop');
      const { closeFirst, changes } = await home.clients.plan('claude-desktop', 'add');
      expect([closeFirst, changes[0]?.what]).toEqual([true, 'change']);
      for (const work of ['add', 'undo', 'remove'] as const) {
        const done = home.clients[work]('claude-desktop');
        if (work === 'add')
          await expect(done).rejects.toMatchObject({ code: 'program-running', detail: { subject: 'Claude Desktop' } });
        else expect((await done).changed).toEqual([]);
        expect(await home.all()).toEqual(before);
      }
      home.computer.running.clear();
      expect((await home.clients.add('claude-desktop')).changed).toHaveLength(1);
      home.computer.running.add('claude-desktop');
      await expect(home.clients.remove('claude-desktop')).rejects.toMatchObject({ code: 'program-running' });
      await expect(home.clients.undo('claude-desktop')).rejects.toMatchObject({ code: 'program-running' });
      // Others do not write over it.
      await home.put(cursorFile, '{}');
      home.computer.running.add('cursor');
      expect((await home.clients.add('cursor')).changed).toHaveLength(1);
    });

    it('to a file that is not as it was seen', async () => {
      await home.put(cursorFile, json({ mcpServers: {} }));
      const { changes } = await home.clients.plan('cursor', 'add');
      const seen = changes.map((change) => change.seen);
      await home.put(cursorFile, json({ mcpServers: { other: { command: 'new' } } }));
      const { changed, failed } = await home.clients.add('cursor', { seen });
      expect([changed, failed]).toMatchObject([[], [{ fault: { what: expect.stringContaining('changed the file') } }]]);
      expect((await asJson(cursorFile)).mcpServers).toEqual({ other: { command: 'new' } });
      // What is seen is the change as well as the file.
      const again = (await home.clients.plan('cursor', 'add')).changes.map((change) => change.seen);
      expect((await home.clients.add('cursor', { ...each('sales'), seen: again })).changed).toEqual([]);
      expect((await home.clients.add('cursor', { seen: again })).changed).toHaveLength(1);
    });

    it('to a file that is broken; what holds of it is said, and the other files of the program are changed', async () => {
      const profile = '.config/Code/User/profiles/work/mcp.json';
      await home.put('.config/Code/User/mcp.json', '{"servers": {');
      await home.put(profile, '{"servers": {}}');
      expect(await home.clients.view('vs-code')).toMatchObject({ state: 'unusable', verdict: 'file-unusable' });
      const { changes } = await home.clients.plan('vs-code', 'add');
      expect(changes).toMatchObject([{ what: 'nothing', fault: { fault: 'input-invalid' } }, { what: 'change' }]);
      // For whoever puts it there by hand.
      expect(JSON.parse(changes[0]?.entry ?? '')).toMatchObject({ servers: { conexor: { args: args('vs-code') } } });
      expect(changes[1]?.entry).toBeUndefined();
      const { changed, failed } = await home.clients.add('vs-code');
      expect([changed.length, failed.length]).toEqual([1, 1]);
      expect((await asJson(profile)).servers).toHaveProperty('conexor');
      expect(await home.read('.config/Code/User/mcp.json')).toBe('{"servers": {');
    });

    it.each([
      ['two of one name', '{"mcpServers":{},"mcpServers":{}}'],
      ['a list', '{"mcpServers":[]}'],
      ['null', '{"mcpServers":null}'],
      ['no object', '[]'],
      ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
    ])('where %s stands', async (_, text) => {
      await home.put(cursorFile, text);
      const before = await home.all();
      const { changed, failed } = await home.clients.add('cursor');
      expect([changed, failed.length]).toEqual([[], 1]);
      expect(failed[0]?.fault.what).toMatch(/\.$/);
      expect(await home.all()).toEqual(before);
    });

    it('for a program that is not there, or has no file', async () => {
      await expect(home.clients.add('zed')).rejects.toMatchObject({
        code: 'program-not-found',
        detail: { subject: 'Zed' },
      });
      await expect(home.clients.add('n8n')).rejects.toMatchObject({ code: 'input-invalid' });
      await expect(home.clients.plan('n8n', 'add')).rejects.toMatchObject({ code: 'input-invalid' });
      expect((await home.clients.remove('n8n')).failed).toEqual([]);
      expect(await home.all()).toEqual({});
    });

    it('to the classic file of a packaged Claude, which is shown', async () => {
      home.computer.platform = 'win32';
      const classic = 'AppData/Roaming/Claude/claude_desktop_config.json';
      const packaged = 'AppData/Local/Packages/Claude_pzs8sxrjxfjjc';
      await home.put(classic, '{}');
      await mkdir(join(home.home, packaged), { recursive: true });
      const { client, changed } = await home.clients.add('claude-desktop');
      expect(changed.map(({ path }) => path)).toEqual([
        join(home.home, packaged, 'LocalCache/Roaming/Claude/claude_desktop_config.json'),
      ]);
      expect(client.files.map(({ leftAlone }) => leftAlone)).toEqual([undefined, true]);
      expect(await home.read(classic)).toBe('{}');
      // What we made is no sign that both are used.
      expect((await home.clients.add('claude-desktop')).changed).toEqual([]);
      // All that was made for it goes with it.
      await home.clients.remove('claude-desktop');
      expect(await readdir(join(home.home, packaged))).toEqual([]);
    });
  });

  describe('what was made', () => {
    it.each(['remove', 'undo'] as const)('goes again with %s, with the folders that were made for it', async (work) => {
      await mkdir(join(home.home, '.config', 'Code'), { recursive: true });
      expect((await home.clients.plan('vs-code', 'add')).changes).toMatchObject([{ what: 'create', copy: false }]);
      await home.clients.add('vs-code');
      const file = join(home.home, '.config/Code/User/mcp.json');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await home.clients.plan('vs-code', work)).changes).toMatchObject([{ what: 'delete' }]);
      await home.clients[work]('vs-code');
      expect(await readdir(join(home.home, '.config', 'Code'))).toEqual([]);
    });

    it('stays where somebody else has written into it', async () => {
      await mkdir(join(home.home, '.cursor'));
      await home.clients.add('cursor');
      const value = await asJson(cursorFile);
      value.mcpServers.other = { command: 'x' };
      await home.put(cursorFile, json(value));
      await home.clients.remove('cursor');
      expect(await asJson(cursorFile)).toEqual({ mcpServers: { other: { command: 'x' } } });
    });
  });

  it('an undo takes the last change back and nothing before it', async () => {
    await home.put(cursorFile, json({ mcpServers: { other: { command: 'x' } } }));
    await home.clients.add('cursor', each('sales'));
    const one = await home.read(cursorFile);
    await home.clients.add('cursor', each('crm'));
    await home.clients.undo('cursor');
    expect(await home.read(cursorFile)).toBe(one);
    expect((await home.clients.view('cursor')).files[0]).toMatchObject({
      entries: [{ name: 'sales', connection: 'sales' }],
    });
    expect((await home.clients.view('cursor')).files[0]).not.toHaveProperty('undo');
    expect((await home.clients.undo('cursor')).changed).toEqual([]);
  });

  it('where the copy has gone, only the entry is taken back', async () => {
    await home.put(cursorFile, '{"mcpServers":{"other":{"command":"x"}}}');
    const { changed } = await home.clients.add('cursor');
    await rm(changed[0]?.backup ?? '');
    expect((await home.clients.view('cursor')).files[0]?.undo).toBe('entry');
    await home.clients.undo('cursor');
    expect(await asJson(cursorFile)).toEqual({ mcpServers: { other: { command: 'x' } } });
  });

  it('what was wiped is missing, and put back alone', async () => {
    await home.put(claudeFile, json({ mcpServers: {} }));
    await home.clients.add('claude-desktop');
    const wiped = json({ preferences: { theme: 'dark' } });
    await home.put(claudeFile, wiped);
    expect(await home.clients.view('claude-desktop')).toMatchObject({
      state: 'missing',
      verdict: 'entry-missing',
      files: [{ entries: [], missing: [{ name: 'conexor' }] }],
    });
    home.computer.running.add('claude-desktop');
    await expect(home.clients.restore('claude-desktop')).rejects.toMatchObject({ code: 'program-running' });
    expect(await home.read(claudeFile)).toBe(wiped);
    home.computer.running.clear();
    expect((await home.clients.restore('claude-desktop')).client.state).toBe('added');
    expect(await asJson(claudeFile)).toMatchObject({
      preferences: { theme: 'dark' },
      mcpServers: { conexor: { args: args('claude-desktop') } },
    });
    await rm(join(home.home, claudeFile));
    expect((await home.clients.view('claude-desktop')).state).toBe('missing');
    // Nobody wants it back: then it is forgotten.
    await home.clients.remove('claude-desktop');
    expect((await home.clients.view('claude-desktop')).state).toBe('not-added');
  });

  it('all of it is taken out of every program, and a program that is open is told', async () => {
    const files = {
      [cursorFile]: '{"mcpServers":{}}',
      '.codex/config.toml': '# mine\n',
      [claudeFile]: '{}',
      '.gemini/settings.json': '{"broken',
    };
    for (const [path, text] of Object.entries(files)) await home.put(path, text);
    for (const client of ['cursor', 'codex', 'claude-desktop'] as const) await home.clients.add(client);
    home.computer.running.add('claude-desktop');
    const done = await home.clients.removeAll();
    expect(done.map(({ client, changed, failed }) => [client.id, changed.length, failed[0]?.fault.fault])).toEqual([
      ['claude-desktop', 0, 'program-running'],
      ['cursor', 1, undefined],
      ['codex', 1, undefined],
    ]);
    home.computer.running.clear();
    await home.clients.removeAll();
    for (const [path, text] of Object.entries(files)) expect(await home.read(path)).toBe(text);
    expect(await home.clients.removeAll()).toEqual([]);
  });

  it('changes of many at once are all made, and all known', async () => {
    const clients = ['cursor', 'codex', 'zed', 'gemini-cli', 'lm-studio'] as const;
    for (const folder of ['.cursor', '.codex', '.config/zed', '.gemini', '.lmstudio']) {
      await mkdir(join(home.home, folder), { recursive: true });
    }
    await Promise.all(clients.map((client) => home.clients.add(client)));
    expect((await home.clients.written()).map(({ client }) => client).sort()).toEqual([...clients].sort());
    await Promise.all(clients.map((client) => home.clients.remove(client)));
    expect(await home.all()).toEqual({});
  });

  it('a link is followed and stays one', async () => {
    await home.put('dotfiles/mcp.json', '{"mcpServers":{}}');
    await mkdir(join(home.home, '.cursor'));
    await symlink(join(home.home, 'dotfiles/mcp.json'), join(home.home, cursorFile));
    await home.clients.add('cursor');
    expect((await asJson('dotfiles/mcp.json')).mcpServers).toHaveProperty('conexor');
    await home.clients.undo('cursor');
    expect(await home.read('dotfiles/mcp.json')).toBe('{"mcpServers":{}}');
  });

  it('what was wished for a wiped entry is remembered', async () => {
    expect(await home.clients.restores('cursor')).toBe(false);
    expect((await home.clients.setRestores('cursor', true)).restores).toBe(true);
    expect(await home.clients.restores('cursor')).toBe(true);
  });

  describe('what is written down', () => {
    const records = () => join(home.dataDir, entriesFileName);

    it('is for this user alone, and holds nothing of a neighbour', async () => {
      await home.put(cursorFile, json({ mcpServers: { x: { command: 'x', env: { KEY: 'a-secret' } } } }));
      await home.clients.add('cursor');
      expect((await stat(records())).mode & 0o777).toBe(0o600);
      expect(JSON.stringify(await home.clients.written())).not.toContain('a-secret');
    });

    it('is set aside where it is broken; entries are known by their words then', async () => {
      await home.put(cursorFile, '{}');
      await home.clients.add('cursor');
      await writeFile(records(), '{"entries": [');
      expect((await home.clients.view('cursor')).state).toBe('added');
      expect((await readdir(home.dataDir)).filter((name) => name.includes('broken'))).toHaveLength(1);
      expect((await home.clients.remove('cursor')).changed).toHaveLength(1);
    });

    it('costs only what a newer version has written otherwise', async () => {
      await home.put(cursorFile, '{}');
      await home.clients.add('cursor');
      const [entry] = await home.clients.written();
      await writeFile(records(), JSON.stringify({ version: 9, entries: [entry, { client: 'newer' }], files: [{}] }));
      expect(await home.clients.written()).toEqual([entry]);
    });

    it.skipIf(process.getuid?.() === 0)('is said where it cannot be', async () => {
      await home.put(cursorFile, '{}');
      await chmod(home.dataDir, 0o500);
      expect((await home.clients.add('cursor')).failed[0]?.fault.fault).toBe('data-folder-unusable');
      await chmod(home.dataDir, 0o700);
    });
  });

  describe('is proven', () => {
    const cursorApp = { pid: 7, path: '/opt/cursor/cursor', words: [] };
    const terminal = { pid: 8, path: '/usr/bin/bash', words: [] };
    const verdict = async (client: ClientId = 'cursor') => {
      const { state, verdict: said } = await home.clients.view(client);
      return [state, said];
    };
    const start = (ancestors: (typeof terminal)[], listedAtMs?: number) => {
      home.computer.starts.unshift({
        client: 'cursor',
        ancestors,
        startedAtMs: home.computer.nowMs++,
        ...(listedAtMs === undefined ? {} : { listedAtMs }),
      });
    };

    it('by its own process, which has listed tools since the entry was written', async () => {
      expect(await verdict()).toEqual(['not-found', 'not-found']);
      await home.put(cursorFile, '{}');
      expect(await verdict()).toEqual(['not-added', 'not-added']);
      await home.clients.add('cursor');
      expect(await verdict()).toEqual(['added', 'start']);
      start([terminal], 1);
      expect(await verdict()).toEqual(['added', 'started-by-other']);
      start([terminal, cursorApp]);
      expect(await verdict()).toEqual(['added', 'no-tools']);
      start([cursorApp], home.computer.nowMs);
      expect(await verdict()).toEqual(['connected', 'connected']);
      expect(await home.clients.view('cursor')).toMatchObject({
        startedAtMs: expect.any(Number),
        listedAtMs: expect.any(Number),
      });
      // A person who tries it by hand takes no proof away.
      start([terminal], 1);
      expect(await verdict()).toEqual(['connected', 'connected']);
      home.computer.relay = [process.execPath, join(home.dataDir, 'new.cjs')];
      await writeFile(join(home.dataDir, 'new.cjs'), '');
      await home.clients.add('cursor');
      expect(await verdict()).toEqual(['added', 'start']);
      await home.clients.remove('cursor');
      expect(await verdict()).toEqual(['not-added', 'not-added']);
    });

    it('and where it ran all the time, it has to be started anew; seen closed once, no longer', async () => {
      await home.put(cursorFile, '{}');
      home.computer.running.add('cursor');
      await home.clients.add('cursor');
      expect(await verdict()).toEqual(['added', 'restart']);
      home.computer.running.clear();
      expect(await verdict()).toEqual(['added', 'start']);
      home.computer.running.add('cursor');
      expect(await verdict()).toEqual(['added', 'start']);
    });

    it('no more where what it starts has gone', async () => {
      await home.put(cursorFile, '{}');
      await home.clients.add('cursor');
      start([cursorApp], home.computer.nowMs);
      await rm(home.computer.relay?.[1] ?? '');
      expect(await verdict()).toEqual(['added', 'relay-gone']);
    });

    it('without an entry, as a bundle is', async () => {
      await home.put(claudeFile, '{}');
      const own = { pid: 1, path: '/usr/bin/claude-desktop', words: [] };
      home.computer.starts.push({ client: 'claude-desktop', ancestors: [own], startedAtMs: 1, listedAtMs: 2 });
      expect(await verdict('claude-desktop')).toEqual(['connected', 'connected']);
    });
  });
});

describe('with a broker', () => {
  interface Answers {
    uses: ClientUse[];
    keys: string[];
    failing: Fault | undefined;
    readonly allowed: string[];
    readonly opened: string[];
  }
  let answers: Answers;
  const broker = (): NonNullable<ClientsNeeds['broker']> => ({
    snapshot: () => ({
      connections: [connection('id-1', 'sales', answers.uses), connection('id-2', 'crm', [])],
      localClients: answers.keys.map((name) => ({ name, createdAtMs: 0 })),
    }),
    nameOf(reference) {
      const name = { 'id-1': 'sales', 'id-2': 'crm', sales: 'sales', crm: 'crm' }[reference];
      if (!name) throw new Fault('connection-unknown', { subject: reference });
      return name;
    },
    async allow(connectionId, program) {
      if (answers.failing) throw answers.failing;
      answers.allowed.push(`${program} at ${connectionId}`);
    },
    keyFor: async (name) => ({ url: 'http://127.0.0.1:4747/mcp/_all', key: `key-of-${name}` }),
  });
  const use = (access: ClientUse['access'], more: Partial<ClientUse> = {}): ClientUse => ({
    ...{ name: 'cursor', door: 'stdio', firstSeenAtMs: 0, access },
    ...more,
  });

  beforeEach(async () => {
    answers = { uses: [], keys: [], failing: undefined, allowed: [], opened: [] };
    home = await openClientHome({
      broker: broker(),
      openLink: async (url) => {
        if (answers.failing) throw answers.failing;
        answers.opened.push(url.href);
      },
      openFile: async (path) => {
        answers.opened.push(path);
      },
      bundle: async () => '/data/Conexor.mcpb',
    });
    await home.put(cursorFile, '{}');
  });

  it('adding is leave for what it is added for, and for no more', async () => {
    await home.clients.add('cursor', each('id-2'));
    expect(answers.allowed).toEqual(['cursor at id-2']);
    expect(Object.keys((await asJson(cursorFile)).mcpServers)).toEqual(['crm']);
    await home.clients.add('cursor');
    expect(answers.allowed.slice(1)).toEqual(['cursor at id-1', 'cursor at id-2']);
    await expect(home.clients.add('cursor', each('nobody'))).rejects.toMatchObject({ code: 'connection-unknown' });
  });

  it('what was refused stays refused, what is allowed is not allowed again, and what failed gives none', async () => {
    answers.uses = [use('refused')];
    await home.clients.add('cursor');
    expect(answers.allowed).toEqual(['cursor at id-2']);
    answers.allowed.length = 0;
    answers.uses = [use('allowed')];
    await home.clients.add('cursor');
    expect(answers.allowed).toEqual(['cursor at id-2']);
    answers.allowed.length = 0;
    await home.put(claudeFile, '{"broken');
    await home.clients.add('claude-desktop');
    await home.clients.plan('cursor', 'add');
    expect(answers.allowed).toEqual([]);
  });

  it('a keychain that is locked keeps nobody from adding', async () => {
    answers.failing = new Fault('keychain-locked');
    expect((await home.clients.add('cursor')).changed).toHaveLength(1);
  });

  it('leave that is missing everywhere is the cause that is told', async () => {
    await home.clients.add('cursor', each('sales'));
    const own = { pid: 1, path: '/opt/cursor/cursor', words: [] };
    home.computer.starts.push({ client: 'cursor', ancestors: [own], startedAtMs: home.computer.nowMs, listedAtMs: 1 });
    const said: ClientView['verdict'][] = [];
    for (const access of ['asking', 'refused', 'allowed'] as const) {
      answers.uses = [use(access)];
      said.push((await home.clients.view('cursor')).verdict);
    }
    expect(said).toEqual(['waiting-for-leave', 'refused', 'connected']);
    // What may do nothing lists nothing: that is not the cause.
    home.computer.starts = [{ client: 'cursor', ancestors: [own], startedAtMs: home.computer.nowMs }];
    answers.uses = [use('asking')];
    expect((await home.clients.view('cursor')).verdict).toBe('waiting-for-leave');
  });

  it('a program that is given address and key works when it has used a tool', async () => {
    expect(await home.clients.view('n8n')).toMatchObject({ state: 'not-added', ways: ['copy'], files: [] });
    expect(await home.clients.open('n8n', 'copy')).toEqual({
      ...{ way: 'copy', url: 'http://127.0.0.1:4747/mcp/_all', key: 'key-of-n8n' },
    });
    answers.keys = ['n8n'];
    expect(await home.clients.view('n8n')).toMatchObject({ state: 'added', verdict: 'start' });
    answers.uses = [use('allowed', { name: 'n8n', door: 'http', lastUsedAtMs: 1 })];
    expect(await home.clients.view('n8n')).toMatchObject({ state: 'connected' });
  });

  describe('another way than the file', () => {
    it('is prepared, or opened with leave; what cannot be opened is shown', async () => {
      const prepared = await home.clients.open('cursor', 'link', { open: false });
      expect(prepared).toMatchObject({ opened: false, url: expect.stringContaining('name=conexor') });
      expect([answers.allowed, answers.opened]).toEqual([[], []]);
      expect(await home.clients.open('cursor', 'link')).toMatchObject({ opened: true });
      expect(answers.opened).toEqual([prepared.way === 'link' && prepared.url]);
      expect(answers.allowed).toHaveLength(2);
      answers.failing = new Fault('browser-unavailable');
      expect(await home.clients.open('cursor', 'link')).toMatchObject({ opened: false });
      await home.put(claudeFile, '{}');
      expect(await home.clients.open('claude-desktop', 'bundle')).toMatchObject({
        path: '/data/Conexor.mcpb',
        opened: true,
      });
      expect((await home.clients.view('claude-desktop')).ways).toEqual(['file', 'bundle']);
      expect(await home.read(cursorFile)).toBe('{}');
    });

    it('is none where the program has none, and opens one entry at a time', async () => {
      await expect(home.clients.open('cursor', 'bundle')).rejects.toMatchObject({ code: 'input-invalid' });
      await expect(home.clients.open('cursor', 'link', each('sales', 'crm'))).rejects.toMatchObject({
        code: 'input-invalid',
      });
      expect(await home.clients.open('cursor', 'link', { ...each('crm'), open: false })).toMatchObject({
        url: expect.stringContaining('name=crm'),
      });
    });

    /** Does what `claude mcp add --scope user <name> -- <words>` does. */
    const program = (end = '') => `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const file = process.env.HOME_OF_TEST + '/.claude.json';
const [, , ...words] = process.argv;
console.error('a-secret of the program');
${end}
const config = JSON.parse(readFileSync(file, 'utf8'));
config.mcpServers ??= {};
if (words[1] === 'remove') delete config.mcpServers[words[4]];
else config.mcpServers[words[4]] = { type: 'stdio', command: words[6], args: words.slice(7), env: {} };
writeFileSync(file, JSON.stringify(config));
`;
    const install = async (end?: string) => {
      await home.put('.claude.json', '{"numStartups":1}');
      const path = await home.put('bin/claude', program(end));
      await chmod(path, 0o755);
      home.computer.env = { PATH: join(home.home, 'bin'), HOME_OF_TEST: home.home };
    };
    const onUnix = it.skipIf(process.platform === 'win32');

    onUnix('is its own command, whose entry is ours to take out again', async () => {
      await install();
      expect((await home.clients.view('claude-code')).ways).toEqual(['command', 'file']);
      const words = [
        'claude',
        'mcp',
        'add',
        '--scope',
        'user',
        'conexor',
        '--',
        process.execPath,
        ...args('claude-code'),
      ];
      expect(await home.clients.open('claude-code', 'command', { open: false })).toEqual({
        way: 'command',
        words,
        ran: false,
      });
      expect(await asJson('.claude.json')).toEqual({ numStartups: 1 });
      expect(await home.clients.open('claude-code', 'command')).toEqual({ way: 'command', words, ran: true });
      expect(await home.clients.view('claude-code')).toMatchObject({
        state: 'added',
        files: [{ entries: [{ name: 'conexor' }] }],
      });
      expect(await home.clients.written()).toHaveLength(1);
      expect(answers.allowed).toEqual(['claude-code at id-1', 'claude-code at id-2']);
      // There already: it is not run again. With the relay elsewhere the old one goes first.
      expect(await home.clients.open('claude-code', 'command')).toMatchObject({ ran: true });
      home.computer.relay = [process.execPath, join(home.dataDir, 'moved.cjs')];
      await home.clients.open('claude-code', 'command');
      expect((await asJson('.claude.json')).mcpServers.conexor.args).toEqual(args('claude-code'));
      await home.clients.remove('claude-code');
      expect(await asJson('.claude.json')).toMatchObject({ numStartups: 1, mcpServers: {} });
    });

    onUnix.each([
      ['ends badly', 'process.exit(1)'],
      ['does nothing', 'process.exit(0)'],
    ])('that %s is said, and not what it printed', async (_, end) => {
      await install(end);
      const failed = await home.clients.open('claude-code', 'command').catch((thrown: unknown) => thrown);
      expect(failed).toMatchObject({ code: 'program-command-failed', detail: { subject: 'Claude Code' } });
      expect(JSON.stringify(failed)).not.toContain('a-secret');
      expect([await home.clients.written(), answers.allowed]).toEqual([[], []]);
    });
  });
});

function connection(id: string, name: string, clients: ClientUse[]) {
  return { id, name, clients } as never;
}
