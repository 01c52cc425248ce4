import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { eventually, type Heard, type LineHost } from '../../fakes/line-host.ts';
import { FakeMcpServer, type SeenRequest, type Turn } from '../../fakes/mcp-server.ts';

let server: FakeMcpServer;
let broker: FakeBroker;
let bridge: TestBridge;
/** Calls that wait for the host's answer to their question, by session. */
let waiting: Map<string | undefined, Turn>;

beforeEach(async () => {
  server = await new FakeMcpServer().start();
  broker = new FakeBroker(server.url);
  bridge = await testBridge(broker);
  waiting = new Map();
  server.on.set('tools/call ask', (turn) => {
    waiting.set(turn.session, turn);
    turn.event({ jsonrpc: '2.0', id: 0, method: 'elicitation/create', params: { message: `of ${turn.session}` } });
  });
});

afterEach(async () => {
  await bridge.stop();
  await server.stop();
});

const ask = { name: 'ask', arguments: {} };
const questionOf = (session: string) => (one: Heard) =>
  one.method === 'elicitation/create' && one.params?.['message'] === `of ${session}`;
const answersSeen = (): readonly SeenRequest[] =>
  server.seen.filter(({ message }) => message?.method === undefined && message?.id !== undefined);
const sent = (answer: SeenRequest | undefined) => [answer?.headers['mcp-session-id'], answer?.message];

/** A call of the first account waits for an answer; then the account is switched, and a call of the second one asks. */
async function askedTwice(host: LineHost): Promise<{ readonly first: Heard; readonly second: Heard }> {
  await host.begin();
  host.say({ jsonrpc: '2.0', id: 'old', method: 'tools/call', params: ask });
  const first = await host.wait(questionOf('s-1'));
  broker.signedInAs('bob');
  await eventually(() => server.sessionsOpened.length === 2);
  // Asked for again where it was held up for the switch.
  host.say({ jsonrpc: '2.0', id: 'new', method: 'tools/call', params: ask });
  const told = await host.wait((one) => one.id === 'new' || questionOf('s-2')(one));
  if (told.id === 'new') host.say({ jsonrpc: '2.0', id: 'again', method: 'tools/call', params: ask });
  return { first, second: await host.wait(questionOf('s-2')) };
}

