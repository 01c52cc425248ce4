/** Whether access is still good: by the server that issued it where it says, else by a call; and whose signature it has. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { type OidcProvider, startOidcProvider } from '../../fakes/oidc-provider.ts';
import { type ProtectedMcpServer, startProtectedMcpServer } from '../../fakes/protected-mcp-server.ts';
import { openStage, type Stage } from '../../fakes/signed-in.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const validate = (id: string) => stage.broker.validate(id, stage.broker.findConnection(id).accounts[0]?.id ?? '');

describe('against oidc-provider', () => {
  let resource: ProtectedMcpServer;
  let provider: OidcProvider | undefined;

  beforeEach(async () => {
    resource = await startProtectedMcpServer();
  });
  afterEach(async () => {
    await Promise.all([resource.stop(), provider?.close()]);
    provider = undefined;
  });

  async function signedIn(accessTokens: 'jwt' | 'opaque'): Promise<string> {
    provider = await startOidcProvider({ resource: resource.resource, accessTokens });
    await resource.trust(provider.issuer, accessTokens === 'jwt' ? 'signature' : 'introspection');
    const id = await stage.connect(resource.resource);
    expect(await stage.signIn(id, provider)).toMatchObject({ kind: 'done' });
    return id;
  }

  it('P-57 an opaque token is asked about: good until it is cancelled', async () => {
    const id = await signedIn('opaque');
    expect(await validate(id)).toMatchObject({
      active: 'yes',
      checkedBy: 'introspection',
      signature: 'not-checked',
      scopes: expect.arrayContaining(['read', 'write']),
    });
    const grant = stage.vault.list('grant')[0];
    await fetch(new URL('/token/revocation', provider?.issuer), {
      method: 'POST',
      body: new URLSearchParams({ token: grant?.accessToken.open() ?? '', client_id: grant?.clientId ?? '' }),
    });
    expect(await validate(id)).toMatchObject({ active: 'no', checkedBy: 'introspection' });
  });

  it('P-33 a signed token has its server’s signature', async () => {
    const id = await signedIn('jwt');
    expect(await validate(id)).toMatchObject({ signature: 'valid', account: expect.stringContaining('ada') });
  });
});

describe('against a server that says what a test wants', () => {
  let server: FakeAuthorizationServer;

  beforeEach(async () => {
    server = await startAuthorizationServer();
    server.metadata['introspection_endpoint'] = `${server.origin}/introspect`;
  });
  afterEach(() => server.close());

  async function signedIn(): Promise<string> {
    const id = await stage.connect(server.resource);
    const attempt = await stage.broker.signIns.start(id, {});
    await fetch(attempt.authorizationUrl ?? '');
    expect(await stage.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
    return id;
  }

  it('P-57 active decides alone, without a call', async () => {
    const id = await signedIn();
    const calls = server.seenAt('/mcp').length;
    server.answer('/introspect', { body: { active: false } });
    expect(await validate(id)).toMatchObject({ active: 'no', checkedBy: 'introspection' });
    server.answer('/introspect', { body: { active: true, scope: 'read', aud: server.resource } });
    expect(await validate(id)).toMatchObject({ active: 'yes', checkedBy: 'introspection', scopes: ['read'] });
    expect(server.seenAt('/mcp').length).toBe(calls);
  });

  it.each([
    ['refuses to say', { status: 401, body: { error: 'invalid_client' } }],
    ['has an empty 403', { status: 403, body: '' }],
    ['is in trouble', { status: 503 }],
    ['shows a page', { headers: { 'content-type': 'text/html' }, body: '<h1>Hi</h1>' }],
    ['speaks of access to something else', { body: { active: true, aud: 'https://other.example/' } }],
  ])('P-57 where the server %s, a call decides, and the sign-in stays as it is', async (_what, answer) => {
    const id = await signedIn();
    server.answer('/introspect', answer);
    expect(await validate(id)).toMatchObject({ active: 'yes', checkedBy: 'call' });
    server.answer('/mcp', { status: 401 });
    expect(await validate(id)).toMatchObject({ active: 'no', checkedBy: 'call' });
    server.answer('/mcp', { cut: true });
    expect(await validate(id)).toMatchObject({ active: 'unknown', checkedBy: 'call' });
    expect(stage.vault.list('registration')).toHaveLength(1);
  });

  it('P-57 a key or pasted token is shown to nobody but its resource, whatever server stands at its origin', async () => {
    await signedIn();
    server.answer('/api', { body: {} });
    const more = { target: `${server.origin}/api`, service: 'web-api', wayIn: 'api-key' } as const;
    const { id } = (await stage.broker.addConnection(more)).connection;
    for (const [wayIn, field] of [
      ['api-key', 'api-key'],
      ['access-token', 'access-token'],
    ] as const) {
      const { id: attempt } = await stage.broker.signIns.start(id, { wayIn, given: { [field]: 'very-secret' } });
      expect(await stage.broker.signIns.outcome(attempt)).toMatchObject({ kind: 'done' });
      expect(await validate(id)).toMatchObject({ active: 'yes', checkedBy: 'call', signature: 'not-checked' });
    }
    expect(server.seenAt('/introspect')).toEqual([]);
  });

  it('P-57 a machine’s access is asked about by the machine’s own client', async () => {
    server.answer('/token', { body: { access_token: 'machine', token_type: 'Bearer', expires_in: 3600 } });
    server.answer('/introspect', ({ headers }) =>
      headers.authorization === `Basic ${Buffer.from('robot:robot-secret').toString('base64')}`
        ? { body: { active: false } }
        : { status: 401, body: { error: 'invalid_client' } },
    );
    const id = await stage.connect(server.resource);
    const given = { 'client-id': 'robot', 'client-secret': 'robot-secret' };
    const { id: attempt } = await stage.broker.signIns.start(id, { wayIn: 'client-credentials', given });
    expect(await stage.broker.signIns.outcome(attempt)).toMatchObject({ kind: 'done' });
    expect(await validate(id)).toMatchObject({ active: 'no', checkedBy: 'introspection' });
  });

  it('P-57 access whose time has come is renewed before anybody is asked', async () => {
    const id = await signedIn();
    server.answer('/introspect', ({ form }) => ({
      body: { active: form.get('token') === stage.vault.list('grant')[0]?.accessToken.open() },
    }));
    stage.host.moveClock(3_600_000);
    const before = server.seenAt('/token').length;
    expect(await validate(id)).toMatchObject({ active: 'yes', checkedBy: 'introspection' });
    expect(server.seenAt('/token').length).toBe(before + 1);
    server.answer('/token', { status: 400, body: { error: 'invalid_grant' } });
    stage.host.moveClock(3_600_000);
    await expect(validate(id)).rejects.toMatchObject({ code: 'sign-in-needed' });
  });

  it('P-57 access that has ended and cannot be renewed is not called good, whatever the server says of it', async () => {
    const id = await signedIn();
    server.answer('/introspect', { body: { active: true } });
    server.answer('/token', { status: 503 });
    // Near its end it is still what the next call would use.
    stage.host.moveClock(3_590_000);
    expect(await validate(id)).toMatchObject({ active: 'yes' });
    stage.host.moveClock(60_000);
    await expect(validate(id)).rejects.toMatchObject({ code: 'service-down' });
  });

  it('P-33 an ID token with a wrong signature fails the sign-in; keys that were replaced do not', async () => {
    const [good, evil] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
    const published = async (kid: string, { publicKey }: typeof good) => ({
      body: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256' }] },
    });
    server.metadata['jwks_uri'] = `${server.origin}/jwks`;
    server.metadata['scopes_supported'] = ['openid'];
    server.resourceMetadata['scopes_supported'] = ['openid'];
    server.answer('/jwks', await published('one', good));
    const id = await stage.connect(server.resource);

    const signInWith = async (kid: string, { privateKey }: typeof good) => {
      const attempt = await stage.broker.signIns.start(id, {});
      const asked = new URL(attempt.authorizationUrl ?? '').searchParams;
      const idToken = await new SignJWT({ nonce: asked.get('nonce') ?? '', email: 'ada@example.com' })
        .setProtectedHeader({ alg: 'RS256', kid })
        .setIssuer(server.origin)
        .setAudience(asked.get('client_id') ?? '')
        .setSubject('ada')
        .setIssuedAt()
        .setExpirationTime('5 minutes')
        .sign(privateKey);
      const body = { access_token: 'opaque', token_type: 'Bearer', expires_in: 60, id_token: idToken };
      server.answer('/token', { body });
      await fetch(attempt.authorizationUrl ?? '');
      return stage.broker.signIns.outcome(attempt.id);
    };

    expect(await signInWith('one', good)).toMatchObject({ kind: 'done', account: { email: 'ada@example.com' } });
    const failed = { kind: 'failed', fault: { code: 'service-answer-invalid' } };
    expect(await signInWith('one', evil)).toMatchObject(failed);
    expect(await signInWith('two', good)).toMatchObject(failed);
    stage.host.moveClock(31_000);
    server.answer('/jwks', await published('two', evil));
    expect(await signInWith('two', evil)).toMatchObject({ kind: 'done' });
  });
});
