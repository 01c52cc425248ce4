import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../shared/faults.ts';
import { type TestBridge, testBridge } from '../../fakes/bridge.ts';
import { FakeBroker } from '../../fakes/broker.ts';
import { answerConsent, fillConsentForm } from '../../fakes/consent.ts';
import { eventually } from '../../fakes/line-host.ts';
import { type Person, startPerson } from '../../fakes/person.ts';
import { type BuiltRelay, buildRelay } from '../../fakes/relay.ts';
import {
  type Answers,
  type Generation,
  generations,
  openToolHost,
  type ToolHost,
  type ToolWay,
} from '../../fakes/tool-hosts.ts';

let relay: BuiltRelay;
let person: Person;
let bridge: TestBridge;
let key: string;
let hosts: ToolHost[] = [];

beforeAll(async () => {
  relay = await buildRelay();
});
afterAll(() => relay?.remove());

beforeEach(async () => {
  person = await startPerson({ publishMetadata: true });
  bridge = await testBridge(person.broker, { platform: person.platform, questionWaitMs: 60_000 });
  key = (await person.broker.localClients.keyFor('cursor')).open();
});

afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close().catch(() => undefined)));
  hosts = [];
  await bridge.stop();
  await person.stop();
});

const toolNames = [
  'oauth2_authorize',
  'oauth2_exchange_token',
  'oauth2_register_client',
  'oauth2_revoke_token',
  'oauth2_validate_token',
];
const yes: Answers = () => ({ action: 'accept', content: { allow: true } });
const no: Answers = () => ({ action: 'accept', content: { allow: false } });
const decline: Answers = () => ({ action: 'decline' });

const wayOf = (door: 'http' | 'relay'): ToolWay =>
  door === 'http'
    ? { door, url: bridge.url('_oauth'), key }
    : { door, args: [relay.path, '--data', bridge.dataDir, '--client', 'cursor', '--connection', '_oauth'] };

async function host(answers: Answers, generation: Generation = '2.x, 2026-07-28', door: 'http' | 'relay' = 'http') {
  const opened = await openToolHost(generation, wayOf(door), answers);
  hosts.push(opened);
  return opened;
}

/** What the consent page sends the browser to, without anybody going there. */
async function allowedAt(authorizationUrl: string, account = 'acme'): Promise<URL> {
  const page = await (await fetch(authorizationUrl)).text();
  const { action, fields } = fillConsentForm(page, { allow: true, account });
  const target = new URL(action, authorizationUrl);
  const headers = { Origin: target.origin };
  const answered = await fetch(target, { method: 'POST', body: fields, headers, redirect: 'manual' });
  return new URL(answered.headers.get('location') ?? '', target);
}

/** Everything in the vault that nobody may read. */
function secrets(): string[] {
  const { vault } = person;
  const grants = vault.list('grant').flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
  const others = vault.list('registration').flatMap((one) => [one.clientSecret, one.registrationAccessToken]);
  return [...grants, ...others].flatMap((secret) => (secret ? [secret.open()] : []));
}

const matrix = generations.flatMap((generation) => (['http', 'relay'] as const).map((door) => ({ generation, door })));

