import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { deferred } from '../../fakes/deferred.ts';
import { eventually } from '../../fakes/line-host.ts';
import { asEvent, FakeMcpServer } from '../../fakes/mcp-server.ts';
import { soon } from '../../fakes/soon.ts';

let server: FakeMcpServer;
let broker: FakeBroker;
let bridge: TestBridge;

beforeEach(async () => {
  server = await new FakeMcpServer().start();
  server.tokens = new Set(['token-of-ada']);
  broker = new FakeBroker(server.url);
  bridge = await testBridge(broker);
});

afterEach(async () => {
  await bridge.stop();
  await server.stop();
});

const call = (name: string, args: object = {}) => ({ name, arguments: args });

describe('a session of the era of sessions', () => {
  it('M-B initialize goes without a session id; id and protocol version are on everything after it', async () => {
    server.protocolVersion = '2025-06-18';
    const host = bridge.host();
    const answer = await host.begin('2025-06-18');
    expect(answer.result).toMatchObject({ protocolVersion: '2025-06-18', serverInfo: { name: 'fake' } });
    await host.ask('tools/list');
    const [initialize, ...later] = server.seen;
    expect(initialize?.headers['mcp-session-id']).toBeUndefined();
    expect(initialize?.headers['mcp-protocol-version']).toBeUndefined();
    expect(initialize?.headers.accept).toBe('application/json, text/event-stream');
    expect(later.length).toBeGreaterThanOrEqual(2);
    for (const one of later) {
      expect(one.headers['mcp-session-id']).toBe('s-1');
      expect(one.headers['mcp-protocol-version']).toBe('2025-06-18');
    }
  });

  it('M-B bytes, ids, _meta, unknown fields, error codes and data pass untouched both ways', async () => {
    const host = bridge.host();
    await host.begin();
    const raw =
      '{"jsonrpc":"2.0", "id":"x\\u00e9-7","method":"tools/call","params":{"name":"echo","big":12345678901234567890,"_meta":{"progressToken":1,"a/b":[null]}},"extra":1.0}';
    const back =
      '{"jsonrpc":"2.0","id":"xé-7","error":{"code":-31999,"message":"no","data":{"n":1.50,"u":"\\u00e9"}},"more":true}';
    server.on.set('tools/call', ({ json }) => json(back));
    host.say(raw);
    await host.answer('xé-7');
    expect(server.posts('tools/call')[0]?.body).toBe(raw);
    expect(host.lines.at(-1)).toBe(back);
  });

  it('M-B pretty-printed JSON becomes one line and stays the same JSON', async () => {
    const host = bridge.host();
    await host.begin();
    const result = { content: [{ type: 'text', text: 'line\r\nend' }] };
    server.on.set('tools/call', ({ json, message }) =>
      json(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }, null, 2).replaceAll('\n', '\r\n')),
    );
    expect((await host.ask('tools/call', call('x'))).result).toEqual(result);
  });

  it('M-B answers as events: notifications first, then the answer, in order', async () => {
    const host = bridge.host();
    await host.begin();
    server.on.set('tools/call', ({ event, message, response }) => {
      for (let n = 0; n < 100; n += 1)
        event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: n } });
      event({ jsonrpc: '2.0', id: message.id, result: { content: [] } });
      response.end();
    });
    await host.ask('tools/call', call('x'));
    const told = host.heard
      .filter((one) => one.method === 'notifications/progress')
      .map((one) => one.params?.['progress']);
    expect(told).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(host.heard.at(-1)?.result).toEqual({ content: [] });
  });

  it('M-B a server asks the host (elicitation, sampling, roots) and gets its answers', async () => {
    const host = bridge.host();
    await host.begin();
    server.on.set('tools/call', async ({ event, message, response }) => {
      for (const [id, method] of [
        ['e', 'elicitation/create'],
        ['m', 'sampling/createMessage'],
        ['r', 'roots/list'],
      ] as const) {
        event({ jsonrpc: '2.0', id, method, params: { message: 'sure?' } });
      }
      await eventually(() => server.seen.filter((one) => one.message?.result !== undefined).length === 3);
      event({ jsonrpc: '2.0', id: message.id, result: { content: [] } });
      response.end();
    });
    const answer = host.ask('tools/call', call('x'));
    for (const id of ['e', 'm', 'r']) {
      await host.wait((one) => one.id === id && one.method !== undefined);
      host.say({ jsonrpc: '2.0', id, result: { of: id } });
    }
    expect((await answer).result).toEqual({ content: [] });
    const answers = server.seen.filter((one) => one.message?.result !== undefined);
    expect(answers.map((one) => one.message?.id)).toEqual(['e', 'm', 'r']);
    expect(answers.every((one) => one.headers['mcp-session-id'] === 's-1')).toBe(true);
  });

  it('M-B the standalone stream is opened after initialized, carries messages and is taken up again where it broke', async () => {
    server.onResume = (lastEventId, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(asEvent({ jsonrpc: '2.0', method: 'notifications/message', params: { after: lastEventId } }));
    };
    const host = bridge.host();
    await host.begin();
    await eventually(() => server.streams.size === 1);
    const order = server.seen.map((one) => one.message?.method ?? one.method);
    expect(order).toEqual(['initialize', 'notifications/initialized', 'GET']);
    for (const stream of server.streams) stream.write('retry: 20\n\n');
    server.push({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, 'ev-9');
    await host.notice('notifications/tools/list_changed');
    for (const stream of server.streams) stream.end();
    const next = await host.notice('notifications/message');
    expect(next.params).toEqual({ after: 'ev-9' });
  });

  it('M-B T a server that holds GET back or has none delays nothing', async () => {
    for (const get of ['silent', 'none'] as const) {
      server.get = get;
      const host = bridge.host();
      await soon(host.begin());
      await soon(host.ask('tools/list'));
      host.end();
    }
    await eventually(() => server.seen.filter((one) => one.method === 'GET').length === 2);
  });

  it('M-B requests do not overtake notifications/initialized', async () => {
    const { promise, resolve } = deferred();
    server.intercept = async ({ message, response }) => {
      if (message.method !== 'notifications/initialized') return false;
      await promise;
      response.writeHead(202).end();
      return true;
    };
    const host = bridge.host();
    await host.begin();
    const listed = host.ask('tools/list');
    await eventually(() => server.posts('notifications/initialized').length === 1);
    expect(server.posts('tools/list')).toHaveLength(0);
    resolve();
    expect((await listed).result).toBeDefined();
  });

  it('M-B the session is ended by DELETE when the host goes; one session per start, none left', async () => {
    const host = bridge.host();
    await host.begin();
    await host.ask('tools/list');
    host.end();
    await eventually(() => server.sessionsDeleted.length === 1);
    expect(server.sessionsOpened).toEqual(['s-1']);
    const deletion = server.seen.find((one) => one.method === 'DELETE');
    expect(deletion?.headers['mcp-protocol-version']).toBe('2025-11-25');
    await eventually(() => broker.subscribers === 0);
  });

  it('no session is begun for a host that has gone while its account was being switched', async () => {
    server.tokens = new Set(['token-of-ada', 'token-of-bob']);
    const host = bridge.host();
    await host.begin();
    const { promise, resolve } = deferred();
    const { get } = broker.accessTokens;
    let asked = 0;
    Object.assign(broker.accessTokens, {
      get: async (request: Parameters<typeof get>[0]) => {
        asked += 1;
        await promise;
        return get(request);
      },
    });
    broker.signedInAs('bob');
    await eventually(() => asked === 1);
    host.end();
    await eventually(() => server.sessionsDeleted.length === 1);
    resolve();
    await bridge.host().begin();
    expect(server.posts('initialize')).toHaveLength(2);
  });

  it('T the tools are there after the three requests that the host itself made', async () => {
    const host = bridge.host();
    await host.begin();
    await host.ask('tools/list');
    expect(server.seen.filter((one) => one.method === 'POST').length).toBe(3);
    expect(server.seen.filter((one) => one.method !== 'POST' && one.method !== 'GET')).toEqual([]);
  });

  it('M-B 404 on a session: a new one unseen, the request once more, one renewal for many requests', async () => {
    const host = bridge.host();
    await host.begin();
    await host.ask('tools/list');
    server.forget();
    const answers = await Promise.all([1, 2, 3].map((n) => host.ask('tools/call', call('echo', { n }))));
    for (const answer of answers) expect(answer.result).toBeDefined();
    expect(server.sessionsOpened).toEqual(['s-1', 's-2']);
    expect(server.posts('initialize')[1]?.headers['mcp-session-id']).toBeUndefined();
    expect(server.posts('notifications/initialized').at(-1)?.headers['mcp-session-id']).toBe('s-2');
    expect(host.heard.filter((one) => one.method !== undefined)).toEqual([]);
  });

  it('M-B T an SSE reply cut before the answer is taken up by GET with Last-Event-ID, respecting retry', async () => {
    server.on.set('tools/call', ({ event, response }) => {
      event('', 'ev-1');
      response.write('retry: 60\n\n');
      setImmediate(() => response.destroy());
    });
    let askedAtMs = 0;
    server.onResume = (lastEventId, response) => {
      askedAtMs = performance.now();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(asEvent({ jsonrpc: '2.0', id: 'c', result: { resumed: lastEventId } }));
    };
    const host = bridge.host();
    await host.begin();
    const startedMs = performance.now();
    expect((await host.ask('tools/call', call('x'), 'c')).result).toEqual({ resumed: 'ev-1' });
    expect(askedAtMs - startedMs).toBeGreaterThanOrEqual(55);
  });

  it('T an SSE reply cut with nothing to resume from is said promptly, as possibly carried out', async () => {
    server.on.set('tools/call', ({ event, response }) => {
      event({ jsonrpc: '2.0', method: 'notifications/progress', params: {} });
      setImmediate(() => response.destroy());
    });
    const host = bridge.host();
    await host.begin();
    const { error } = await soon(host.ask('tools/call', call('x')));
    expect(error?.data).toMatchObject({ fault: 'answer-lost' });
    expect(error?.message).toContain('may have been carried out');
    expect(server.posts('tools/call')).toHaveLength(1);
  });

  it('a server killed in the middle of a call ends it in words; the session goes on when it is back', async () => {
    server.on.set('tools/call hang', () => undefined);
    const host = bridge.host();
    await host.begin();
    const hanging = host.ask('tools/call', call('hang'));
    await eventually(() => server.posts('tools/call').length === 1);
    const { port } = server;
    await server.stop();
    expect((await hanging).error?.data).toMatchObject({ fault: 'answer-lost' });
    const down = await host.ask('tools/call', call('echo'));
    expect(down.error?.data).toMatchObject({ fault: 'unreachable' });
    expect(broker.seen.reports).toContainEqual({ kind: 'unreachable' });
    const again = await new FakeMcpServer().start(port);
    try {
      const back = await host.ask('tools/call', call('echo'));
      expect(back.result).toBeDefined();
      expect(broker.seen.reports.at(-1)).toEqual({ kind: 'answered' });
    } finally {
      host.socket.destroy();
      await again.stop();
      server = await new FakeMcpServer().start();
    }
  });

  it('M-B cancellation of a legacy call is passed to the server, which may still answer', async () => {
    server.on.set('tools/call', async ({ json, message }) => {
      await eventually(() => server.posts('notifications/cancelled').length === 1);
      json({ jsonrpc: '2.0', id: message.id, error: { code: -32800, message: 'cancelled' } });
    });
    const host = bridge.host();
    await host.begin();
    const answer = host.ask('tools/call', call('x'), 'slow');
    await eventually(() => server.posts('tools/call').length === 1);
    host.notify('notifications/cancelled', { requestId: 'slow', reason: 'enough' });
    expect((await answer).error?.code).toBe(-32800);
    expect(server.posts('notifications/cancelled')[0]?.message?.params).toEqual({
      requestId: 'slow',
      reason: 'enough',
    });
  });

  it('T a call may take as long as it likes, whatever limits the host’s connections have', async () => {
    const impatient = new Agent({ headersTimeout: 50, bodyTimeout: 50 });
    const patient = await testBridge(broker, { platform: { http: impatient, now: Date.now, log: () => undefined } });
    try {
      server.on.set('tools/call json', async ({ json, message }) => {
        await pause(250);
        json({ jsonrpc: '2.0', id: message.id, result: { took: 'long' } });
      });
      server.on.set('tools/call events', async ({ event, message, response }) => {
        event({ jsonrpc: '2.0', method: 'notifications/progress', params: {} });
        await pause(250);
        event({ jsonrpc: '2.0', id: message.id, result: { took: 'long' } });
        response.end();
      });
      const host = patient.host();
      await host.begin();
      for (const name of ['json', 'events']) {
        expect((await host.ask('tools/call', call(name))).result).toEqual({ took: 'long' });
      }
    } finally {
      await patient.stop();
      await impatient.destroy();
    }
  });

  it('a call taken back before it could be sent is not sent', async () => {
    const held = deferred();
    server.initializeHeld = held.promise;
    const host = bridge.host();
    await host.begin();
    host.say({ jsonrpc: '2.0', id: 'w', method: 'tools/call', params: call('echo') });
    host.notify('notifications/cancelled', { requestId: 'w' });
    held.resolve();
    await host.ask('tools/list');
    expect(server.posts('tools/call')).toEqual([]);
  });

  it('an answer whose stream the server leaves open holds nothing up', async () => {
    server.on.set('tools/call', ({ event, message }) => event({ jsonrpc: '2.0', id: message.id, result: {} }));
    const host = bridge.host();
    await host.begin();
    await host.ask('tools/call', call('x'));
    host.end();
    await soon(eventually(() => server.sessionsDeleted.length === 1));
  });

  it('64 requests are under way at the same time and each gets its own answer', async () => {
    const waiting: (() => void)[] = [];
    server.on.set('tools/call', async ({ json, message }) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 64) for (const go of waiting) go();
      });
      json({ jsonrpc: '2.0', id: message.id, result: { of: message.id } });
    });
    const host = bridge.host();
    await host.begin();
    const ids = Array.from({ length: 64 }, (_, n) => `c${n}`);
    const answers = await Promise.all(ids.map((id) => host.ask('tools/call', call('x'), id)));
    expect(answers.map((one) => one.result?.['of'])).toEqual(ids);
  });

  it('a result of several megabytes arrives whole, as JSON and as an event', async () => {
    const text = 'é'.repeat(3 * 1024 * 1024);
    const host = bridge.host();
    await host.begin();
    server.on.set('tools/call json', ({ json, message }) => json({ jsonrpc: '2.0', id: message.id, result: { text } }));
    server.on.set('tools/call event', ({ event, message, response }) => {
      event({ jsonrpc: '2.0', id: message.id, result: { text } });
      response.end();
    });
    for (const name of ['json', 'event']) {
      expect((await host.ask('tools/call', call(name))).result?.['text']).toBe(text);
    }
  });

  it('what is no message is answered as JSON-RPC says, and the session goes on', async () => {
    const host = bridge.host();
    host.say('{ this is no JSON');
    host.say('{"id":7}');
    host.say({ jsonrpc: '2.0', id: 8, method: 'tools/list' });
    await host.wait((one) => one.error?.code === -32700);
    expect((await host.answer(7)).error?.code).toBe(-32600);
    expect((await host.answer(8)).error?.message).toContain('initialize');
    expect((await host.begin()).result).toBeDefined();
  });
});

