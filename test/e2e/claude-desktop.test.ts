/**
 * Journey 2, Add to Claude, by the built programs: a Claude Desktop that misbehaves as people report, its settings, the
 * bundle, and what counts as proof that it works.
 */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ControlError } from '../../electron/core/control/client.ts';
import {
  type ClaudeOptions,
  claudeConfig,
  claudeLog,
  type FakeClaude,
  installClaude,
  startClaude,
} from '../fakes/claude-desktop.ts';
import { installBundle } from '../fakes/unpacked-bundle.ts';
import { hostKinds } from './mcp-hosts.ts';
import { type Stage, setStage } from './stage.ts';

const distDir = fileURLToPath(new URL('../../dist/', import.meta.url));
const client = 'claude-desktop';

/** As it lies on many a computer: its own settings, somebody's tabs, and the dashboard's entry that it skips. */
const original = `{
\t"preferences": {"menuBarEnabled": false, "note": "señal"},
\t"isUsingBuiltInNodeForMcp": true,
\t"mcpServers": {
\t\t"dashboard": { "url": "https://app.example/mcp" }
\t}
}\r\n`;

let home: string;
let stage: Stage;
let claude: FakeClaude | undefined;

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'cx-claude-')));
  await installClaude(home);
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
  stage = await setStage({ distDir, keychain: 'none', env });
  await stage.signIn('acme');
});

afterAll(async () => {
  await stage?.stop();
  await rm(home, { recursive: true, force: true });
});

beforeEach(() => writeFile(claudeConfig(home), original));

afterEach(async () => {
  await quit();
  await stage.control.ask('setClientRestores', { client, on: false });
  await stage.control.ask('removeClient', { client });
});

const open = async (options: Omit<ClaudeOptions, 'home'> = {}): Promise<FakeClaude> => {
  claude = await startClaude({ home, ...options });
  return claude;
};
async function quit(): Promise<void> {
  await claude?.quit();
  claude = undefined;
}
const add = () => stage.control.ask('addClient', { client });
const view = () => stage.control.ask('verifyClient', { client });
const settings = async () => JSON.parse(await readFile(claudeConfig(home), 'utf8'));
const verdict = async () => (await view()).verdict;