describe.each(matrix)('a host with $generation over $door', ({ generation, door }) => {
  it('sees five tools with true hints, and which connections there are', async () => {
    const { tools, instructions } = await host(undefined, generation, door);
    const listed = await tools();
    expect(listed.map(({ name }) => name).sort()).toEqual(toolNames);
    expect(listed.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name)).toEqual([
      'oauth2_validate_token',
    ]);
    expect(listed.filter(({ annotations }) => annotations?.destructiveHint).map(({ name }) => name)).toEqual([
      'oauth2_revoke_token',
    ]);
    for (const { name, inputSchema, outputSchema } of listed) {
      expect(name.length).toBeLessThanOrEqual(64);
      expect(inputSchema).toMatchObject({ additionalProperties: false });
      expect(outputSchema).toBeDefined();
    }
    expect(instructions()).toContain('practice');
  });

  it('that has forms asks in them, and a yes opens the browser, signs in, and later signs out', async () => {
    const { call, asked } = await host(yes, generation, door);
    const begun = await call('oauth2_authorize');
    expect(asked).toEqual([expect.stringMatching(/^cursor wants to open the sign-in page of .+ in your browser/)]);
    expect(person.opened.map(({ href }) => href)).toEqual([begun.data['authorizationUrl']]);
    const url = new URL(String(begun.data['authorizationUrl']));
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(begun.data).toMatchObject({ status: 'waiting', browserOpened: true });

    const redirect = await allowedAt(url.href);
    const finished = await call('oauth2_exchange_token', {
      attempt: begun.data['attempt'],
      redirect_url: redirect.href,
    });
    expect(finished.text).toMatch(/^Signed in to .+ as .+\./);
    expect(finished.data).toMatchObject({ status: 'signed-in', connection: 'practice' });

    const checked = await call('oauth2_validate_token');
    expect(checked.data).toMatchObject({ active: 'yes', account: finished.data['account'] });

    const revoked = await call('oauth2_revoke_token');
    expect(asked[1]).toMatch(/^cursor wants to sign .+ out of .+ and cancel its access there/);
    expect(revoked.data).toMatchObject({ service: 'cancelled', proof: 'refused' });
    expect(revoked.text).toContain('confirmed that the access is cancelled');
    expect(person.broker.findConnection('practice').accounts).toEqual([]);
    expect(person.broker.snapshot().questions).toEqual([]);
  });

  it.each([
    ['no', no],
    ['decline', decline],
  ])('that has forms does nothing after %s', async (_, answers) => {
    await person.signIn('acme');
    person.opened.length = 0;
    const { call } = await host(answers, generation, door);
    for (const [name, input] of [
      ['oauth2_authorize', { another: true }],
      ['oauth2_revoke_token', {}],
      ['oauth2_register_client', { action: 'register' }],
    ] as const) {
      const refused = await call(name, input);
      expect([refused.isError, refused.text]).toEqual([true, expect.stringContaining('said no')]);
    }
    expect(person.opened).toEqual([]);
    expect(person.broker.findConnection('practice').accounts).toHaveLength(1);
    expect(person.broker.signIns.isWaiting(person.connectionId)).toBe(false);
  });

  it('without forms waits for the answer in Conexor, and tells that it does', async () => {
    await person.signIn('acme');
    const { call } = await host(undefined, generation, door);
    let progress = 0;
    const calling = call('oauth2_revoke_token', {}, () => {
      progress += 1;
    });
    const { questions } = person.broker;
    await eventually(() => questions.list().length === 1 && progress > 0);
    const [question] = questions.list();
    expect(question).toMatchObject({ program: 'cursor', what: 'revoke', connectionId: person.connectionId });
    expect(person.broker.findConnection('practice').accounts).toHaveLength(1);
    questions.answer(question?.id ?? '', true);
    expect((await calling).data).toMatchObject({ service: 'cancelled' });
  });
});

