import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { deferred } from '../../fakes/deferred.ts';
import { eventually, type LineHost } from '../../fakes/line-host.ts';
import { FakeMcpServer } from '../../fakes/mcp-server.ts';
import { soon } from '../../fakes/soon.ts';

let server: FakeMcpServer;
let broker: FakeBroker;
let bridge: TestBridge;

beforeEach(async () => {
  server = await new FakeMcpServer().start();
  server.tokens = new Set(['token-of-ada', 'token-of-bob']);
  broker = new FakeBroker(server.url, false);
  bridge = await testBridge(broker);
});

afterEach(async () => {
  await bridge.stop();
  await server.stop();
});

const changes = ['tools', 'resources', 'prompts'].map((one) => `notifications/${one}/list_changed`);
const noticesOf = (host: LineHost) => host.heard.filter((one) => one.method !== undefined).map((one) => one.method);
const toolsOf = async (host: LineHost) =>
  ((await host.ask('tools/list')).result as { tools: { name: string }[] }).tools.map((tool) => tool.name);
const textOf = (answer: { result?: Record<string, unknown> }) =>
  (answer.result?.['content'] as { text: string }[] | undefined)?.[0]?.text ?? '';

describe('signed out is not broken', () => {
  it('initialize is answered at once in the host’s version, with one tool, empty lists and plain words', async () => {
    const host = bridge.host();
    const { result } = await soon(host.begin('2025-06-18'));
    expect(result).toMatchObject({
      protocolVersion: '2025-06-18',
      capabilities: { tools: { listChanged: true }, resources: { listChanged: true }, prompts: { listChanged: true } },
      serverInfo: { name: 'conexor' },
    });
    expect(result?.['instructions']).toContain('You are not signed in to Sales');
    expect((await host.ask('ping')).result).toEqual({});
    const tools = (await host.ask('tools/list')).result?.['tools'] as Record<string, unknown>[];
    expect(tools).toHaveLength(1);
    expect(tools[0]).toMatchObject({
      name: 'sign_in',
      title: 'Sign in to Sales',
      inputSchema: { type: 'object', properties: {} },
    });
    expect((await host.ask('resources/list')).result).toEqual({ resources: [] });
    expect((await host.ask('resources/templates/list')).result).toEqual({ resourceTemplates: [] });
    expect((await host.ask('prompts/list')).result).toEqual({ prompts: [] });
    const other = await host.ask('resources/read', { uri: 'a:b' });
    expect(other.error?.message).toBe(
      'You are not signed in to Sales. Sign in with Conexor (in a terminal: npx conexor connect), then try again.',
    );
    expect(other.error?.data).toEqual({ fault: 'sign-in-needed' });
    expect(server.seen).toEqual([]);
    expect(broker.seen.signIns).toEqual([]);
  });

  it('an unknown protocol version is answered with the newest we know', async () => {
    expect((await bridge.host().begin('1999-01-01')).result?.['protocolVersion']).toBe('2025-11-25');
  });

  it('sign_in opens the browser; after consent the lists have changed and the same session goes on upstream', async () => {
    const host = bridge.host();
    await host.begin();
    const text = textOf(await host.ask('tools/call', { name: 'sign_in', arguments: {} }));
    expect(broker.seen.signIns).toEqual(['id-sales']);
    expect(text).toContain('app.example');
    expect(text).toContain('https://app.example/oauth/consent?state=1');
    broker.signedInAs('ada');
    await eventually(() => noticesOf(host).length === 3);
    expect(noticesOf(host)).toEqual(changes);
    expect(await toolsOf(host)).toEqual(['echo']);
    expect((await host.ask('tools/call', { name: 'echo', arguments: {} })).result).toBeDefined();
    expect(server.posts('initialize')[0]?.message?.params).toMatchObject({ clientInfo: { name: 'line-host' } });
    expect(server.posts('notifications/initialized')).toHaveLength(1);
    expect(server.sessionsOpened).toHaveLength(1);
    const late = await host.ask('tools/call', { name: 'sign_in', arguments: {} });
    expect(textOf(late)).toContain('connected as ada');
    expect(broker.seen.signIns).toHaveLength(1);
  });

  it('a person’s refusal is visible in the next call, and no browser opens by itself', async () => {
    const host = bridge.host();
    await host.begin();
    await host.ask('tools/call', { name: 'sign_in' });
    broker.setState('signing-in');
    expect(textOf(await host.ask('tools/call', { name: 'sign_in' }))).toContain('already open');
    broker.setState('sign-in-again');
    const other = await host.ask('tools/call', { name: 'echo' });
    expect(other.error?.message).toContain('not signed in');
    expect(broker.seen.signIns).toHaveLength(2);
    expect(textOf(await host.ask('tools/call', { name: 'sign_in' }))).toContain('was not finished');
  });

  it('a browser that cannot be opened is said in words', async () => {
    broker.signInFault = 'browser-unavailable';
    const host = bridge.host();
    await host.begin();
    const answer = await host.ask('tools/call', { name: 'sign_in' });
    expect(answer.result?.['isError']).toBe(true);
    expect(textOf(answer)).toContain('The browser could not be opened.');
  });

  it.each([
    ['keychain-locked', 'keychain is locked'],
    ['sign-in-needed', 'not signed in'],
  ] as const)('%s: initialize is answered, with the reason', async (fault, words) => {
    broker.signedInAs('ada');
    broker.fail(fault);
    const host = bridge.host();
    expect((await host.begin()).result?.['instructions']).toContain(words);
    broker.fail(undefined);
    expect(await toolsOf(host)).toEqual(['echo']);
  });

  it('a paused connection opens no browser', async () => {
    const host = bridge.host();
    await host.begin();
    broker.setState('paused');
    expect(textOf(await host.ask('tools/call', { name: 'sign_in' }))).toContain('paused');
    expect(broker.seen.signIns).toEqual([]);
  });

  it.each(['constructor', '__proto__', 'toString'])('a method named %s goes to the service', async (method) => {
    broker.signedOut();
    const host = bridge.host();
    await host.begin();
    broker.signedInAs('ada');
    await host.notice('notifications/tools/list_changed');
    expect((await host.ask(method)).error?.code).toBe(-32601);
  });

  it('a connection that does not exist yet is answered in words, and used once it is there', async () => {
    const host = bridge.host('later');
    expect((await host.begin()).result?.['instructions']).toContain('no service named later');
    expect(textOf(await host.ask('tools/call', { name: 'sign_in' }))).toContain('Connect it with Conexor');
    broker.add('later', server.url);
    await host.notice('notifications/tools/list_changed');
    expect(await toolsOf(host)).toEqual(['echo']);
  });

  it('several connections and none named: said in words', async () => {
    broker.add('another', server.url);
    expect((await bridge.host().begin()).result?.['instructions']).toContain('none was named');
  });
});

