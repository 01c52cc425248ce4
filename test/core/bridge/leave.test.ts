/** A program's leave to use a service, as its open conversation meets it: the real broker behind the real doors. */
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { deferred } from '../../fakes/deferred.ts';
import type { Heard, LineHost } from '../../fakes/line-host.ts';
import { asEvent, FakeMcpServer } from '../../fakes/mcp-server.ts';
import { type Person, startPerson } from '../../fakes/person.ts';
import { soon } from '../../fakes/soon.ts';

let person: Person;
let bridge: TestBridge;
let stopPerson: (() => Promise<void>) | undefined;
afterEach(async () => {
  await bridge?.stop();
  await stopPerson?.();
  stopPerson = undefined;
});

async function open(newPrograms: 'ask' | 'allow', account: string | null = 'acme'): Promise<void> {
  person = await startPerson({ newPrograms: () => newPrograms });
  stopPerson = () => person.stop();
  if (account !== null) await person.signIn(account);
  bridge = await testBridge(person.broker);
}

const toolsOf = async (host: LineHost): Promise<string[]> => namesIn(await host.ask('tools/list'));
const namesIn = ({ result }: Heard): string[] => {
  const tools = (result?.['tools'] ?? []) as { name: string }[];
  return tools.map(({ name }) => name);
};
const textOf = (answer: Heard) => (answer.result?.['content'] as { text: string }[] | undefined)?.[0]?.text ?? '';
const noticesOf = (host: LineHost) => host.heard.filter(({ method }) => method === 'notifications/tools/list_changed');
const faultOf = (answer: Heard) => answer.error?.data?.['fault'];
const signInCall = { name: 'sign_in', arguments: {} };
const slow = { name: 'slow_report', arguments: { steps: 1_000, delayMs: 30 } };
const meta = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'line-host', version: '1' },
  },
};
/** Tells its progress, so that its answer begins before it ends. */
const slowModern = { ...slow, _meta: { ...meta._meta, progressToken: 'p' } };
const underWay = (method: string) => expect.poll(() => person.practice.seen.mcpCount(method)).toBeGreaterThan(0);

async function post(
  key: string,
  message: { readonly method: string; readonly params?: object; readonly id: number },
  sessionId?: string,
): Promise<Response> {
  return fetch(bridge.url('practice'), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
      ...(message.params && '_meta' in message.params ? mirrored(message) : {}),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}

/** What a modern host says in headers as well (MCP 2026-07-28). */
function mirrored({ method, params }: { readonly method: string; readonly params?: object }): Record<string, string> {
  const name = params && 'name' in params ? { 'mcp-name': String(params.name) } : {};
  return { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name };
}

const initializeParams = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'script', version: '1' },
};

