import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import type { Heard, LineHost } from '../../fakes/line-host.ts';
import { FakeMcpServer } from '../../fakes/mcp-server.ts';
import { startPerson } from '../../fakes/person.ts';

let server: FakeMcpServer;
let broker: FakeBroker;
let bridge: TestBridge;

const tool = (name: string, readOnlyHint: boolean) => ({
  name,
  inputSchema: { type: 'object' },
  annotations: { readOnlyHint },
});

beforeEach(async () => {
  server = await new FakeMcpServer().start();
  server.on.set('tools/list', ({ json, message }) =>
    json({ jsonrpc: '2.0', id: message.id, result: { tools: [tool('list', true), tool('create', false)] } }),
  );
  broker = new FakeBroker(server.url);
  bridge = await testBridge(broker);
});

afterEach(async () => {
  await bridge.stop();
  await server.stop();
});

const modern = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
const call = (name: string, args: object = {}, more: object = {}) => ({ name, arguments: args, ...more });
const outcome = ({ result, error }: Heard) => {
  const said = JSON.stringify(result ?? error);
  return said.includes('not carried out yet') ? `held for ${/done as (\w+)/.exec(said)?.[1]}` : error ? said : 'done';
};
const calling = async (host: LineHost, name: string, args: object = {}, more: object = {}) =>
  outcome(await host.ask('tools/call', call(name, args, more)));

async function begun({ lists = true } = {}): Promise<LineHost> {
  const host = bridge.host();
  await host.begin();
  if (lists) await host.ask('tools/list');
  return host;
}

describe('the first change after a switch of account', () => {
  it.each([
    ['era of sessions', {}],
    ['2026-07-28', modern],
  ])('is said where the switch happens while access is renewed, too (%s)', async (_, more) => {
    server.usesSessions = more !== modern;
    const host = bridge.host();
    if (more !== modern) await host.begin();
    expect(await calling(host, 'create', { n: 1 }, more)).toBe('done');
    const sent = server.posts('tools/call').length;
    server.intercept = ({ message, json, request }) => {
      if (message.method !== 'tools/call' || request.headers.authorization !== 'Bearer token-of-ada') return false;
      broker.signedInAs('bob');
      json({ error: 'Unauthorized' }, 401);
      return true;
    };
    expect(await calling(host, 'create', { n: 2 }, more)).toBe('held for bob');
    expect(
      server
        .posts('tools/call')
        .slice(sent)
        .map(({ headers }) => headers.authorization),
    ).toEqual(['Bearer token-of-ada']);
    expect(await calling(host, 'create', { n: 2 }, more)).toBe('done');
  });

  it('is said in a conversation that has made no call yet, but has met the service as somebody else', async () => {
    const host = await begun();
    broker.signedInAs('bob');
    expect(await calling(host, 'create')).toBe('held for bob');
    expect(server.posts('tools/call')).toEqual([]);
    expect(await calling(host, 'create')).toBe('done');
  });

  it('is said to a host without a handshake that has only listed the tools', async () => {
    server.usesSessions = false;
    const host = bridge.host();
    await host.ask('tools/list', modern);
    broker.signedInAs('bob');
    expect(await calling(host, 'create', {}, modern)).toBe('held for bob');
  });

  it('holds every other change, too, until one of them is asked for again', async () => {
    const host = await begun();
    await calling(host, 'create');
    broker.signedInAs('bob');
    expect(await calling(host, 'create', { n: 1, deep: { a: 1, b: 2 } })).toBe('held for bob');
    expect(await calling(host, 'create', { n: 2 })).toBe('held for bob');
    expect(await calling(host, 'create', { deep: { b: 2, a: 1 }, n: 1 })).toBe('done');
    expect(await calling(host, 'create', { n: 3 })).toBe('done');
  });

  it('is no sign-in: the tool that we offer ourselves is not held', async () => {
    broker.signedOut();
    const host = bridge.host();
    await host.begin();
    broker.signedInAs('ada');
    await host.notice('notifications/tools/list_changed');
    await calling(host, 'create');
    broker.signedInAs('bob');
    expect(await calling(host, 'sign_in')).toBe('done');
  });
});

describe('reading after a switch of account', () => {
  const asked = () => [server.sessionsOpened.length, server.posts('tools/list').length];

  it('is known from what the host has listed, at no cost', async () => {
    const host = await begun();
    broker.signedInAs('bob');
    for (let n = 0; n < 20; n += 1) expect(await calling(host, 'list')).toBe('done');
    expect(asked()).toEqual([2, 1]);
    expect(await calling(host, 'create')).toBe('held for bob');
    expect(asked()).toEqual([2, 1]);
  });

  it('is asked about once where no host has listed the tools', async () => {
    const host = await begun({ lists: false });
    broker.signedInAs('bob');
    for (let n = 0; n < 20; n += 1) expect(await calling(host, 'list')).toBe('done');
    expect(await Promise.all([calling(host, 'list'), calling(host, 'create')])).toEqual(['done', 'held for bob']);
    expect(asked()).toEqual([3, 1]);
  });

  it('is held like anything else where that cannot be found out, and the question is not repeated', async () => {
    const host = await begun({ lists: false });
    server.on.set('tools/list', ({ json }) => json({ error: 'down' }, 503));
    broker.signedInAs('bob');
    for (let n = 0; n < 5; n += 1) expect(await calling(host, 'list', { n })).toBe('held for bob');
    expect(server.posts('tools/list')).toHaveLength(1);
    expect(await calling(host, 'list', { n: 0 })).toBe('done');
    expect(broker.seen.reports).toEqual([]);
  });

  it('does not wait for a service that does not say it', async () => {
    const host = await begun({ lists: false });
    server.on.set('tools/list', () => undefined);
    broker.signedInAs('bob');
    expect(await calling(host, 'list')).toBe('held for bob');
    expect(server.posts('tools/list')).toHaveLength(1);
    expect(broker.seen.reports).toEqual([]);
  });

  it('is asked about as the account of the program, not the one that others use', async () => {
    const person = await startPerson({ newPrograms: () => 'allow' });
    const own = await testBridge(person.broker);
    try {
      await person.signIn('acme');
      await person.signIn('globex', { another: true });
      const [acme, globex] = person.broker.snapshot().connections[0]?.accounts ?? [];
      const host = own.host('practice');
      await person.broker.useAccount(person.connectionId, acme?.id ?? '', 'line-host');
      await host.begin();
      expect(await calling(host, 'list_orders')).toBe('done');
      await person.broker.useAccount(person.connectionId, globex?.id ?? '', 'line-host');
      await person.broker.signOut(person.connectionId, acme?.id ?? '');
      expect(await calling(host, 'list_orders')).toBe('done');
    } finally {
      await own.stop();
      await person.stop();
    }
  });
});
