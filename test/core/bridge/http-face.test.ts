import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHttpFace } from '../../../electron/core/bridge/http-face.ts';
import { openOwnServersDoor } from '../../../electron/core/bridge/own-servers/door.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { eventually } from '../../fakes/line-host.ts';
import { asEvent, FakeMcpServer } from '../../fakes/mcp-server.ts';

let server: FakeMcpServer;
let broker: FakeBroker;
let bridge: TestBridge;

beforeEach(async () => {
  server = await new FakeMcpServer().start();
  server.tokens = new Set(['token-of-ada', 'token-of-bob']);
  broker = new FakeBroker(server.url);
  bridge = await testBridge(broker, { maxBodyBytes: 64 * 1024, idleMs: 60_000 });
});

afterEach(async () => {
  await bridge.stop();
  await server.stop();
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** node:http, because fetch sets Host itself. */
function send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: bridge.httpPort,
        method,
        path,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const key = { authorization: 'Bearer key-of-cursor' };
const json = { ...key, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const message = (method: string, params: object = {}, id: number | string = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
const initialize = message('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1' },
});

async function begin(headers = json): Promise<Record<string, string>> {
  const { headers: answered, status } = await send('POST', '/mcp/sales', headers, initialize);
  expect(status).toBe(200);
  return { ...headers, 'mcp-session-id': String(answered['mcp-session-id']) };
}

describe('who may come in', () => {
  it('M-B only 127.0.0.1 is listened on', async () => {
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4');
    const refused = (host: string) =>
      new Promise((resolve) => {
        const socket = connect({ host, port: bridge.httpPort });
        socket.on('connect', () => resolve(false) === undefined && socket.destroy());
        socket.on('error', () => resolve(true));
      });
    for (const one of [...others, { address: '127.0.0.2' }]) expect(await refused(one?.address ?? '')).toBe(true);
  });

  it.each([
    ['a name that points here', { host: 'evil.example:PORT' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['no port', { host: '127.0.0.1' }],
    ['a name that begins like ours', { host: 'localhost.evil.example:PORT' }],
    ['a page’s origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['an origin that looks like ours', { origin: 'http://127.0.0.1.evil.example' }],
  ])('M-B %s: 403, nothing reaches the service', async (_, given) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('PORT', String(bridge.httpPort))]),
    );
    const answer = await send('POST', '/mcp/sales', { ...json, ...headers }, initialize);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text).error).toBe('host-refused');
    expect(server.seen).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])('M-B Host and Origin %s are ours; no CORS is granted', async (name) => {
    const headers = { ...json, host: `${name}:${bridge.httpPort}`, origin: `http://${name}:3000` };
    const answer = await send('POST', '/mcp/sales', headers, initialize);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.headers).filter((header) => header.startsWith('access-control'))).toEqual([]);
  });

  it('no key or a wrong one: 401 in plain JSON without a challenge', async () => {
    for (const authorization of [undefined, 'Bearer wrong', 'Basic a2V5', 'key-of-cursor']) {
      const { authorization: _, ...rest } = json;
      const answer = await send(
        'POST',
        '/mcp/sales',
        { ...rest, ...(authorization ? { authorization } : {}) },
        initialize,
      );
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBeUndefined();
      expect(JSON.parse(answer.text)).toEqual({ error: 'client-key-wrong', message: expect.stringContaining('key') });
    }
    expect(server.seen).toEqual([]);
  });

  it('bad requests each get their own answer', async () => {
    const statusOf = async (...args: Parameters<typeof send>) => (await send(...args)).status;
    expect(await statusOf('GET', '/', key)).toBe(404);
    expect(await statusOf('GET', '/.well-known/oauth-protected-resource', key)).toBe(404);
    expect(await statusOf('POST', '/mcp/unknown', json, initialize)).toBe(404);
    expect(await statusOf('POST', '/mcp/%E0%A4%A', json, initialize)).toBe(404);
    expect(await statusOf('PUT', '/mcp/sales', json, initialize)).toBe(405);
    expect(await statusOf('OPTIONS', '/mcp/sales', key)).toBe(405);
    expect(await statusOf('POST', '/mcp/sales', { ...json, 'content-type': 'text/plain' }, initialize)).toBe(415);
    expect(await statusOf('GET', '/mcp/sales', { ...key, accept: 'text/html' })).toBe(406);
    expect(await statusOf('POST', '/mcp/sales', json, 'x'.repeat(70_000))).toBe(413);
    expect(await statusOf('POST', '/mcp/sales', json, message('tools/list'))).toBe(400);
    const broken = await send('POST', '/mcp/sales', json, '{');
    expect([broken.status, JSON.parse(broken.text).error.code]).toEqual([400, -32700]);
    const batch = await send('POST', '/mcp/sales', json, `[${initialize}]`);
    expect([batch.status, JSON.parse(batch.text).error.code]).toEqual([400, -32600]);
    const session = await begin();
    expect(
      await statusOf('POST', '/mcp/sales', { ...session, 'mcp-protocol-version': '1.0' }, message('tools/list')),
    ).toBe(400);
  });

  it('a body sent in chunks is bounded too', async () => {
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: bridge.httpPort,
          method: 'POST',
          path: '/mcp/sales',
          headers: { ...json, host: `127.0.0.1:${bridge.httpPort}` },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on('error', reject);
      for (let n = 0; n < 80; n += 1) request.write('x'.repeat(1024));
      request.end();
    });
    expect(status).toBe(413);
  });

  it('a request whose head does not come to its end is let go of within a second of its time', async () => {
    const http = new Agent();
    const context = {
      broker,
      http,
      now: Date.now,
      version: '0',
      localOrigin: () => '',
      eras: new Map(),
      tools: new Map(),
      hints: new Map(),
      ownServer: async () => undefined,
    };
    const face = await openHttpFace({
      context,
      ownServers: openOwnServersDoor(context),
      log: () => undefined,
      port: 0,
      headersTimeoutMs: 100,
    });
    const socket = connect({ host: '127.0.0.1', port: face.port });
    socket.on('error', () => undefined).resume();
    socket.write('POST /mcp/sales HTTP/1.1\r\nHost: ');
    await once(socket, 'close');
    await face.close();
    await http.destroy();
  });

  it('one connection too many is closed; the others are served', async () => {
    const sockets: Socket[] = [];
    for (let n = 0; n < 512; n += 1) {
      const socket = connect({ host: '127.0.0.1', port: bridge.httpPort }).on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
    }
    const more = connect({ host: '127.0.0.1', port: bridge.httpPort }).on('error', () => undefined);
    await once(more.resume(), 'close');
    for (const socket of sockets.splice(1)) socket.destroy();
    sockets[0]?.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String(await once(sockets[0] as Socket, 'data'))).toContain('403');
    sockets[0]?.destroy();
  });

  it('a port that is taken is passed over for a free one, which is told', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const second = await testBridge(broker, { httpPort: port });
    try {
      expect(second.httpPort).not.toBe(port);
      expect(second.logged.join()).toContain('port taken');
    } finally {
      await second.stop();
      taken.close();
    }
  });
});