describe('access', () => {
  it('P-48 401: access is renewed once and the request sent once more, for all requests of the moment', async () => {
    const host = bridge.host();
    await host.begin();
    server.tokens = new Set(['token-2']);
    broker.nextToken = 'token-2';
    const answers = await Promise.all([1, 2, 3, 4].map((n) => host.ask('tools/call', call('echo', { n }))));
    for (const answer of answers) expect(answer.result).toBeDefined();
    expect(broker.seen.refreshes).toBe(1);
    expect(server.sessionsOpened).toHaveLength(1);
    expect(server.posts('tools/call').length).toBeLessThanOrEqual(8);
  });

  it('P-48 still 401 after the renewal: told to the broker, said in words, no further try', async () => {
    const host = bridge.host();
    await host.begin();
    server.tokens = new Set();
    broker.nextToken = 'token-2';
    const { error } = await host.ask('tools/call', call('echo'));
    expect(error?.data).toEqual({
      fault: 'sign-in-needed',
      httpStatus: 401,
      upstream: { error: 'Unauthorized', message: 'Invalid or expired token', statusCode: 401 },
    });
    expect(server.posts('tools/call')).toHaveLength(2);
    expect(broker.seen.reports).toEqual([{ kind: 'unauthorized' }]);
  });

  it('P-50 P-51 access goes in the header, only to the resource it is for; redirects are not followed', async () => {
    const stranger = await new FakeMcpServer().start();
    try {
      server.on.set('tools/call', ({ response }) => void response.writeHead(307, { location: stranger.url }).end());
      server.on.set('resources/list', ({ response }) => void response.writeHead(302, { location: stranger.url }).end());
      const host = bridge.host();
      await host.begin();
      for (const method of ['tools/call', 'resources/list']) {
        expect((await host.ask(method, call('x'))).error?.data).toMatchObject({ fault: 'captive-portal' });
      }
      expect(stranger.seen).toEqual([]);
      for (const one of server.seen) expect(one.headers.authorization).toBe('Bearer token-of-ada');
    } finally {
      await stranger.stop();
    }
  });

  it.each([
    [
      402,
      { error: 'Payment Required', message: 'Query limit exceeded. Please upgrade your plan.', statusCode: 402 },
      {},
      'plan-limit',
      "plan's limit",
      [{ kind: 'plan-limit' }],
    ],
    [
      403,
      { error: 'Forbidden', message: 'Insufficient permissions', statusCode: 403 },
      {},
      'forbidden',
      'does not allow',
      [],
    ],
    [
      403,
      { error: 'x' },
      { 'www-authenticate': 'Bearer error="insufficient_scope", scope="mcp:tools:execute mcp:a"' },
      'permission-needed',
      'permission',
      [{ kind: 'permission-needed', scopes: ['mcp:tools:execute', 'mcp:a'] }],
    ],
    [403, { error: 'account_disabled' }, {}, 'account-disabled', 'disabled', []],
    [511, '<h1>Hotel</h1>', {}, 'captive-portal', 'network', [{ kind: 'unreachable' }]],
    [407, '<h1>Proxy</h1>', {}, 'proxy-refused', 'did not let Conexor through', [{ kind: 'unreachable' }]],
    [429, { error: 'slow down' }, { 'retry-after': '7' }, 'rate-limited', 'too many', []],
    [500, { oops: true }, {}, 'service-down', 'trouble', []],
    [503, '<html>down</html>', {}, 'service-down', 'trouble', []],
  ] as const)(
    '%i %j reaches the host in words with code and data, and is never sent again',
    async (status, body, headers, fault, words, reports) => {
      const host = bridge.host();
      await host.begin();
      server.on.set('tools/call', ({ json }) => json(body, status, { ...headers }));
      const { error } = await host.ask('tools/call', call('echo'));
      expect(error?.code).toBe(-32050);
      expect(error?.message).toContain(words);
      expect(error?.data).toMatchObject({ fault, httpStatus: status, upstream: body });
      expect(server.posts('tools/call')).toHaveLength(1);
      expect(broker.seen.reports).toEqual(reports);
      expect(broker.seen.signIns).toEqual([]);
    },
  );

  it('a page where messages were expected comes from somebody else: said so, never passed on', async () => {
    const host = bridge.host();
    await host.begin();
    server.on.set('tools/call', ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hotel canary</h1>');
    });
    const { error } = await host.ask('tools/call', call('echo'));
    expect(error?.data).toMatchObject({ fault: 'captive-portal' });
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  it('a refusal that is a JSON-RPC error already passes with its code and data', async () => {
    const host = bridge.host();
    await host.begin();
    server.on.set('tools/call', ({ json }) =>
      json({ jsonrpc: '2.0', id: null, error: { code: -32602, message: 'bad', data: { field: 'q' } } }, 400),
    );
    const { error } = await host.ask('tools/call', call('echo'));
    expect(error).toEqual({ code: -32602, message: 'bad', data: { field: 'q' } });
  });

  it('uses are noted; a good answer is told to the broker only where it changes something', async () => {
    const host = bridge.host();
    await host.begin();
    await host.ask('tools/list');
    await host.ask('tools/call', call('echo'));
    expect(broker.seen.uses).toEqual(['id-sales line-host stdio']);
    expect(broker.seen.reports).toEqual([]);
    broker.setState('plan-limit');
    await host.ask('tools/list');
    expect(broker.seen.reports).toEqual([]);
    await host.ask('tools/call', call('echo'));
    await host.ask('tools/call', call('echo'));
    expect(broker.seen.reports).toEqual([{ kind: 'answered' }]);
  });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
