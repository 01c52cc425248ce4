import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestBridge, testBridge } from './fakes/bridge.ts';
import { FakeBroker } from './fakes/broker.ts';
import { eventually } from './fakes/line-host.ts';
import { FakeMcpServer } from './fakes/mcp-server.ts';
import { type BuiltRelay, buildRelay, type Relay, startRelay } from './fakes/relay.ts';
import { soon } from './fakes/soon.ts';

let built: BuiltRelay;
let relay: string;
let server: FakeMcpServer;
let broker: FakeBroker;
let bridge: TestBridge;
let children: ChildProcess[] = [];

beforeAll(async () => {
  built = await buildRelay();
  relay = built.path;
});

afterAll(() => built?.remove());

beforeEach(async () => {
  server = await new FakeMcpServer().start();
  server.tokens = new Set(['token-of-ada', 'token-of-bob']);
  broker = new FakeBroker(server.url);
  bridge = await testBridge(broker);
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await bridge.stop();
  await server.stop();
});

function start(args: string[] = ['--data', bridge.dataDir, '--client', 'claude-desktop'], program = relay): Relay {
  const started = startRelay(program, args, bridge.dataDir);
  children.push(started.child);
  return started;
}

describe('the relay', () => {
  it('M-B stdio: nothing but messages on stdout, nothing on stderr, gone at stdin EOF, session ended', async () => {
    const { host, ended } = start();
    await host.begin();
    await host.ask('tools/list');
    host.end();
    expect(await soon(ended)).toEqual({ code: 0, stderr: '' });
    for (const line of host.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    await eventually(() => server.sessionsLeft === 0);
    await host.until(() => undefined, 0);
    expect(server.sessionsOpened).toHaveLength(1);
  });

  it('M-B answers that are on their way at EOF are delivered; those that are not do not hold it', async () => {
    server.on.set('tools/call soon', async ({ json, message }) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      json({ jsonrpc: '2.0', id: message.id, result: { soon: true } });
    });
    server.on.set('tools/call never', () => undefined);
    const { host, ended } = start();
    await host.begin();
    host.say({ jsonrpc: '2.0', id: 'soon', method: 'tools/call', params: { name: 'soon' } });
    host.say({ jsonrpc: '2.0', id: 'never', method: 'tools/call', params: { name: 'never' } });
    host.end();
    expect(await soon(ended)).toMatchObject({ code: 0 });
    expect(host.heard.find((one) => one.id === 'soon')?.result).toEqual({ soon: true });
    await eventually(() => server.sessionsLeft === 0);
  });

  it('T stdin EOF at once, before anything was said: gone all the same', async () => {
    const { host, ended } = start();
    host.end();
    expect((await ended).code).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends it cleanly and the session with it', async (signal) => {
    const { host, child, ended } = start();
    await host.begin();
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    await eventually(() => server.sessionsLeft === 0);
  });

  it('a host that reads slowly loses nothing', async () => {
    const text = 'x'.repeat(1024 * 1024);
    server.on.set('tools/call', ({ json, message }) => json({ jsonrpc: '2.0', id: message.id, result: { text } }));
    const { host, child } = start();
    await host.begin();
    child.stdout?.pause();
    for (let n = 0; n < 8; n += 1)
      host.say({ jsonrpc: '2.0', id: `big${n}`, method: 'tools/call', params: { name: 'x' } });
    await eventually(() => server.posts('tools/call').length === 8);
    child.stdout?.resume();
    for (let n = 0; n < 8; n += 1) expect((await host.answer(`big${n}`)).result?.['text']).toBe(text);
  });

  it('names client and connection to the broker', async () => {
    broker.add('other', server.url);
    const { host } = start(['--data', bridge.dataDir, '--client=cursor', '--connection', 'other']);
    await host.begin();
    await host.ask('tools/call', { name: 'echo' });
    expect(broker.seen.uses).toEqual(['id-other cursor stdio']);
  });

  it('a folder or socket that others may use gets no word', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cx-'));
    const path = join(folder, 'broker.sock');
    let connections = 0;
    const stranger = createServer(() => {
      connections += 1;
    }).listen(path);
    await new Promise((resolve) => stranger.once('listening', resolve));
    for (const [folderMode, socketMode] of [
      [0o755, 0o600],
      [0o700, 0o666],
    ] as const) {
      await chmod(folder, folderMode);
      await chmod(path, socketMode);
      const { host, ended } = start(['--data', folder]);
      const { error } = await host.ask('initialize', {});
      expect(error?.message).toContain('open to others');
      host.end();
      expect((await ended).stderr).toContain('open to others');
    }
    expect(connections).toBe(0);
    stranger.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has no dependencies and is small', async () => {
    const { readFile } = await import('node:fs/promises');
    const text = await readFile(relay, 'utf8');
    const modules = [...text.matchAll(/(?:require|import)\([`'"]([^`'"]+)[`'"]\)/g)].map((match) => match[1]);
    const atStart = ['node:fs', 'node:net', 'node:os', 'node:path'];
    expect(new Set(modules)).toEqual(new Set([...atStart, 'node:child_process', 'node:stream']));
    expect(text.length).toBeLessThan(24_000);
    // What only some need is loaded by them: a bundler likes to put it first.
    const first = [...text.matchAll(/=\s*require\([`'"]([^`'"]+)[`'"]\)/g)].map((match) => match[1]);
    expect(new Set(first)).toEqual(new Set(atStart));
  });
});

describe('no broker', () => {
  /** A relay beside a `headless.mjs` that does as told, in a folder of its own. */
  async function beside(program: string): Promise<{ relay: string; data: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'cx-'));
    const { copyFile } = await import('node:fs/promises');
    await copyFile(relay, join(folder, 'relay.cjs'));
    await writeFile(join(folder, 'headless.mjs'), program);
    const data = join(folder, 'data');
    await mkdir(data, { mode: 0o700 });
    folders.push(folder);
    return { relay: join(folder, 'relay.cjs'), data };
  }

  const folders: string[] = [];
  const pidFile = `(await import('node:fs')).writeFileSync(process.argv[process.argv.indexOf('--data') + 1] + '/pid', String(process.pid));`;

  /** The brokers that were started outlive their relays, so they are ended here, and their folders removed. */
  afterEach(async () => {
    for (const folder of folders.splice(0)) {
      const file = join(folder, 'data', 'pid');
      const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
      if (pid > 0) endIfThere(pid);
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is started, waited for by its ready line, and outlives the relay', async () => {
    const { relay: program, data } = await beside(`
      ${pidFile}
      import { createServer } from 'node:net';
      import { chmodSync } from 'node:fs';
      const path = process.argv[process.argv.indexOf('--data') + 1] + '/broker.sock';
      if (!process.argv.includes('--background')) throw new Error('not in the background');
      createServer((stream) => {
        let text = '';
        stream.on('data', (chunk) => {
          text += chunk;
          const [, asked, rest] = text.split('\\n');
          if (rest === undefined) return;
          stream.write(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(asked).id, result: { pid: process.pid } }) + '\\n');
        });
        stream.on('error', () => {});
      }).listen(path, () => { chmodSync(path, 0o600); console.log('ready'); });
    `);
    const { host, ended } = start(['--data', data], program);
    const { result } = await host.ask('initialize', {});
    const pid = Number(result?.['pid']);
    host.end();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(() => process.kill(pid, 0)).not.toThrow();
  });

  it.each([
    [
      'says why it cannot',
      `console.log('The keychain is locked. Unlock it.'); process.exit(1);`,
      'The keychain is locked. Unlock it.',
    ],
    ['dies without a word', `process.exit(3);`, "Conexor isn't running."],
    ['is ready and not there', `console.log('ready');`, "Conexor isn't running."],
  ])('a broker that %s: every request is answered in words, one line on stderr', async (_, program, words) => {
    const { relay: beside1, data } = await beside(program);
    const { host, ended } = start(['--data', data], beside1);
    for (const method of ['initialize', 'tools/list']) {
      const { error } = await host.ask(method, {});
      expect(error?.message).toContain(words);
      expect(error?.data).toEqual({ fault: 'broker-absent' });
    }
    host.notify('notifications/initialized');
    host.end();
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('T a host that gives up while the broker starts: gone all the same', async () => {
    const { relay: program, data } = await beside(`
      ${pidFile}
      setInterval(() => {}, 1000);
    `);
    const { host, ended } = start(['--data', data], program);
    host.say({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
    await eventually(() => existsSync(join(data, 'pid')));
    host.end();
    expect(await soon(ended)).toMatchObject({ code: 0 });
  });

  it('a folder whose path is too long is said in words', async () => {
    const { host } = start(['--data', `/tmp/${'x'.repeat(120)}`]);
    expect((await host.ask('initialize', {})).error?.message).toContain('too long a path');
  });
});

describe('the official clients behind the relay', () => {
  const parameters = () => ({
    command: process.execPath,
    args: [relay, '--data', bridge.dataDir, '--client', 'sdk'],
    stderr: 'pipe' as const,
  });

  it('SDK 1.x lists, calls, is asked and told, and goes through signing out and in', async () => {
    const client = new ClientV1({ name: 'sdk1', version: '1' }, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { sure: true } }));
    const logged: unknown[] = [];
    let changed = 0;
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params.data));
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      changed += 1;
    });
    server.on.set('tools/call ask', async ({ event, message, response }) => {
      for (let n = 0; n < 100; n += 1)
        event({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: n } });
      event({
        jsonrpc: '2.0',
        id: 'q',
        method: 'elicitation/create',
        params: { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } },
      });
      await eventually(() => server.seen.some((one) => one.message?.id === 'q'));
      event({ jsonrpc: '2.0', id: message.id, result: { content: [{ type: 'text', text: 'asked' }] } });
      response.end();
    });
    await client.connect(new StdioV1(parameters()));
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo']);
    expect((await client.callTool({ name: 'ask' })).content).toEqual([{ type: 'text', text: 'asked' }]);
    expect(logged).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(server.seen.find((one) => one.message?.id === 'q')?.message?.result).toEqual({
      action: 'accept',
      content: { sure: true },
    });
    broker.signedOut();
    await eventually(() => changed === 1);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['sign_in']);
    expect((await client.callTool({ name: 'sign_in' })).content).toMatchObject([
      { text: expect.stringContaining('browser') },
    ]);
    broker.signedInAs('bob');
    await eventually(() => changed === 2);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo']);
    await client.close();
    await eventually(() => server.sessionsLeft === 0);
  });

  it('SDK 2.x probes, falls back for a legacy service, lists and calls; no session is left', async () => {
    const client = new ClientV2({ name: 'sdk2', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StdioV2(parameters()));
    expect(client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo']);
    expect(await client.callTool({ name: 'echo', arguments: { a: 1 } })).toMatchObject({ content: [{ type: 'text' }] });
    await client.close();
    await eventually(() => server.sessionsLeft === 0);
    expect(server.sessionsOpened).toHaveLength(1);
  });

  it('SDK 2.x signed out: one tool, in the era it likes best', async () => {
    broker.signedOut();
    const client = new ClientV2({ name: 'sdk2', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StdioV2(parameters()));
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['sign_in']);
    await client.close();
  });
});

function endIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