describe('pausing under an open conversation', () => {
  it('ends its calls, shows the stand-in, sends nothing more, and goes on in the same conversation', async () => {
    await open('allow');
    const host = bridge.host();
    await host.begin();
    expect(await toolsOf(host)).toContain('whoami');
    const running = host.ask('tools/call', slow, 'slow');
    await underWay('tools/call');
    const before = noticesOf(host).length;
    await person.broker.setPaused(undefined, true);
    expect(faultOf(await soon(running))).toBe('paused');
    await soon(host.until(() => (noticesOf(host).length > before ? true : undefined)));
    await expect.poll(() => person.practice.seen.sessions.alive).toBe(0);
    const { length } = person.practice.seen.mcpRequests;

    expect(await toolsOf(host)).toEqual(['sign_in']);
    expect(textOf(await host.ask('tools/call', signInCall))).toContain('paused in Conexor');
    expect(faultOf(await host.ask('tools/call', { name: 'whoami', arguments: {} }))).toBe('paused');
    expect(person.practice.seen.mcpRequests).toHaveLength(length);
    expect(person.opened).toEqual([]);

    await person.broker.setPaused(undefined, false);
    await host.until(() => (noticesOf(host).length > before + 1 ? true : undefined));
    expect(textOf(await host.ask('tools/call', { name: 'whoami', arguments: {} }))).toContain('acme');
    expect(person.practice.seen.consents.allowed).toBe(1);
  });

  it('while its session was just being opened leaves none behind', async () => {
    await open('allow');
    person.practice.control.delayNext('mcp', 300);
    const host = bridge.host();
    const begun = host.begin();
    await expect.poll(() => person.practice.control.faultsLeft('mcp')).toBe(0);
    await person.broker.setPaused(undefined, true);
    await begun;
    await expect.poll(() => person.practice.seen.sessions.opened).toBe(1);
    // Before anything else of the host's would find it.
    await expect.poll(() => person.practice.seen.sessions.alive).toBe(0);
    expect(faultOf(await host.ask('tools/call', { name: 'whoami', arguments: {} }))).toBe('paused');
  });

  it('ends the calls of the era without sessions and of the HTTP face just as well', async () => {
    await open('allow');
    const key = (await person.broker.localClients.keyFor('n8n')).open();
    const host = bridge.host();
    const modern = host.ask('tools/call', slowModern, 'modern');
    const begun = await post(key, { id: 1, method: 'initialize', params: initializeParams });
    await begun.text();
    const sessionId = begun.headers.get('mcp-session-id') ?? '';
    const overHttp = post(key, { id: 2, method: 'tools/call', params: slow }, sessionId).then((one) => one.text());
    await expect.poll(() => person.practice.seen.mcpCount('tools/call')).toBe(2);
    await person.broker.setPaused(undefined, true);
    expect(faultOf(await modern)).toBe('paused');
    expect(await overHttp).toContain('"fault":"paused"');
    const shown = await host.ask('tools/list', meta);
    expect(shown.result?.['tools']).toMatchObject([{ name: 'sign_in' }]);
  });
});

describe('access that is being renewed', () => {
  it.each([
    ['pausing', 'paused', () => person.broker.setPaused(undefined, true)],
    ['refusing the program', 'program-refused', () => person.broker.decideProgram(person.connectionId, 'n8n', false)],
  ])('is not used after %s', async (_, fault, act) => {
    await open('allow');
    const key = (await person.broker.localClients.keyFor('n8n')).open();
    await post(key, { id: 1, method: 'tools/list', params: meta }).then((one) => one.text());
    const before = person.practice.seen.mcpCount('tools/call');
    person.moveClock(24 * 60 * 60_000);
    person.practice.control.delayNext('token', 300);
    const call = { name: 'whoami', arguments: {}, ...meta };
    const answer = post(key, { id: 2, method: 'tools/call', params: call }).then((one) => one.text());
    await expect.poll(() => person.practice.control.faultsLeft('token')).toBe(0);
    await act();
    expect(await answer).toContain(`"fault":"${fault}"`);
    expect(person.practice.seen.mcpCount('tools/call')).toBe(before);
  });
});

describe('a new program', () => {
  it('M-C 24 is answered, waits, and goes on by itself once it is allowed', async () => {
    await open('ask');
    const host = bridge.host('practice', 'Cursor');
    expect((await host.begin()).result?.['instructions']).toContain('asking you whether Cursor may use');
    expect(await toolsOf(host)).toEqual(['sign_in']);
    expect(textOf(await host.ask('tools/call', signInCall))).toContain('asking you whether Cursor may use');
    expect(faultOf(await host.ask('tools/call', { name: 'whoami', arguments: {} }))).toBe('program-waiting');
    expect([person.opened, person.practice.seen.mcpCount('initialize')]).toEqual([[], 0]);

    await person.broker.decideProgram(person.connectionId, 'Cursor', true);
    await soon(host.notice('notifications/tools/list_changed'));
    expect(await toolsOf(host)).toContain('whoami');
    expect(textOf(await host.ask('tools/call', { name: 'whoami', arguments: {} }))).toContain('acme');
  });

  it('opens no sign-in page before it is allowed, nor when it is refused', async () => {
    await open('ask', null);
    const host = bridge.host('practice', 'Cursor');
    await host.begin();
    await host.ask('tools/call', signInCall);
    await person.broker.decideProgram(person.connectionId, 'Cursor', false);
    expect(textOf(await host.ask('tools/call', signInCall))).toContain('not allowed Cursor');
    expect(person.opened).toEqual([]);
    await person.broker.decideProgram(person.connectionId, 'Cursor', true);
    expect(textOf(await host.ask('tools/call', signInCall))).toContain('sign-in page');
    expect(person.opened).toHaveLength(1);
  });

  it('has a name of one line and a hundred characters, whatever it says', async () => {
    await open('ask');
    await bridge.host('practice', `Evil\u0007\u202e${'x'.repeat(500)}`).begin();
    const [program] = person.broker.findConnection('practice').clients;
    expect(program?.name).toBe(`Evil ${'x'.repeat(95)}`);
    await person.broker.decideProgram(person.connectionId, program?.name ?? '', true);
    const again = bridge.host('practice', `Evil\u0007\u202e${'x'.repeat(500)}`);
    await again.begin();
    expect(await toolsOf(again)).toContain('whoami');
  });

  it('over HTTP waits too, by the name of its key', async () => {
    await open('ask');
    const key = (await person.broker.localClients.keyFor('n8n')).open();
    const call = () => post(key, { id: 1, method: 'tools/list', params: meta }).then((one) => one.text());
    expect(await call()).toContain('sign_in');
    expect(person.broker.findConnection('practice').clients).toMatchObject([
      { name: 'n8n', door: 'http', access: 'asking' },
    ]);
    await person.broker.decideProgram(person.connectionId, 'n8n', true);
    expect(await call()).toContain('whoami');
  });
});