describe('sessions of the HTTP face', () => {
  it('M-B ids are ours and unguessable, bound to client and connection, ended by DELETE here and there', async () => {
    broker.add('other', server.url);
    const session = await begin();
    expect(session['mcp-session-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(session['mcp-session-id']).not.toBe('s-1');
    const list = message('tools/list');
    expect((await send('POST', '/mcp/sales', session, list)).status).toBe(200);
    expect((await send('POST', '/mcp/sales', { ...session, authorization: 'Bearer key-of-n8n' }, list)).status).toBe(
      404,
    );
    expect((await send('POST', '/mcp/other', session, list)).status).toBe(404);
    expect((await send('POST', '/mcp/sales', { ...session, 'mcp-session-id': 's-1' }, list)).status).toBe(404);
    expect((await send('DELETE', '/mcp/sales', { ...session, authorization: 'Bearer key-of-n8n' })).status).toBe(404);
    expect((await send('DELETE', '/mcp/sales', session)).status).toBe(200);
    expect(server.sessionsDeleted).toEqual(['s-1']);
    expect((await send('POST', '/mcp/sales', session, list)).status).toBe(404);
  });

  it('a session that nobody uses ends, here and at the service', async () => {
    const short = await testBridge(broker, { idleMs: 80 });
    try {
      const response = await fetch(short.url(), { method: 'POST', headers: json, body: initialize });
      expect(response.status).toBe(200);
      await response.text();
      await eventually(() => server.sessionsDeleted.length === 1);
    } finally {
      await short.stop();
    }
  });

  it('a program that begins ever new sessions loses its oldest, at the service too', async () => {
    const oldest = await begin();
    for (let n = 0; n < 64; n += 1) await begin();
    expect((await send('POST', '/mcp/sales', oldest, message('tools/list'))).status).toBe(404);
    await eventually(() => server.sessionsDeleted.length === 1);
    expect(server.sessionsDeleted).toEqual(['s-1']);
  });

  it('requests that stand alone share one conversation however the connection is spelled; unused it ends', async () => {
    const short = await testBridge(broker, { idleMs: 80 });
    try {
      const before = broker.subscribers;
      const ask = async (name: string) => {
        const body = message('server/discover');
        const url = short.url(encodeURIComponent(name));
        expect((await fetch(url, { method: 'POST', headers: json, body })).status).toBeLessThan(500);
        return broker.subscribers - before;
      };
      for (const name of ['sales', 'id-sales', server.url]) expect(await ask(name)).toBe(1);
      await eventually(() => broker.subscribers === before);
    } finally {
      await short.stop();
    }
  });

  it('M-B JSON and events pass as they came, byte for byte', async () => {
    const session = await begin();
    const body = '{ "jsonrpc": "2.0",\n "id": 1, "result": {"n": 1.50} }';
    server.on.set('tools/call json', (turn) => turn.json(body));
    const stream = `: hello\n\nevent: message\nid: 7\ndata: {"jsonrpc":"2.0","method":"notifications/progress","params":{}}\n\ndata: {"jsonrpc":"2.0",\ndata: "id":1,"result":{}}\n\n`;
    server.on.set('tools/call events', ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(stream);
    });
    expect((await send('POST', '/mcp/sales', session, message('tools/call', { name: 'json' }))).text).toBe(body);
    expect((await send('POST', '/mcp/sales', session, message('tools/call', { name: 'events' }))).text).toBe(stream);
  });

  it('events pass as they come, not when all are there', async () => {
    const session = await begin();
    let finish: () => void = () => undefined;
    server.on.set('tools/call', ({ event, message: asked, response }) => {
      event({ jsonrpc: '2.0', method: 'notifications/progress', params: {} });
      finish = () => {
        event({ jsonrpc: '2.0', id: asked.id, result: {} });
        response.end();
      };
    });
    const response = await fetch(bridge.url(), {
      method: 'POST',
      headers: session,
      body: message('tools/call', { name: 'x' }),
    });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('progress');
    finish();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('result');
  });

  it.each([401, 402, 403, 429, 500])(
    'T %i of the service is a JSON-RPC error in a 200: no local host begins a sign-in with us',
    async (status) => {
      const session = await begin();
      server.on.set('tools/call', (turn) =>
        turn.json({ error: 'no' }, status, { 'www-authenticate': 'Bearer resource_metadata="https://x"' }),
      );
      const answer = await send('POST', '/mcp/sales', session, message('tools/call', { name: 'x' }));
      expect(answer.status).toBe(200);
      expect(answer.headers['www-authenticate']).toBeUndefined();
      expect(JSON.parse(answer.text)).toMatchObject({ id: 1, error: { code: -32050 } });
    },
  );

  it('M-B a host’s GET stream is open at once and carries what belongs to no request; uses are noted', async () => {
    const session = await begin();
    await send('POST', '/mcp/sales', session, JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }));
    server.get = 'stream';
    const response = await fetch(bridge.url(), { headers: { ...session, accept: 'text/event-stream' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await eventually(() => server.streams.size === 1);
    server.push({ jsonrpc: '2.0', method: 'notifications/message', params: { n: 1 } });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"n":1');
    broker.signedInAs('bob');
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('list_changed');
    await reader?.cancel();
    await send('POST', '/mcp/sales', session, message('tools/call', { name: 'echo' }));
    expect(broker.seen.uses).toEqual(['id-sales cursor http']);
  });

  it('M-B a host’s own resumption (Last-Event-ID) goes to the service', async () => {
    const session = await begin();
    server.onResume = (lastEventId, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(asEvent({ jsonrpc: '2.0', id: 5, result: { after: lastEventId } }));
    };
    const answer = await send('GET', '/mcp/sales', {
      ...session,
      accept: 'text/event-stream',
      'last-event-id': 'ev-3',
    });
    expect(answer.text).toContain('"after":"ev-3"');
  });

  it('a stream cut between service and bridge is unbroken for the host', async () => {
    const session = await begin();
    server.on.set('tools/call', ({ event, response }) => {
      event('', 'ev-1');
      setImmediate(() => response.destroy());
    });
    server.onResume = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(asEvent({ jsonrpc: '2.0', id: 1, result: { resumed: true } }));
    };
    const answer = await send('POST', '/mcp/sales', session, message('tools/call', { name: 'x' }));
    expect(answer.text).toContain('"resumed":true');
  });

  it('closing the bridge ends its sessions at the service and frees the port', async () => {
    await begin();
    await begin();
    await bridge.close();
    expect(server.sessionsLeft).toBe(0);
    await expect(send('GET', '/', key)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the official client (SDK 1.x) over HTTP', () => {
  it('lists, calls, answers a server’s request, hears of changes and ends its session', async () => {
    const client = new ClientV1({ name: 'sdk1', version: '1' }, { capabilities: { sampling: {} } });
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      model: 'm',
      role: 'assistant',
      content: { type: 'text', text: 'sampled' },
    }));
    let changed = 0;
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      changed += 1;
    });
    server.on.set('tools/call ask', async ({ event, message: asked, response }) => {
      event({ jsonrpc: '2.0', id: 'q', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } });
      await eventually(() => server.seen.some((one) => one.message?.id === 'q'));
      event({ jsonrpc: '2.0', id: asked.id, result: { content: [{ type: 'text', text: 'asked' }] } });
      response.end();
    });
    const transport = new TransportV1(new URL(bridge.url()), { requestInit: { headers: key } });
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo']);
    expect((await client.callTool({ name: 'ask' })).content).toEqual([{ type: 'text', text: 'asked' }]);
    await eventually(() => server.streams.size === 1);
    broker.signedOut();
    await eventually(() => changed === 1);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['sign_in']);
    broker.signedInAs('bob');
    await eventually(() => changed === 2);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo']);
    await transport.terminateSession();
    await client.close();
    await eventually(() => server.sessionsLeft === 0);
  });
});
