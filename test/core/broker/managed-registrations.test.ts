/** Our registration at a server that lets it be managed (RFC 7592): read, renewed, deleted when nobody needs it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registrationKey } from '../../../electron/core/vault/records.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { type OidcProvider, startOidcProvider } from '../../fakes/oidc-provider.ts';
import { type ProtectedMcpServer, startProtectedMcpServer } from '../../fakes/protected-mcp-server.ts';
import { openStage, type Stage } from '../../fakes/signed-in.ts';

let stage: Stage;
let id: string;

const registrations = () => stage.vault.list('registration');
const accounts = () => stage.broker.findConnection(id).accounts;
const signOut = () => stage.broker.signOut(id, accounts()[0]?.id ?? '');

describe('against oidc-provider', () => {
  let resource: ProtectedMcpServer;
  let provider: OidcProvider;

  beforeEach(async () => {
    stage = await openStage();
    resource = await startProtectedMcpServer();
    provider = await startOidcProvider({ resource: resource.resource, manages: true });
    await resource.trust(provider.issuer);
    id = await stage.connect(resource.resource);
    expect(await stage.signIn(id, provider)).toMatchObject({ kind: 'done' });
  });
  afterEach(async () => {
    await stage.close();
    await Promise.all([resource.stop(), provider.close()]);
  });

  const rat = () => registrations()[0]?.registrationAccessToken?.open();
  const deletions = () => provider.seen.filter((request) => request.startsWith('DELETE /reg/'));

  it('P-55 is read and renewed, each time with the token that the last answer brought', async () => {
    const first = rat();
    const read = await stage.broker.registration(id, 'read');
    expect(read).toMatchObject({ source: 'dynamic', managed: true, outcome: 'read', issuer: provider.issuer });
    expect(read.redirectUris).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//)]);
    expect(await stage.broker.registration(id, 'update')).toMatchObject({ outcome: 'updated' });
    const second = rat();
    expect(second).not.toBe(first);
    expect(await stage.broker.registration(id, 'update')).toMatchObject({ outcome: 'updated' });
    expect(rat()).not.toBe(second);
    expect(await stage.broker.registration(id, 'read')).toMatchObject({ outcome: 'read' });
    expect(JSON.stringify(stage.host.logged)).not.toContain(first);
  });

  it('P-55 is deleted with the last account that signed in with it, and made anew for the next', async () => {
    const attempt = await stage.broker.signIns.start(id, { another: true });
    await fetch(await provider.consent(new URL(attempt.authorizationUrl ?? ''), { account: 'grace' }));
    await stage.broker.signIns.outcome(attempt.id);
    await signOut();
    expect(deletions()).toEqual([]);
    expect(await signOut()).toMatchObject({ service: 'cancelled' });
    expect(deletions()).toHaveLength(1);
    expect(registrations()).toEqual([]);
    expect(await stage.signIn(id, provider)).toMatchObject({ kind: 'done' });
  });

  it('P-55 is deleted with the service', async () => {
    await stage.broker.removeConnection(id);
    expect(deletions()).toHaveLength(1);
    expect(registrations()).toEqual([]);
  });

  it('P-55 is deleted where a person asks, and whoever used it has to sign in again', async () => {
    expect(await stage.broker.registration(id, 'delete')).toMatchObject({ outcome: 'deleted' });
    expect(registrations()).toEqual([]);
    expect(accounts()[0]).toMatchObject({ state: 'sign-in-again' });
    await expect(stage.broker.registration(id, 'read')).rejects.toMatchObject({ code: 'client-id-needed' });
    expect(await stage.signIn(id, provider)).toMatchObject({ kind: 'done', known: true });
    expect(accounts()[0]).toMatchObject({ state: 'connected' });
  });

  it('P-55 one whose token is refused is managed no more; that it is gone its token endpoint says', async () => {
    const { registrationClientUri = '' } = registrations()[0] ?? {};
    await fetch(registrationClientUri, { method: 'DELETE', headers: { authorization: `Bearer ${rat()}` } });
    expect(await stage.broker.registration(id, 'read')).toMatchObject({ outcome: 'gone' });
    expect(registrations()).toMatchObject([{ source: 'dynamic' }]);
    expect(rat()).toBeUndefined();
    expect(accounts()[0]).toMatchObject({ state: 'connected' });
    expect(await stage.broker.registration(id, 'delete')).toMatchObject({ outcome: 'not-managed' });
    stage.host.moveClock(3_600_000);
    const refused = stage.broker.accessTokens.get({ connectionId: id, client: 'test' });
    await expect(refused).rejects.toMatchObject({ code: 'sign-in-needed' });
    expect(registrations()).toEqual([]);
    expect(accounts()[0]).toMatchObject({ state: 'sign-in-again' });
    const asked = provider.seen.length;
    for (let call = 0; call < 3; call++) {
      await expect(stage.broker.accessTokens.get({ connectionId: id, client: 'test' })).rejects.toMatchObject({
        code: 'sign-in-needed',
      });
    }
    expect(provider.seen.length).toBe(asked);
  });
});

describe('against a server that says what a test wants', () => {
  let server: FakeAuthorizationServer;
  const path = '/register/ours';

  beforeEach(async () => {
    stage = await openStage();
    server = await startAuthorizationServer();
    server.answer('/register', registered());
    id = await stage.connect(server.resource);
    await signIn();
  });
  afterEach(async () => {
    await stage.close();
    await server.close();
  });

  function registered(more: object = {}): { readonly status: number; readonly body: object } {
    const management = { registration_access_token: 'rat', registration_client_uri: server.origin + path };
    return { status: 201, body: { client_id: 'ours', ...management, ...more } };
  }
  async function signIn() {
    const attempt = await stage.broker.signIns.start(id, {});
    await fetch(attempt.authorizationUrl ?? '');
    return stage.broker.signIns.outcome(attempt.id);
  }
  const deletions = () => server.seenAt(path).filter(({ method }) => method === 'DELETE').length;

  it.each([
    ['cannot be reached', { cut: true }],
    ['is in trouble', { status: 503 }],
  ])(
    'P-55 where the server %s, one is signed out all the same, and the registration stays for the next time',
    async (_what, answer) => {
      server.answer(path, answer);
      expect(await signOut()).toMatchObject({ service: 'cancelled' });
      expect(accounts()).toEqual([]);
      expect(registrations()).toHaveLength(1);
      await signIn();
      server.answer(path, { status: 204 });
      await signOut();
      expect(registrations()).toEqual([]);
      expect(deletions()).toBe(2);
    },
  );

  it('P-55 it is not deleted while it is needed to take access back', async () => {
    server.answer('/revoke', { status: 503 });
    expect(await signOut()).toMatchObject({ service: 'waiting' });
    expect(deletions()).toBe(0);
    expect(registrations()).toHaveLength(1);
  });

  it('P-55 it is not deleted while somebody signs in with it', async () => {
    const other = (await stage.broker.addConnection({ target: `${server.origin}/other` })).connection.id;
    server.answer('/other', {
      status: 401,
      headers: { 'www-authenticate': `Bearer resource_metadata="${server.origin}/other-metadata"` },
    });
    server.answer('/other-metadata', {
      body: { ...server.resourceMetadata, resource: `${server.origin}/other` },
    });
    await stage.broker.signIns.start(other, {});
    await signOut();
    expect(deletions()).toBe(0);
    expect(registrations()).toHaveLength(1);
  });

  it('P-55 where registrations are not managed, nothing is asked, and it stays', async () => {
    const [record] = registrations();
    if (!record) throw new Error('no registration');
    const key = registrationKey(record);
    const unmanaged = { ...record, registrationAccessToken: undefined };
    await stage.vault.write([{ kind: 'registration', key, record: unmanaged }]);
    expect(await stage.broker.registration(id, 'update')).toMatchObject({ managed: false, outcome: 'not-managed' });
    await signOut();
    expect(server.seenAt(path)).toEqual([]);
    expect(registrations()).toHaveLength(1);
  });

  it('P-55 a new secret and token are stored together, before they are used', async () => {
    const renewed = { client_secret: 'secret-2', registration_access_token: 'rat-2', client_secret_expires_at: 0 };
    server.answer(path, {
      ...registered({ ...renewed, token_endpoint_auth_method: 'client_secret_post' }),
      status: 200,
    });
    await stage.broker.registration(id, 'update');
    const [record] = registrations();
    expect(record?.clientSecret?.open()).toBe('secret-2');
    expect(record?.registrationAccessToken?.open()).toBe('rat-2');
    stage.host.moveClock(3_600_000);
    await stage.broker.accessTokens.get({ connectionId: id, client: 'test' });
    expect(server.seenAt('/token').at(-1)?.form.get('client_secret')).toBe('secret-2');
  });

  describe('that gives another token with each answer', () => {
    let token = 'rat';
    let answers = 0;
    beforeEach(() => {
      token = 'rat';
      answers = 0;
      server.answer(path, ({ headers }) => {
        if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { error: 'invalid_token' } };
        answers += 1;
        token = `rat-${answers}`;
        return { ...registered({ registration_access_token: token }), status: 200 };
      });
    });

    it('P-55 two who ask at once take turns, and nobody is signed out', async () => {
      const read = () => stage.broker.registration(id, 'read');
      const both = await Promise.all([read(), read(), stage.broker.registration(id, 'update')]);
      expect(both.map(({ outcome }) => outcome)).toEqual(['read', 'read', 'updated']);
      expect(registrations()[0]?.registrationAccessToken?.open()).toBe('rat-3');
      expect(accounts()[0]).toMatchObject({ state: 'connected' });
    });

    it('P-55 an answer that was lost costs the managing, and no sign-in', async () => {
      token = 'another one, whose answer was lost';
      expect(await stage.broker.registration(id, 'read')).toMatchObject({ outcome: 'gone', managed: false });
      expect(await stage.broker.registration(id, 'read')).toMatchObject({ outcome: 'not-managed' });
      expect(accounts()[0]).toMatchObject({ state: 'connected' });
      stage.host.moveClock(3_600_000);
      await expect(stage.broker.accessTokens.get({ connectionId: id, client: 'test' })).resolves.toBeDefined();
      // It may be gone altogether: nobody else is to be stuck with it.
      const asked = server.seenAt('/register').length;
      await stage.broker.signIns.start(id, { another: true });
      expect(server.seenAt('/register')).toHaveLength(asked + 1);
    });
  });

  it('P-55 says who else signed in with it, and ends that too', async () => {
    const other = await startAuthorizationServer({ resourcePath: '/other' });
    try {
      other.resourceMetadata['authorization_servers'] = [server.origin];
      const second = await stage.broker.addConnection({ target: other.resource, name: 'second' });
      const attempt = await stage.broker.signIns.start(second.connection.id, {});
      await fetch(attempt.authorizationUrl ?? '');
      expect(await stage.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
      server.answer(path, { ...registered(), status: 200 });
      expect(await stage.broker.registration(id, 'read')).toMatchObject({ alsoUsedBy: ['second'] });
      server.answer(path, { status: 204 });
      expect(await stage.broker.registration(id, 'delete')).toMatchObject({
        outcome: 'deleted',
        alsoUsedBy: ['second'],
      });
      expect(stage.broker.findConnection('second').accounts[0]).toMatchObject({ state: 'sign-in-again' });
    } finally {
      await other.close();
    }
  });

  it('P-53 a secret that has ended is not sent any more: one signs in again, by a new registration', async () => {
    const endsAtMs = stage.host.platform.now() + 60_000;
    const [record] = registrations();
    if (!record) throw new Error('no registration');
    const key = registrationKey(record);
    const ending = {
      ...record,
      authMethod: 'client_secret_post' as const,
      clientSecret: new Secret('ending'),
      secretExpiresAtMs: endsAtMs,
    };
    await stage.vault.write([{ kind: 'registration', key, record: ending }]);
    stage.host.moveClock(3_600_000);
    const before = server.seenAt('/token').length;
    for (let call = 0; call < 3; call++) {
      await expect(stage.broker.accessTokens.get({ connectionId: id, client: 'test' })).rejects.toMatchObject({
        code: 'sign-in-needed',
      });
    }
    expect(server.seenAt('/token').length).toBe(before);
    server.answer('/register', registered({ client_id: 'ours-2' }));
    expect(await signIn()).toMatchObject({ kind: 'done' });
    expect(server.seenAt('/register').length).toBe(2);
  });
});
