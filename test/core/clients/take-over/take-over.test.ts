/** Entries in files of several clients, sign-ins in both layouts, and a service that sees what is cancelled. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReplaceWish } from '../../../../electron/core/clients/clients.ts';
import type { RunningProcess } from '../../../../electron/core/clients/own-process.ts';
import {
  createTakeOver,
  type TakeOver,
  type TakeOverNeeds,
} from '../../../../electron/core/clients/take-over/take-over.ts';
import { jsonFormat } from '../../../../electron/core/clients/text/json-format.ts';
import { oauthFetch } from '../../../../electron/core/oauth/http.ts';
import type { Connectable } from '../../../../electron/core/services/pasted.ts';
import { takeOverMethods } from '../../../../shared/clients.ts';
import { Fault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../../fakes/authorization-server.ts';
import { writeRemoteFiles } from '../../../fakes/mcp-remote-files.ts';

interface Seen {
  readonly connected: (Connectable & { readonly how: object })[];
  readonly signedIn: unknown[];
  readonly disconnected: string[];
  readonly logged: string[];
}

let home: string;
let server: FakeAuthorizationServer;
let http: Agent;
let seen: Seen;
let processes: RunningProcess[];
let keeps: boolean;
let signInFault: Fault | undefined;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cx-home-'));
  server = await startAuthorizationServer();
  http = new Agent();
  seen = { connected: [], signedIn: [], disconnected: [], logged: [] };
  processes = [];
  keeps = true;
  signInFault = undefined;
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(home, { recursive: true, force: true });
});

const claude = () => join(home, '.config', 'Claude', 'claude_desktop_config.json');
const cursor = () => join(home, '.cursor', 'mcp.json');
const codex = () => join(home, '.codex', 'config.toml');
const auth = (...more: string[]) => join(home, '.mcp-auth', ...more);
const write = async (path: string, text: string) => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};
const remote = (...words: string[]) => ({ command: 'npx', args: ['-y', 'mcp-remote', ...words] });
const servers = (mcpServers: object) => JSON.stringify({ mcpServers }, null, 2);
const tokensOf = (of: string) => ({
  access_token: `acc_${of}`,
  refresh_token: `ref_${of}`,
  token_type: 'Bearer',
  expires_in: 3600,
});

function takeOver(more: Partial<TakeOverNeeds> = {}): TakeOver {
  return createTakeOver({
    computer: { platform: 'linux', homedir: home, env: { FROM_OUTSIDE: 'sec_outside' } },
    now: Date.now,
    log: (...line) => seen.logged.push(JSON.stringify(line)),
    http,
    oauth: oauthFetch(http, { timeoutMs: 2_000 }),
    keeps: () => keeps,
    resources: () => [],
    nameOf: () => undefined,
    processes: async () => processes,
    connect: async (wanted, how) => {
      seen.connected.push({ ...wanted, how });
      const name = wanted.name ?? 'unnamed';
      return {
        connection: { id: `id-${name}`, name, access: 'sign-in', accounts: [] } as unknown as ConnectionView,
        added: true,
      };
    },
    signIn: async (id, wayIn, given) => {
      if (signInFault) throw signInFault;
      seen.signedIn.push({ id, wayIn, given });
    },
    disconnect: async (id) => {
      seen.disconnected.push(id);
    },
    clients: { replace, planReplace },
    ...more,
  });
}

const planReplace = async () => [];

/** As the writer of settings does it, without its copies. */
async function replace({ path, entries }: ReplaceWish) {
  let text = await readFile(path, 'utf8');
  const found = jsonFormat.entries(text, path, ['mcpServers']);
  for (const { name, connection, isMeant } of entries) {
    if (!isMeant(found.get(name))) throw new Fault('input-invalid', { subject: path, thing: 'config-file-changed' });
    const entry = { command: '/node', args: ['/relay.cjs', '--connection', connection] };
    text = jsonFormat.put(text, path, ['mcpServers'], name, entry).text;
  }
  await writeFile(path, text);
  return { path, backup: `${path}.bak` };
}

