/** Who we are to an authorization server: given by hand, known from before, or registered now (MCP M-C 7, 8, 12). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker } from '../../../electron/core/broker/create-broker.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import type { Vault } from '../../../electron/core/vault/vault.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { type TestPlatform, testPlatform } from '../../fakes/person.ts';

let server: FakeAuthorizationServer;
let host: TestPlatform;
let vault: Vault;
let broker: Broker;

beforeEach(async () => {
  server = await startAuthorizationServer();
  host = testPlatform();
  const { now, log } = host.platform;
  vault = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now, log });
  broker = createBroker(host.platform, vault);
});

afterEach(async () => {
  await broker.close();
  await host.close();
  await server.close();
});

async function signIn(connectionId: string) {
  const attempt = await broker.signIns.start(connectionId, {});
  // This server asks nobody: its authorization endpoint redirects at once.
  await fetch(attempt.authorizationUrl ?? '');
  return { attempt, outcome: await broker.signIns.outcome(attempt.id) };
}
const connect = async (client?: { clientId: string; clientSecret?: Secret }) =>
  (await broker.addConnection({ target: server.resource, ...(client ? { client } : {}) })).connection.id;
const refused = { status: 401, body: { error: 'invalid_client' } };
/** Sends the browser back with an error of RFC 6749 section 4.1.2.1. */
function refuseAtAuthorize(error: string): void {
  server.answer('/authorize', ({ query }) => {
    const back = new URL(query.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({ error, state: query.get('state') ?? '', iss: server.origin }).toString();
    return { status: 302, headers: { location: back.href } };
  });
}
const clientIdOf = (authorizationUrl: string | undefined) =>
  new URL(authorizationUrl ?? '').searchParams.get('client_id');

describe('who we are to an authorization server', () => {
  it('M-C 8 registers itself where nothing is known, once, and is the same client at the next sign-in', async () => {
    const id = await connect();
    const first = await signIn(id);
    expect(first.outcome).toMatchObject({ kind: 'done' });
    const second = await signIn(id);
    expect(clientIdOf(second.attempt.authorizationUrl)).toBe(clientIdOf(first.attempt.authorizationUrl));
    expect(server.seenAt('/register').length).toBe(1);
  });

  it('M-C 12 a client given by hand is used, with its secret, and nothing is registered', async () => {
    const id = await connect({ clientId: 'by-hand', clientSecret: new Secret('hand-secret') });
    const { attempt, outcome } = await signIn(id);
    expect(outcome).toMatchObject({ kind: 'done' });
    expect(clientIdOf(attempt.authorizationUrl)).toBe('by-hand');
    expect(server.seenAt('/register')).toEqual([]);
    const [exchange] = server.seenAt('/token');
    const basic = Buffer.from('by-hand:hand-secret').toString('base64');
    expect(exchange?.headers.authorization).toBe(`Basic ${basic}`);
  });

  it('M-C 7 what was given or stored for one issuer is never shown to another', async () => {
    const id = await connect({ clientId: 'by-hand', clientSecret: new Secret('hand-secret') });
    await signIn(id);
    expect(vault.get('connection', id)?.client).toEqual({ clientId: 'by-hand', issuer: server.origin });
    const other = await startAuthorizationServer();
    try {
      server.resourceMetadata['authorization_servers'] = [other.origin];
      const attempt = await broker.signIns.start(id, { fresh: true });
      expect(attempt.host).toBe(new URL(other.origin).host);
      expect(clientIdOf(attempt.authorizationUrl)).not.toBe('by-hand');
      expect(JSON.stringify(other.seen)).not.toContain('hand-secret');
    } finally {
      await other.close();
    }
  });

  it('P-53 a registration that vanished is forgotten, and the next sign-in makes a new one', async () => {
    const id = await connect();
    await signIn(id);
    server.answer('/token', { status: 401, body: { error: 'invalid_client' } });
    const { attempt, outcome } = await signIn(id);
    expect(outcome).toMatchObject({ kind: 'failed', fault: { code: 'registration-stale' } });
    server.behave();
    const again = await signIn(id);
    expect(again.outcome).toMatchObject({ kind: 'done' });
    expect(clientIdOf(again.attempt.authorizationUrl)).not.toBe(clientIdOf(attempt.authorizationUrl));
    expect(server.seenAt('/register').length).toBe(2);
  });

  it('P-53 a person is told to sign in again, not to check what they never entered', async () => {
    const id = await connect();
    await signIn(id);
    server.answer('/token', { status: 401, body: { error: 'invalid_client' } });
    const { outcome } = await signIn(id);
    if (outcome.kind !== 'failed') throw new Error('it did not fail');
    expect(faultWords(outcome.fault).what).toMatch(/no longer accepts Conexor/);
    expect(faultWords(outcome.fault).next).toMatch(/sign-in again/);
  });

  it('P-53 an endpoint that refuses it while a sign-in is prepared costs the person nothing: it is registered anew', async () => {
    server.metadata['pushed_authorization_request_endpoint'] = `${server.origin}/par`;
    server.metadata['require_pushed_authorization_requests'] = true;
    const pushed = { status: 201, body: { request_uri: 'urn:x', expires_in: 60 } };
    server.answer('/par', pushed);
    const id = await connect();
    const known = clientIdOf((await broker.signIns.start(id, {})).authorizationUrl);
    broker.signIns.cancelAll();
    server.answer('/par', ({ body }) => (body.includes(String(known)) ? refused : pushed));
    const again = await broker.signIns.start(id, { fresh: true });
    expect(clientIdOf(again.authorizationUrl)).not.toBe(known);
    expect(server.seenAt('/register').length).toBe(2);
    expect(vault.list('registration')).toHaveLength(1);
  });

  it('P-53 one registration more, not one after the other, where the server refuses the new one as well', async () => {
    server.metadata['pushed_authorization_request_endpoint'] = `${server.origin}/par`;
    server.metadata['require_pushed_authorization_requests'] = true;
    server.answer('/par', { status: 201, body: { request_uri: 'urn:x', expires_in: 60 } });
    const id = await connect();
    await broker.signIns.start(id, {});
    broker.signIns.cancelAll();
    server.answer('/par', refused);
    await expect(broker.signIns.start(id, { fresh: true })).rejects.toMatchObject({ code: 'client-refused' });
    expect(server.seenAt('/register').length).toBe(2);
  });

  it('P-53 one that is new and refused is not followed by another', async () => {
    server.metadata['pushed_authorization_request_endpoint'] = `${server.origin}/par`;
    server.metadata['require_pushed_authorization_requests'] = true;
    server.answer('/par', refused);
    const id = await connect();
    await expect(broker.signIns.start(id, {})).rejects.toMatchObject({ code: 'client-refused' });
    expect(server.seenAt('/register').length).toBe(1);
  });

  it('P-53 the endpoint for device codes refuses it: the code comes all the same, for a new one', async () => {
    server.metadata['device_authorization_endpoint'] = `${server.origin}/device`;
    const codes = {
      body: { device_code: 'd', user_code: 'AAAA-BBBB', verification_uri: `${server.origin}/type`, expires_in: 600 },
    };
    server.answer('/device', codes);
    const id = await connect();
    await broker.signIns.start(id, { wayIn: 'device-code' });
    broker.signIns.cancelAll();
    const known = server.seenAt('/device').at(-1)?.form.get('client_id');
    server.answer('/device', ({ form }) => (form.get('client_id') === known ? refused : codes));
    const again = await broker.signIns.start(id, { wayIn: 'device-code', fresh: true });
    expect(again.device?.userCode).toBe('AAAA-BBBB');
    expect(server.seenAt('/register')).toHaveLength(2);
    // Whoever gave it a code knows it, whatever becomes of that.
    for (let round = 0; round < 2; round += 1) {
      const { id: attempt } = await broker.signIns.start(id, { wayIn: 'device-code', fresh: true });
      await broker.signIns.openBrowser(attempt);
      broker.signIns.cancel(attempt);
      await broker.signIns.outcome(attempt);
    }
    expect(server.seenAt('/register')).toHaveLength(2);
  });

  it.each(['invalid_client', 'unauthorized_client'])(
    'P-53 a page that sends the browser back with %s: the next sign-in is done with a new one, and nobody is signed out',
    async (error) => {
      const id = await connect();
      await signIn(id);
      refuseAtAuthorize(error);
      const { attempt, outcome } = await signIn(id);
      expect(outcome).toMatchObject({ kind: 'failed', fault: { code: 'registration-stale' } });
      server.behave();
      // Only what the server says to us ends a sign-in: this came by the browser.
      host.moveClock(3_600_000);
      await expect(broker.accessTokens.get({ connectionId: id, client: 'test' })).resolves.toBeDefined();
      expect(server.seenAt('/token').at(-1)?.body).toContain(clientIdOf(attempt.authorizationUrl));
      expect((await signIn(id)).outcome).toMatchObject({ kind: 'done' });
      expect(server.seenAt('/register').length).toBe(2);
    },
  );

  it('P-53 a page that came to nothing, opened with an earlier one: the next sign-in is done with a new one', async () => {
    const id = await connect();
    const { attempt } = await signIn(id);
    const opened = async () => {
      const waiting = await broker.signIns.start(id, { another: true });
      await broker.signIns.openBrowser(waiting.id);
      broker.signIns.cancel(waiting.id);
      expect(await broker.signIns.outcome(waiting.id)).toEqual({ kind: 'cancelled' });
      return clientIdOf(waiting.authorizationUrl);
    };
    const known = clientIdOf(attempt.authorizationUrl);
    // Given up before anybody saw a page: that says nothing.
    const unseen = await broker.signIns.start(id, { another: true });
    broker.signIns.cancel(unseen.id);
    await broker.signIns.outcome(unseen.id);
    expect(await opened()).toBe(known);
    const next = await opened();
    expect(next).not.toBe(known);
    // A new one is no reason for another one yet.
    expect(await opened()).toBe(next);
    // Who signed in with the one from before goes on with it.
    host.moveClock(3_600_000);
    await expect(broker.accessTokens.get({ connectionId: id, client: 'test' })).resolves.toBeDefined();
    expect(server.seenAt('/token').at(-1)?.body).toContain(String(known));
  });

  it('P-53 one that is doubted and used by nobody is forgotten with its service', async () => {
    const id = await connect();
    const { attempt } = await signIn(id);
    refuseAtAuthorize('unauthorized_client');
    await signIn(id);
    await broker.removeConnection(id);
    await expect.poll(() => vault.list('registration')).toEqual([]);
    server.behave();
    expect(clientIdOf((await signIn(await connect())).attempt.authorizationUrl)).not.toBe(
      clientIdOf(attempt.authorizationUrl),
    );
  });

  it('P-53 a refresh by a registration that vanished asks once, and then for a sign-in', async () => {
    const id = await connect();
    await signIn(id);
    server.answer('/token', { status: 401, body: { error: 'invalid_client' } });
    host.moveClock(3_600_000);
    const before = server.seenAt('/token').length;
    for (let call = 0; call < 5; call++) {
      await expect(broker.accessTokens.get({ connectionId: id, client: 'test' })).rejects.toMatchObject({
        code: 'sign-in-needed',
      });
    }
    expect(server.seenAt('/token').length).toBe(before + 1);
    expect(vault.list('registration')).toEqual([]);
  });

  it('P-53 one that vanished ends all who signed in with it in one turn, and none of them asks', async () => {
    const resource = await startAuthorizationServer({ resourcePath: '/mcp2' });
    try {
      resource.resourceMetadata['authorization_servers'] = [server.origin];
      const id = await connect();
      const other = (await broker.addConnection({ target: resource.resource })).connection.id;
      for (const one of [id, other]) expect((await signIn(one)).outcome.kind).toBe('done');
      server.answer('/token', { status: 401, body: { error: 'invalid_client' } });
      host.moveClock(3_600_000);
      const get = (connectionId: string) => broker.accessTokens.get({ connectionId, client: 'test' });
      const before = server.seenAt('/token').length;
      await expect(get(id)).rejects.toMatchObject({ code: 'sign-in-needed' });
      for (const one of [id, other]) expect(broker.findConnection(one).state).toBe('sign-in-again');
      for (let call = 0; call < 30; call++) {
        host.moveClock(120_000);
        await expect(get(other)).rejects.toMatchObject({ code: 'sign-in-needed' });
      }
      expect(server.seenAt('/token').length).toBe(before + 1);
    } finally {
      await resource.close();
    }
  });

  it('P-53 unauthorized_client is no registration that vanished: whoever is signed in stays so', async () => {
    server.metadata['token_endpoint_auth_methods_supported'] = ['client_secret_basic'];
    const id = await connect();
    await signIn(id);
    server.answer('/token', { status: 400, body: { error: 'unauthorized_client' } });
    expect((await signIn(id)).outcome).toMatchObject({ kind: 'failed', fault: { code: 'registration-stale' } });
    expect(vault.list('registration')).toHaveLength(1);
    server.behave();
    host.moveClock(3_600_000);
    await expect(broker.accessTokens.get({ connectionId: id, client: 'test' })).resolves.toBeDefined();
    expect(server.seenAt('/token').at(-1)?.headers.authorization).toMatch(/^Basic /);
  });

  it('a refusal that only a person can put right is not asked for again at every call', async () => {
    const id = await connect({ clientId: 'by-hand' });
    await signIn(id);
    server.answer('/token', { status: 401, body: { error: 'invalid_client' } });
    host.moveClock(3_600_000);
    const before = server.seenAt('/token').length;
    for (let call = 0; call < 5; call++) {
      await expect(broker.accessTokens.get({ connectionId: id, client: 'test' })).rejects.toMatchObject({
        code: 'client-refused',
      });
    }
    expect(server.seenAt('/token').length).toBe(before + 1);
  });
});

describe('a refresh that was answered, but not usably', () => {
  it.each([
    ['cut in the middle', 200, '{"access_token":"AT9","token_type":"Bea'],
    ['without a token type', 200, { access_token: 'AT9', refresh_token: 'RT9', expires_in: 60 }],
    ['far too long', 200, { access_token: 'AT9', token_type: 'Bearer', pad: 'x'.repeat(300 * 1024) }],
    ['by a gateway in its place', 502, 'bad gateway'],
    ['by a gateway that waited in vain', 504, 'gateway timeout'],
  ])('P-45 is not asked for again with the same token: %s', async (_, status, body) => {
    const id = await connect();
    await signIn(id);
    const spent = vault.list('grant')[0]?.refreshToken?.open();
    server.answer('/token', { status, headers: { 'content-type': 'application/json' }, body });
    host.moveClock(3_600_000);
    const get = () => broker.accessTokens.get({ connectionId: id, client: 'test' });
    await expect(get()).rejects.toThrow();
    host.moveClock(120_000);
    await expect(get()).rejects.toMatchObject({ code: 'sign-in-needed' });
    expect(server.seenAt('/token').filter(({ form }) => form.get('refresh_token') === spent).length).toBe(1);
  });

  it('P-41 an error code that is a name of the language is an error code like any other', async () => {
    const id = await connect();
    await signIn(id);
    server.answer('/token', { status: 400, body: { error: 'constructor' } });
    host.moveClock(3_600_000);
    await expect(broker.accessTokens.get({ connectionId: id, client: 'test' })).rejects.toMatchObject({
      code: 'token-refused',
    });
  });
});

describe('another account', () => {
  const promptOf = (authorizationUrl: string | undefined) => new URL(authorizationUrl ?? '').searchParams.get('prompt');

  it('is asked for by a prompt that every server knows, or by the better one that this server offers', async () => {
    const id = await connect();
    expect(promptOf((await broker.signIns.start(id, {})).authorizationUrl)).toBeNull();
    const wish = { another: true, fresh: true };
    expect(promptOf((await broker.signIns.start(id, wish)).authorizationUrl)).toBe('login');
    server.metadata['prompt_values_supported'] = ['none', 'login', 'select_account'];
    expect(promptOf((await broker.signIns.start(id, wish)).authorizationUrl)).toBe('select_account');
  });
});

describe('where the service names nobody', () => {
  it('a second sign-in takes the place of the first under a new id, so that no session goes on with it', async () => {
    const id = await connect();
    const first = await signIn(id);
    if (first.outcome.kind !== 'done') throw new Error(first.outcome.kind);
    await broker.useAccount(id, first.outcome.account.id, 'n8n');
    const second = await signIn(id);
    if (second.outcome.kind !== 'done') throw new Error(second.outcome.kind);
    expect(second.outcome).toMatchObject({ known: true, current: true });
    expect(second.outcome.account.id).not.toBe(first.outcome.account.id);
    expect(vault.list('account').map((account) => account.id)).toEqual([second.outcome.account.id]);
    expect(vault.list('grant').length).toBe(1);
    for (const client of ['n8n', 'claude']) {
      const access = await broker.accessTokens.get({ connectionId: id, client });
      expect(access.accountId).toBe(second.outcome.account.id);
    }
  });

  it('names that the language knows are names like any other', async () => {
    server.resourceMetadata['scopes_supported'] = ['constructor', '__proto__'];
    const id = await connect();
    const { attempt, outcome } = await signIn(id);
    expect(outcome).toMatchObject({ kind: 'done' });
    expect(attempt.permissions.every((words) => typeof words === 'string')).toBe(true);
    for (const client of ['constructor', '__proto__', 'toString']) {
      await expect(broker.accessTokens.get({ connectionId: id, client })).resolves.toMatchObject({ connectionId: id });
    }
  });
});

it('a clock that is set back does not stretch the pause after a failure', async () => {
  const id = await connect();
  await signIn(id);
  server.answer('/token', { status: 503 });
  host.moveClock(3_600_000);
  const get = () => broker.accessTokens.get({ connectionId: id, client: 'test' });
  await expect(get()).rejects.toMatchObject({ code: 'service-down' });
  server.behave();
  host.moveClock(-7_200_000);
  await expect(get()).resolves.toMatchObject({ connectionId: id });
  expect(server.seenAt('/token').length).toBe(3);
});
