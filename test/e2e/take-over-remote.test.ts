/**
 * Journey 6, taking over from `npx mcp-remote`, with the built programs in a home folder of its own: Claude Desktop's
 * file with two such entries, sign-ins in both layouts, and a service that sees what it is asked and refuses what was
 * cancelled. Undo brings the file back byte for byte; what was cancelled stays so.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TakenOver, takenOverSchema, takeOverMethods } from '../../shared/clients.ts';
import { snapshotSchema } from '../../shared/snapshot.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../fakes/authorization-server.ts';
import { writeRemoteFiles } from '../fakes/mcp-remote-files.ts';
import { openTerminal, type Terminal, until } from './terminal.ts';

let home: string;
let claude: string;
let cursor: string;
let auth: string;
let terminal: Terminal;
let sales: FakeAuthorizationServer;
let notes: FakeAuthorizationServer;

/** As people have it: their own settings, blanks and order, an entry that has nothing to do with us. */
const claudeText = () => `{
    "preferences": {"theme":   "dark"},
    "mcpServers": {
        "files": { "command": "npx", "args": ["-y", "server-filesystem", "/home/ada"] },
        "sales": {
            "command": "npx",
            "args": ["-y", "mcp-remote@latest", "${sales.resource}", "--transport", "http-only"]
        },
        "notes": {
            "command": "npx",
            "args": ["mcp-remote", "${notes.resource}", "--header", "X-Key:$\u007bNOTES_KEY}"],
            "env": { "NOTES_KEY": "sec_of_notes" }
        }
    },
    "coworkUserFilesPath": "/home/ada"
}
`;
const cursorText = '{"mcpServers":{"own":{"url":"https://mcp.example.com/mcp"}}}\n';
const tokensOf = (of: string) => ({
  access_token: `acc_of_${of}`,
  token_type: 'Bearer',
  expires_in: 3600,
  refresh_token: `ref_of_${of}`,
});

/** Takes what it has issued, and the key of `notes`, until it is asked to cancel it. */
function protect(server: FakeAuthorizationServer): void {
  const challenge = {
    'www-authenticate': `Bearer resource_metadata="${server.origin}/.well-known/oauth-protected-resource/mcp"`,
  };
  server.answer('/mcp', ({ headers }) => {
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    const isIn = headers['x-key'] === 'sec_of_notes' || (token.startsWith('acc_of_') && !server.isRevoked(token));
    return isIn
      ? { body: { jsonrpc: '2.0', id: 1, result: {} } }
      : { status: 401, headers: challenge, body: { error: 'invalid_token' } };
  });
}

const callWith = async (token: string) => {
  const answer = await fetch(sales.resource, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: '{}',
  });
  return answer.status;
};
const connections = async () => snapshotSchema.parse((await terminal.json('list')).value).connections;
const filesBelow = async (folder: string) => (await readdir(folder, { recursive: true })).sort();