const inClaude = (name: string) => ({ client: 'claude-desktop' as const, path: claude(), name });
const all = { deleteUnreachable: false };

describe('finding', () => {
  it('sees the entries of every client, in each format, and what they come to', async () => {
    await write(
      claude(),
      servers({
        sales: remote(server.resource),
        files: { command: 'npx', args: ['server-filesystem'] },
        skipped: { url: 'https://mcp.example.com/mcp', oauth: { clientId: 'c', clientSecret: 'sec_skipped' } },
        insecure: remote('http://mcp.example.com/mcp', '--allow-http'),
        keyed: remote('https://mcp.example.com/sse?api_key=sec_query'),
      }),
    );
    await write(
      cursor(),
      servers({ notes: remote(server.resource, '--ignore-tool', 'delete*'), direct: { url: 'https://x.example/mcp' } }),
    );
    await write(codex(), `[mcp_servers.toml]\ncommand = "npx"\nargs = ["mcp-remote", "${server.resource}"]\n`);
    const found = takeOverMethods.findTakeOvers.result.parse(await takeOver().find());
    expect(
      found.entries.map(({ client, name, kind, target, unknownWords }) => [client, name, kind, target, unknownWords]),
    ).toEqual([
      ['claude-desktop', 'sales', 'mcp-remote', server.resource, []],
      ['claude-desktop', 'skipped', 'url', 'https://mcp.example.com/mcp', []],
      ['claude-desktop', 'insecure', 'mcp-remote', '', []],
      ['claude-desktop', 'keyed', 'mcp-remote', '', []],
      ['cursor', 'notes', 'mcp-remote', server.resource, ['--ignore-tool']],
      ['codex', 'toml', 'mcp-remote', server.resource, []],
    ]);
    const faults = found.entries.flatMap(({ name, fault }) => (fault ? [[name, fault.fault]] : []));
    expect(faults).toEqual([
      ['insecure', 'address-insecure'],
      ['keyed', 'address-invalid'],
    ]);
    expect(JSON.stringify(found)).not.toContain('sec_');
    expect(found.entries.find(({ name }) => name === 'skipped')?.hasSecret).toBe(true);
  });

  it('tells whose the sign-ins are in every layout and folder, and shows nothing of them', async () => {
    const other = join(home, 'elsewhere');
    await write(
      claude(),
      servers({
        sales: remote(server.resource),
        tenant: {
          ...remote(server.resource, '--resource', 'https://t.example/', '--header', 'X-Org: a'),
          env: { MCP_REMOTE_CONFIG_DIR: other },
        },
      }),
    );
    await writeRemoteFiles(auth(), { address: server.resource, tokens: tokensOf('first') });
    await writeRemoteFiles(auth('mcp-remote-0.1.37'), { address: server.resource, tokens: tokensOf('old') });
    await writeRemoteFiles(join(other, 'mcp-remote-v1'), {
      address: server.resource,
      more: ['https://t.example/', JSON.stringify({ 'X-Org': 'a' })],
      tokens: tokensOf('new'),
    });
    await writeRemoteFiles(auth('mcp-remote-v1'), {
      address: 'https://unknown.example/mcp',
      tokens: { access_token: 'acc_who' },
    });
    await writeRemoteFiles(auth('mcp-remote-v1'), {
      address: 'https://issuer.example/mcp',
      tokens: { ...tokensOf('i'), issuer: 'https://as.example' },
    });
    const { tokens } = takeOverMethods.findTakeOvers.result.parse(await takeOver().find());
    const shown = tokens.map(({ target, host, hasRefreshToken, usedBy }) => [
      target ?? host,
      hasRefreshToken,
      usedBy?.map(({ name }) => name).join(),
    ]);
    expect(shown).toHaveLength(5);
    expect(shown).toEqual(
      expect.arrayContaining([
        [server.resource, true, 'sales,tenant'],
        [server.resource, true, 'sales,tenant'],
        [server.resource, true, 'tenant'],
        [undefined, false, ''],
        ['as.example', true, ''],
      ]),
    );
    expect(JSON.stringify(tokens)).not.toMatch(/acc_|ref_/);
  });

  it('knows those of a service that is connected already, whose entry is gone', async () => {
    await writeRemoteFiles(auth('mcp-remote-v1'), { address: 'https://mcp.example.com', tokens: tokensOf('x') });
    const { tokens } = await takeOver({ resources: () => ['https://mcp.example.com/'] }).find();
    expect(tokens).toMatchObject([{ target: 'https://mcp.example.com/', host: 'mcp.example.com' }]);
  });

  it('finds nothing where nothing is, or where a file is broken', async () => {
    await write(claude(), '{"mcpServers": {"sales": ');
    expect(await takeOver().find()).toEqual({ entries: [], tokens: [], changes: [] });
  });
});

