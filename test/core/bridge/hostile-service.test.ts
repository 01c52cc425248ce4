/** Services that do what no service should: the broker stays, and the host gets one answer it can read. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WaitingEvents } from '../../../electron/core/bridge/http-sessions.ts';
import { protocolVersionKey } from '../../../electron/core/bridge/message.ts';
import { retryPauseMs } from '../../../electron/core/bridge/sse.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { eventually } from '../../fakes/line-host.ts';
import { asEvent, FakeMcpServer } from '../../fakes/mcp-server.ts';

let server: FakeMcpServer;
let broker: FakeBroker;
let bridge: TestBridge;

beforeEach(async () => {
  server = await new FakeMcpServer().start();
  broker = new FakeBroker(server.url);
  bridge = await testBridge(broker);
});

afterEach(async () => {
  await bridge.stop();
  await server.stop();
});

const json = {
  authorization: 'Bearer key-of-cursor',
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};
const events = { 'content-type': 'text/event-stream' };
const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: {} };
const result = (n: number, id: string | number | undefined = 1) => ({ jsonrpc: '2.0', id, result: { n } });

async function post(message: object): Promise<string> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...message });
  return (await fetch(bridge.url(), { method: 'POST', headers: json, body })).text();
}

describe('a service that is removed while it works', () => {
  it('has its call said to have gone with it, by its name, and asks for no sign-in', async () => {
    const host = bridge.host();
    await host.begin();
    server.on.set('tools/call', ({ response }) => {
      response.writeHead(200, events);
      response.write(asEvent(progress));
    });
    const call = host.ask('tools/call', { name: 'a' });
    await eventually(() => server.posts('tools/call').length === 1);
    broker.remove('sales');
    const { error } = await call;
    expect(error?.data).toMatchObject({ fault: 'connection-unknown' });
    expect(error?.message).toContain('Conexor has no service named Sales.');
  });
});

describe('a service that answers more than once', () => {
  it('server/discover by a notification and then three answers: the host gets the first one', async () => {
    server.intercept = ({ message, response }) => {
      if (message.method !== 'server/discover') return false;
      response.writeHead(200, events);
      response.end(asEvent(progress) + [1, 2, 3].map((n) => asEvent(result(n))).join(''));
      return true;
    };
    expect(await post({ method: 'server/discover' })).toBe(asEvent(progress) + asEvent(result(1)));
    expect(await post({ method: 'server/discover' })).toContain('"n":1');
  });

  it('by events first to another request, then to this one: the host gets its own', async () => {
    const host = bridge.host();
    await host.begin();
    let isFirst = true;
    server.on.set('tools/call', ({ response, message }) => {
      response.writeHead(200, events);
      // As it is written by services that put the id last, too.
      const stranger = { result: { n: 1 }, jsonrpc: '2.0', id: 4711 };
      response.write(asEvent(isFirst ? result(1, 4711) : stranger));
      response.end(asEvent(result(2, isFirst ? message.id : String(message.id))));
      isFirst = false;
    });
    expect((await host.ask('tools/call', { name: 'a' })).result).toEqual({ n: 2 });
    host.say({ jsonrpc: '2.0', id: 77, method: 'tools/call', params: { name: 'b' } });
    expect((await host.wait(({ id }) => String(id) === '77')).result).toEqual({ n: 2 });
    expect(host.heard.some(({ id }) => id === 4711)).toBe(false);
  });

  it('a call by events, and again on the standalone stream: the host on stdio gets the first one', async () => {
    const host = bridge.host();
    await host.begin();
    await eventually(() => server.streams.size === 1);
    server.on.set('tools/call', ({ response, message }) => {
      response.writeHead(200, events);
      response.end([1, 2].map((n) => asEvent(result(n, message.id))).join(''));
    });
    await host.ask('tools/call', { name: 'x' }, 'twice');
    server.push(result(3, 'twice'));
    server.push({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
    await host.notice('notifications/message');
    expect(host.heard.filter((one) => one.id === 'twice').map((one) => one.result)).toEqual([{ n: 1 }]);
  });

  it('initialize by two answers: the host gets the first one', async () => {
    server.intercept = ({ message, response }) => {
      if (message.method !== 'initialize') return false;
      const answer = (name: string) => ({
        jsonrpc: '2.0',
        id: message.id,
        result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name, version: '1' } },
      });
      response.writeHead(200, { ...events, 'mcp-session-id': 's' });
      response.end(asEvent(answer('one')) + asEvent(answer('two')));
      return true;
    };
    const host = bridge.host();
    expect((await host.begin()).result).toMatchObject({ serverInfo: { name: 'one' } });
    await host.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {} }, 'again');
    expect(host.heard.filter((one) => one.id === 1 || one.id === 'again')).toHaveLength(2);
  });
});

describe('a service that answers without end', () => {
  it.each(['tools/call', 'tools/list'])('JSON over 64 MiB to %s: given up, and said in words', async (method) => {
    const host = bridge.host();
    await host.begin();
    const closed = new Promise<void>((resolve) => {
      server.on.set(method, async ({ response }) => {
        response.on('close', resolve);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"jsonrpc":"2.0","id":1,"result":"');
        const piece = 'x'.repeat(1024 * 1024);
        while (!response.destroyed) {
          if (!response.write(piece)) {
            await Promise.race([once(response, 'drain'), closed]);
          }
        }
      });
    });
    const modern = method === 'tools/list' ? { _meta: { [protocolVersionKey]: '2026-07-28' } } : {};
    server.usesSessions = false;
    const answer = await host.ask(method, { name: 'x', ...modern });
    expect(answer.error?.data).toMatchObject({ fault: 'too-large' });
    await closed;
    server.on.clear();
    expect((await host.ask('tools/call', { name: 'echo' })).result).toBeDefined();
  });
});

describe('a service that refuses in a strange way', () => {
  it.each([
    ['an error', '{"x":NEST}'],
    ['a JSON-RPC error', '{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"no","data":NEST}}'],
  ])('%s nested deeper than the stack is answered, without the depths', async (_, body) => {
    const nest = '['.repeat(20_000) + ']'.repeat(20_000);
    server.on.set('tools/call', (turn) => turn.json(body.replace('NEST', nest), 400));
    const host = bridge.host();
    await host.begin();
    const { error } = await host.ask('tools/call', { name: 'x' });
    expect(error?.code).toBe(-32050);
    expect(error?.data?.['upstream']).toBeUndefined();
  });

  it('a broker that fails while a failure is reported: the call is answered all the same', async () => {
    broker.report = () => {
      throw new Error('no');
    };
    const host = bridge.host();
    await host.begin();
    await server.stop();
    expect((await host.ask('tools/call', { name: 'x' })).error?.data).toMatchObject({ fault: 'internal' });
    await server.start();
  });
});

describe('a service that ends its streams at once', () => {
  it('retry: 0 is no reason to open them without a pause', async () => {
    const opened: number[] = [];
    server.intercept = ({ request, response }) => {
      if (request.method !== 'GET') return false;
      opened.push(performance.now());
      response.writeHead(200, events);
      response.end('retry: 0\n\n');
      return true;
    };
    await bridge.host().begin();
    await eventually(() => opened.length >= 3);
    expect((opened[2] ?? 0) - (opened[0] ?? 0)).toBeGreaterThan(450);
  });

  it('an answer’s stream that brings a little each time is not opened without a pause either', async () => {
    const opened: number[] = [];
    const cut = (response: ServerResponse) => {
      response.writeHead(200, events);
      response.end(asEvent(progress, `ev-${opened.length}`));
    };
    server.on.set('tools/call', ({ response }) => cut(response));
    server.onResume = (_, response) => {
      opened.push(performance.now());
      if (opened.length < 3) return cut(response);
      response.writeHead(200, events);
      response.end(asEvent(result(1, 'call')));
    };
    const host = bridge.host();
    await host.begin();
    expect((await host.ask('tools/call', { name: 'x' }, 'call')).result).toEqual({ n: 1 });
    expect((opened[2] ?? 0) - (opened[0] ?? 0)).toBeGreaterThan(450);
  });

  it('a pause is at most a minute', () => {
    expect([0, 250, 3_000, 999_999_999].map(retryPauseMs)).toEqual([250, 250, 3_000, 60_000]);
  });
});

describe('a service that tells more than the host reads', () => {
  const piece = { jsonrpc: '2.0', method: 'notifications/message', params: { x: 'x'.repeat(1024 * 1024) } };

  it('waits until the host on stdio reads on; nothing is lost', async () => {
    const host = bridge.host();
    await host.begin();
    await eventually(() => server.streams.size === 1);
    const [stream] = server.streams;
    host.socket.pause();
    for (let n = 0; n < 40; n += 1) server.push(piece);
    // As long as the bridge takes more, there is less left from one round trip to the next.
    let unchanged = 0;
    for (let left = -1; unchanged < 20; ) {
      await post({ method: 'server/discover' });
      unchanged = stream?.writableLength === left ? unchanged + 1 : 0;
      left = stream?.writableLength ?? 0;
    }
    expect(stream?.writableLength).toBeGreaterThan(20 * 1024 * 1024);
    host.socket.resume();
    await eventually(() => host.heard.filter((one) => one.method === piece.method).length === 40);
  });

  it('what waits for a stream of the host’s is bounded in number and bytes; the oldest goes first', () => {
    const waiting = new WaitingEvents();
    for (let n = 0; n < 6; n += 1) waiting.keep({ raw: Buffer.alloc(1024 * 1024, n) });
    expect(waiting.take().map(({ raw }) => raw[0])).toEqual([2, 3, 4, 5]);
    for (let n = 0; n < 120; n += 1) waiting.keep({ raw: Buffer.from([n]) });
    expect(waiting.take().map(({ raw }) => raw[0])).toEqual(Array.from({ length: 100 }, (_, n) => n + 20));
    expect(waiting.take()).toEqual([]);
  });
});