describe('a question in Conexor', () => {
  beforeEach(async () => {
    await bridge.stop();
    bridge = await testBridge(person.broker, { platform: person.platform, questionWaitMs: 20 });
    await person.signIn('acme');
  });

  it('that takes longer than hosts wait is answered there, and the next call goes on; its yes counts once', async () => {
    const { call } = await host(undefined);
    const waits = await call('oauth2_revoke_token');
    expect([waits.isError, waits.text]).toEqual([true, expect.stringContaining('call this tool again')]);
    const { questions } = person.broker;
    expect(questions.list()).toHaveLength(1);
    // Asked again it is the same question.
    await call('oauth2_revoke_token');
    expect(questions.list()).toHaveLength(1);
    questions.answer(questions.list()[0]?.id ?? '', true);
    expect((await call('oauth2_revoke_token')).data).toMatchObject({ service: 'cancelled' });
    await person.signIn('acme');
    expect((await call('oauth2_revoke_token')).text).toContain('call this tool again');
  });

  it('answered no, nothing is done', async () => {
    const { call } = await host(undefined);
    await call('oauth2_revoke_token');
    const { questions } = person.broker;
    questions.answer(questions.list()[0]?.id ?? '', false);
    expect((await call('oauth2_revoke_token')).text).toContain('said no');
    expect(person.broker.findConnection('practice').accounts).toHaveLength(1);
  });

  it('is for one wish of one program: a yes to one is none to another', async () => {
    const { call } = await host(undefined);
    await call('oauth2_revoke_token');
    person.broker.questions.answer(person.broker.questions.list()[0]?.id ?? '', true);
    expect((await call('oauth2_authorize', { another: true })).isError).toBe(true);
    const other = (await person.broker.localClients.keyFor('n8n')).open();
    const way: ToolWay = { door: 'http', url: bridge.url('_oauth'), key: other };
    const second = await openToolHost('1.x', way, undefined);
    hosts.push(second);
    expect((await second.call('oauth2_revoke_token')).text).toContain('call this tool again');
    expect(person.broker.findConnection('practice').accounts).toHaveLength(1);
  });
});

describe('finishing and renewing', () => {
  it('a code and state that were pasted finish a sign-in; others leave it waiting', async () => {
    const { call } = await host(yes);
    const begun = await call('oauth2_authorize', { open_browser: false });
    expect(person.opened).toEqual([]);
    const attempt = begun.data['attempt'];
    const redirect = await allowedAt(String(begun.data['authorizationUrl']));
    const code = redirect.searchParams.get('code');
    const wrong = await call('oauth2_exchange_token', { attempt, code, state: 'x'.repeat(43) });
    expect(wrong.isError).toBe(true);
    expect(wrong.whole).not.toContain(code);
    expect((await call('oauth2_exchange_token', { attempt, code })).text).toContain('state');
    expect(
      (await call('oauth2_exchange_token', { attempt, redirect_url: 'https://evil.example/?code=1' })).isError,
    ).toBe(true);
    expect(person.broker.signIns.isWaiting(person.connectionId)).toBe(true);
    const iss = redirect.searchParams.get('iss');
    const good = { attempt, code, state: redirect.searchParams.get('state'), ...(iss === null ? {} : { iss }) };
    const finished = await call('oauth2_exchange_token', good);
    expect(finished.data).toMatchObject({ status: 'signed-in' });
    expect(finished.whole).not.toContain(code);
  });

  it('an attempt alone tells how it stands', async () => {
    await bridge.stop();
    bridge = await testBridge(person.broker, { platform: person.platform, questionWaitMs: 20 });
    const { call } = await host(yes);
    const begun = await call('oauth2_authorize');
    const attempt = begun.data['attempt'];
    expect((await call('oauth2_exchange_token', { attempt })).data).toMatchObject({ status: 'waiting' });
    await answerConsent(String(begun.data['authorizationUrl']), { allow: false });
    const denied = await call('oauth2_exchange_token', { attempt });
    expect([denied.isError, denied.text]).toEqual([true, expect.stringContaining('was not allowed')]);
    expect((await call('oauth2_exchange_token', { attempt: 'nobody' })).isError).toBe(true);
  });

  it('a second wish is told of the sign-in that this program began, and nothing more is opened or asked', async () => {
    const { call, asked } = await host(yes);
    const first = await call('oauth2_authorize');
    const second = await call('oauth2_authorize');
    expect(second.data).toMatchObject({ attempt: first.data['attempt'], browserOpened: true });
    expect([asked.length, person.opened.length]).toEqual([1, 1]);
  });

  it('access is renewed, but not again and again', async () => {
    await person.signIn('acme');
    person.moveClock(10 * 60_000);
    const [before] = person.vault.list('grant');
    const { call } = await host(undefined);
    const renewed = await call('oauth2_exchange_token', { connection: 'practice' });
    expect(renewed.data).toMatchObject({ status: 'renewed', connection: 'practice' });
    const [after] = person.vault.list('grant');
    expect(after?.accessToken.open()).not.toBe(before?.accessToken.open());
    expect((await call('oauth2_exchange_token')).data).toMatchObject({ status: 'still-fresh' });
    expect(person.vault.list('grant')[0]?.accessToken.open()).toBe(after?.accessToken.open());
  });

  it('where the service knows Conexor already, there is no registration to look after, and signing in needs none', async () => {
    await person.signIn('acme');
    const { call } = await host(yes);
    expect((await call('oauth2_register_client')).text).toContain('registered nothing of its own');
    const begun = await call('oauth2_register_client', { action: 'register' });
    expect(begun.data).toMatchObject({ outcome: 'registered', attempt: expect.any(String), managed: false });
    expect(person.opened).toEqual([]);
    expect(person.broker.signIns.isWaiting(person.connectionId)).toBe(true);
  });
});

