import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBroker } from '../../../electron/core/broker/create-broker.ts';
import { headerCredential } from '../../../electron/core/credentials/credential.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { type PracticeConnexease, startConnexease } from '../../../electron/practice/connexease/service.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { type KeptRequests, keepRequests } from '../../fakes/kept-requests.ts';
import { eventually } from '../../fakes/line-host.ts';
import { testPlatform } from '../../fakes/person.ts';
import { type BuiltRelay, buildRelay, startRelay } from '../../fakes/relay.ts';
import { type Generation, generations, openToolHost, type ToolHost } from '../../fakes/tool-hosts.ts';
import { FakeWebApi } from '../../fakes/web-api.ts';

let relay: BuiltRelay;
let bridge: TestBridge;
let ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  relay = await buildRelay();
});
afterAll(() => relay?.remove());
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

type DoorKind = 'http' | 'relay';

async function hostAt(connection: string, key: string, generation: Generation, door: DoorKind): Promise<ToolHost> {
  const args = [relay.path, '--data', bridge.dataDir, '--client', 'cursor', '--connection', connection];
  const way = door === 'http' ? { door, url: bridge.url(connection), key } : { door, args };
  const host = await openToolHost(generation, way, undefined);
  ends.push(() => host.close().catch(() => undefined));
  return host;
}

const matrix = generations.flatMap((generation) => (['http', 'relay'] as const).map((door) => ({ generation, door })));

describe.each(matrix)('Connexease, for a host with $generation over $door', ({ generation, door }) => {
  let service: PracticeConnexease;
  let broker: ReturnType<typeof createBroker>;
  let kept: KeptRequests;
  let token: string;
  let host: ToolHost;
  let answers: string[];
  const call = async (name: string, input: Record<string, unknown>) => {
    const result = await host.call(name, input);
    answers.push(result.whole);
    return result;
  };

  beforeEach(async () => {
    const { platform, close } = testPlatform();
    service = await startConnexease({ now: platform.now });
    token = service.control.issueAccountToken();
    const { now, log } = platform;
    const vault = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now, log });
    broker = createBroker(platform, vault);
    ends.push(close, service.stop, () => broker.close());
    const { connection } = await broker.addConnection({ target: service.baseUrl, service: 'practice-connexease' });
    const given = { 'access-token': token };
    const { id } = await broker.signIns.start(connection.id, { wayIn: 'access-token', given });
    expect(await broker.signIns.outcome(id)).toMatchObject({ kind: 'done' });
    bridge = await testBridge(broker, { platform });
    ends.push(bridge.stop);
    kept = keepRequests(service.baseUrl);
    ends.push(async () => kept.end());
    const key = (await broker.localClients.keyFor('cursor')).open();
    host = await hostAt(connection.name, key, generation, door);
    answers = [];
  });

  it('is two tools that say what they are, read lists and pages, send, and end when access is taken back', async () => {
    const listed = await host.tools();
    expect(listed.map(({ name }) => name)).toEqual(['read_api', 'write_api']);
    expect(listed.map(({ annotations }) => annotations)).toMatchObject([
      { readOnlyHint: true, openWorldHint: true },
      { destructiveHint: true, readOnlyHint: false },
    ]);
    for (const tool of listed) expect(JSON.stringify(tool)).toContain(service.baseUrl);
    expect(host.instructions()).toContain(`is a web API at ${service.baseUrl}`);

    const agents = await call('read_api', { path: '/agents/' });
    expect(agents.text).toMatch(/^200 OK · application\/json\n\{\n {2}"count": 3,/);
    expect(agents).toMatchObject({
      isError: false,
      data: { status: 200, contentType: 'application/json', truncated: false, json: { count: 3 } },
    });
    const names = kept.all[0]?.headers.map(([name]) => name.toLowerCase()).sort();
    expect(names).toEqual(['accept', 'accept-encoding', 'authorization', 'connection', 'host', 'user-agent']);
    expect(kept.all[0]?.headers.find(([name]) => name === 'authorization')?.[1]).toBe(`Bearer ${token}`);

    const first = await call('read_api', { path: '/conversations/', query: { page: 2 } });
    const { next } = first.data['json'] as { next: string };
    expect(next).toBe(`${service.baseUrl}/conversations/?page=3`);
    const last = await call('read_api', { path: next });
    expect(last.data['json']).toMatchObject({ next: null });

    const sent = await call('write_api', { method: 'POST', path: 'messages/', json: { text: 'Hallo Köln' } });
    expect(sent.text).toMatch(/^201 Created · application\/json\n/);
    expect(sent.data['json']).toMatchObject({ contentType: 'application/json', received: '{"text":"Hallo Köln"}' });
    expect(kept.all.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'GET /agents/',
      'GET /conversations/?page=2',
      'GET /conversations/?page=3',
      'POST /messages/',
    ]);

    const attachment = await call('read_api', { path: '/attachments/1/' });
    const elsewhere = `${service.baseUrl.replace('127.0.0.1', 'localhost')}/files/1`;
    expect(attachment.data).toMatchObject({ status: 302, location: elsewhere });
    expect(attachment.text).toContain(`Location: ${elsewhere} (not an address of`);
    expect(kept.all.some(({ target }) => target === '/files/1')).toBe(false);

    const missing = await call('read_api', { path: '/nothing/' });
    expect(missing).toMatchObject({ isError: true, data: { status: 404, json: { detail: 'Not found.' } } });

    service.control.revokeAccountToken(token);
    const refused = await call('read_api', { path: '/agents/' });
    expect([refused.isError, refused.data]).toEqual([true, {}]);
    expect(refused.text).toMatch(/did not accept what you entered\. Get a new one .*\.$/);
    await expect.poll(async () => (await host.tools()).map(({ name }) => name)).toContain('sign_in');
    expect(answers.join(' ')).not.toContain(token);
  });

  it('a program that was refused is told neither its name nor where it is, until it is let in', async () => {
    const view = broker.findConnection(undefined);
    const { id, name, title, resource } = view;
    const named = (text: string) => [title, resource, view.host].filter((one) => text.includes(one));
    expect(named(JSON.stringify(await host.tools()))).toEqual([title, resource, view.host]);
    await broker.decideProgram(id, 'cursor', false);
    await expect.poll(async () => named(JSON.stringify(await host.tools()))).toEqual([]);

    const refused = await hostAt(name, (await broker.localClients.keyFor('cursor')).open(), generation, door);
    const said = [refused.instructions(), JSON.stringify(await refused.tools())];
    for (const [tool, path] of [
      ['read_api', '/agents/'],
      ['read_api', '/../out'],
      ['write_api', 'https://elsewhere.example/x'],
    ] as const) {
      const result = await refused.call(tool, { path, ...(tool === 'write_api' ? { method: 'POST' } : {}) });
      expect(result.text).toMatch(/^You have not allowed cursor/);
      said.push(result.whole);
    }
    expect(named(said.join('\n'))).toEqual([]);
    expect(kept.all).toEqual([]);

    await broker.decideProgram(id, 'cursor', true);
    await expect.poll(async () => named(JSON.stringify(await refused.tools()))).toEqual([title, resource, view.host]);
    expect((await refused.call('read_api', { path: '/agents/' })).isError).toBe(false);
  });
});