describe('taking over', () => {
  it('connects, puts ours in its place, cancels at the service and deletes, and leaves the rest as it was', async () => {
    server.answer('/mcp', ({ headers }) => {
      const token = headers.authorization?.replace('Bearer ', '') ?? '';
      const isGood = token !== '' && !server.isRevoked(token);
      return { status: isGood ? 200 : 401, body: { jsonrpc: '2.0', id: 1, result: {} } };
    });
    await write(
      claude(),
      servers({ sales: remote(server.resource), files: { command: 'npx', args: ['server-filesystem'] } }),
    );
    await writeRemoteFiles(auth('mcp-remote-v1'), { address: server.resource, tokens: tokensOf('new') });
    await writeRemoteFiles(auth('mcp-remote-0.1.37'), { address: server.resource, tokens: tokensOf('old') });
    await writeRemoteFiles(auth('mcp-remote-v1'), { address: 'https://unknown.example/mcp', tokens: tokensOf('who') });
    const room = takeOver();
    const { tokens } = await room.find();
    const ids = tokens.filter(({ target }) => target !== undefined).map(({ id }) => id);
    const taken = takeOverMethods.takeOver.result.parse(
      await room.take({ entries: [inClaude('sales')], tokens: ids, ...all }),
    );

    expect(taken.entries).toEqual([
      { ...inClaude('sales'), outcome: 'replaced', connection: 'sales', backup: `${claude()}.bak`, signInNeeded: true },
    ]);
    expect(taken.tokens.map(({ id: _, ...one }) => one)).toEqual([
      { service: 'cancelled', deleted: true, proof: 'refused' },
      { service: 'cancelled', deleted: true, proof: 'refused' },
    ]);
    for (const token of ['acc_new', 'ref_new', 'acc_old', 'ref_old']) expect(server.isRevoked(token)).toBe(true);
    expect(server.isRevoked('acc_who')).toBe(false);
    expect(await readdir(auth())).toEqual(['mcp-remote-v1']);
    expect(await readdir(auth('mcp-remote-v1'))).toHaveLength(3);
    expect(JSON.parse(await readFile(claude(), 'utf8'))).toMatchObject({
      mcpServers: { sales: { command: '/node' }, files: { command: 'npx', args: ['server-filesystem'] } },
    });
    expect(seen.logged.join()).not.toMatch(/acc_|ref_/);
  });

  it('takes a client along, with the address at which it is registered', async () => {
    const info = JSON.stringify({ client_id: 'given', client_secret: ['$', '{SECRET}'].join('') });
    await write(
      claude(),
      servers({
        sales: {
          ...remote(
            server.resource,
            '3334',
            '--static-oauth-client-info',
            info,
            '--static-oauth-client-metadata',
            '{"scope":"read write"}',
          ),
          env: { SECRET: 'sec_client' },
        },
      }),
    );
    const { entries } = await takeOver().take({ entries: [inClaude('sales')], tokens: [], ...all });
    expect(entries).toMatchObject([{ outcome: 'replaced', signInNeeded: true }]);
    const [connected] = seen.connected;
    expect(connected).toMatchObject({
      target: server.resource,
      name: 'sales',
      clientId: 'given',
      scopes: ['read', 'write'],
      how: { redirectUri: 'http://localhost:3334/oauth/callback' },
    });
    expect(connected?.clientSecret?.open()).toBe('sec_client');
    expect(JSON.stringify(entries)).not.toContain('sec_');
  });

  it.each([
    ['a bearer token', ['Authorization: Bearer sec_1'], 'access-token', { 'access-token': 'sec_1' }],
    [
      'a key in a header of its own',
      ['X-API-Key:sec_1'],
      'api-key',
      { 'api-key': 'sec_1', 'header-name': 'X-API-Key' },
    ],
    [
      'one from a variable',
      [`Authorization: Bearer ${['$', '{FROM_OUTSIDE}'].join('')}`],
      'access-token',
      { 'access-token': 'sec_outside' },
    ],
    [
      'one that only looks like it',
      ['X-Custom: f81d4fae7dec11d0a76500a0c91e6bf6'],
      'api-key',
      { 'api-key': 'f81d4fae7dec11d0a76500a0c91e6bf6', 'header-name': 'X-Custom' },
    ],
    [
      'one beside headers that hold none',
      ['X-Org: acme', 'X-Token: sec_1'],
      'api-key',
      { 'api-key': 'sec_1', 'header-name': 'X-Token' },
    ],
  ])('signs in at once with %s', async (_, lines, wayIn, given) => {
    await write(claude(), servers({ sales: remote(server.resource, ...lines.flatMap((line) => ['--header', line])) }));
    const room = takeOver();
    expect((await room.find()).entries[0]).toMatchObject({ hasSecret: true });
    const { entries } = await room.take({ entries: [inClaude('sales')], tokens: [], ...all });
    expect(entries).toMatchObject([{ outcome: 'replaced', signInNeeded: false }]);
    expect(seen.signedIn).toEqual([{ id: 'id-sales', wayIn, given }]);
  });

  it('is not done to another entry than the one that was shown', async () => {
    await write(claude(), servers({ sales: remote(server.resource) }));
    const room = takeOver();
    const [shown] = (await room.find()).entries;
    await write(claude(), servers({ sales: remote(server.resource, '--header', 'X-Org: acme') }));
    const wish = { ...inClaude('sales'), seen: shown?.seen };
    const { entries } = await room.take({ entries: [wish], tokens: [], ...all });
    expect(entries).toMatchObject([{ outcome: 'failed', fault: { fault: 'input-invalid' } }]);
    expect(seen.signedIn).toEqual([]);
    const [now] = (await room.find()).entries;
    const again = await room.take({ entries: [{ ...wish, seen: now?.seen }], tokens: [], ...all });
    expect(again.entries).toMatchObject([{ outcome: 'replaced' }]);
  });

  it.each([
    ['a variable that is not there', [`X-Key: ${['$', '{NOT_THERE}'].join('')}`], 'not-there'],
    ['a cookie', ['Cookie: session=sec_1'], 'no-way'],
    ['two that belong together', ['X-Client-Id-Key: sec_1', 'X-Client-Secret: sec_2'], 'no-way'],
  ])('says where a secret is left out: %s', async (_, lines, why) => {
    await write(claude(), servers({ sales: remote(server.resource, ...lines.flatMap((line) => ['--header', line])) }));
    const room = takeOver();
    expect((await room.find()).entries[0]).toMatchObject({ hasSecret: true, secretLeftOut: why });
    const { entries } = await room.take({ entries: [inClaude('sales')], tokens: [], ...all });
    expect(entries).toMatchObject([{ outcome: 'replaced', signInNeeded: true }]);
    expect(seen.signedIn).toEqual([]);
  });
});

