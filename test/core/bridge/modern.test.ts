import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client as ClientV2, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { eventually } from '../../fakes/line-host.ts';
import { FakeMcpServer } from '../../fakes/mcp-server.ts';
import { soon } from '../../fakes/soon.ts';

const meta = (extra: object = {}) => ({
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'line-host', version: '1' },
    ...extra,
  },
});

/** The SDK's own server of the new revision, with a gate before it that knows tokens. */
class ModernServer {
  readonly seen: { readonly headers: IncomingHttpHeaders; readonly method: string }[] = [];
  readonly tokens = new Set(['token-of-ada', 'token-of-bob']);
  closedEarly = 0;
  readonly handler = createMcpHandler(() => this.#build(), { legacy: 'reject' });
  readonly #server: Server;

  constructor() {
    const node = toNodeHandler(this.handler);
    this.#server = createServer((request, response) => {
      this.seen.push({ headers: request.headers, method: request.method ?? '' });
      response.on('close', () => {
        if (!response.writableFinished) this.closedEarly += 1;
      });
      if (!this.tokens.has(request.headers.authorization?.slice(7) ?? '')) {
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"Unauthorized"}');
        return;
      }
      void node(request as Parameters<typeof node>[0], response);
    });
  }

  #build(): McpServer {
    const server = new McpServer({ name: 'modern', version: '1' }, { capabilities: { tools: { listChanged: true } } });
    server.registerTool(
      'query',
      { inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }), n: z.number().optional() }) },
      ({ region }) => ({ content: [{ type: 'text', text: `rows of ${region}` }] }),
    );
    server.registerTool('slow', {}, () => new Promise(() => undefined));
    return server;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  async stop(): Promise<void> {
    await this.handler.close();
    const stopped = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await stopped;
  }
}

let server: ModernServer;
let broker: FakeBroker;
let bridge: TestBridge;

beforeEach(async () => {
  server = await new ModernServer().start();
  broker = new FakeBroker(server.url);
  bridge = await testBridge(broker);
});

afterEach(async () => {
  await bridge.stop();
  await server.stop();
});

