/** Entries taken over where the file is hard to write in: a table of Codex, and the projects of Claude Code. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTakeOver, type TakeOver } from '../../../../electron/core/clients/take-over/take-over.ts';
import { oauthFetch } from '../../../../electron/core/oauth/http.ts';
import { takeOverMethods } from '../../../../shared/clients.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../../fakes/authorization-server.ts';
import { type ClientHome, openClientHome } from '../../../fakes/client-home.ts';

let home: ClientHome;
let server: FakeAuthorizationServer;
let http: Agent;
let connected: string[];
beforeEach(async () => {
  home = await openClientHome();
  server = await startAuthorizationServer();
  http = new Agent();
  connected = [];
});
afterEach(async () => {
  await http.close();
  await server.close();
  await home.end();
});

function takeOver(): TakeOver {
  return createTakeOver({
    computer: { platform: 'linux', homedir: home.home, env: {} },
    now: Date.now,
    log: () => undefined,
    http,
    oauth: oauthFetch(http, { timeoutMs: 2_000 }),
    keeps: () => true,
    resources: () => [],
    nameOf: (target) => (target === server.resource ? 'known-here' : undefined),
    processes: async () => [],
    connect: async ({ target, name = 'unnamed' }) => {
      connected.push(name);
      const same = { id: target, name, access: 'sign-in', accounts: [] } as unknown as ConnectionView;
      return { connection: same, added: true };
    },
    signIn: async () => undefined,
    disconnect: async () => undefined,
    clients: home.clients,
  });
}

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
const remote = (...more: string[]) => ({
  type: 'stdio',
  command: 'npx',
  args: ['-y', 'mcp-remote', server.resource, ...more],
  env: { KEY: 'a-secret' },
});
const ours = (client: string, connection: string) => [
  home.computer.relay?.[1],
  ...['--client', client, '--connection', connection],
];

async function takeAll(room = takeOver()) {
  const { entries } = takeOverMethods.findTakeOvers.result.parse(await room.find());
  const wish = entries.map(({ client, path, name }) => ({ client, path, name }));
  const argument = takeOverMethods.takeOver.argument.parse({ entries: wish, tokens: [] });
  return takeOverMethods.takeOver.result.parse(await room.take(argument)).entries;
}

describe('Codex', () => {
  const file = '.codex/config.toml';
  const settings = () =>
    `# model first\nmodel = "x"\n\n# sales, by hand\n[mcp_servers.sales]\ncommand = "npx"\nargs = ["-y", "mcp-remote", "${server.resource}"]\nenabled = false\n\n[mcp_servers.docs]\ncommand = "docs" # mine\n\n[mcp_servers.sales.env]\nKEY = "a-secret"\n`;

  it('its table becomes ours, and is back byte for byte after one step', async () => {
    const before = settings();
    await home.put(file, before);
    expect(await takeAll()).toMatchObject([{ outcome: 'replaced', connection: 'sales' }]);
    const after = await home.read(file);
    expect(after).toContain('# sales, by hand\n\n[mcp_servers.docs]\ncommand = "docs" # mine\n');
    expect(after).toContain('enabled = false\n# <<< conexor mcp_servers.sales');
    expect(after).not.toContain('mcp-remote');
    expect(after).not.toContain('a-secret');
    expect((await home.clients.view('codex')).files[0]).toMatchObject({ undo: 'bytes', entries: [{ name: 'sales' }] });
    await home.clients.undo('codex');
    expect(await home.read(file)).toBe(before);
    expect(await home.clients.written()).toEqual([]);
  });

  it('keeps the limits of its table', async () => {
    const limits = 'disabled_tools = ["delete"]\nstartup_timeout_sec = 30\ncwd = "/x"\n';
    await home.put(file, settings().replace('enabled = false\n', `enabled = false\n${limits}`));
    const [entry] = (await takeOver().find()).entries;
    expect(entry?.unknownWords).toContain('cwd');
    expect(await takeAll()).toMatchObject([{ outcome: 'replaced' }]);
    const after = await home.read(file);
    expect(after).toContain('disabled_tools = ["delete"]\nstartup_timeout_sec = 30\n');
    expect(after).not.toMatch(/cwd|a-secret/);
    expect((await home.clients.view('codex')).files[0]?.entries).toMatchObject([{ name: 'sales' }]);
  });

  it('beside our table for all it is taken out, and an undo brings it back', async () => {
    await home.put(file, settings());
    await home.clients.add('codex');
    const before = await home.read(file);
    expect(await takeAll()).toMatchObject([{ outcome: 'replaced', removed: true }]);
    const after = await home.read(file);
    expect(after).toContain('[mcp_servers.conexor]');
    expect(after).not.toMatch(/mcp_servers\.sales|mcp-remote|a-secret/);
    expect(after).toContain('command = "docs" # mine');
    await home.clients.undo('codex');
    expect(await home.read(file)).toBe(before);
  });

  it('our table alone goes again, without bringing theirs back', async () => {
    await home.put(file, settings());
    await takeAll();
    const [removed] = await home.clients.removeAll();
    expect(removed?.failed).toEqual([]);
    expect(await home.read(file)).toBe(
      '# model first\nmodel = "x"\n\n# sales, by hand\n\n[mcp_servers.docs]\ncommand = "docs" # mine\n',
    );
  });

  it('the change is shown before, line by line, without a value that is not ours', async () => {
    const before = settings();
    await home.put(file, before);
    const { changes = [] } = takeOverMethods.findTakeOvers.result.parse(await takeOver().find());
    expect(changes.map(({ path, what, copy }) => [path, what, copy])).toEqual([
      [join(home.home, file), 'change', true],
    ]);
    const lines = changes[0]?.lines ?? [];
    expect(lines.filter(({ kind }) => kind === 'removed').map(({ text }) => text)).toContain('[mcp_servers.sales]');
    const added = lines.flatMap(({ kind, text }) => (kind === 'added' ? text : [])).join('\n');
    expect(added).toContain('[mcp_servers.sales]');
    expect(added).toContain('known-here');
    expect(JSON.stringify(changes)).not.toContain('a-secret');
    expect(await home.read(file)).toBe(before);
    expect(connected).toEqual([]);
  });

  it('is found also where what we have written down cannot be read, and that is said', async () => {
    await home.put(file, settings());
    await mkdir(join(home.dataDir, 'client-entries.json'), { recursive: true });
    const { entries, changes = [] } = takeOverMethods.findTakeOvers.result.parse(await takeOver().find());
    expect(entries.map(({ name }) => name)).toEqual(['sales']);
    expect(changes).toMatchObject([
      { path: join(home.home, file), what: 'nothing', fault: { fault: 'data-folder-unusable' } },
    ]);
  });

  it('one that cannot be replaced says so before anything is connected', async () => {
    const before = settings().replace('enabled =', '# not now\nenabled =');
    await home.put(file, before);
    const { entries } = await takeOver().find();
    expect(entries).toMatchObject([
      { name: 'sales', target: server.resource, fault: { what: expect.stringContaining('comments') } },
    ]);
    expect(await takeAll()).toMatchObject([{ outcome: 'failed' }]);
    expect(connected).toEqual([]);
    expect(await home.read(file)).toBe(before);
  });
});

describe('Claude Code', () => {
  const file = '.claude.json';
  const state = () => ({
    numStartups: 12,
    projects: {
      '/home/ana/shop': {
        allowedTools: [],
        mcpServers: { sales: { ...remote(), disabled: true }, files: { command: 'files' } },
        history: [{ display: 'mcp-remote' }],
      },
      '/home/ana/empty': { mcpServers: {} },
      '/home/ana/odd': { mcpServers: [] },
      '/home/ana/none': { history: [] },
      '/home/ana/a.b "c"': { mcpServers: { sales: remote('--debug') } },
    },
    mcpServers: { sales: remote('--silent') },
    tipsHistory: { a: 1 },
  });
  const read = async () => JSON.parse(await home.read(file));

  it('shows those of projects too, with the folder of each', async () => {
    await home.put(file, json(state()));
    const { entries } = takeOverMethods.findTakeOvers.result.parse(await takeOver().find());
    expect(entries.map(({ name, kind, target, fault }) => [name, kind, target, fault])).toEqual([
      ['sales', 'mcp-remote', server.resource, undefined],
      ['sales (/home/ana/shop)', 'mcp-remote', server.resource, undefined],
      ['sales (/home/ana/a.b "c")', 'mcp-remote', server.resource, undefined],
    ]);
    expect(JSON.stringify(entries)).not.toContain('a-secret');
  });

  it('puts ours in the place of each, and nowhere else; one step brings all back byte for byte', async () => {
    const before = json(state());
    await home.put(file, before);
    // As for its file in every other case: it is written in while Claude Code runs, too.
    home.computer.running.add('claude-code');
    expect((await takeAll()).map(({ name, outcome }) => [name, outcome])).toEqual([
      ['sales', 'replaced'],
      ['sales (/home/ana/shop)', 'replaced'],
      ['sales (/home/ana/a.b "c")', 'replaced'],
    ]);
    expect(connected).toEqual(['sales', 'sales', 'sales']);
    const { command = '' } = { command: home.computer.relay?.[0] };
    const entry = { type: 'stdio', command, args: ours('claude-code', 'sales'), env: {} };
    const wanted = state();
    Object.assign(wanted.mcpServers, { sales: entry });
    Object.assign(wanted.projects['/home/ana/shop'].mcpServers, { sales: { ...entry, disabled: true } });
    Object.assign(wanted.projects['/home/ana/a.b "c"'].mcpServers, { sales: entry });
    expect(await read()).toEqual(wanted);
    const [seen] = (await home.clients.view('claude-code')).files;
    expect(seen).toMatchObject({ undo: 'bytes', missing: [] });
    expect(seen?.entries.map(({ name }) => name)).toEqual([
      'sales',
      'sales (/home/ana/shop)',
      'sales (/home/ana/a.b "c")',
    ]);
    const written = await home.clients.written();
    expect(written.map(({ name, servers }) => [name, servers])).toEqual([
      ['sales', undefined],
      ['sales', ['projects', '/home/ana/shop', 'mcpServers']],
      ['sales', ['projects', '/home/ana/a.b "c"', 'mcpServers']],
    ]);
    await home.clients.undo('claude-code');
    expect(await home.read(file)).toBe(before);
    expect(await home.clients.written()).toEqual([]);
  });

  it('one of them alone leaves those of the same name elsewhere as they are', async () => {
    await home.put(file, json(state()));
    const room = takeOver();
    const name = 'sales (/home/ana/shop)';
    const path = join(home.home, file);
    const { entries } = await room.take({
      entries: [{ client: 'claude-code', path, name }],
      tokens: [],
      deleteUnreachable: false,
    });
    expect(entries).toMatchObject([{ name, outcome: 'replaced', connection: 'sales' }]);
    const { mcpServers, projects } = await read();
    expect(mcpServers).toEqual(state().mcpServers);
    expect(projects['/home/ana/a.b "c"']).toEqual(state().projects['/home/ana/a.b "c"']);
    expect((await room.find()).entries.map((one) => one.name)).toEqual(['sales', 'sales (/home/ana/a.b "c")']);
  });

  it('removing takes exactly these, also where others have written since', async () => {
    await home.put(file, json(state()));
    await takeAll();
    await home.put(file, json({ ...(await read()), numStartups: 13 }));
    const removed = await home.clients.remove('claude-code');
    expect(removed.failed).toEqual([]);
    expect(removed.client.files[0]).toMatchObject({ entries: [], missing: [] });
    const wanted = state();
    Reflect.deleteProperty(wanted.mcpServers, 'sales');
    Reflect.deleteProperty(wanted.projects['/home/ana/shop'].mcpServers, 'sales');
    Reflect.deleteProperty(wanted.projects['/home/ana/a.b "c"'].mcpServers, 'sales');
    expect(await read()).toEqual({ ...wanted, numStartups: 13 });
    expect(await home.clients.written()).toEqual([]);
  });

  it('one that somebody has changed in a project stays, and one that has gone is put back there', async () => {
    await home.put(file, json(state()));
    await takeAll();
    const now = await read();
    now.projects['/home/ana/shop'].mcpServers.sales = { command: 'theirs' };
    const kept = now.projects['/home/ana/a.b "c"'].mcpServers.sales;
    now.projects['/home/ana/a.b "c"'].mcpServers = {};
    await home.put(file, json(now));
    const [seen] = (await home.clients.view('claude-code')).files;
    expect(seen?.missing.map(({ name }) => name)).toEqual(['sales (/home/ana/a.b "c")']);
    expect(seen?.entries).toEqual([
      { name: 'sales', connection: 'sales' },
      { name: 'sales (/home/ana/shop)', connection: 'sales', edited: true },
    ]);
    await home.clients.restore('claude-code');
    expect((await read()).projects['/home/ana/a.b "c"'].mcpServers).toEqual({ sales: kept });
    expect((await home.clients.remove('claude-code')).failed).toHaveLength(1);
    expect((await read()).projects['/home/ana/shop'].mcpServers.sales).toEqual({ command: 'theirs' });
    expect((await read()).projects['/home/ana/a.b "c"'].mcpServers).toEqual({});
  });

  it('one for a single service beside it is added for the person, not taken for the project’s', async () => {
    const { mcpServers: _, ...without } = state();
    await home.put(file, json(without));
    await takeAll();
    await home.clients.add('claude-code', { scope: { kind: 'each', connections: ['sales'] } });
    expect((await read()).mcpServers).toMatchObject({ sales: { args: ours('claude-code', 'sales') } });
    await home.clients.add('claude-code');
    const { mcpServers, projects } = await read();
    expect(Object.keys(mcpServers)).toEqual(['conexor']);
    expect(projects['/home/ana/shop'].mcpServers).toEqual({ files: { command: 'files' } });
  });

  it('a project whose settings are read in two ways keeps nobody else’s from being found', async () => {
    const twice = json(state()).replace('"files": {', '"sales": { "command": "b" }, "files": {');
    await home.put(file, twice);
    const { entries } = await takeOver().find();
    expect(entries.map(({ name, fault }) => [name, fault?.fault])).toEqual([
      ['sales', undefined],
      ['sales (/home/ana/a.b "c")', undefined],
    ]);
    await home.put(file, json({ ...state(), projects: [] }));
    expect((await takeOver().find()).entries.map(({ name }) => name)).toEqual(['sales']);
  });

  it('a folder with a very long name can be chosen all the same', async () => {
    const folder = `/${'a'.repeat(300)}/shop`;
    await home.put(file, json({ projects: { [folder]: { mcpServers: { sales: remote() } } } }));
    const [taken] = await takeAll();
    expect(taken).toMatchObject({ outcome: 'replaced', name: expect.stringMatching(/^sales \(….*\/shop\)$/) });
  });
});