describe('a connection that is a web API', () => {
  let api: FakeWebApi;
  let broker: FakeBroker;
  beforeEach(async () => {
    api = await new FakeWebApi().start();
    api.takes = new Set(['Bearer token-of-ada', 'Bearer token-of-bob']);
    broker = new FakeBroker();
    broker.add('shop', `${api.origin}/v2`, true, true, 'rest');
    bridge = await testBridge(broker);
    ends.push(api.stop.bind(api), bridge.stop);
  });

  const open = (generation: Generation = '2.x, older era', door: DoorKind = 'http', connection = 'shop') =>
    hostAt(connection, 'key-of-cursor', generation, door);
  const says = (status: number, headers: Record<string, string>, body: string | Buffer = '') => {
    api.answer = (_, response) => response.writeHead(status, headers).end(body);
  };

  it.each([
    '/../admin',
    '/x/../../admin',
    '/%2e%2e/admin',
    '/%252e%252e/admin',
    '/x%2f..%2f..',
    '/..;/admin',
    '//evil.example/x',
    '/\\evil.example',
    'https://evil.example/v2/x',
    'HTTP://evil.example',
    '../admin',
    '/a b',
    '/x#y',
    '/x\r\nX-A: 1',
    '/x%00',
  ])('%j is sent nowhere', async (path) => {
    const { call } = await open();
    for (const [tool, more] of [
      ['read_api', {}],
      ['write_api', { method: 'DELETE' }],
    ] as const) {
      const refused = await call(tool, { path, ...more });
      expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining('nothing was sent')]);
    }
    for (const tricky of [`${api.origin}/v2/../admin`, `${api.origin}/v2x/`, `${api.origin}/`]) {
      expect((await call('read_api', { path: tricky })).text).toContain('does not belong to');
    }
    expect(api.seen).toEqual([]);
  });

  it.each(['/a b', '/x#y', '/köln', '/100%'])('%j is no written address, which is what is said of it', async (path) => {
    const { call } = await open();
    const { text } = await call('read_api', { path });
    expect(text).toMatch(/^This path is not written as in an address .* nothing was sent\. Encode/);
    expect(text).not.toContain('lead out');
  });

  it.each([
    ['its head', () => undefined, 'read_api', {}, /had not answered .*\. Ask for less/],
    ['its head', () => undefined, 'write_api', { method: 'POST' }, /may have been carried out or not\. Check/],
    [
      'its end',
      (response: ServerResponse) => response.writeHead(200).write('begun'),
      'read_api',
      {},
      /begun.*went on/s,
    ],
  ] as const)('that never comes to %s is told of before hosts give up (%#)', async (_, begin, tool, more, said) => {
    await bridge.stop();
    bridge = await testBridge(broker, { questionWaitMs: 300 });
    ends.push(bridge.stop);
    api.intercept = (_, response) => {
      begin(response);
      return true;
    };
    const { call } = await open();
    expect((await call(tool, { path: '/never', ...more })).text).toMatch(said);
    await eventually(() => api.seen[0]?.aborted === true);
    expect(broker.seen.reports).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD'])(
    '%s is no method of its MCP address, nor of the OAuth tools',
    async (method) => {
      for (const connection of ['shop', '_oauth']) {
        const headers = { authorization: 'Bearer key-of-cursor' };
        const answer = await fetch(bridge.url(connection), { method, headers });
        expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE']);
      }
    },
  );

  it('gets path, query, fields and body as they were meant, and nothing that carries an access of its own', async () => {
    const { call } = await open();
    const query = { q: 'a b&c=d/é+', open: true, n: 3, id: ['x', 'y'] };
    await call('read_api', {
      path: 'orders/7?page=1',
      query,
      headers: { 'Accept-Language': 'de', accept: 'text/csv' },
    });
    expect(api.seen[0]?.target).toBe('/v2/orders/7?page=1&q=a%20b%26c%3Dd%2F%C3%A9%2B&open=true&n=3&id=x&id=y');
    expect(api.seen[0]?.headers).toMatchObject({ 'accept-language': 'de', accept: 'text/csv' });
    await call('read_api', { path: '', method: 'HEAD' });
    expect(api.seen[1]).toMatchObject({ method: 'HEAD', target: '/v2' });
    await call('read_api', { path: `${api.origin}/v2/next?page=2#top` });
    expect(api.seen[2]?.target).toBe('/v2/next?page=2');
    const contentType = 'application/x-www-form-urlencoded';
    await call('write_api', { method: 'PUT', path: '/x', text: 'a=1', contentType });
    expect(api.seen[3]).toMatchObject({ method: 'PUT', body: 'a=1', headers: { 'content-type': contentType } });
    await call('write_api', { method: 'PATCH', path: '/x', json: null });
    expect(api.seen[4]).toMatchObject({ method: 'PATCH', body: 'null' });
    await call('write_api', { method: 'DELETE', path: '/x' });
    expect(api.seen[5]).toMatchObject({ method: 'DELETE', body: '' });
    expect(api.seen[5]?.headers['content-type']).toBeUndefined();
    expect(broker.seen.calls.map(({ tool, outcome, program }) => [tool, outcome, program])[0]).toEqual([
      'GET /v2/orders/7',
      'done',
      'cursor',
    ]);
    expect(broker.seen.uses[0]).toBe('id-shop cursor http');
    for (const name of ['Authorization', 'cookie', 'x-api-key', 'Host', 'X-HTTP-Method-Override', 'dpop']) {
      expect((await call('read_api', { path: '/x', headers: { [name]: 'mine' } })).text).toContain('Use only these');
    }
    expect((await call('read_api', { path: '/x', headers: { accept: 'a\r\nb: c' } })).isError).toBe(true);
    expect((await call('write_api', { method: 'POST', path: '/x', json: 1, text: '1' })).text).toContain('two bodies');
    expect(api.seen).toHaveLength(6);
  });

  it('gets nothing where a call names a field that the tool does not have; it is told which there are', async () => {
    const { call, tools } = await open();
    const said = await call('write_api', { method: 'POST', path: '/x', body: { a: 1 } });
    expect([said.isError, api.seen]).toEqual([true, []]);
    expect(said.text).toContain('does not know "body"');
    expect(said.text).toContain('method, path, query, headers, json, text, contentType');
    for (const name of ['read_api', 'write_api']) {
      const tool = (await tools()).find((one) => one.name === name);
      expect(tool?.inputSchema).toMatchObject({ additionalProperties: false });
    }
  });

  it('answers without cookies, challenges or its access, also where it repeats what it was sent', async () => {
    const { call } = await open();
    api.answer = (request, response) => {
      response.writeHead(403, {
        'content-type': 'application/json',
        'set-cookie': 'session=cookie-canary',
        'www-authenticate': 'Bearer realm="challenge-canary"',
        etag: '"v1"',
      });
      response.end(JSON.stringify({ sent: request.headers, url: `/?t=${request.headers.authorization?.slice(7)}` }));
    };
    const answer = await call('read_api', { path: '/echo' });
    expect(answer.data).toMatchObject({
      status: 403,
      etag: '"v1"',
      json: { sent: { authorization: 'Bearer [secret]' } },
    });
    expect(answer.whole).not.toMatch(/token-of-ada|canary/);
    says(302, { location: `${api.origin}/v2/next?t=token-of-ada` });
    expect((await call('read_api', { path: '/x' })).whole).not.toContain('token-of-ada');
  });

  it.each([301, 302, 303, 307, 308])('%i is told and never followed', async (status) => {
    const { call } = await open();
    says(status, { location: `${api.origin}/v2/orders/8?x=1` });
    const inside = await call('write_api', { method: 'POST', path: '/orders', json: {} });
    expect([inside.isError, inside.data]).toMatchObject([false, { status, location: '/orders/8?x=1' }]);
    for (const location of ['https://evil.example/x', '//evil.example/x', '/login', '../../etc']) {
      says(status, { location });
      const { data, text } = await call('read_api', { path: '/file/1' });
      expect(data['location']).toBe(new URL(location, `${api.origin}/v2/file/1`).href);
      expect(text).toContain('Conexor does not go there');
    }
    says(status, { location: 'javascript:alert(1)' });
    expect((await call('read_api', { path: '/x' })).data['location']).toBeUndefined();
    expect(api.seen).toHaveLength(6);
  });

  it('shows what fits: large JSON and text are cut with a sentence, and long numbers stay as they are', async () => {
    const { call } = await open();
    const rows = Array.from({ length: 40_000 }, (_, id) => ({ id }));
    says(200, { 'content-type': 'application/json; charset=utf-8' }, JSON.stringify(rows));
    const large = await call('read_api', { path: '/rows' });
    expect(large.data).toMatchObject({ status: 200, truncated: true });
    expect(String(large.data['text'])).toHaveLength(100_000);
    expect(large.text).toMatch(/\n\[Cut here: the first 100,000 of \d{3},\d{3} characters are shown\. Ask for less/);
    expect(large.text.length).toBeLessThan(100_300);

    says(200, { 'content-type': 'text/plain' }, 'é'.repeat(3 * 1024 * 1024));
    expect((await call('read_api', { path: '/text' })).text).toMatch(/of more than 2,\d{3},\d{3} characters/);
    says(200, { 'content-type': 'text/plain' }, `${'x'.repeat(99_999)}😀`);
    expect(String((await call('read_api', { path: '/text' })).data['text'])).toBe('x'.repeat(99_999));

    says(200, { 'content-type': 'application/vnd.api+json' }, '{"id":12345678901234567890}');
    const long = await call('read_api', { path: '/long' });
    expect([long.data['text'], long.data['json']]).toEqual(['{"id":12345678901234567890}', undefined]);
    says(200, { 'content-type': 'application/json' }, '{"half":');
    expect((await call('read_api', { path: '/half' })).data).toMatchObject({ text: '{"half":', truncated: false });
    says(200, { 'content-type': 'application/json' }, `${'['.repeat(40_000)}${']'.repeat(40_000)}`);
    expect((await call('read_api', { path: '/deep' })).isError).toBe(false);
    says(200, { 'content-type': 'text/plain; charset=iso-8859-1' }, Buffer.from([0xe9]));
    expect((await call('read_api', { path: '/latin' })).data['text']).toBe('é');
    says(204, {});
    expect(await call('write_api', { method: 'DELETE', path: '/x' })).toMatchObject({
      text: '204 No Content',
      isError: false,
    });
  });

  it.each([
    [{ 'content-type': 'image/png' }, Buffer.from([137, 80, 78, 71, 0, 1])],
    [{ 'content-type': 'application/octet-stream' }, 'plain'],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }, Buffer.from([31, 139, 8])],
    [{}, Buffer.from([0xff, 0xfe, 0])],
  ])('%j is told by type and size alone', async (headers, body) => {
    says(200, headers as Record<string, string>, body);
    const { call } = await open();
    const { data, text } = await call('read_api', { path: '/file' });
    expect(data).toMatchObject({ status: 200, bytes: body.length, truncated: false });
    expect(data['json'] ?? data['text']).toBeUndefined();
    expect(text).toMatch(new RegExp(`\\n\\[${body.length} bytes that are no text, and are not shown\\.\\]$`));
  });

  it('a refused access is renewed once, the request sent once more, and then given up in words', async () => {
    const { call } = await open();
    api.takes = new Set(['Bearer token-2']);
    broker.nextToken = 'token-2';
    const sent = await call('write_api', { method: 'POST', path: '/x', json: [1] });
    expect([sent.isError, sent.data['status'], broker.seen.refreshes]).toEqual([false, 200, 1]);
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-of-ada', 'Bearer token-2']);
    api.takes = new Set();
    broker.nextToken = 'token-3';
    const refused = await call('read_api', { path: '/x' });
    expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining('sign_in')]);
    expect(refused.whole).not.toMatch(/token-|realm|Invalid/);
    expect(broker.seen.calls.map(({ outcome }) => outcome)).toEqual(['done', 'sign-in-needed']);
  });

  it('what bears another proof is asked again as the service wants it (RFC 9449)', async () => {
    let asked = 0;
    broker.credentialOf = (token) => ({
      ...headerCredential('authorization', 'Bearer', new Secret(token)),
      heard: ({ status }) => status === 401 && ++asked === 1,
    });
    let answered = 0;
    api.intercept = (_, response) => {
      answered += 1;
      if (answered === 1) response.writeHead(401, { 'dpop-nonce': 'n' }).end();
      return answered === 1;
    };
    const { call } = await open();
    expect((await call('write_api', { method: 'POST', path: '/x', json: 1 })).isError).toBe(false);
    expect([api.seen.length, broker.seen.refreshes]).toEqual([2, 0]);
  });

  it('402 is noted, told as the plan’s limit, and never repeated', async () => {
    says(402, { 'content-type': 'application/json' }, '{"message":"Query limit exceeded."}');
    const { call } = await open();
    const answer = await call('read_api', { path: '/x' });
    expect(answer.text).toMatch(
      /^402 Payment Required · application\/json\n\{\n {2}"message": "Query limit exceeded\."\n\}\n.*plan/,
    );
    expect([answer.isError, api.seen.length, broker.seen.reports]).toEqual([true, 1, [{ kind: 'plan-limit' }]]);
    expect(broker.seen.calls[0]?.outcome).toBe('plan-limit');
  });

  it('a service out of reach is said in two sentences and told to the broker', async () => {
    await api.stop();
    ends.splice(ends.length - 2, 1);
    const { call } = await open();
    const answer = await call('read_api', { path: '/x' });
    expect([answer.isError, answer.data]).toEqual([true, {}]);
    expect(answer.text.split(/(?<=\.) (?=[A-Z])/).length).toBeGreaterThanOrEqual(2);
    expect(broker.seen.reports).toEqual([{ kind: 'unreachable' }]);
  });

  it.each(matrix)(
    'signed out, all is listed with a way to sign in ($generation, $door)',
    async ({ generation, door }) => {
      broker.signedOut('shop');
      const { tools, call } = await open(generation, door);
      const names = async () => (await tools()).map(({ name }) => name);
      expect(await names()).toEqual(['read_api', 'write_api', 'sign_in']);
      const refused = await call('read_api', { path: '/x' });
      expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining('sign_in')]);
      expect(api.seen).toEqual([]);
      const begun = await call('sign_in');
      expect(begun.text).toContain('app.example');
      expect(broker.seen.signIns).toEqual(['id-shop']);
      broker.signedInAs('ada', 'shop');
      expect(await names()).toEqual(['read_api', 'write_api']);
      expect((await call('read_api', { path: '/x' })).isError).toBe(false);
    },
  );

  it.each([
    ['signing out', () => broker.signedOut('shop'), 'sign-in-needed'],
    ['pausing', () => broker.setState('paused', 'shop'), 'paused'],
    ['removing the key', () => broker.removeKey('key-of-cursor'), 'client-key-wrong'],
  ])('%s ends a call that runs', async (_, takeAway, outcome) => {
    api.intercept = () => true;
    const { call } = await open('2.x, 2026-07-28');
    const calling = call('read_api', { path: '/slow' });
    await eventually(() => api.seen.length === 1);
    takeAway();
    expect((await calling).isError).toBe(true);
    expect(broker.seen.calls.map((one) => one.outcome)).toEqual([outcome]);
    await eventually(() => api.seen[0]?.aborted === true);
  });

  it.each(matrix)('the first write after a switch of account says as whom ($generation, $door)', async (kind) => {
    const { call } = await open(kind.generation, kind.door);
    const write = () => call('write_api', { method: 'POST', path: '/x', json: { n: 1 } });
    expect((await write()).isError).toBe(false);
    broker.signedInAs('bob', 'shop');
    expect((await call('read_api', { path: '/x' })).isError).toBe(false);
    const held = await write();
    expect([held.isError, held.text]).toEqual([true, expect.stringMatching(/not carried out yet.* as bob\./)]);
    expect((await write()).isError).toBe(false);
    expect(api.seen.map(({ method, headers }) => `${method} ${headers.authorization}`)).toEqual([
      'POST Bearer token-of-ada',
      'GET Bearer token-of-bob',
      'POST Bearer token-of-bob',
    ]);
    expect(broker.seen.calls.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
  });

  it('a conversation is bound to its program and its connection', async () => {
    broker.add('other', `${api.origin}/v3`, true, true, 'rest');
    const say = (connection: string, key: string, message: object, id?: string) =>
      fetch(bridge.url(connection), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(id === undefined ? {} : { 'mcp-session-id': id }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
      });
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
    const begun = await say('shop', 'key-of-cursor', { method: 'initialize', params });
    await begun.text();
    const id = begun.headers.get('mcp-session-id') ?? '';
    const list = { method: 'tools/list' };
    const statuses = [];
    for (const [connection, key] of [
      ['shop', 'key-of-cursor'],
      ['other', 'key-of-cursor'],
      ['_oauth', 'key-of-cursor'],
      ['shop', 'key-of-n8n'],
    ] as const) {
      const answer = await say(connection, key, list, id);
      await answer.text();
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 404, 404, 404]);
    broker.remove('shop');
    broker.add('shop', `${api.origin}/v2`, true, true, 'rest');
    expect((await say('shop', 'key-of-cursor', list, id)).status).toBe(404);
  });

  it('that is added while a host waits for it is served as soon as it is there', async () => {
    const home = bridge.dataDir;
    const { host, child } = startRelay(
      relay.path,
      ['--data', home, '--client', 'cursor', '--connection', 'later'],
      home,
    );
    ends.push(async () => child.kill());
    await host.begin();
    expect(JSON.stringify((await host.ask('tools/list')).result)).toContain('"sign_in"');
    broker.add('later', `${api.origin}/v4`, true, true, 'rest');
    await host.notice('notifications/tools/list_changed');
    expect(JSON.stringify((await host.ask('tools/list')).result)).toContain('"read_api"');
    const input = { name: 'read_api', arguments: { path: '/x' } };
    expect(JSON.stringify((await host.ask('tools/call', input)).result)).toContain('200 OK');
    expect(api.seen.map(({ target }) => target)).toEqual(['/v4/x']);
  });

  it('that takes the place of a server of tools gets none of the old conversation', async () => {
    broker.add('desk', `${api.origin}/mcp`);
    const host = bridge.host('desk');
    broker.remove('desk');
    expect((await host.begin()).result).toBeDefined();
    broker.add('desk', `${api.origin}/v5`, true, true, 'rest');
    host.say({ jsonrpc: '2.0', id: 9, method: 'tools/list' });
    await host.until(() => (host.ended ? true : undefined));
    expect([host.ended, api.seen]).toEqual([true, []]);
  });
});
