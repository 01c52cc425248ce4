/** The built relay between a host and brokers that come and go. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faultSentence } from '../../shared/fault-words.ts';
import { Fault } from '../../shared/faults.ts';
import { eventually } from '../fakes/line-host.ts';
import { type BuiltRelay, buildRelay, type Relay, startRelay } from '../fakes/relay.ts';
import { asServer, ScriptedBroker } from '../fakes/scripted-broker.ts';
import { soon } from '../fakes/soon.ts';

const listChanged = ['tools', 'resources', 'prompts'].map((list) => `notifications/${list}/list_changed`);
/** How long the relay leaves room for a broker that comes after one that was stopped: `electron/relay/search.ts`. */
const successorWaitMs = 3_000;
const subscriptionId = 'io.modelcontextprotocol/subscriptionId';

let built: BuiltRelay;
let folder: string;
let broker: ScriptedBroker;
let relays: Relay[] = [];

beforeAll(async () => {
  built = await buildRelay();
});
afterAll(() => built?.remove());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cx-'));
  // Beside the relay: what it starts where it finds no broker. It says that it was started, and cannot.
  await writeFile(
    join(dirname(built.path), 'headless.mjs'),
    `import { appendFileSync } from 'node:fs';
     appendFileSync(process.argv[process.argv.indexOf('--data') + 1] + '/starts', 'x');
     console.log('The keychain is locked. Unlock it.');`,
  );
  broker = await new ScriptedBroker(folder).start();
  broker.onMessage = asServer();
});

afterEach(async () => {
  for (const { child } of relays) child.kill('SIGKILL');
  await Promise.all(relays.map(({ ended }) => ended));
  relays = [];
  await broker.kill();
  await rm(folder, { recursive: true, force: true });
});

function start(): Relay {
  const relay = startRelay(built.path, ['--data', folder, '--client', 'cursor'], folder);
  relays.push(relay);
  return relay;
}

const starts = () => {
  try {
    return readFileSync(join(folder, 'starts'), 'utf8').length;
  } catch {
    return 0;
  }
};
const notices = ({ host }: Relay) =>
  host.heard.flatMap(({ id, method }) => (id === undefined && method ? [method] : []));
const methods = (connection = broker.last) => connection.heard.map(({ method }) => method);
/** Another broker takes the place of the one that is there. */
async function replaced(how: 'stop' | 'kill' = 'stop'): Promise<ScriptedBroker> {
  const { onMessage } = broker;
  await broker[how]();
  broker = new ScriptedBroker(folder);
  broker.onMessage = onMessage;
  return broker.start();
}
/** The broker ends, and the relay knows it: a request that it had passed on is answered. */
async function gone({ host }: Relay, how: 'stop' | 'kill' = 'stop'): Promise<void> {
  const id = `before the end ${Math.trunc(performance.now())}`;
  host.say({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'never' } });
  await eventually(() => broker.last.heard.some((one) => one.id === id));
  await broker[how]();
  await host.answer(id);
}
const resumed = () =>
  eventually(() => broker.connections.length > 0 && methods().includes('notifications/initialized'));