describe('out of reach is not signed out', () => {
  it('T the remote is down: initialize at once, no browser, trying again works when it is back', async () => {
    broker.signedInAs('ada');
    const { port } = server;
    await server.stop();
    const host = bridge.host();
    const { result } = await soon(host.begin());
    expect(result?.['instructions']).toContain('could not reach');
    expect(await toolsOf(host)).toEqual(['sign_in']);
    const still = await host.ask('tools/call', { name: 'sign_in' });
    expect(textOf(still)).toContain('could not reach');
    expect(broker.seen.signIns).toEqual([]);
    expect(broker.seen.reports[0]).toMatchObject({ kind: 'unreachable', retryAtMs: expect.any(Number) });
    server = await new FakeMcpServer().start(port);
    expect(textOf(await host.ask('tools/call', { name: 'sign_in' }))).toContain('connected as ada');
    expect(noticesOf(host)).toEqual(changes);
    expect(await toolsOf(host)).toEqual(['echo']);
    expect(broker.seen.reports.at(-1)).toEqual({ kind: 'answered' });
  });

  it('T it comes back by itself: the lists change without anyone asking', async () => {
    broker.signedInAs('ada');
    const { port } = server;
    await server.stop();
    const host = bridge.host();
    await host.begin();
    server = await new FakeMcpServer().start(port);
    await host.wait((one) => one.method === changes[0], 6_000);
    expect(await toolsOf(host)).toEqual(['echo']);
  });

  it('T merely slow: initialize is answered without it, what follows waits for the service', async () => {
    broker.signedInAs('ada');
    const held = deferred();
    server.initializeHeld = held.promise;
    const host = bridge.host();
    expect((await soon(host.begin())).result?.['serverInfo']).toMatchObject({ name: 'conexor' });
    held.resolve();
    expect(await toolsOf(host)).toEqual(['echo']);
    expect(noticesOf(host)).toEqual(changes);
    expect(server.sessionsOpened).toEqual(['s-1']);
    expect(server.posts('notifications/initialized')).toHaveLength(1);
  });

  it('slow access (a refresh on a bad line) delays initialize no further', async () => {
    broker.signedInAs('ada');
    const held = deferred();
    broker.accessHeld = held.promise;
    const host = bridge.host();
    await soon(host.begin());
    held.resolve();
    expect(await toolsOf(host)).toEqual(['echo']);
  });

  it('T a 503 or 402 at the start opens no browser and is said in words', async () => {
    broker.signedInAs('ada');
    for (const [status, words] of [
      [503, 'has trouble'],
      [402, "plan's limit"],
    ] as const) {
      server.intercept = ({ json }) => {
        json({ error: 'x' }, status);
        return true;
      };
      const host = bridge.host();
      expect((await host.begin()).result?.['instructions']).toContain(words);
      expect(textOf(await host.ask('tools/call', { name: 'sign_in' }))).toContain(words);
      host.end();
    }
    expect(broker.seen.signIns).toEqual([]);
  });

  it('a service that refuses initialize itself is passed on untouched', async () => {
    broker.signedInAs('ada');
    const error = { code: -32022, message: 'Unsupported protocol version', data: { supported: ['2026-07-28'] } };
    server.intercept = ({ json, message }) => {
      json({ jsonrpc: '2.0', id: message.id, error }, 400);
      return true;
    };
    expect((await bridge.host().ask('initialize', { protocolVersion: '2025-11-25' })).error).toEqual(error);
  });

  it('lists the service does not have are empty for a host that knows the stand-in', async () => {
    server.capabilities = { tools: {} };
    const host = bridge.host();
    await host.begin();
    broker.signedInAs('ada');
    await host.notice('notifications/tools/list_changed');
    expect((await host.ask('resources/list')).result).toEqual({ resources: [] });
    expect(server.posts('resources/list')).toEqual([]);
  });
});

