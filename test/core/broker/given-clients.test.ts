/** What a person gave for one authorization server is for that one alone, and for the connection it was given for (M-C 7). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { olderRegistrationKey, registrationKey } from '../../../electron/core/vault/records.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import {
  type FakeAuthorizationServer,
  type SeenRequest,
  startAuthorizationServer,
} from '../../fakes/authorization-server.ts';
import { faultOfOutcome, openScene, type Scene } from '../credentials/scene.ts';

let scene: Scene;
/** Of one issuer: a resource of its own, and another one that trusts it. */
let server: FakeAuthorizationServer;
let second: FakeAuthorizationServer;
let stranger: FakeAuthorizationServer;
beforeEach(async () => {
  scene = await openScene();
  server = await startAuthorizationServer();
  second = await startAuthorizationServer({ resourcePath: '/mcp2' });
  second.resourceMetadata['authorization_servers'] = [server.origin];
  stranger = await startAuthorizationServer();
});
afterEach(async () => {
  await scene.stop();
  await Promise.all([server.close(), second.close(), stranger.close()]);
});

const hourMs = 3_600_000;
const client = (name: string) => ({ clientId: `client-${name}`, clientSecret: new Secret(`secret-${name}`) });
const basicOf = (request: SeenRequest | undefined) =>
  Buffer.from(request?.headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString();
const secrets = () => scene.vault.list('registration').map(({ clientSecret }) => clientSecret?.open());

async function browse(id: string, wish = {}) {
  const { id: attempt, authorizationUrl = '' } = await scene.broker().signIns.start(id, { fresh: true, ...wish });
  await fetch(authorizationUrl);
  const outcome = await scene.broker().signIns.outcome(attempt);
  return { outcome, clientId: new URL(authorizationUrl).searchParams.get('client_id') };
}

describe('two given clients of one issuer', () => {
  it('M-C 12 each refresh, cancellation and new sign-in uses the one that its account came by', async () => {
    const [a, b] = [
      await scene.add('mcp', server.resource, { client: client('a') }),
      await scene.add('mcp', second.resource, { client: client('b') }),
    ];
    for (const id of [a, b]) expect((await browse(id)).outcome.kind).toBe('done');
    expect(secrets().sort()).toEqual(['secret-a', 'secret-b']);
    scene.moveClock(hourMs);
    for (const [id, name] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      await scene.get(id);
      expect(basicOf(server.seenAt('/token').at(-1))).toBe(`client-${name}:secret-${name}`);
      expect((await browse(id)).clientId).toBe(`client-${name}`);
      await scene.broker().signOut(id, scene.account(id)?.id ?? '');
      expect(basicOf(server.seenAt('/revoke').at(-1))).toBe(`client-${name}:secret-${name}`);
      expect((await browse(id)).clientId).toBe(`client-${name}`);
    }
  });

  it('one that was given anew leaves the account that came by the other one alone', async () => {
    const id = await scene.add('mcp', server.resource, { client: client('a') });
    await browse(id);
    await scene.add('mcp', server.resource, { client: client('b') });
    const { id: waiting, authorizationUrl = '' } = await scene.broker().signIns.start(id, { another: true });
    expect(new URL(authorizationUrl).searchParams.get('client_id')).toBe('client-b');
    scene.broker().signIns.cancel(waiting);
    scene.moveClock(hourMs);
    await scene.get(id);
    expect(basicOf(server.seenAt('/token').at(-1))).toBe('client-a:secret-a');
  });

  it('one that is given again by its ID alone stays the one with the secret, signed in with or not', async () => {
    const id = await scene.add('mcp', server.resource, { client: client('a') });
    await browse(id);
    await scene.add('mcp', server.resource, { client: { clientId: 'client-a', clientSecret: undefined } });
    expect((await browse(id, { another: true })).outcome.kind).toBe('done');
    expect(basicOf(server.seenAt('/token').at(-1))).toBe('client-a:secret-a');
    expect(secrets()).toEqual(['secret-a']);
  });

  it('one that would take the place of another is known, whether that one was given or signed in with', async () => {
    const replaced = (clientId: string) => scene.broker().clientReplacedBy({ target: server.resource, clientId });
    expect(replaced('client-a')).toBeUndefined();
    const id = await scene.add('mcp', server.resource, { client: client('a') });
    const { name } = scene.broker().findConnection(id);
    expect([replaced('client-a'), replaced('client-b')]).toEqual([undefined, name]);
    await browse(id);
    expect([replaced('client-a'), replaced('client-b')]).toEqual([undefined, name]);
  });

  it('the only one that was given for an issuer serves its other resources too, since a secret is shown once', async () => {
    await browse(await scene.add('mcp', server.resource, { client: client('a') }));
    expect((await browse(await scene.add('mcp', second.resource))).clientId).toBe('client-a');
  });

  it('one from an older version is found under its key, and is nobody else’s when another one is given', async () => {
    const a = await scene.add('mcp', server.resource, { client: client('a') });
    await browse(a);
    const record = scene.vault.list('registration')[0];
    const connection = scene.vault.get('connection', a);
    if (!record || !connection) throw new Error('nothing stored');
    await scene.vault.write([
      { kind: 'registration', key: registrationKey(record), record: undefined },
      { kind: 'registration', key: olderRegistrationKey(record), record },
      { kind: 'connection', key: a, record: { ...connection, client: undefined } },
    ]);
    await browse(await scene.add('mcp', second.resource, { client: client('b') }));
    scene.moveClock(hourMs);
    await scene.get(a);
    expect(basicOf(server.seenAt('/token').at(-1))).toBe('client-a:secret-a');
    expect((await browse(a)).clientId).toBe('client-a');
    await scene.broker().removeConnection(a);
    expect(secrets()).toEqual(['secret-b']);
  });
});

describe('a given client that nobody uses any more', () => {
  it('is forgotten with its service, but not while another one uses it', async () => {
    const a = await scene.add('mcp', server.resource, { client: client('a') });
    await browse(a);
    const b = await scene.add('mcp', second.resource);
    await browse(b);
    await scene.broker().removeConnection(a);
    expect(secrets()).toEqual(['secret-a']);
    await scene.broker().signOut(b, scene.account(b)?.id ?? '');
    expect(secrets()).toEqual(['secret-a']);
    await scene.broker().removeConnection(b);
    expect(secrets()).toEqual([]);
  });

  it('never goes to endpoints that were named by hand at another origin than its issuer’s', async () => {
    const other = await scene.add('mcp', second.resource, { client: client('a') });
    await browse(other);
    await scene.broker().signOut(other, scene.account(other)?.id ?? '');
    const authorizationServer = { issuer: server.origin, endpoints: { token_endpoint: `${stranger.origin}/token` } };
    const id = await scene.add('mcp', server.resource, { authorizationServer });
    await browse(id).catch(() => undefined);
    // Ids that the server itself gives out may begin alike.
    expect(JSON.stringify(stranger.seen)).not.toMatch(/client-a(?![\w-])/);
    expect(stranger.seen.map(basicOf).join()).not.toContain('secret-a');
  });

  it('nor to such endpoints that its own connection is given afterwards', async () => {
    const id = await scene.add('mcp', server.resource, { client: client('a') });
    await browse(id);
    const authorizationServer = { issuer: server.origin, endpoints: { token_endpoint: `${stranger.origin}/token` } };
    await scene.add('mcp', server.resource, { authorizationServer });
    await browse(id).catch(() => undefined);
    expect(stranger.seen.map(basicOf).join()).not.toContain('secret-a');
  });
});

describe('a machine’s secret that is remembered', () => {
  const machine = { wayIn: 'client-credentials' } as const;
  const given = { 'client-id': 'robot', 'client-secret': 'robot-secret' };
  const strangersSaw = () => stranger.seenAt('/token').map((request) => `${basicOf(request)} ${request.body}`);
  beforeEach(() => {
    for (const one of [server, stranger]) {
      one.answer('/token', { body: { access_token: 'machine', token_type: 'Bearer', expires_in: 3600 } });
    }
  });
  const nowNamed = (one: FakeAuthorizationServer) => {
    server.resourceMetadata['authorization_servers'] = [one.origin];
  };

  it.each(['web-api', 'mcp'])('M-C 7 is not sent to a server that the resource names later (%s)', async (kind) => {
    const id = await scene.add(kind, server.resource, machine);
    expect((await scene.signIn(id, { ...machine, given })).kind).toBe('done');
    nowNamed(stranger);
    const fault = faultOfOutcome(await scene.signIn(id, {}));
    expect(fault).toMatchObject({ code: 'issuer-mismatch', detail: { advice: 'enter-again-elsewhere' } });
    expect(strangersSaw()).toEqual([]);
    nowNamed(server);
    expect((await scene.signIn(id, {})).kind).toBe('done');
    nowNamed(stranger);
    expect((await scene.signIn(id, { ...machine, given })).kind, 'typed again').toBe('done');
  });

  it('M-C 7 one that came with the connection belongs to the first issuer that is found, also where that refused it', async () => {
    const id = await scene.add('mcp', server.resource, { ...machine, client: client('a') });
    server.answer('/token', { status: 401, body: { error: 'invalid_client' } });
    expect(faultOfOutcome(await scene.signIn(id, machine))?.code).toBe('client-refused');
    nowNamed(stranger);
    expect(faultOfOutcome(await scene.signIn(id, machine))?.code).toBe('issuer-mismatch');
    expect(strangersSaw()).toEqual([]);
    nowNamed(server);
    server.answer('/token', { body: { access_token: 'machine', token_type: 'Bearer', expires_in: 3600 } });
    expect((await scene.signIn(id, machine)).kind).toBe('done');
  });
});