describe('another broker in the place of the first', () => {
  it.each(['stop', 'kill'] as const)(
    '%s: the host’s own handshake is said again, and heard by nobody twice',
    async (how) => {
      const relay = start();
      const first = await relay.host.begin();
      const [handshake] = broker.last.lines;
      const { hello } = broker.last;
      await replaced(how);
      await resumed();
      expect([broker.last.hello, broker.last.lines[0]]).toEqual([hello, handshake]);
      expect(methods()).toEqual(['initialize', 'notifications/initialized']);
      for (const notice of listChanged) await relay.host.notice(notice);
      expect(relay.host.heard.filter(({ id }) => id === first.id)).toHaveLength(1);
      expect((await relay.host.ask('tools/list')).result).toMatchObject({ served: 'tools/list' });
      expect(starts()).toBe(0);
      relay.host.end();
      expect(await relay.ended).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it('answers what was under way, in words, whatever its id looks like, and nothing else', async () => {
    const relay = start();
    await relay.host.begin();
    const ids = [7, 'seven', 'a "quoted" ü\n', -3, 1.5, '7'];
    for (const id of ids) relay.host.say({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'never' } });
    relay.host.say(`{"method":"tools/call","params":{"name":"never","id":9},"jsonrpc":"2.0","id":"late"}`);
    relay.host.say({ jsonrpc: '2.0', method: 'tools/call', params: { name: 'never' }, id: 'cancelled' });
    relay.host.notify('notifications/cancelled', { requestId: 'cancelled' });
    expect((await relay.host.ask('ping', {}, 'answered')).result).toBeDefined();
    await replaced();
    for (const id of [...ids, 'late']) {
      expect((await relay.host.answer(id)).error).toEqual({
        code: -32050,
        message: faultSentence(new Fault('answer-lost', { subject: 'Conexor' })),
        data: { fault: 'answer-lost' },
      });
    }
    await resumed();
    await relay.host.ask('tools/list');
    expect(relay.host.heard.filter(({ error }) => error)).toHaveLength(ids.length + 1);
  });

  it('what is said meanwhile arrives in its order; what belongs to the last broker does not', async () => {
    const relay = start();
    await relay.host.begin();
    broker.last.say({ jsonrpc: '2.0', id: 0, method: 'elicitation/create', params: { message: 'Sure?' } });
    await relay.host.notice('elicitation/create');
    await gone(relay);
    expect((await relay.host.notice('notifications/cancelled')).params).toMatchObject({ requestId: 0 });
    relay.host.say({ jsonrpc: '2.0', id: 0, result: { action: 'accept' } });
    relay.host.notify('notifications/roots/list_changed');
    relay.host.say({ jsonrpc: '2.0', id: 'held', method: 'tools/call', params: { name: 'x' } });
    relay.host.say({ jsonrpc: '2.0', id: 'gone', method: 'tools/call', params: { name: 'x' } });
    relay.host.notify('notifications/cancelled', { requestId: 'gone' });
    relay.host.notify('notifications/progress', { progress: 1, progressToken: 't' });
    // All of it has been read when this is answered, without any broker.
    expect((await relay.host.ask('ping')).result).toEqual({});
    broker = new ScriptedBroker(folder);
    broker.onMessage = asServer();
    await broker.start();
    expect((await relay.host.answer('held')).result).toBeDefined();
    await eventually(() => methods().includes('notifications/progress'));
    expect(methods()).toEqual([
      'initialize',
      'notifications/initialized',
      'notifications/roots/list_changed',
      'tools/call',
      'notifications/progress',
    ]);
  });

  it('a late answer to a request of the last broker does not become the answer to a new one', async () => {
    const relay = start();
    await relay.host.begin();
    broker.last.say({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: { message: 'Sure?' } });
    await relay.host.notice('elicitation/create');
    await replaced();
    await resumed();
    relay.host.say({ jsonrpc: '2.0', id: 'q', result: { action: 'accept' } });
    broker.last.say({ jsonrpc: '2.0', id: 'q2', method: 'elicitation/create', params: { message: 'Now?' } });
    await relay.host.wait(({ id }) => id === 'q2');
    relay.host.say({ jsonrpc: '2.0', id: 'q2', result: { action: 'decline' } });
    await eventually(() => broker.last.heard.some(({ id }) => id === 'q2'));
    expect(broker.last.heard.filter(({ result }) => result)).toEqual([
      { jsonrpc: '2.0', id: 'q2', result: { action: 'decline' } },
    ]);
  });

  it('half a message never reaches the host; whole ones do, to the byte and at any length', async () => {
    const relay = start();
    await relay.host.begin();
    const whole = JSON.stringify({ jsonrpc: '2.0', id: 'whole', result: { text: 'é"\\'.repeat(200_000) } });
    relay.host.say({ jsonrpc: '2.0', id: 'whole', method: 'tools/call', params: { name: 'never' } });
    relay.host.say({ jsonrpc: '2.0', id: 'half', method: 'tools/call', params: { name: 'never' } });
    await eventually(() => broker.last.heard.length === 4);
    const half = `{"jsonrpc":"2.0","id":"half","result":{"text":"${'x'.repeat(300_000)}`;
    await new Promise<void>((resolve) => broker.last.socket.end(`${whole}\n${half}`, () => resolve()));
    expect((await relay.host.answer('half')).error?.data).toEqual({ fault: 'answer-lost' });
    expect(relay.host.lines.find((line) => line.includes('"whole"'))).toBe(whole);
    const long = 'ü'.repeat(600_000);
    await eventually(() => broker.connections.length === 2);
    relay.host.say({ jsonrpc: '2.0', id: 'long', method: 'tools/call', params: { name: 'x', long } });
    await relay.host.answer('long');
    expect(broker.last.heard.find(({ id }) => id === 'long')?.params?.['long']).toBe(long);
  });

  it('asks the next broker for the revision that the host was told', async () => {
    broker.onMessage = asServer('2025-06-18');
    const relay = start();
    await relay.host.begin('2025-11-25');
    await replaced();
    await resumed();
    expect(broker.last.heard[0]?.params).toMatchObject({
      protocolVersion: '2025-06-18',
      clientInfo: { name: 'line-host', version: '1' },
    });
  });

  it('ends plainly where the next broker cannot keep that', async () => {
    const relay = start();
    await relay.host.begin();
    await gone(relay);
    relay.host.say({ jsonrpc: '2.0', id: 'held', method: 'tools/list' });
    broker = new ScriptedBroker(folder);
    broker.onMessage = asServer('2024-11-05');
    await broker.start();
    expect((await relay.host.answer('held')).error?.data).toEqual({ fault: 'session-unknown' });
    const { code, stderr } = await relay.ended;
    expect([code, stderr.trim()]).toEqual([1, faultSentence(new Fault('session-unknown'))]);
  });

  it('a handshake that had no answer yet is simply said to the next one', async () => {
    broker.onMessage = () => undefined;
    const relay = start();
    relay.host.say({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25' } });
    await eventually(() => broker.connections.length === 1 && broker.last.heard.length === 1);
    broker.onMessage = asServer();
    await replaced();
    expect((await relay.host.answer(1)).result).toMatchObject({ protocolVersion: '2025-11-25' });
    expect(notices(relay)).toEqual([]);
  });

  it('twice in a row, the second time before the handshake was answered', async () => {
    const relay = start();
    await relay.host.begin();
    const served = broker.onMessage;
    broker.onMessage = () => undefined;
    await replaced('kill');
    await eventually(() => broker.connections.length > 0 && broker.last.heard.length === 1);
    relay.host.say({ jsonrpc: '2.0', id: 'held', method: 'tools/list' });
    broker.onMessage = served;
    await replaced('kill');
    expect((await relay.host.answer('held')).result).toMatchObject({ served: 'tools/list' });
    await replaced();
    // What is said to a broker that has just gone, before the relay knows it, is lost with it.
    await resumed();
    expect((await relay.host.ask('tools/list')).result).toMatchObject({ served: 'tools/list' });
    expect(relay.host.heard.filter(({ result }) => result?.['serverInfo'])).toHaveLength(1);
    expect(starts()).toBe(0);
  });

  it('a batch that was under way is answered one by one', async () => {
    const relay = start();
    await relay.host.begin();
    broker.onMessage = () => undefined;
    relay.host.say(
      JSON.stringify([
        { jsonrpc: '2.0', id: 'a', method: 'tools/call', params: {} },
        { jsonrpc: '2.0', id: 'b', method: 'tools/list' },
      ]),
    );
    await eventually(() => broker.last.heard.length === 3);
    await broker.stop();
    for (const id of ['a', 'b']) expect((await relay.host.answer(id)).error?.data).toEqual({ fault: 'answer-lost' });
  });
});

describe('the era without sessions', () => {
  const listen = (id: string | number, notifications: object) => ({
    jsonrpc: '2.0',
    id,
    method: 'subscriptions/listen',
    params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }, notifications },
  });
  const acknowledge = (id: string | number) => ({
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { notifications: {}, _meta: { [subscriptionId]: id } },
  });

  it('subscriptions go on: told again, acknowledged once, with word that the lists may have changed', async () => {
    broker.onMessage = ({ id, method }, connection) => {
      if (method === 'subscriptions/listen' && id !== undefined) connection.say(acknowledge(id));
      else if (id !== undefined && method !== 'tools/call') connection.say({ jsonrpc: '2.0', id, result: {} });
    };
    const relay = start();
    await relay.host.ask('server/discover', {});
    relay.host.say(listen('tools', { toolsListChanged: true }));
    relay.host.say(listen(5, { promptsListChanged: true, resourcesListChanged: false }));
    relay.host.say(listen('over', { toolsListChanged: true }));
    await eventually(() => notices(relay).length === 3);
    relay.host.notify('notifications/cancelled', { requestId: 'over' });
    relay.host.say({ jsonrpc: '2.0', id: 'call', method: 'tools/call', params: { name: 'x' } });
    await eventually(() => broker.last.heard.length === 6);
    await replaced();
    expect((await relay.host.answer('call')).error?.data).toEqual({ fault: 'answer-lost' });
    expect((await relay.host.notice('notifications/tools/list_changed')).params).toEqual({
      _meta: { [subscriptionId]: 'tools' },
    });
    expect((await relay.host.notice('notifications/prompts/list_changed')).params).toEqual({
      _meta: { [subscriptionId]: 5 },
    });
    expect((await relay.host.ask('tools/list')).result).toEqual({});
    expect(broker.last.heard.map(({ id }) => id)).toEqual(['tools', 5, expect.anything()]);
    expect(notices(relay)).toHaveLength(5);
    // What the next broker says of them passes as ever.
    broker.last.say({
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta: { [subscriptionId]: 'tools' } },
    });
    await eventually(() => notices(relay).length === 6);
  });

  it('a probe and a subscription that had no answer yet are said to the next broker', async () => {
    broker.onMessage = () => undefined;
    const relay = start();
    relay.host.say({ jsonrpc: '2.0', id: 'probe', method: 'server/discover', params: {} });
    relay.host.say(listen('early', { toolsListChanged: true }));
    await eventually(() => broker.connections.length === 1 && broker.last.heard.length === 2);
    broker.onMessage = ({ id, method }, connection) => {
      if (id !== undefined)
        connection.say(method === 'subscriptions/listen' ? acknowledge(id) : { jsonrpc: '2.0', id, result: {} });
    };
    await replaced();
    expect((await relay.host.answer('probe')).result).toEqual({});
    await relay.host.notice('notifications/subscriptions/acknowledged');
    expect(notices(relay)).toEqual(['notifications/subscriptions/acknowledged']);
  });
});