describe('access removed under an open conversation', () => {
  it('ends the program’s calls, on both doors, and nobody else’s', async () => {
    await open('allow');
    const key = (await person.broker.localClients.keyFor('Cursor')).open();
    const [cursor, claude] = [bridge.host('practice', 'Cursor'), bridge.host('practice', 'Claude')];
    await Promise.all([cursor.begin(), claude.begin()]);
    const begun = await post(key, { id: 1, method: 'initialize', params: initializeParams });
    await begun.text();
    const sessionId = begun.headers.get('mcp-session-id') ?? '';
    const overHttp = post(key, { id: 2, method: 'tools/call', params: slow }, sessionId).then((one) => one.text());
    const mine = cursor.ask('tools/call', slow, 'slow');
    const other = claude.ask('tools/call', { ...slow, arguments: { steps: 1, delayMs: 600 } }, 'slow');
    await expect.poll(() => person.practice.seen.mcpCount('tools/call')).toBe(3);
    expect(await person.broker.removeProgram('Cursor')).toEqual({ connections: 1, keyRemoved: true });
    expect(faultOf(await soon(mine))).toBe('program-refused');
    expect(await soon(overHttp)).toContain('"fault":"program-refused"');
    expect(await toolsOf(cursor)).toEqual(['sign_in']);
    expect((await post(key, { id: 3, method: 'tools/list', params: meta })).status).toBe(401);
    expect((await other).result).toBeDefined();
  });
});