describe('accounts change under a session', () => {
  it('a switch: the next call is the other account’s, in a session of its own; the old one ends with its own access', async () => {
    broker.signedInAs('ada');
    const host = bridge.host();
    await host.begin();
    await host.ask('tools/call', { name: 'echo' });
    broker.signedInAs('bob');
    // Nobody says that this tool only reads: it is said first with whose account it would be used.
    const held = await host.ask('tools/call', { name: 'echo' });
    expect(JSON.stringify(held.result)).toContain('It would now be done as bob');
    expect(server.posts('tools/call')).toHaveLength(1);
    const answer = await host.ask('tools/call', { name: 'echo' });
    expect(answer.result).toBeDefined();
    expect(noticesOf(host)).toEqual(changes);
    const [first, second] = server.posts('tools/call');
    expect([first?.headers.authorization, first?.headers['mcp-session-id']]).toEqual(['Bearer token-of-ada', 's-1']);
    expect(second?.headers.authorization).toBe('Bearer token-of-bob');
    expect(second?.headers['mcp-session-id']).not.toBe('s-1');
    const ofAda = () =>
      server.seen.find((one) => one.method === 'DELETE' && one.headers.authorization === 'Bearer token-of-ada');
    await eventually(() => ofAda() !== undefined);
    const deletion = ofAda();
    expect([deletion?.headers.authorization, deletion?.headers['mcp-session-id']]).toEqual([
      'Bearer token-of-ada',
      's-1',
    ]);
    for (const one of server.seen) {
      const owner =
        one.headers['mcp-session-id'] === 's-2' ? 'bob' : one.headers['mcp-session-id'] === 's-1' ? 'ada' : undefined;
      if (owner) expect(one.headers.authorization).toBe(`Bearer token-of-${owner}`);
    }
  });

  it('a call under way at the switch gets its answer before its session ends', async () => {
    broker.signedInAs('ada');
    let finish: () => void = () => undefined;
    server.on.set('tools/call slow', async ({ json, message }) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      json({ jsonrpc: '2.0', id: message.id, result: { done: true } });
    });
    const host = bridge.host();
    await host.begin();
    const slow = host.ask('tools/call', { name: 'slow' });
    await eventually(() => server.posts('tools/call').length === 1);
    broker.signedInAs('bob');
    expect(await toolsOf(host)).toEqual(['echo']);
    expect(server.sessionsDeleted).toEqual([]);
    finish();
    expect((await slow).result).toEqual({ done: true });
    await eventually(() => server.sessionsDeleted.length === 1);
  });

  it('signing out ends a call under way at once, and its answer reaches nobody', async () => {
    broker.signedInAs('ada');
    let finish: () => void = () => undefined;
    server.on.set('tools/call slow', async ({ json, message }) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      json({ jsonrpc: '2.0', id: message.id, result: { data: 'of ada' } });
    });
    const host = bridge.host();
    await host.begin();
    const slow = host.ask('tools/call', { name: 'slow' });
    await eventually(() => server.posts('tools/call').length === 1);
    broker.signedOut();
    expect(await slow).toMatchObject({ error: { data: { fault: 'sign-in-needed' } } });
    finish();
    expect(await toolsOf(host)).toEqual(['sign_in']);
  });

  it('a switch in the middle of a stream that was cut: the call is not sent again as the other account', async () => {
    broker.signedInAs('ada');
    server.on.set('tools/call', ({ event, response }) => {
      event('', 'ev-1');
      setImmediate(() => response.destroy());
    });
    server.onResume = (_, response) => {
      broker.signedInAs('bob');
      response.writeHead(401).end();
    };
    const host = bridge.host();
    await host.begin();
    const { error } = await host.ask('tools/call', { name: 'pay' });
    expect(error?.data).toMatchObject({ fault: 'answer-lost' });
    expect(server.posts('tools/call')).toHaveLength(1);
  });

  it('sign-out: told at once, the next call is answered by the stand-in; signed in again it goes on', async () => {
    broker.signedInAs('ada');
    const host = bridge.host();
    await host.begin();
    expect(await toolsOf(host)).toEqual(['echo']);
    broker.signedOut();
    await host.notice('notifications/tools/list_changed');
    expect(await toolsOf(host)).toEqual(['sign_in']);
    expect((await host.ask('tools/call', { name: 'echo' })).error?.data).toMatchObject({ fault: 'sign-in-needed' });
    await eventually(() => server.sessionsDeleted.length === 1);
    broker.signedInAs('ada');
    await eventually(() => noticesOf(host).length === 6);
    expect(await toolsOf(host)).toEqual(['echo']);
  });

  it('many quick switches end at the last account, with one session left', async () => {
    const host = bridge.host();
    await host.begin();
    for (let n = 0; n < 10; n += 1) broker.signedInAs(n % 2 === 0 ? 'bob' : 'ada');
    const answer = await host.ask('tools/call', { name: 'echo' });
    expect(answer.result).toBeDefined();
    expect(server.posts('tools/call')[0]?.headers.authorization).toBe('Bearer token-of-ada');
    await eventually(() => server.sessionsLeft === 1);
  });
});

describe('other ways in than a page', () => {
  const described = async (host: LineHost) =>
    ((await host.ask('tools/list')).result as { tools: { description: string }[] }).tools[0]?.description ?? '';

  it('a code is given in words, with where it is typed', async () => {
    broker.wayIn = 'device-code';
    const host = bridge.host();
    await host.begin();
    expect(await described(host)).toContain('This gives a code');
    const said = textOf(await host.ask('tools/call', { name: 'sign_in' }));
    expect(said).toContain('WDJB-MJHT');
    expect(said).toContain('https://app.example/device');
  });

  it('what has to be typed is typed in Conexor, and the tool says so', async () => {
    broker.wayIn = 'password-login';
    const fields = [{ name: 'password' as const, secret: true, required: true }];
    broker.waysIn = [{ id: 'password-login', fields, keepsTyped: false, legacy: false }];
    const host = bridge.host();
    await host.begin();
    expect(await described(host)).toContain('in Conexor itself');
  });
});