describe('no broker for a while', () => {
  it('one that was stopped on purpose stays stopped until a program asks for something, and makes room for the next', async () => {
    const relay = start();
    await relay.host.begin();
    await gone(relay);
    relay.host.notify('notifications/roots/list_changed');
    expect((await relay.host.ask('ping')).result).toEqual({});
    await wait(3_500);
    expect(starts()).toBe(0);
    const startedMs = performance.now();
    const { error } = await relay.host.ask('tools/list');
    expect(error).toMatchObject({ message: 'The keychain is locked. Unlock it.', data: { fault: 'broker-absent' } });
    expect(performance.now() - startedMs).toBeLessThan(successorWaitMs);
    expect(starts()).toBe(1);
    // Not again for every request, and every one of them is answered.
    for (let n = 0; n < 5; n += 1)
      expect((await relay.host.ask('tools/call', {})).error?.data).toEqual({ fault: 'broker-absent' });
    expect(starts()).toBe(1);
    await replaced();
    expect((await relay.host.ask('tools/list')).result).toMatchObject({ served: 'tools/list' });
    relay.host.end();
    expect(await relay.ended).toMatchObject({ code: 0, stderr: 'The keychain is locked. Unlock it.\n' });
  });

  it('one that comes within a moment is not met by another that the relay has started', async () => {
    const relay = start();
    await relay.host.begin();
    await gone(relay);
    relay.host.say({ jsonrpc: '2.0', id: 'held', method: 'tools/list' });
    await wait(1_000);
    broker = new ScriptedBroker(folder);
    broker.onMessage = asServer();
    await broker.start();
    expect((await relay.host.answer('held')).result).toBeDefined();
    expect(starts()).toBe(0);
  });

  it('one that was killed is started again at once where a program waits for it', async () => {
    const relay = start();
    await relay.host.begin();
    await gone(relay, 'kill');
    const startedMs = performance.now();
    expect((await relay.host.ask('tools/list')).error?.message).toBe('The keychain is locked. Unlock it.');
    expect(performance.now() - startedMs).toBeLessThan(successorWaitMs);
    expect(starts()).toBe(1);
  });

  it('a broker that hangs up on everyone is asked ever more slowly, and every request is answered', async () => {
    broker.hangsUp = true;
    const relay = start();
    await wait(3_000);
    expect(broker.connections.length).toBeLessThan(10);
    relay.host.say({ jsonrpc: '2.0', id: 'hello', method: 'initialize', params: { protocolVersion: '2025-11-25' } });
    const unanswered = await relay.host.wait(({ id }) => id === 'hello', 17_000);
    expect(unanswered.error?.data).toEqual({ fault: 'broker-absent' });
    expect(broker.connections.length).toBeLessThan(60);
    broker.hangsUp = false;
    expect((await relay.host.begin()).result).toBeDefined();
  }, 30_000);

  it('T the end of stdin ends it, with a broker or without', async () => {
    const relay = start();
    await relay.host.begin();
    await gone(relay);
    relay.host.say({ jsonrpc: '2.0', id: 'held', method: 'tools/list' });
    relay.host.end();
    expect(await soon(relay.ended)).toMatchObject({ code: 0 });
  });

  it('a quiet host is waited for, and its process costs next to nothing', async () => {
    const relay = start();
    await relay.host.begin();
    await broker.stop();
    await wait(1_500);
    const ticks = () => {
      const [user, system] = readFileSync(`/proc/${relay.child.pid}/stat`, 'utf8').split(' ').slice(13, 15);
      return Number(user) + Number(system);
    };
    // In hundredths of a second. On a busy machine it may still be at what it has to do before it waits.
    const usedInTwoSeconds = async () => {
      const before = ticks();
      await wait(2_000);
      return ticks() - before;
    };
    if (process.platform === 'linux') await expect.poll(usedInTwoSeconds, { timeout: 20_000 }).toBeLessThan(10);
    else await wait(2_000);
    expect(relay.child.exitCode).toBeNull();
    await replaced();
    await resumed();
  });
});
