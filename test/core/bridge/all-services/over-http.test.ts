import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../fakes/line-host.ts';
import { asEvent } from '../../../fakes/mcp-server.ts';
import { allowed, modernCall } from '../../../fakes/modern-call.ts';
import { modernMeta, modernServer, type SeveralServices, severalServices } from './several-services.ts';

let stage: SeveralServices;
const streams: AbortController[] = [];
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.abort();
  await stage.stop();
});

const key = 'key-of-cursor';
const initialize = {
  protocolVersion: '2025-11-25',
  capabilities: { elicitation: {} },
  clientInfo: { name: 'script', version: '1' },
};

interface Said {
  readonly result?: { readonly tools?: { readonly name: string }[]; readonly content?: { readonly text: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

function post(message: object, headers: Record<string, string> = {}, by = key): Promise<Response> {
  return fetch(stage.bridge.url('_all'), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${by}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}

async function begun(): Promise<{ readonly id: string; ask(method: string, params?: object): Promise<Said> }> {
  const answer = await post({ id: 0, method: 'initialize', params: initialize });
  const id = answer.headers.get('mcp-session-id') ?? '';
  await answer.json();
  await post({ method: 'notifications/initialized' }, { 'mcp-session-id': id });
  let count = 0;
  return {
    id,
    ask: async (method, params = {}) => {
      count += 1;
      return (await (await post({ id: count, method, params }, { 'mcp-session-id': id })).json()) as Said;
    },
  };
}

/** The host's own stream. */
async function listening(id: string, headers: Record<string, string> = {}): Promise<() => string> {
  const stop = new AbortController();
  streams.push(stop);
  const response = await fetch(stage.bridge.url('_all'), {
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream', 'mcp-session-id': id, ...headers },
    signal: stop.signal,
  });
  let heard = '';
  void (async () => {
    for await (const chunk of response.body ?? []) heard += Buffer.from(chunk as Uint8Array).toString();
  })().catch(() => undefined);
  return () => heard;
}

const namesIn = ({ result }: Said) => result?.tools?.map(({ name }) => name);

describe('every service at one local address', () => {
  it('is there for a program with its key, in a session of its own', async () => {
    stage = await severalServices('sales', 'crm');
    expect((await post({ id: 0, method: 'initialize', params: initialize }, {}, 'wrong')).status).toBe(401);
    const host = await begun();
    expect(namesIn(await host.ask('tools/list'))).toEqual(['sales__echo', 'crm__echo']);
    const { result } = await host.ask('tools/call', { name: 'crm__echo', arguments: { n: 1 } });
    expect(JSON.parse(result?.content?.[0]?.text ?? '')).toEqual({ name: 'echo', arguments: { n: 1 } });
    expect(stage.broker.seen.uses).toEqual(['id-crm cursor http']);
    // The session is that of this program at this address alone.
    const elsewhere = await fetch(stage.bridge.url('sales'), {
      method: 'DELETE',
      headers: { authorization: `Bearer ${key}`, 'mcp-session-id': host.id },
    });
    expect(elsewhere.status).toBe(404);
    expect((await post({ id: 9, method: 'ping' }, { 'mcp-session-id': host.id }, 'key-of-n8n')).status).toBe(404);
  });

  it('tells on the host’s stream what comes, and ends every session with DELETE', async () => {
    stage = await severalServices('sales');
    const { id } = await begun();
    const heard = await listening(id);
    await eventually(() => stage.server('sales').streams.size === 1);
    const crm = await stage.add('crm');
    await eventually(() => heard().includes('notifications/tools/list_changed'));
    await eventually(() => crm.streams.size === 1);
    await fetch(stage.bridge.url('_all'), {
      method: 'DELETE',
      headers: { authorization: `Bearer ${key}`, 'mcp-session-id': id },
    });
    await eventually(() => stage.server('sales').sessionsLeft === 0 && crm.sessionsLeft === 0);
    await eventually(() => stage.broker.subscribers <= 1);
  });

  it('goes on with a stream that the host has lost, at the service whose it was', async () => {
    stage = await severalServices('sales', 'crm');
    const { id } = await begun();
    const first = await listening(id);
    await eventually(() => stage.server('crm').streams.size === 1 && stage.server('sales').streams.size === 1);
    const message = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } };
    for (const name of ['sales', 'crm']) stage.server(name).push(message, 'ev-1');
    await eventually(() => first().split('notifications/message').length === 3);
    const ids = [...first().matchAll(/^id: (.*)$/gm)].map(([, one]) => one ?? '');
    expect(new Set(ids).size).toBe(2);
    stage.server('crm').onResume = (lastEventId, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(asEvent({ ...message, params: { after: lastEventId } }, 'ev-2'));
    };
    const heard = await Promise.all(ids.map((last) => listening(id, { 'last-event-id': last })));
    await eventually(() => heard.some((one) => one().includes('"after":"ev-1"')));
  });

  it('hears on a stream that it takes up again only what that service was asked, not in the place of another', async () => {
    stage = await severalServices('sales', 'crm');
    const { id } = await begun();
    const call = (count: number, name: string) =>
      post({ id: count, method: 'tools/call', params: { name, arguments: {} } }, { 'mcp-session-id': id });
    stage.server('crm').on.set('tools/call', ({ event, message, response }) => {
      event({ jsonrpc: '2.0', id: message.id, result: { content: [] } }, 'first');
      response.end();
    });
    await (await call(31, 'crm__echo')).text();
    await (await call(32, 'sales__echo')).text();
    // One after the other: a stream that is taken up again brings one answer.
    for (const asked of [32, 31]) {
      stage.server('crm').onResume = (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const told = {
          jsonrpc: '2.0',
          method: 'notifications/message',
          params: { level: 'info', data: 'told before' },
        };
        response.write(asEvent(told, `told-${asked}`));
        response.write(asEvent({ jsonrpc: '2.0', id: asked, result: { by: 'crm', asked } }, `answer-${asked}`));
        response.end(asEvent({ ...told, params: { level: 'info', data: 'told after' } }, `end-${asked}`));
      };
      const heard = await listening(id, { 'last-event-id': '2.first' });
      await eventually(() => heard().includes(asked === 31 ? '"asked":31' : 'told after'));
      expect(heard().includes(`"asked":${asked}`)).toBe(asked === 31);
    }
  });

  it('has ids of each service in the answers of calls too, from the first event on', async () => {
    stage = await severalServices('sales', 'crm');
    const { id } = await begun();
    stage.server('crm').on.set('tools/call', ({ event, message, response }) => {
      event('', 'first');
      event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } }, 'second');
      event({ jsonrpc: '2.0', id: message.id, result: { content: [] } }, 'third');
      response.end();
    });
    const call = { id: 3, method: 'tools/call', params: { name: 'crm__echo', arguments: {} } };
    const text = await (await post(call, { 'mcp-session-id': id })).text();
    const ids = [...text.matchAll(/^id: (.*)$/gm)].map(([, one]) => one);
    expect(ids).toEqual(['2.first', '2.second', '2.third']);
    expect(text).toContain('"result":{"content":[]}');
  });