describe('an address that Claude Desktop skips', () => {
  it('is taken over like the others, with its client', async () => {
    const oauth = { clientId: 'c', clientSecret: 'sec_skipped', scopes: ['read'] };
    await write(claude(), servers({ skipped: { url: server.resource, oauth } }));
    const { entries } = await takeOver().take({ entries: [inClaude('skipped')], tokens: [], ...all });
    expect(entries).toMatchObject([{ outcome: 'replaced', connection: 'skipped', signInNeeded: true }]);
    expect(seen.connected).toMatchObject([{ target: server.resource, clientId: 'c', scopes: ['read'] }]);
    expect(seen.connected[0]?.clientSecret?.open()).toBe('sec_skipped');
    expect(await readFile(claude(), 'utf8')).not.toContain('sec_skipped');
  });
});

describe('what fails is left as it was', () => {
  const asItWas = () => servers({ sales: remote(server.resource, '--header', 'X-Key: sec_1') });
  const only = async (more: Partial<TakeOverNeeds> = {}) => {
    await write(claude(), asItWas());
    const [paths] = [
      await writeRemoteFiles(auth('mcp-remote-v1'), { address: server.resource, tokens: tokensOf('x') }),
    ];
    const room = takeOver(more);
    const { tokens } = await room.find();
    const taken = await room.take({ entries: [inClaude('sales')], tokens: tokens.map(({ id }) => id), ...all });
    expect(await readFile(claude(), 'utf8')).toBe(asItWas());
    expect(await readdir(auth('mcp-remote-v1'))).toHaveLength(paths.length);
    expect(server.seenAt('/revoke')).toEqual([]);
    expect(JSON.stringify([taken, seen.logged])).not.toMatch(/sec_|acc_|ref_/);
    expect(taken.entries[0]?.outcome).toBe('failed');
    return taken;
  };

  it('where its program is open', async () => {
    processes = [{ pid: 7, path: '/usr/bin/claude-desktop', words: ['/usr/bin/claude-desktop'] }];
    const { entries, tokens } = await only();
    expect(entries[0]?.fault?.fault).toBe('program-running');
    expect(tokens[0]).toMatchObject({
      service: 'not-asked',
      deleted: false,
      fault: { what: expect.stringContaining('sales') },
    });
    expect(seen.connected).toEqual([]);
  });

  it('where mcp-remote is running for it', async () => {
    processes = [{ pid: 7, path: '/usr/bin/node', words: ['node', '/x/.bin/mcp-remote', server.resource] }];
    const { entries } = await only();
    expect(entries[0]?.fault).toMatchObject({
      fault: 'input-invalid',
      next: 'Close the app that uses it, then try again.',
    });
  });

  it('where the service does not speak to us, or cannot be reached', async () => {
    server.answer('/mcp', { status: 405, body: '' });
    expect((await only()).entries[0]?.fault?.what).toContain('does not speak to Conexor at this address');
    server.answer('/mcp', { cut: true });
    expect((await only()).entries[0]?.fault?.fault).toMatch(/unreachable|answer-lost/);
    expect(seen.connected).toEqual([]);
  });

  it('where its secret is not taken by the service, or the file is not changed: the connection goes again', async () => {
    signInFault = new Fault('token-refused');
    expect((await only()).entries[0]?.fault?.fault).toBe('token-refused');
    signInFault = undefined;
    const refuse = async () => Promise.reject(new Fault('file-not-writable', { subject: claude() }));
    expect((await only({ clients: { replace: refuse, planReplace } })).entries[0]?.fault?.fault).toBe(
      'file-not-writable',
    );
    expect(seen.disconnected).toEqual(['id-sales', 'id-sales']);
  });

  it('and what another entry has taken up meanwhile stays connected', async () => {
    await write(claude(), servers({ sales: remote(server.resource) }));
    await write(cursor(), servers({ sales: remote(server.resource) }));
    const refuse = async (wish: ReplaceWish) => {
      if (wish.client === 'cursor') return replace(wish);
      throw new Fault('file-not-writable', { subject: wish.path });
    };
    const inCursor = { client: 'cursor' as const, path: cursor(), name: 'sales' };
    const room = takeOver({ clients: { replace: refuse, planReplace } });
    const { entries } = await room.take({ entries: [inClaude('sales'), inCursor], tokens: [], ...all });
    expect(entries.map(({ outcome }) => outcome)).toEqual(['failed', 'replaced']);
    expect(seen.disconnected).toEqual([]);
  });

  it('where nothing is kept, the file holds the only lasting copy of its secret', async () => {
    keeps = false;
    expect((await only()).entries[0]?.fault?.next).toContain('no keychain');
  });

  it('where it is not there any more', async () => {
    const taken = await takeOver().take({ entries: [inClaude('sales')], tokens: ['no-such-id'], ...all });
    expect(taken.entries[0]).toMatchObject({
      outcome: 'failed',
      fault: { next: 'Look at the list again, then decide.' },
    });
    expect(taken.tokens[0]).toMatchObject({ service: 'not-asked', deleted: false });
  });
});