describe.skipIf(process.platform !== 'linux')('conexor take-over', () => {
  beforeAll(async () => {
    [sales, notes] = await Promise.all([startAuthorizationServer(), startAuthorizationServer()]);
    protect(sales);
    protect(notes);
    home = await mkdtemp(join(tmpdir(), 'cx-home-'));
    claude = join(home, '.config', 'Claude', 'claude_desktop_config.json');
    cursor = join(home, '.cursor', 'mcp.json');
    auth = join(home, '.mcp-auth');
    await mkdir(dirname(claude), { recursive: true });
    await mkdir(dirname(cursor), { recursive: true });
    await writeFile(claude, claudeText(), { mode: 0o640 });
    await writeFile(cursor, cursorText);
    await writeRemoteFiles(join(auth, 'mcp-remote-v1'), {
      address: sales.resource,
      tokens: { ...tokensOf('new'), issuer: sales.origin },
    });
    await writeRemoteFiles(join(auth, 'mcp-remote-0.1.37'), { address: sales.resource, tokens: tokensOf('old') });
    await writeRemoteFiles(join(auth, 'mcp-remote-v1'), {
      address: 'https://who.example/mcp',
      tokens: tokensOf('who'),
    });
    await writeFile(join(auth, 'mcp-remote-v1', 'mine.txt'), 'mine');
    const surroundings = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
    for (const name of Object.keys(surroundings)) {
      if (/^(DISPLAY|WAYLAND_DISPLAY|CONEXOR_|MCP_REMOTE_)/.test(name))
        delete (surroundings as NodeJS.ProcessEnv)[name];
    }
    terminal = await openTerminal({ ...surroundings, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' });
    await terminal.run('start', '--port', '0', '--vault-key-file', terminal.keyFile);
  });
  afterAll(async () => {
    await terminal?.stop();
    await Promise.all([sales?.close(), notes?.close()]);
    await rm(home, { recursive: true, force: true });
  });

  it('shows each step and does nothing, as a dry run and where nobody can be asked', async () => {
    const before = await filesBelow(home);
    const said = await terminal.run('take-over', '--dry-run');
    expect(said).toMatchObject({ code: 0, stderr: '' });
    for (const line of [
      `sales in Claude Desktop: ${sales.resource}`,
      `notes in Claude Desktop: ${notes.resource}`,
      '  its secret goes to the sealed file',
      `A sign-in at ${sales.resource} lies open in 3 files and can be renewed by whoever reads it:`,
      `  A copy of ${claude} is made beside it first.`,
      `  Ask ${new URL(sales.origin).host} to cancel the sign-in that lies open.`,
      '  Delete 6 files of mcp-remote.',
      'Nothing was changed.',
    ]) {
      expect(said.stdout.split('\n')).toContain(line);
    }
    expect(said.stdout).toContain('(deleted with --unknown-tokens)');
    expect(await terminal.run('take-over')).toMatchObject({
      code: 130,
      stdout: expect.stringContaining('Nothing was changed. Do it with: conexor take-over --yes'),
    });
    const { value } = await terminal.json('take-over', '--dry-run');
    const { entries, tokens } = takeOverMethods.findTakeOvers.result.parse(value);
    expect([entries.length, tokens.length]).toEqual([2, 3]);
    expect(await terminal.run('take-over', '--server', 'none')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is: sales, notes.'),
    });
    expect(await filesBelow(home)).toEqual(before);
    expect(await readFile(claude, 'utf8')).toBe(claudeText());
    expect(sales.seenAt('/revoke')).toEqual([]);
  });

  it('speaks of no file where nothing lasts', async () => {
    const unsafe = await openTerminal(terminal.env);
    try {
      await unsafe.run('start', '--port', '0', '--memory');
      const said = await unsafe.run('take-over', '--dry-run');
      expect(said.stdout.split('\n')).toContain('  its secret is kept only until Conexor stops');
      expect(said.stdout).not.toContain('sealed file');
    } finally {
      await unsafe.stop();
    }
  });

  it('puts Conexor in their places, cancels what lay open at its service, and deletes it', async () => {
    expect([await callWith('acc_of_new'), await callWith('acc_of_old')]).toEqual([200, 200]);
    let taken: TakenOver = { entries: [], tokens: [] };
    // A Claude of another test may be open at this moment: then nothing is done, and it can be tried again.
    await until(async () => {
      taken = takenOverSchema.parse((await terminal.json('take-over', '--yes')).value);
      return !taken.entries.some(({ fault }) => fault?.fault === 'program-running');
    }, 'a closed Claude');
    const [first] = taken.entries;
    expect(
      taken.entries.map(({ name, outcome, connection, signInNeeded }) => [name, outcome, connection, signInNeeded]),
    ).toEqual([
      ['sales', 'replaced', 'sales', true],
      ['notes', 'replaced', 'notes', false],
    ]);
    expect(taken.tokens.map(({ service, proof, deleted }) => [service, proof, deleted])).toEqual([
      ['cancelled', 'refused', true],
      ['cancelled', 'refused', true],
    ]);

    expect([await callWith('acc_of_new'), await callWith('acc_of_old')]).toEqual([401, 401]);
    for (const token of ['ref_of_new', 'ref_of_old']) expect(sales.isRevoked(token)).toBe(true);
    const hints = sales.seenAt('/revoke').map(({ form }) => form.get('token_type_hint'));
    expect(hints).toEqual(['refresh_token', 'access_token', 'refresh_token', 'access_token']);

    // What nobody knows anything of stays, and so does what is somebody's own.
    expect(await readdir(auth)).toEqual(['mcp-remote-v1']);
    const left = await readdir(join(auth, 'mcp-remote-v1'));
    expect(left).toHaveLength(4);
    expect(left).toContain('mine.txt');

    const text = await readFile(claude, 'utf8');
    const config = JSON.parse(text) as { mcpServers: Record<string, { command: string; args: string[] }> };
    for (const name of ['sales', 'notes']) {
      expect(config.mcpServers[name]?.args.slice(-4)).toEqual(['--client', 'claude-desktop', '--connection', name]);
    }
    expect(text).not.toMatch(/mcp-remote|sec_of_notes/);
    const [head = ''] = claudeText().split('"sales"');
    expect(text.startsWith(head)).toBe(true);
    expect(text.endsWith('    "coworkUserFilesPath": "/home/ada"\n}\n')).toBe(true);
    expect((await stat(claude)).mode & 0o777).toBe(0o640);
    expect(await readFile(cursor, 'utf8')).toBe(cursorText);
    expect(await readFile(first?.backup ?? '', 'utf8')).toBe(claudeText());
    expect((await stat(first?.backup ?? '')).mode & 0o777).toBe(0o600);
  });

  it('has connected them: one waits for its sign-in, the other came with its key', async () => {
    const states = (await connections()).map(({ name, accounts, resource }) => [name, accounts.length, resource]);
    expect(states).toEqual(
      expect.arrayContaining([
        ['sales', 0, sales.resource],
        ['notes', 1, notes.resource],
      ]),
    );
    expect(await terminal.run('take-over', '--keep-tokens')).toMatchObject({ code: 0, stderr: '' });
  });

  it('is taken back byte for byte, without bringing back what was cancelled', async () => {
    await until(async () => (await terminal.run('clients', 'undo', 'claude-desktop', '--yes')).code === 0, 'an undo');
    expect(await readFile(claude, 'utf8')).toBe(claudeText());
    expect((await stat(claude)).mode & 0o777).toBe(0o640);
    expect([await callWith('acc_of_new'), await callWith('acc_of_old')]).toEqual([401, 401]);
  });

  it('deletes what nobody knows anything of on that wish alone, and claims nothing of it', async () => {
    const { value } = await terminal.json('take-over', '--yes', '--unknown-tokens', '--server', 'sales');
    const { tokens } = takenOverSchema.parse(value);
    expect(tokens).toEqual([]);
    const all = takenOverSchema.parse((await terminal.json('take-over', '--yes', '--unknown-tokens')).value);
    expect(all.tokens).toMatchObject([{ service: 'not-asked', deleted: true }]);
    expect(await readdir(join(auth, 'mcp-remote-v1'))).toEqual(['mine.txt']);
  });

  it('never prints a secret of any of them', () => {
    expect(terminal.printed.join('')).not.toMatch(/sec_of_|acc_of_|ref_of_/);
  });
});
