/** Who we are to an authorization server: given by hand, known from before, or registered now (MCP M-C 7, 8, 12). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker } from '../../../electron/core/broker/create-broker.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import type { Vault } from '../../../electron/core/vault/vault.ts';
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
    expect(outcome).toMatchObject({ kind: 'failed', fault: { code: 'client-refused' } });
    server.behave();
    const again = await signIn(id);
    expect(again.outcome).toMatchObject({ kind: 'done' });
    expect(clientIdOf(again.attempt.authorizationUrl)).not.toBe(clientIdOf(attempt.authorizationUrl));
    expect(server.seenAt('/register').length).toBe(2);
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
    expect((await signIn(id)).outcome).toMatchObject({ kind: 'failed', fault: { code: 'client-refused' } });
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