describe('what a service asks the host', () => {
  it('is answered to the session that asked: the answer to the account before never reaches the one after', async () => {
    const host = bridge.host();
    const { first, second } = await askedTwice(host);
    expect(first.id).toBe(0);
    expect(second.id).not.toBe(0);
    host.say({ jsonrpc: '2.0', id: 0, result: { action: 'accept', content: { of: 'first' } } });
    host.say({ jsonrpc: '2.0', id: second.id, result: { action: 'accept', content: { of: 'second' } } });
    await eventually(() => answersSeen().some(({ message }) => message?.result !== undefined));
    const accepted = answersSeen().filter(({ message }) => message?.result !== undefined);
    expect(accepted.map(sent)).toEqual([
      ['s-2', { jsonrpc: '2.0', id: 0, result: { action: 'accept', content: { of: 'second' } } }],
    ]);
  });

  it('is told apart also where the service writes its words by numbers', async () => {
    const host = bridge.host();
    await host.begin();
    await eventually(() => server.streams.size > 0);
    const raw = (text: string) => {
      for (const stream of server.streams) stream.write(`data: ${text}\n\n`);
    };
    raw('{"jsonrpc":"2.0","id":5,"method":"roots/list"}');
    await host.notice('roots/list');
    broker.signedInAs('bob');
    await eventually(() => server.sessionsOpened.length === 2);
    await eventually(() => server.streams.size > 0);
    raw('{"jsonrpc":"2.0","\\u0069d":5,"method":"sampling/createMessage"}');
    const second = await host.notice('sampling/createMessage');
    expect(second.id).not.toBe(5);
  });

  it('is withdrawn from the host when the account is switched, and the call that waits is told so', async () => {
    const host = bridge.host();
    const { first } = await askedTwice(host);
    const cancelled = await host.notice('notifications/cancelled');
    expect(cancelled.params?.['requestId']).toBe(first.id);
    await eventually(() => answersSeen().some(({ headers }) => headers['mcp-session-id'] === 's-1'));
    const told = answersSeen().find(({ headers }) => headers['mcp-session-id'] === 's-1');
    expect(told?.message).toMatchObject({ id: 0, error: { message: expect.stringContaining('switched') } });
    const old = waiting.get('s-1');
    old?.event({ jsonrpc: '2.0', id: old.message.id, result: { content: [] } });
    old?.response.end();
    expect((await host.answer('old')).result).toEqual({ content: [] });
  });

  it('asks nothing more for an account that is not the one in use', async () => {
    const host = bridge.host();
    await askedTwice(host);
    const old = waiting.get('s-1');
    old?.event({ jsonrpc: '2.0', id: 7, method: 'elicitation/create', params: { message: 'late' } });
    old?.event({ jsonrpc: '2.0', id: old.message.id, result: { content: [] } });
    await host.answer('old');
    await eventually(() => answersSeen().some(({ message }) => message?.id === 7));
    expect(sent(answersSeen().find(({ message }) => message?.id === 7))).toEqual([
      's-1',
      { jsonrpc: '2.0', id: 7, error: expect.objectContaining({ code: expect.any(Number) }) },
    ]);
    expect(host.heard.filter((one) => one.params?.['message'] === 'late')).toEqual([]);
  });

  it('keeps every byte but the id, which is given back as the service wrote it', async () => {
    const question =
      '{ "params":{"id":3,"message":"of s-2","big":12345678901234567890,"s":"}\\"id\\":9"}, "id" : "q\\u00e9" ,"jsonrpc":"2.0","method":"elicitation/create","x":1.0}';
    server.on.set('tools/call raw', ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`id: e-1\ndata: ${question}\n\n`);
    });
    const host = bridge.host();
    const { second } = await askedTwice(host);
    host.say({ jsonrpc: '2.0', id: 'raw', method: 'tools/call', params: { name: 'raw', arguments: {} } });
    await host.until(() => host.lines.find((one) => one.includes('12345678901234567890')));
    const line = host.lines.find((one) => one.includes('12345678901234567890')) ?? '';
    const { id } = JSON.parse(line);
    expect(id).not.toBe(second.id);
    expect(line.replace(JSON.stringify(id), '"q\\u00e9"')).toBe(question);
    host.say(`{"result":{"n":1.50,"id":4},"id":${JSON.stringify(id)}, "jsonrpc":"2.0"}`);
    await eventually(() => server.seen.some(({ body }) => body.includes('1.50')));
    expect(server.seen.find(({ body }) => body.includes('1.50'))?.body).toBe(
      '{"result":{"n":1.50,"id":4},"id":"q\\u00e9", "jsonrpc":"2.0"}',
    );
  });

  it('can be taken back by the service itself, whatever id the host knows it by', async () => {
    const host = bridge.host();
    const { second } = await askedTwice(host);
    waiting
      .get('s-2')
      ?.event({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 0, reason: 'late' } });
    const taken = await host.wait((one) => one.params?.['reason'] === 'late');
    expect(taken).toMatchObject({ method: 'notifications/cancelled', params: { requestId: second.id } });
    host.say({ jsonrpc: '2.0', id: second.id, result: { action: 'accept' } });
    await host.ask('ping', {}, 'after');
    await eventually(() => server.posts('ping').length === 1);
    expect(answersSeen().filter(({ message }) => message?.result !== undefined)).toEqual([]);
  });

  it('has other ids once the service has forgotten the session, whose questions are withdrawn', async () => {
    const host = bridge.host();
    await host.begin();
    host.say({ jsonrpc: '2.0', id: 'old', method: 'tools/call', params: ask });
    const first = await host.wait(questionOf('s-1'));
    server.forget();
    host.say({ jsonrpc: '2.0', id: 'new', method: 'tools/call', params: ask });
    const second = await host.wait(questionOf('s-2'));
    expect(second.id).not.toBe(first.id);
    expect((await host.notice('notifications/cancelled')).params?.['requestId']).toBe(first.id);
    host.say({ jsonrpc: '2.0', id: first.id, result: { of: 'first' } });
    host.say({ jsonrpc: '2.0', id: second.id, result: { of: 'second' } });
    await eventually(() => answersSeen().length > 0);
    expect(answersSeen().map(sent)).toEqual([['s-2', { jsonrpc: '2.0', id: 0, result: { of: 'second' } }]]);
  });

  it('on the standalone stream is answered to the session that asked, too', async () => {
    const host = bridge.host();
    await host.begin();
    await eventually(() => server.streams.size === 1);
    server.push({ jsonrpc: '2.0', id: 5, method: 'roots/list' });
    await host.notice('roots/list');
    host.say({ jsonrpc: '2.0', id: 5, result: { roots: [] } });
    host.say({ jsonrpc: '2.0', id: 6, result: { of: 'no question' } });
    await host.ask('ping');
    await eventually(() => answersSeen().length > 0);
    expect(answersSeen().map(sent)).toEqual([['s-1', { jsonrpc: '2.0', id: 5, result: { roots: [] } }]]);
  });

  it('may come several in one event, as a batch of 2025-03-26', async () => {
    server.on.set('tools/call batch', ({ event }) =>
      event([
        { jsonrpc: '2.0', id: 1, method: 'roots/list' },
        { jsonrpc: '2.0', method: 'notifications/message', params: {} },
        { jsonrpc: '2.0', id: 2, method: 'roots/list' },
      ]),
    );
    const host = bridge.host();
    await host.begin();
    host.say({ jsonrpc: '2.0', id: 'b', method: 'tools/call', params: { name: 'batch', arguments: {} } });
    await host.until(() => host.lines.find((one) => one.startsWith('[')));
    host.say([
      { jsonrpc: '2.0', id: 1, result: { of: 1 } },
      { jsonrpc: '2.0', id: 2, result: { of: 2 } },
    ]);
    await eventually(() => answersSeen().length === 2);
    expect(answersSeen().map(({ message }) => message?.result)).toEqual([{ of: 1 }, { of: 2 }]);
  });
});

describe('a call that the host takes back', () => {
  it('is taken back at the session that carries it, not at that of the account since', async () => {
    const held: Turn[] = [];
    server.on.set('tools/call hang', (turn) => void held.push(turn));
    const host = bridge.host();
    await host.begin();
    host.say({ jsonrpc: '2.0', id: 1_000, method: 'tools/call', params: { name: 'hang', arguments: {} } });
    await eventually(() => held.length === 1);
    broker.signedInAs('bob');
    await eventually(() => server.sessionsOpened.length === 2);
    await host.ask('tools/list');
    host.notify('notifications/cancelled', { requestId: 1_000 });
    host.notify('notifications/cancelled', { requestId: 'of no call' });
    await eventually(() => server.posts('notifications/cancelled').length > 0);
    await host.ask('tools/list');
    expect(server.posts('notifications/cancelled').map(({ headers }) => headers['mcp-session-id'])).toEqual(['s-1']);
  });
});