describe('M-A a modern host and a modern service', () => {
  it('M-A 2 M-A 3 discover, list and call pass with the headers the revision asks for, and no session', async () => {
    const host = bridge.host();
    const found = await host.ask('server/discover', meta());
    expect(found.result).toMatchObject({ supportedVersions: ['2026-07-28'], resultType: 'complete' });
    const tools = (await host.ask('tools/list', meta())).result as { tools: { name: string }[] };
    expect(tools.tools.map((tool) => tool.name)).toContain('query');
    const called = await host.ask('tools/call', { name: 'query', arguments: { region: 'Süd ' }, ...meta() });
    expect(called.result).toMatchObject({ content: [{ text: 'rows of Süd ' }] });
    expect(server.seen.map((one) => one.headers['mcp-method'])).toEqual([
      'server/discover',
      'tools/list',
      'tools/call',
    ]);
    expect(server.seen[2]?.headers['mcp-name']).toBe('query');
    expect(server.seen[2]?.headers['mcp-param-region']).toBe(`=?base64?${Buffer.from('Süd ').toString('base64')}?=`);
    for (const { headers, method } of server.seen) {
      expect(method).toBe('POST');
      expect(headers['mcp-protocol-version']).toBe('2026-07-28');
      expect(headers['mcp-session-id']).toBeUndefined();
    }
    expect(broker.seen.uses).toEqual(['id-sales line-host stdio']);
  });

  it('M-A 4 errors of the service pass with code and data', async () => {
    const host = bridge.host();
    expect((await host.ask('nothing/there', meta())).error?.code).toBe(-32601);
    const { error } = await host.ask('tools/list', meta({ 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }));
    expect(error?.code).toBe(-32022);
    expect(error?.data).toMatchObject({ supported: ['2026-07-28'] });
  });

  it('M-A 8 cancelling a request closes its response at the service, and nothing is answered', async () => {
    const host = bridge.host();
    host.say({ jsonrpc: '2.0', id: 'slow', method: 'tools/call', params: { name: 'slow', ...meta() } });
    await eventually(() => server.seen.length === 1);
    host.notify('notifications/cancelled', { requestId: 'slow' });
    await eventually(() => server.closedEarly === 1);
    await host.ask('tools/list', meta());
    expect(host.heard.some((one) => one.id === 'slow')).toBe(false);
    expect(server.seen).toHaveLength(2);
  });

  it('M-A 7 subscriptions/listen stays open and carries changes, also those of an account’s change', async () => {
    const host = bridge.host();
    host.say({
      jsonrpc: '2.0',
      id: 'sub',
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, ...meta() },
    });
    await host.notice('notifications/subscriptions/acknowledged');
    server.handler.notify.toolsChanged();
    const changes = () => host.heard.filter((one) => one.method === 'notifications/tools/list_changed');
    await eventually(() => changes().length === 1);
    broker.signedInAs('bob');
    await eventually(() => changes().length === 2);
    await eventually(() => server.seen.length === 2);
    expect(server.seen[1]?.headers.authorization).toBe('Bearer token-of-bob');
    await eventually(() => server.closedEarly === 1);
    // The second subscription needs a moment until the service has it.
    await eventually(() => {
      server.handler.notify.toolsChanged();
      return changes().length >= 3;
    });
    for (const one of changes())
      expect(one.params?.['_meta']).toEqual({ 'io.modelcontextprotocol/subscriptionId': 'sub' });
    expect(host.heard.filter((one) => one.method === 'notifications/subscriptions/acknowledged')).toHaveLength(1);
    host.notify('notifications/cancelled', { requestId: 'sub' });
    await eventually(() => server.closedEarly === 2);
  });

  it('the end of the host closes its subscriptions at once', async () => {
    const host = bridge.host();
    host.say({
      jsonrpc: '2.0',
      id: 'sub',
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, ...meta() },
    });
    await host.notice('notifications/subscriptions/acknowledged');
    host.end();
    await soon(eventually(() => server.closedEarly === 1));
  });

  it('P-48 401: renewed once and sent once more', async () => {
    server.tokens.delete('token-of-ada');
    server.tokens.add('token-2');
    broker.nextToken = 'token-2';
    expect((await bridge.host().ask('tools/list', meta())).result).toBeDefined();
    expect([broker.seen.refreshes, server.seen.length]).toEqual([1, 2]);
  });

  it('M-A 3 tools with invalid annotations are dropped for a host on stdio', async () => {
    const fake = await new FakeMcpServer().start();
    fake.usesSessions = false;
    const good = {
      name: 'good',
      inputSchema: { type: 'object', properties: { a: { type: 'integer', 'x-mcp-header': 'A' } } },
    };
    const bad = {
      name: 'bad',
      inputSchema: { type: 'object', properties: { a: { type: 'number', 'x-mcp-header': 'A' } } },
    };
    fake.on.set('tools/list', ({ json, message }) =>
      json({ jsonrpc: '2.0', id: message.id, result: { tools: [good, bad], more: 1 } }),
    );
    broker.add('fake', fake.url);
    const host = bridge.host('fake');
    expect((await host.ask('tools/list', meta())).result).toEqual({ tools: [good], more: 1 });
    await host.ask('tools/call', { name: 'good', arguments: { a: 7 }, ...meta() });
    await host.ask('tools/call', { name: 'good', arguments: { a: null }, ...meta() });
    expect(fake.posts('tools/call').map((one) => one.headers['mcp-param-a'])).toEqual(['7', undefined]);
    await fake.stop();
  });
});

describe('signed out, in the new revision', () => {
  beforeEach(async () => {
    const before = bridge.host();
    await before.ask('server/discover', meta());
    server.seen.length = 0;
    broker.signedOut();
  });

  it('discover, one tool, sign_in, and after consent the subscription says so and goes on at the service', async () => {
    const host = bridge.host();
    expect((await host.ask('server/discover', meta())).result).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true } },
      instructions: expect.stringContaining('not signed in'),
    });
    host.say({
      jsonrpc: '2.0',
      id: 'sub',
      method: 'subscriptions/listen',
      params: { notifications: { toolsListChanged: true }, ...meta() },
    });
    await host.notice('notifications/subscriptions/acknowledged');
    const list = (await host.ask('tools/list', meta())).result;
    expect(list).toMatchObject({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      tools: [{ name: 'sign_in' }],
    });
    const text = (await host.ask('tools/call', { name: 'sign_in', arguments: {}, ...meta() })).result;
    expect(text).toMatchObject({ resultType: 'complete', content: [{ text: expect.stringContaining('app.example') }] });
    expect((await host.ask('tools/call', { name: 'query', ...meta() })).error?.data).toEqual({
      fault: 'sign-in-needed',
    });
    expect(server.seen).toEqual([]);
    broker.signedInAs('ada');
    await host.notice('notifications/tools/list_changed');
    expect((await host.ask('tools/list', meta())).result?.['tools']).toHaveLength(2);
    await eventually(() => server.seen.some((one) => one.headers['mcp-method'] === 'subscriptions/listen'));
  });

  it('a connection known to be of the other era refuses discover, so that the host falls back', async () => {
    const legacy = await new FakeMcpServer().start();
    broker.add('legacy', legacy.url);
    const first = bridge.host('legacy');
    await first.begin();
    broker.signedOut('legacy');
    const host = bridge.host('legacy');
    expect((await host.ask('server/discover', meta())).error?.code).toBe(-32601);
    expect((await host.begin()).result?.['protocolVersion']).toBe('2025-11-25');
    await legacy.stop();
  });
});