describe('sign-ins that lie open', () => {
  const take = async (deleteUnreachable = false) => {
    const room = takeOver();
    const { tokens } = await room.find();
    return (await room.take({ entries: [], tokens: tokens.map(({ id }) => id), deleteUnreachable })).tokens;
  };

  it('of a service that cannot be reached are kept, unless the person wants them gone', async () => {
    await writeRemoteFiles(auth('mcp-remote-v1'), {
      address: 'x',
      tokens: { ...tokensOf('x'), issuer: server.origin },
    });
    server.answer('/revoke', { status: 503, body: '' });
    expect(await take()).toMatchObject([{ service: 'unreachable', deleted: false, fault: { fault: 'service-down' } }]);
    expect(await readdir(auth('mcp-remote-v1'))).toHaveLength(3);
    expect(await take(true)).toMatchObject([{ service: 'unreachable', deleted: true }]);
    expect(await readdir(auth())).toEqual([]);
  });

  it('of an unknown owner are deleted on the wish, and nobody is said to have cancelled them', async () => {
    await writeRemoteFiles(auth('mcp-remote-v1'), { address: 'https://unknown.example/mcp', tokens: tokensOf('x') });
    expect((await take()).map(({ id: _, ...one }) => one)).toEqual([{ service: 'not-asked', deleted: true }]);
    expect(await readdir(auth())).toEqual([]);
  });

  it('that another entry still uses stay', async () => {
    await write(cursor(), servers({ notes: remote(server.resource) }));
    await writeRemoteFiles(auth('mcp-remote-v1'), { address: server.resource, tokens: tokensOf('x') });
    expect(await take()).toMatchObject([
      { service: 'not-asked', deleted: false, fault: { what: expect.stringContaining('notes') } },
    ]);
    expect(await readdir(auth('mcp-remote-v1'))).toHaveLength(3);
  });

  it('that a process is at work on stay, and one whose number another program has now does not count', async () => {
    const [file = ''] = await writeRemoteFiles(auth('mcp-remote-0.1.37'), {
      address: 'x',
      tokens: { ...tokensOf('x'), issuer: server.origin },
    });
    await writeFile(file.replace('client_info', 'lock'), JSON.stringify({ pid: process.ppid, port: 1, timestamp: 1 }));
    processes = [
      { pid: process.ppid, path: '/usr/bin/node', words: ['node', '/x/mcp-remote/dist/proxy.js', 'https://x'] },
    ];
    expect(await take()).toMatchObject([
      { deleted: false, fault: { next: 'Close the app that uses it, then try again.' } },
    ]);
    processes = [{ pid: process.ppid, path: '/usr/bin/node', words: ['node', 'other.js'] }];
    expect(await take()).toMatchObject([{ service: 'cancelled', deleted: true }]);
  });
});