  it('ends with the program’s key, and what waited is answered', async () => {
    stage = await severalServices('sales');
    const host = await begun();
    stage.server('sales').on.set('tools/call', () => undefined);
    const running = host.ask('tools/call', { name: 'sales__echo', arguments: {} });
    await eventually(() => stage.server('sales').posts('tools/call').length === 1);
    stage.broker.removeKey(key);
    expect((await running).error?.message).toBeTypeOf('string');
    await eventually(() => stage.server('sales').sessionsLeft === 0);
    expect((await post({ id: 5, method: 'ping' }, { 'mcp-session-id': host.id })).status).toBe(401);
  });
});

describe('every service at one local address, in the newer era', () => {
  const listed = async (): Promise<Said> => {
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
    return (await (await post({ id: 1, method: 'tools/list', params: modernMeta() }, headers)).json()) as Said;
  };

  it('M-A 2 M-A 3 needs no session; names and headers are those of each service', async () => {
    stage = await severalServices('old', 'new');
    modernServer(stage.server('new'));
    expect(namesIn(await listed())).toEqual(['old__echo', 'new__echo']);
    const url = stage.bridge.url('_all');
    for (const name of ['old', 'new']) {
      const answer = await modernCall({ url, key, name: `${name}__echo`, input: { n: 1 }, answers: { a: allowed } });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toMatchObject({ name: 'echo', arguments: { n: 1 } });
    }
    expect(stage.server('new').posts('tools/call')[0]?.headers['mcp-name']).toBe('echo');
    const wrong = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' };
    const refused = await post({ id: 1, method: 'tools/list', params: modernMeta() }, wrong);
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as Said).error?.code).toBe(-32020);
  });

  it('keeps programs of one key apart that count their requests alike, at a service of the older era', async () => {
    stage = await severalServices('old');
    await listed();
    stage.server('old').on.set('tools/call', async ({ json, message }) => {
      await eventually(() => stage.server('old').posts('tools/call').length === 4);
      json({
        jsonrpc: '2.0',
        id: message.id,
        result: { content: [{ type: 'text', text: JSON.stringify(message.params) }] },
      });
    });
    const url = stage.bridge.url('_all');
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => modernCall({ url, key, name: 'old__echo', input: { n } })),
    );
    expect(answers.map(({ text }) => JSON.parse(text).arguments.n)).toEqual([1, 2, 3, 4]);
    const ids = stage
      .server('old')
      .posts('tools/call')
      .map(({ message }) => message?.id);
    expect(new Set(ids).size).toBe(4);
  });

  it('M-A 8 a closed response cancels the call, also at a service of the older era', async () => {
    stage = await severalServices('old');
    await listed();
    stage.server('old').on.set('tools/call', () => undefined);
    const stop = new AbortController();
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'old__echo' };
    const call = fetch(stage.bridge.url('_all'), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'old__echo', ...modernMeta() },
      }),
      signal: stop.signal,
    });
    await eventually(() => stage.server('old').posts('tools/call').length === 1);
    stop.abort();
    await expect(call).rejects.toThrow();
    await eventually(() => stage.server('old').posts('notifications/cancelled').length === 1);
  });
});