describe('a modern host and a legacy service', () => {
  it('M-A 2 signed out from the start, a host that knows both eras begins the one it can go on with', async () => {
    const legacy = await new FakeMcpServer().start();
    broker.add('legacy', legacy.url, false);
    const host = bridge.host('legacy');
    expect((await host.ask('server/discover', meta())).error?.code).toBe(-32601);
    expect((await host.begin()).result?.['protocolVersion']).toBe('2025-11-25');
    expect((await host.ask('tools/list')).result?.['tools']).toMatchObject([{ name: 'sign_in' }]);
    broker.signedInAs('ada', 'legacy');
    await host.notice('notifications/tools/list_changed');
    expect((await host.ask('tools/list')).result?.['tools']).toMatchObject([{ name: 'echo' }]);
    await legacy.stop();
  });

  it('M-A 2 the refusal of server/discover reaches the host under its own id, and initialize works', async () => {
    const legacy = await new FakeMcpServer().start();
    broker.add('legacy', legacy.url);
    const host = bridge.host('legacy');
    const refused = await host.ask('server/discover', meta(), 'probe-1');
    expect(refused.error).toEqual({ code: -32000, message: 'Bad Request: Server not initialized' });
    expect((await host.begin()).result?.['serverInfo']).toMatchObject({ name: 'fake' });
    await legacy.stop();
  });

  it('a probe that is not answered in time, or a service out of reach: the host falls back, nothing hangs', async () => {
    const legacy = await new FakeMcpServer().start();
    legacy.intercept = ({ message }) => message.method === 'server/discover';
    broker.add('legacy', legacy.url);
    expect((await bridge.host('legacy').ask('server/discover', meta())).error?.code).toBe(-32601);
    await legacy.stop();
    expect((await bridge.host('legacy').ask('server/discover', meta())).error?.code).toBe(-32601);
  });
});

describe('the official client (SDK 2.x) over HTTP', () => {
  const transport = () =>
    new StreamableHTTPClientTransport(new URL(bridge.url()), {
      requestInit: { headers: { authorization: 'Bearer key-of-cursor' } },
    });

  it('modern by probe: lists, calls with mirrored headers, hears of changes through signing out and in', async () => {
    const changes: number[] = [];
    const client = new ClientV2(
      { name: 'sdk2', version: '1' },
      {
        versionNegotiation: { mode: 'auto' },
        listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => changes.push(1) } },
      },
    );
    await client.connect(transport());
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('query');
    expect(await client.callTool({ name: 'query', arguments: { region: 'Nord' } })).toMatchObject({
      content: [{ text: 'rows of Nord' }],
    });
    expect(server.seen.find((one) => one.headers['mcp-name'] === 'query')?.headers['mcp-param-region']).toBe('Nord');
    broker.signedOut();
    await eventually(() => changes.length === 1);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['sign_in']);
    broker.signedInAs('bob');
    await eventually(() => changes.length === 2);
    expect((await client.listTools()).tools.map((tool) => tool.name)).toContain('query');
    await client.close();
    await eventually(() => server.closedEarly >= 1);
  });

  it('pinned to the new revision while signed out: a proper server with one tool', async () => {
    await bridge.host().ask('server/discover', meta());
    broker.signedOut();
    const client = new ClientV2(
      { name: 'sdk2', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    await client.connect(transport());
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['sign_in']);
    await client.close();
  });

  it('falls back by itself where the service is of the other era', async () => {
    const legacy = await new FakeMcpServer().start();
    broker.remove('sales');
    broker.add('sales', legacy.url);
    const client = new ClientV2({ name: 'sdk2', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(transport());
    expect(client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['echo']);
    await client.close();
    await legacy.stop();
  });
});
