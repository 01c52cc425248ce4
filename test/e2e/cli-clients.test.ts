/**
 * `conexor clients` as a person has it: the built programs, a home folder of its own with other programs' settings, the
 * relay started as the written entry says, and everything taken out again, at last without any Conexor running.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientMethods, clientViewSchema } from '../../shared/clients.ts';
import { openTerminal, type Terminal } from './terminal.ts';

let home: string;
let terminal: Terminal;

const cursorText =
  '{\n  // by hand\n  "mcpServers": {\n    "other": { "command": "x", "env": { "KEY": "planted-secret" } },\n  },\n}\n';
const codexText = '# mine\nmodel = "gpt-5-codex"\n';
const claudeText = '{"preferences":{"theme":"dark"}}';
const files = {
  '.cursor/mcp.json': cursorText,
  '.codex/config.toml': codexText,
  '.config/Claude/claude_desktop_config.json': claudeText,
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cx-home-'));
  for (const [path, text] of Object.entries(files)) await put(path, text);
  const surroundings: NodeJS.ProcessEnv = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
  for (const name of Object.keys(surroundings)) {
    if (/^(DISPLAY|WAYLAND_DISPLAY|CONEXOR_|CODEX_HOME|CLAUDE_CONFIG_DIR)/.test(name)) delete surroundings[name];
  }
  terminal = await openTerminal({ ...surroundings, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' });
  await terminal.run('start', '--port', '0', '--vault-key-file', terminal.keyFile);
});
afterAll(async () => {
  await terminal?.stop();
  await rm(home, { recursive: true, force: true });
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), text);
}
const read = (path: string) => readFile(join(home, path), 'utf8');
const isAsRecorded = async () => {
  for (const [path, text] of Object.entries(files)) expect(await read(path)).toBe(text);
};

describe.skipIf(process.platform !== 'linux')('conexor clients', () => {
  it('lists programs as they are found, and writes nothing that nobody has said yes to', async () => {
    const { code, value } = await terminal.json('clients');
    expect(code).toBe(0);
    const found = clientViewSchema
      .array()
      .parse(value)
      .filter(({ state }) => state === 'not-added');
    expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(['claude-desktop', 'cursor', 'codex']));
    const said = await terminal.run('clients', 'add', 'cursor');
    expect(said.code).toBe(2);
    expect(said.stdout).toContain('"conexor": {');
    expect((await terminal.run('clients', 'add', 'codex', '--dry-run')).stdout).toContain('[mcp_servers.conexor]');
    expect((await terminal.run('clients', 'add', 'curser')).words).toContain('Did you mean cursor?');
    expect((await terminal.run('clients', 'change')).code).toBe(2);
    await isAsRecorded();
  });

  it('adds an entry that starts the relay, verifies it by the process that does, and takes it back', async () => {
    const added = await terminal.run('clients', 'add', 'cursor', '--yes');
    expect(added).toMatchObject({ code: 0, stderr: '' });
    const [line] = (await read('.cursor/mcp.json')).match(/"conexor": \{[\s\S]*?\n {4}\}/) ?? [];
    const { conexor } = JSON.parse(`{${line}}`);
    expect(conexor.args.slice(-4)).toEqual(['--client', 'cursor', '--connection', '_all']);

    // Cursor's place is taken by the official client, which is not Cursor: it works, and that is no proof.
    const client = new Client({ name: 'e2e', version: '1' });
    const env = { HOME: home, PATH: process.env['PATH'] ?? '' };
    await client.connect(new StdioClientTransport({ ...conexor, env, stderr: 'ignore' }));
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
    const verified = await terminal.json('clients', 'verify', 'cursor');
    expect(verified.code).toBe(1);
    expect(verified.value).toMatchObject([{ state: 'added', verdict: 'started-by-other' }]);

    expect((await terminal.run('clients', 'undo', 'cursor', '--yes')).code).toBe(0);
    await isAsRecorded();
  });

  it('takes out what it wrote of one, and of all without any Conexor running and without its keychain', async () => {
    for (const program of ['cursor', 'codex', 'claude-desktop']) {
      const { code, value } = await terminal.json('clients', 'add', program, '--way', 'file', '--yes');
      expect([code, clientMethods.addClient.result.parse(value).failed]).toEqual([0, []]);
    }
    expect((await terminal.run('clients', 'remove', 'codex', '--yes')).code).toBe(0);
    expect(await read('.codex/config.toml')).toBe(codexText);

    await terminal.run('stop');
    expect(terminal.brokers()).toEqual([]);
    const { code, value } = await terminal.json('clients', 'remove', '--all', '--yes');
    expect(code).toBe(0);
    const done = clientMethods.removeAllClients.result.parse(value).clients;
    expect(done.map(({ client }) => client.id)).toEqual(['claude-desktop', 'cursor']);
    expect(terminal.brokers()).toEqual([]);
    await isAsRecorded();
  });

  it('has shown and kept nothing of a neighbour’s', async () => {
    expect(terminal.printed.join('')).not.toContain('planted-secret');
    for (const name of await readdir(terminal.dataDir)) {
      if (/\.(json|log)$/.test(name)) {
        expect(await readFile(join(terminal.dataDir, name), 'utf8')).not.toContain('planted-secret');
      }
    }
  });
});