describe('where no page helps', () => {
  let broker: FakeBroker;
  let tools: TestBridge;
  beforeEach(async () => {
    broker = new FakeBroker('https://api.example/mcp', false);
    tools = await testBridge(broker, { questionWaitMs: 20 });
  });
  afterEach(() => tools.stop());

  async function authorizing(input: Record<string, unknown> = {}, tool = 'oauth2_authorize') {
    const way: ToolWay = { door: 'http', url: tools.url('_oauth'), key: 'key-of-cursor' };
    const opened = await openToolHost('2.x, 2026-07-28', way, yes);
    hosts.push(opened);
    return { ...(await opened.call(tool, input)), questions: opened.asked };
  }

  it('what has to be typed is typed in Conexor, and nobody is asked for it here', async () => {
    broker.wayIn = 'password-login';
    const fields = [{ name: 'password' as const, secret: true, required: true }];
    broker.waysIn = [{ id: 'password-login', fields, keepsTyped: false, legacy: false }];
    const told = await authorizing();
    expect([told.isError, told.text]).toEqual([true, expect.stringContaining('typed in Conexor itself, never here')]);
    expect(told.questions).toEqual([]);
  });

  it('nothing is asked about registering where the service is signed in to by what is typed', async () => {
    broker.wayIn = 'api-key';
    const fields = [{ name: 'api-key' as const, secret: true, required: true }];
    broker.waysIn = [{ id: 'api-key', fields, keepsTyped: false, legacy: false }];
    broker.hasRegistration = () => false;
    broker.registration = async () => {
      throw new Fault('client-id-needed');
    };
    for (const action of ['register', 'update', 'read']) {
      const told = await authorizing({ action }, 'oauth2_register_client');
      expect([told.isError, told.text]).toEqual([true, expect.stringContaining('(api key) and no registration')]);
      expect(told.questions).toEqual([]);
    }
  });

  it('a way that the service does not have is said not to be one, and nobody is asked', async () => {
    const told = await authorizing({ way_in: 'device-code' });
    expect([told.isError, told.text]).toEqual([true, expect.stringContaining('not signed in to in this way')]);
    expect([told.text, told.questions]).toEqual([expect.stringContaining('one of: authorization-code'), []]);
  });

  it('a code is given with where it is typed; no browser opens', async () => {
    broker.waysIn = [{ id: 'device-code', fields: [], keepsTyped: false, legacy: false }];
    const device = { userCode: 'WDJB-MJHT', verificationUri: 'https://login.example/device' };
    broker.signIns = {
      ...broker.signIns,
      start: async (connectionId, wish) => {
        expect(wish).toEqual({ wayIn: 'device-code' });
        return { id: 'a-1', connectionId, host: 'login.example', device, permissions: ['Read'] };
      },
    };
    const told = await authorizing({ way_in: 'device-code' });
    expect(told.data).toMatchObject({ status: 'waiting', attempt: 'a-1', device, browserOpened: false });
    expect(told.text).toContain('type the code WDJB-MJHT');
    expect(told.questions).toEqual([expect.stringContaining('be given a code for you to type there')]);
  });

  it('a locked keychain is told in words', async () => {
    broker.findConnection = () => {
      throw new Fault('keychain-locked');
    };
    const told = await authorizing();
    expect([told.isError, told.text]).toEqual([true, expect.stringContaining('keychain is locked')]);
  });
});