describe('data of a service that goes on by itself', () => {
  /** Sends more on every stream, in small steps, until it is closed. */
  async function openTalkative(): Promise<void> {
    server = await new FakeMcpServer().start();
    server.capabilities = { tools: { listChanged: true }, logging: {} };
    broker = new FakeBroker(server.url);
    bridge = await testBridge(broker);
    server.onResume = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      talking.add(response);
      response.on('close', () => talking.delete(response));
    };
    server.on.set('tools/call answered', ({ event, message, response }) => {
      event({ jsonrpc: '2.0', id: message.id, result: { content: [{ type: 'text', text: 'done' }] } }, 'e1');
      talking.add(response);
      response.on('close', () => talking.delete(response));
    });
  }
  const talking = new Set<ServerResponse>();
  let server: FakeMcpServer;
  let broker: FakeBroker;
  afterEach(async () => {
    talking.clear();
    await server.stop();
  });

  const secret = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'of-the-account' } };
  const say = () => {
    for (const one of talking) one.write(asEvent(secret));
    server.push(secret);
  };
  const open = () => talking.size + server.streams.size;
  const answered = { name: 'answered', arguments: {} };
  const headers = { authorization: 'Bearer key-of-cursor', accept: 'application/json, text/event-stream' };
  const put = (session: Record<string, string>, message: object) =>
    fetch(bridge.url(), {
      method: 'POST',
      headers: { ...headers, ...session, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  async function beginOverHttp(): Promise<Record<string, string>> {
    const begun = await put({}, { id: 1, method: 'initialize', params: initializeParams });
    await begun.text();
    const session = { 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
    await put(session, { method: 'notifications/initialized' });
    return session;
  }
  const read = (session: Record<string, string>, more: Record<string, string> = {}) =>
    fetch(bridge.url(), { headers: { ...headers, ...session, accept: 'text/event-stream', ...more } });
  /** What a response brings, and whether it is over. */
  function follow(response: Response): { text: string; over: boolean } {
    const got = { text: '', over: false };
    const decoder = new TextDecoder();
    void (async () => {
      for await (const chunk of response.body ?? []) got.text += decoder.decode(chunk);
    })()
      .catch(() => undefined)
      .finally(() => {
        got.over = true;
      });
    return got;
  }
  const ways: readonly (readonly [string, () => void])[] = [
    ['a pause', () => broker.setState('paused')],
    ['a sign-out', () => broker.signedOut()],
    ['the connection’s removal', () => broker.remove('sales')],
  ];

  it.each(ways)(
    'ends with %s over stdio: a call that is answered, and the standalone stream under it',
    async (_, end) => {
      await openTalkative();
      const host = bridge.host();
      await host.begin();
      await expect.poll(() => server.streams.size).toBe(1);
      await host.ask('tools/call', answered, 'answered');
      say();
      const data = () => host.lines.filter((line) => line.includes('of-the-account')).length;
      await expect.poll(data).toBe(2);
      end();
      await expect.poll(open).toBe(0);
      say();
      await host.ask('ping');
      expect(data()).toBe(2);
      expect(host.heard.filter(({ id }) => id === 'answered')).toHaveLength(1);
    },
  );

  it.each(ways)('ends with %s over HTTP: what the program takes up again, and what waits for it', async (_, end) => {
    await openTalkative();
    const session = await beginOverHttp();
    const call = follow(await put(session, { id: 2, method: 'tools/call', params: answered }));
    const resumed = follow(await read(session, { 'last-event-id': 'e1' }));
    const gone = new AbortController();
    const first = await fetch(bridge.url(), {
      headers: { ...headers, ...session, accept: 'text/event-stream' },
      signal: gone.signal,
    });
    await expect.poll(open).toBe(3);
    // Without a stream of the host's it waits.
    gone.abort();
    await first.text().catch(() => undefined);
    say();
    await expect.poll(() => [call.text, resumed.text].every((one) => one.includes('of-the-account'))).toBe(true);
    const before = [call.text, resumed.text];
    end();
    await expect.poll(open).toBe(0);
    await expect.poll(() => [call.over, resumed.over]).toEqual([true, true]);
    expect([call.text, resumed.text]).toEqual(before);
    const late = await read(session, { 'last-event-id': 'e1' });
    if (late.status === 200) expect(await late.text()).toBe('');
    expect(open()).toBe(0);
    const stream = await read(session);
    const waiting = follow(stream);
    if (stream.status === 200) await expect.poll(() => waiting.text).toContain('list_changed');
    expect(waiting.text).not.toContain('of-the-account');
    await stream.body?.cancel().catch(() => undefined);
  });

  it('of an account that was switched away from ends when that account signs out', async () => {
    await openTalkative();
    const host = bridge.host();
    await host.begin();
    await expect.poll(() => server.streams.size).toBe(1);
    await host.ask('tools/call', answered, 'answered');
    server.on.set('tools/call hangs', () => undefined);
    const hangs = host.ask('tools/call', { name: 'hangs', arguments: {} });
    await expect.poll(() => server.posts('tools/call').length).toBe(2);
    broker.signedInAs('bob');
    await expect.poll(() => server.streams.size).toBe(2);
    expect(talking.size).toBe(1);
    broker.otherSignedOut('ada');
    expect(faultOf(await hangs)).toBe('sign-in-needed');
    await expect.poll(open).toBe(1);
    expect((await host.ask('tools/call', { name: 'echo', arguments: {} })).result).toBeDefined();
  });

  it('before the answer to initialize is nobody’s any more', async () => {
    await openTalkative();
    const { promise, resolve } = deferred<() => void>();
    server.intercept = ({ event, message, response }) => {
      if (message.method !== 'initialize') return false;
      resolve(() => {
        event(secret);
        response.end();
      });
      return true;
    };
    const host = bridge.host();
    const begun = host.begin();
    const speak = await promise;
    broker.setState('paused');
    speak();
    await begun;
    await host.ask('ping');
    expect(host.lines.join()).not.toContain('of-the-account');
  });
});

describe('a key that is removed', () => {
  it('takes the streams with it: a new key of the same name begins its own', async () => {
    await open('allow');
    const key = (await person.broker.localClients.keyFor('n8n')).open();
    const begun = await post(key, { id: 1, method: 'initialize', params: initializeParams });
    await begun.text();
    const sessionId = begun.headers.get('mcp-session-id') ?? '';
    const stream = await fetch(bridge.url('practice'), {
      headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream', 'mcp-session-id': sessionId },
    });
    const running = post(key, { id: 2, method: 'tools/call', params: slow }, sessionId).then((one) => one.text());
    await underWay('tools/call');
    await person.broker.localClients.remove('n8n');
    expect(await running).toContain('"fault":"client-key-wrong"');
    await stream.text();
    const again = (await person.broker.localClients.keyFor('n8n')).open();
    expect((await post(again, { id: 3, method: 'tools/list' }, sessionId)).status).toBe(404);
  });
});

describe('what is remembered of calls', () => {
  it('is the program, the tool, the outcome and the time, in both eras and over both doors; never content', async () => {
    await open('allow');
    const key = (await person.broker.localClients.keyFor('n8n')).open();
    const host = bridge.host('practice', 'Cursor');
    await host.begin();
    const whoami = { name: 'whoami', arguments: {} };
    await host.ask('tools/call', whoami);
    await host.ask('tools/call', { ...whoami, ...meta });
    await post(key, { id: 3, method: 'tools/call', params: { ...whoami, ...meta } }).then((one) => one.text());
    person.practice.control.setPlanLimit(0);
    await host.ask('tools/call', { name: 'list_orders', arguments: { secret: 'canary-of-content' } });
    person.practice.control.setPlanLimit(undefined);
    const running = host.ask('tools/call', slow, 'taken back');
    await expect.poll(() => person.practice.seen.mcpCount('tools/call')).toBe(5);
    await person.broker.setPaused(undefined, true);
    await running;
    await host.ask('tools/call', signInCall);
    await host.ask('tools/call', whoami);
    const acme = 'ana.torres@acme.example (acme)';
    const calls = person.broker.activity().filter(({ what }) => what === 'tool');
    expect(calls.map(({ program, tool, outcome, account }) => [program, tool, outcome, account]).reverse()).toEqual([
      ['Cursor', 'whoami', 'done', acme],
      ['Cursor', 'whoami', 'done', acme],
      ['n8n', 'whoami', 'done', acme],
      ['Cursor', 'list_orders', 'plan-limit', acme],
      ['Cursor', 'slow_report', 'paused', acme],
      ['Cursor', 'whoami', 'paused', acme],
    ]);
    expect(calls.every(({ tookMs }) => tookMs !== undefined && tookMs >= 0)).toBe(true);
    expect(JSON.stringify(person.broker.activity())).not.toContain('canary');
    const clients = person.broker.findConnection('practice').clients;
    expect(clients).toMatchObject([
      { name: 'Cursor', lastUsedAtMs: expect.any(Number) },
      { name: 'n8n', door: 'http' },
    ]);
  });

  it('says of a call that the program took back that it did', async () => {
    await open('allow');
    const host = bridge.host('practice', 'Cursor');
    await host.begin();
    host.say({ jsonrpc: '2.0', id: 'gone', method: 'tools/call', params: slowModern });
    await underWay('tools/call');
    host.notify('notifications/cancelled', { requestId: 'gone', ...meta });
    await expect.poll(() => person.broker.activity().map(({ outcome }) => outcome)).toContain('cancelled');
  });
});