describe('Claude Desktop', () => {
  it('is asked to be closed first; its settings are changed only then, and are as they were after an undo', async () => {
    await open();
    const rewritten = await readFile(claudeConfig(home), 'utf8');
    expect(await claudeLog(home)).toContain('were skipped: dashboard');
    const refused = await add().catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(ControlError);
    expect(refused).toMatchObject({ words: { fault: 'program-running' } });
    expect((refused as ControlError).words.what).toContain('Claude Desktop');
    expect(await view()).toMatchObject({ state: 'not-added', running: true, closeFirst: true });
    expect(await readFile(claudeConfig(home), 'utf8')).toBe(rewritten);
    await quit();

    await writeFile(claudeConfig(home), original);
    const { changed, failed } = await add();
    expect(failed).toEqual([]);
    expect(changed.map(({ path }) => path)).toEqual([claudeConfig(home)]);
    expect(
      (await readFile(claudeConfig(home), 'utf8')).startsWith('{\n\t"preferences": {"menuBarEnabled": false'),
    ).toBe(true);
    const { command, args } = (await settings()).mcpServers.conexor;
    expect(command).toBe(process.execPath);
    expect(args).toEqual([
      join(stage.dataDir, 'bin/relay.cjs'),
      '--data',
      stage.dataDir,
      '--client',
      client,
      '--connection',
      '_all',
    ]);
    await stage.control.ask('undoClient', { client });
    expect(await readFile(claudeConfig(home), 'utf8')).toBe(original);
  });

  it('is green only when its own process has started the relay and has listed tools', async () => {
    await add();
    expect(await view()).toMatchObject({ state: 'added', verdict: 'start', running: false });

    const { command, args } = (await settings()).mcpServers.conexor;
    const stranger = await hostKinds[0].connect({ door: 'relay', command, args, env: {} });
    expect(await stranger.tools()).not.toEqual([]);
    expect(await view()).toMatchObject({ state: 'added', verdict: 'started-by-other' });
    await stranger.close();

    const opened = await open();
    await opened.ready;
    const tools = opened.tools.get('conexor') ?? [];
    const listing = tools.find((name) => name.endsWith('list_orders'));
    expect(listing, await claudeLog(home, 'conexor')).toBeDefined();
    expect(await view()).toMatchObject({ state: 'connected', verdict: 'connected', running: true });
    expect(JSON.stringify(await opened.call('conexor', listing ?? '', { region: 'North' }))).toContain('orders');
    expect(await settings()).toMatchObject({ isUsingBuiltInNodeForMcp: true, preferences: { note: 'señal' } });
    await quit();
    expect(await verdict()).toBe('connected');
  });

  it('that drops our entry when it starts is noticed, and the entry is put back with one call', async () => {
    await add();
    const opened = await open({ wipe: 'start' });
    await opened.ready;
    expect((await settings()).mcpServers).toBeUndefined();
    expect(await view()).toMatchObject({ state: 'missing', verdict: 'entry-missing' });
    await expect(add()).rejects.toMatchObject({ words: { fault: 'program-running' } });
    await quit();
    await add();
    expect(Object.keys((await settings()).mcpServers)).toEqual(['conexor']);
    expect(await verdict()).not.toBe('connected');
    const again = await open();
    await again.ready;
    expect(await verdict()).toBe('connected');
  });

  it('gets our entry back by itself where the person chose that, and nothing else', async () => {
    await add();
    await stage.control.ask('setClientRestores', { client, on: true });
    await (await open({ wipe: 'quit' })).ready;
    await quit();
    await expect
      .poll(async () => Object.keys((await settings()).mcpServers ?? {}), { interval: 100 })
      .toEqual(['conexor']);
    expect(await settings()).toMatchObject({ isUsingBuiltInNodeForMcp: true, preferences: { note: 'señal' } });
  });

  it('goes on with another account after one switch, and with one of its own where it is bound to it', async () => {
    const { connection, account } = await stage.signIn('globex', true);
    const use = (wanted: string, program?: string) =>
      stage.control.ask('useAccount', {
        connection: connection.id,
        account: wanted,
        ...(program === undefined ? {} : { client: program }),
      });
    const acme = connection.accounts.find(({ label }) => label.includes('acme'))?.id ?? '';
    await use(acme);
    await add();
    const opened = await open();
    await opened.ready;
    const tools = opened.tools.get('conexor') ?? [];
    const said = async (name: string, input: object = {}) =>
      JSON.stringify(await opened.call('conexor', tools.find((tool) => tool.endsWith(`__${name}`)) ?? '', input));
    expect(await said('whoami')).toContain('acme');
    await use(account);
    expect(await said('whoami')).toContain('globex');
    await use(acme, client);
    expect(await said('whoami')).toContain('acme');
    expect((await view()).verdict).toBe('connected');
    await use('current', client);
    // Its first change after the switch says as whom it would be made; asked for again, it is made.
    const order = { customer: 'Nordwind', region: 'North', product: 'Boots', quantity: 2, unitPrice: 5 };
    const held = await said('create_order', order);
    expect(held).toContain('isError');
    expect(held).toContain('globex');
    expect(await said('create_order', order)).toMatch(/Boots.*globex|globex.*Boots/);
  });

  it('that installs the bundle is green without an entry, by the process that runs it', async () => {
    const made = await stage.control.ask('openClient', { client, way: 'bundle', open: false });
    if (made.way !== 'bundle') throw new Error('no bundle');
    expect(made).toEqual({ way: 'bundle', path: join(stage.dataDir, 'bundles/Conexor.mcpb'), opened: false });
    // What earlier starts have proven went with the entry.
    expect(await view()).toMatchObject({ state: 'not-added', verdict: 'not-added' });
    const folder = join(home, '.config/Claude/Claude Extensions/conexor');
    await mkdir(folder, { recursive: true });
    const bundle = await installBundle(await readFile(made.path), folder);
    const opened = await open({ extensions: { Conexor: bundle } });
    await opened.ready;
    expect(opened.tools.get('Conexor')?.length, await claudeLog(home, 'Conexor')).toBeGreaterThan(0);
    expect(await view()).toMatchObject({ state: 'connected', verdict: 'connected' });
    expect((await settings()).mcpServers).toEqual(JSON.parse(original).mcpServers);
  });
});