describe('our registration', () => {
  const registration = {
    clientId: 'client-7',
    source: 'dynamic' as const,
    issuer: 'https://login.example',
    redirectUris: ['http://127.0.0.1/callback'],
    managed: true,
    alsoUsedBy: [],
  };
  let broker: FakeBroker;
  let tools: TestBridge;
  beforeEach(async () => {
    broker = new FakeBroker('https://api.example/mcp');
    tools = await testBridge(broker, { questionWaitMs: 20 });
  });
  afterEach(() => tools.stop());

  async function calling(outcome: 'read' | 'updated' | 'gone' | 'not-managed', input: Record<string, unknown>) {
    const asked: string[] = [];
    broker.registration = async (_, action) => {
      asked.push(action);
      return { ...registration, outcome };
    };
    const way: ToolWay = { door: 'http', url: tools.url('_oauth'), key: 'key-of-cursor' };
    const opened = await openToolHost('2.x, 2026-07-28', way, yes);
    hosts.push(opened);
    return { result: await opened.call('oauth2_register_client', input), asked, questions: opened.asked };
  }

  it('is read without asking, and sent anew after a yes', async () => {
    const read = await calling('read', {});
    expect(read.result.data).toMatchObject({ clientId: 'client-7', outcome: 'read', managed: true });
    expect([read.asked, read.questions]).toEqual([['read'], []]);
    const updated = await calling('updated', { action: 'update' });
    expect(updated.result.text).toContain('the server took it');
    expect([updated.asked, updated.questions.length]).toEqual([['update'], 1]);
  });

  it('is not made twice, and told where it is gone or cannot be read there', async () => {
    const again = await calling('read', { action: 'register' });
    expect(again.result.text).toContain('registered at https://login.example already');
    expect((await calling('gone', {})).result.text).toContain('does not know it any more');
    expect((await calling('not-managed', {})).result.text).toContain('no way to read');
  });
});

describe('who may not', () => {
  it('a paused connection, and a program that was refused, are told so', async () => {
    await person.signIn('acme');
    const { call } = await host(yes);
    await person.broker.setPaused(undefined, true);
    for (const name of ['oauth2_authorize', 'oauth2_exchange_token', 'oauth2_validate_token', 'oauth2_revoke_token']) {
      const told = await call(name);
      expect([told.isError, told.text]).toEqual([true, expect.stringContaining('paused')]);
    }
    await person.broker.setPaused(undefined, false);
    await person.broker.decideProgram(person.connectionId, 'cursor', false);
    expect((await call('oauth2_revoke_token')).isError).toBe(true);
    expect(person.broker.findConnection('practice').accounts).toHaveLength(1);
  });

  it('without a connection, and with one of another name, the answer is plain', async () => {
    const { call } = await host(yes);
    expect((await call('oauth2_validate_token', { connection: 'other' })).text).toContain('other');
    expect((await call('oauth2_validate_token')).text).toContain('signed in');
    await person.broker.removeConnection(person.connectionId);
    for (const name of toolNames.filter((one) => one !== 'oauth2_exchange_token')) {
      const told = await call(name);
      expect([told.isError, told.text]).toEqual([true, expect.stringContaining('Connect it with Conexor')]);
    }
  });

  it('no key, no tools; a removed key ends the conversation', async () => {
    const address = bridge.url('_oauth');
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
    const answer = await fetch(address, { method: 'POST', headers, body });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, null]);
    const { call } = await host(yes, '1.x');
    await call('oauth2_validate_token');
    await person.broker.localClients.remove('cursor');
    await expect(call('oauth2_validate_token')).rejects.toThrow();
  });

  it('a host that says all and ends its input at once still gets its answers, and broken lines one each', async () => {
    const lines = bridge.host('_oauth', 'script');
    lines.socket.write('{broken\n');
    const begun = lines.begin();
    const listed = lines.ask('tools/list');
    lines.end();
    expect((await begun).result).toMatchObject({ serverInfo: { name: 'conexor-oauth' } });
    expect((await listed).result?.['tools']).toHaveLength(5);
    expect(lines.heard.map(({ error }) => error?.code).filter((code) => code !== undefined)).toEqual([-32700]);
  });

  it('nobody can call a connection like these tools', async () => {
    await expect(person.broker.addConnection({ target: 'https://a.example/mcp', name: '_oauth' })).rejects.toThrow();
  });
});