describe('what cannot be read is not taken for nothing', () => {
  const signIn = () =>
    writeRemoteFiles(auth('mcp-remote-v1'), {
      address: 'x',
      tokens: { ...tokensOf('x'), issuer: server.origin },
    });
  const take = async (more: { readonly deleteUnread?: boolean } = {}) => {
    const room = takeOver();
    const { tokens } = await room.find();
    const taken = await room.take({ entries: [], tokens: tokens.map(({ id }) => id), ...all, ...more });
    return { found: tokens[0], taken: takeOverMethods.takeOver.result.parse(taken).tokens[0] };
  };

  it.each([
    ['cut off', '{"access_token":"acc_x","refr'],
    ['something else', '[1]'],
    ['huge', `{"access_token":"${'x'.repeat(300_000)}"}`],
    ['tokens that are no text', '{"access_token":{"value":"acc_x"}}'],
  ])('a sign-in whose file is %s is kept, and nobody says that nothing was in it', async (_, text) => {
    const files = await signIn();
    const path = files.at(-1) ?? '';
    await writeFile(path, text);
    const { found, taken } = await take();
    expect(found?.unread).toBe(path);
    expect(taken).toMatchObject({
      ...{ service: 'not-asked', deleted: false },
      fault: { what: expect.stringContaining('could not be read') },
    });
    expect(taken).not.toHaveProperty('nothing');
    expect(await readdir(auth('mcp-remote-v1'))).toHaveLength(files.length);
    const wanted = await take({ deleteUnread: true });
    expect(wanted.taken).toMatchObject({ service: 'not-asked', deleted: true });
    expect(wanted.taken).not.toHaveProperty('nothing');
    expect(await readdir(auth())).toEqual([]);
  });

  it('a client that cannot be read keeps the files where the service did not cancel', async () => {
    const files = await signIn();
    await writeFile(files[0] ?? '', '{"client_id":');
    server.answer('/revoke', { status: 400, body: { error: 'invalid_client' } });
    expect((await take()).taken).toMatchObject({ service: 'refused', deleted: false });
    expect(await readdir(auth('mcp-remote-v1'))).toHaveLength(files.length);
  });

  it.each([
    ['mcp-remote stands in its text', '{"mcpServers": {"sales": {"command": "npx", "args": ["mcp-remote", "x"'],
    ['two of one name are there', '{"mcpServers": {"sales": {"args": ["mcp-remote"]}}, "mcpServers": {}}'],
  ])('a settings file that is broken keeps the sign-ins that it may use: %s', async (_, text) => {
    const files = await signIn();
    await write(cursor(), text);
    const { found, taken } = await take();
    expect(found?.keptFor).toBe(cursor());
    expect(taken).toMatchObject({ deleted: false, fault: { what: expect.stringContaining(cursor()) } });
    expect(server.seenAt('/revoke')).toEqual([]);
    expect(await readdir(auth('mcp-remote-v1'))).toHaveLength(files.length);
    await write(cursor(), '{"mcpServers": {"other": ');
    expect((await take()).taken).toMatchObject({ service: 'cancelled', deleted: true });
  });
});

it('members of an entry that are not taken along are told', async () => {
  await write(
    claude(),
    servers({ sales: { ...remote(server.resource), type: 'stdio', cwd: '/x', headers: {}, timeout: 5 } }),
  );
  expect((await takeOver().find()).entries).toMatchObject([{ unknownWords: ['cwd', 'headers'] }]);
});

it('an entry beside ours for all is taken over by being taken out', async () => {
  await write(claude(), servers({ sales: remote(server.resource) }));
  const clients = { planReplace, replace: async ({ path }: ReplaceWish) => ({ path, removed: [{ name: 'sales' }] }) };
  const { entries } = await takeOver({ clients }).take({ entries: [inClaude('sales')], tokens: [], ...all });
  expect(takeOverMethods.takeOver.result.parse({ entries, tokens: [] }).entries).toMatchObject([
    { outcome: 'replaced', connection: 'sales', removed: true },
  ]);
});