it('no secret of the vault, no code and no verifier is in any result', async () => {
  const { call } = await host(yes);
  const said: string[] = [];
  const tell = async (name: string, input: Record<string, unknown> = {}) => {
    const result = await call(name, input);
    said.push(result.whole);
    return result;
  };
  const begun = await tell('oauth2_authorize');
  const redirect = await allowedAt(String(begun.data['authorizationUrl']));
  await tell('oauth2_exchange_token', { attempt: begun.data['attempt'], redirect_url: redirect.href });
  const known = new Set([key, ...secrets(), redirect.searchParams.get('code') ?? '']);
  for (const action of ['read', 'update', 'register']) await tell('oauth2_register_client', { action });
  await tell('oauth2_validate_token');
  person.moveClock(10 * 60_000);
  await tell('oauth2_exchange_token');
  for (const secret of secrets()) known.add(secret);
  await tell('oauth2_authorize', { another: true });
  await tell('oauth2_revoke_token');
  await tell('oauth2_revoke_token');
  expect(known.size).toBeGreaterThan(3);
  const all = [...said, ...bridge.logged, ...person.logged].join('\n');
  for (const secret of known) expect(all.includes(secret)).toBe(false);
  expect(said.join('\n')).not.toMatch(/code_verifier|refresh_token|access_token/);
});

describe('which connections there are', () => {
  const refuse = (id: string) => person.broker.decideProgram(id, 'cursor', false);

  it('is not told to a program that was refused: not where it named none, nor where all are paused', async () => {
    const { connection } = await person.broker.addConnection({ target: 'https://a.example/mcp', name: 'crm' });
    await refuse(person.connectionId);
    await refuse(connection.id);
    const { call, instructions } = await host(yes);
    const said = async () =>
      Promise.all(
        toolNames.filter((one) => one !== 'oauth2_exchange_token').map(async (one) => (await call(one)).text),
      );
    const all = [instructions(), ...(await said())];
    await person.broker.setPaused(undefined, true);
    all.push(...(await said()));
    await person.broker.removeConnection(connection.id);
    all.push(...(await said()));
    expect(all.slice(1).every((text) => text.startsWith('You have not allowed cursor'))).toBe(true);
    expect(all.join('\n')).not.toMatch(/crm|a\.example|practice/i);
  });

  it('one that is open to the program is meant where it named none; what it was refused is not among several', async () => {
    const { connection } = await person.broker.addConnection({ target: 'https://a.example/mcp', name: 'crm' });
    await person.signIn('acme');
    await refuse(connection.id);
    const { call } = await host(yes);
    expect((await call('oauth2_validate_token')).data).toMatchObject({ connection: 'practice', active: 'yes' });
    await person.broker.addConnection({ target: 'https://b.example/mcp', name: 'books' });
    const told = await call('oauth2_validate_token');
    expect(told.text).toContain('none was named: practice, books.');
  });
});

it('says which connections there are, and how to name one, where a call named none', async () => {
  await person.broker.addConnection({ target: 'https://a.example/mcp', name: 'crm' });
  const opened = await host(yes);
  const said = await opened.call('oauth2_revoke_token');
  expect(said.text).toContain('none was named: practice, crm. Call this tool again with one of these names');
  expect(opened.asked).toEqual([]);
});
