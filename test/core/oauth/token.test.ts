import { SignJWT, UnsecuredJWT } from 'jose';
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthorizationAttempt,
  beginAuthorization,
  judgeCallback,
  type ValidatedCallback,
} from '../../../electron/core/oauth/authorization.ts';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import type { OAuthClient } from '../../../electron/core/oauth/client-authentication.ts';
import { oauthFetch, wasNotSent } from '../../../electron/core/oauth/http.ts';
import { exchangeCode, refreshTokens } from '../../../electron/core/oauth/token.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import type { Fault } from '../../../shared/faults.ts';
import {
  type FakeAnswer,
  type FakeAuthorizationServer,
  startAuthorizationServer,
} from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent, { timeoutMs: 3_000 });
const nowMs = 1_800_000_000_000;
const now = () => nowMs;
const client: OAuthClient = { clientId: 'client-1', authMethod: 'none' };
let fake: FakeAuthorizationServer;
let server: AuthorizationServerInfo;

beforeAll(async () => {
  fake = await startAuthorizationServer();
  server = { issuer: fake.origin, source: 'discovered', metadata: fake.metadata as { issuer: string } };
});
beforeEach(() => fake.behave());
afterAll(async () => {
  await fake.close();
  await agent.close();
});

const lastToken = () => fake.seenAt('/token').at(-1);

async function granted(scopes: readonly string[] = ['read']): Promise<[AuthorizationAttempt, ValidatedCallback]> {
  const request = { redirectUri: 'http://127.0.0.1:4000/callback/a', resource: fake.resource, scopes };
  const attempt = await beginAuthorization(server, client, { ...request, scopeSeparator: ' ' });
  const response = await fetch(attempt.url, { redirect: 'manual' });
  const back = new URL(response.headers.get('location') ?? '');
  const judgement = judgeCallback(attempt, server, client, back.searchParams);
  if (judgement.kind !== 'granted') throw new Error(judgement.kind);
  return [attempt, judgement.parameters];
}

const signIn = async (as = client, scopes?: readonly string[]) =>
  exchangeCode(http, server, as, ...(await granted(scopes)), now);
const refresh = (as = client, scopes?: readonly string[]) =>
  refreshTokens(
    http,
    server,
    as,
    { refreshToken: new Secret('canary-refresh'), resource: fake.resource, ...(scopes ? { scopes } : {}) },
    now,
  );
const answering = (body: Record<string, unknown>) => {
  fake.answer('/token', { body: { access_token: 'a', token_type: 'Bearer', ...body } });
  return refresh();
};

describe('the request', () => {
  it('P-7 P-31 P-34 P-49 sends code, verifier, redirect URI and resource as a form to the recorded issuer', async () => {
    const [attempt, parameters] = await granted();
    const tokens = await exchangeCode(http, server, client, attempt, parameters, now);
    const request = lastToken();
    expect(request?.method).toBe('POST');
    expect(request?.query.size).toBe(0);
    expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(request?.form ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: parameters.get('code'),
      code_verifier: attempt.codeVerifier.open(),
      redirect_uri: attempt.redirectUri,
      resource: fake.resource,
      client_id: 'client-1',
    });
    expect(tokens).toMatchObject({ tokenType: 'Bearer', grantedScopes: ['read'], obtainedAtMs: nowMs });
    expect(tokens.expiresAtMs).toBe(nowMs + 3_600_000);

    const elsewhere: AuthorizationServerInfo = { ...server, issuer: 'https://evil.example' };
    const before = fake.seen.length;
    await expect(exchangeCode(http, elsewhere, client, attempt, parameters, now)).rejects.toMatchObject({
      code: 'issuer-mismatch',
    });
    expect(fake.seen.length).toBe(before);
  });

  it('P-46 refreshes for the same resource, and for no more scope than it is told', async () => {
    fake.answer('/token', { body: { access_token: 'a', token_type: 'Bearer' } });
    await refresh();
    expect(Object.fromEntries(lastToken()?.form ?? [])).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'canary-refresh',
      resource: fake.resource,
      client_id: 'client-1',
    });
    await refresh(client, ['read']);
    expect(lastToken()?.form.get('scope')).toBe('read');
  });

  it('P-36 encodes id and secret for Basic as Appendix B says, and not a character more', async () => {
    fake.answer('/token', { body: { access_token: 'a', token_type: 'Bearer' } });
    const clientSecret = new Secret('s-e_c.r*e t:%+é/=');
    await refresh({ clientId: 'my-client_1.x', clientSecret, authMethod: 'client_secret_basic' });
    const [scheme, credentials] = (lastToken()?.headers.authorization ?? '').split(' ');
    expect(scheme).toBe('Basic');
    expect(Buffer.from(credentials ?? '', 'base64').toString()).toBe('my-client_1.x:s-e_c.r*e+t%3A%25%2B%C3%A9%2F%3D');
  });

  it('P-37 uses exactly one way to authenticate', async () => {
    fake.answer('/token', { body: { access_token: 'a', token_type: 'Bearer' } });
    const clientSecret = new Secret('hush');
    await refresh({ clientId: 'c', clientSecret, authMethod: 'client_secret_basic' });
    expect([lastToken()?.form.has('client_id'), lastToken()?.form.has('client_secret')]).toEqual([false, false]);
    await refresh({ clientId: 'c', clientSecret, authMethod: 'client_secret_post' });
    expect([lastToken()?.form.get('client_id'), lastToken()?.form.get('client_secret')]).toEqual(['c', 'hush']);
    expect(lastToken()?.headers.authorization).toBeUndefined();
    await refresh({ clientId: 'c', clientSecret, authMethod: 'none' });
    expect([lastToken()?.form.get('client_id'), lastToken()?.form.has('client_secret')]).toEqual(['c', false]);
    expect(lastToken()?.headers.authorization).toBeUndefined();
    await expect(refresh({ clientId: 'c', authMethod: 'client_secret_post' })).rejects.toMatchObject({
      code: 'client-refused',
    });
  });

  it('P-11 a code that was used before is refused as such', async () => {
    const [attempt, parameters] = await granted();
    await exchangeCode(http, server, client, attempt, parameters, now);
    await expect(exchangeCode(http, server, client, attempt, parameters, now)).rejects.toMatchObject({
      code: 'sign-in-needed',
    });
  });
});

describe('a good answer', () => {
  it('gives back the tokens of an answer that it cannot use; those of a refresh may be in use', async () => {
    const body = { access_token: 'planted-a', refresh_token: 'planted-r', token_type: 'mac' };
    fake.answer('/token', { body });
    await expect(signIn()).rejects.toMatchObject({ code: 'service-answer-invalid' });
    const given = () => fake.seenAt('/revoke').map(({ form }) => [form?.get('token'), form?.get('token_type_hint')]);
    const all = [
      ['planted-r', 'refresh_token'],
      ['planted-a', 'access_token'],
    ];
    await expect.poll(given).toEqual(all);
    await expect(refresh()).rejects.toMatchObject({ code: 'service-answer-invalid' });
    fake.answer('/revoke', { status: 503 });
    await expect(signIn()).rejects.toMatchObject({ code: 'service-answer-invalid' });
    await expect.poll(given).toEqual([...all, ...all]);
  });

  it('is one whose status says that something was created', async () => {
    const body = { access_token: 'made', refresh_token: 'more', token_type: 'Bearer' };
    const before = fake.seenAt('/revoke').length;
    fake.answer('/token', { status: 201, body });
    expect((await refresh()).accessToken.open()).toBe('made');
    expect((await signIn()).accessToken.open()).toBe('made');
    expect(fake.seenAt('/revoke')).toHaveLength(before);
    fake.answer('/token', { status: 201, body: { ok: true } });
    await expect(refresh()).rejects.toMatchObject({ code: 'service-answer-invalid' });
  });

  it.each(['Bearer', 'bearer', 'BEARER'])('P-38 takes token_type %s', async (token_type) => {
    expect((await answering({ token_type })).tokenType).toBe('Bearer');
  });

  it.each([undefined, null, 'mac', 'DPoP', 'N_A', 7])(
    'P-38 P-62 does not use a token of type %j',
    async (token_type) => {
      await expect(answering({ token_type })).rejects.toMatchObject({ code: 'service-answer-invalid' });
    },
  );

  it.each([
    [3600, 3_600_000],
    ['3600', 3_600_000],
    [0.5, 500],
  ])('P-39 expires_in %j is %i ms', async (expires_in, lifeMs) => {
    expect((await answering({ expires_in })).expiresAtMs).toBe(nowMs + lifeMs);
  });

  it.each([undefined, null, 0, -1, 0.000001, '1e-9', 'soon', '', {}])(
    'P-39 expires_in %j says nothing',
    async (expires_in) => {
      expect((await answering({ expires_in })).expiresAtMs).toBeUndefined();
    },
  );

  it('P-39 an endless expires_in is a number that can be stored', async () => {
    fake.answer('/token', {
      headers: { 'content-type': 'application/json' },
      body: '{"access_token":"a","token_type":"bearer","expires_in":1e999}',
    });
    const expiresAtMs = (await refresh()).expiresAtMs;
    expect(Number.isSafeInteger(expiresAtMs)).toBe(true);
  });

  it('P-39 falls back to the token’s own life, whatever the server’s clock says', async () => {
    const jwt = (claims: Record<string, unknown>) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 1));
    const seconds = nowMs / 1000;
    const plain = await answering({ access_token: await jwt({ exp: seconds + 60 }) });
    expect(plain.expiresAtMs).toBe(nowMs + 60_000);
    const skewed = await answering({ access_token: await jwt({ iat: seconds - 7200, exp: seconds - 7140 }) });
    expect(skewed.expiresAtMs).toBe(nowMs + 60_000);
    const odd = await answering({ access_token: await jwt({ exp: seconds + 60 }), expires_in: -5 });
    expect(odd.expiresAtMs).toBe(nowMs + 60_000);
  });

  it('P-39 takes a token that has ended by our clock by the server’s, else as one whose end nobody knows', async () => {
    const endsIn = (ms: number) =>
      new SignJWT({ exp: (nowMs + ms) / 1000 }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 1));
    const answeredAt = async (serverMs: number, access_token: string) => {
      const date = new Date(serverMs).toUTCString();
      fake.answer('/token', { headers: { date }, body: { access_token, token_type: 'Bearer' } });
      return (await refresh()).expiresAtMs;
    };
    const hourAgo = nowMs - 3_600_000;
    expect(await answeredAt(hourAgo, await endsIn(-1_800_000))).toBe(nowMs + 1_800_000);
    expect(await answeredAt(nowMs, await endsIn(-1_800_000))).toBeUndefined();
  });

  it.each(['a\r\nX-Evil: 1', 'a\nb', 'a b', 'ä', ''])('P-39 refuses the access token %j', async (access_token) => {
    await expect(answering({ access_token })).rejects.toMatchObject({ code: 'service-answer-invalid' });
  });

  it('P-39 refuses a refresh token with a line break, ignores unknown members and nulls', async () => {
    await expect(answering({ refresh_token: 'a\r\nb' })).rejects.toMatchObject({ code: 'service-answer-invalid' });
    const tokens = await answering({ refresh_token: null, id_token: null, scope: null, foo: { bar: 1 } });
    expect(tokens.refreshToken).toBeUndefined();
    expect(tokens.grantedScopes).toBeUndefined();
    expect((await answering({ refresh_token: '', id_token: '' })).refreshToken).toBeUndefined();
  });

  it('P-40 records the scope that was granted', async () => {
    expect((await answering({ scope: 'read  other' })).grantedScopes).toEqual(['read', 'other']);
    expect((await answering({})).grantedScopes).toBeUndefined();
    expect((await answering({ scope: ['read', 'write other', 7, null] })).grantedScopes).toEqual([
      'read',
      'write',
      'other',
    ]);
    expect((await answering({ scope: { read: true } })).grantedScopes).toBeUndefined();
    const odd = await answering({ scope: 'read a\nb \u001b[2J "quoted" mcp:write' });
    expect(odd.grantedScopes).toEqual(['read', 'mcp:write']);
  });

  it('P-63 prints no token', async () => {
    const tokens = await answering({ access_token: 'canary-a', refresh_token: 'canary-r' });
    expect(JSON.stringify(tokens)).not.toContain('canary');
  });
});

describe('a refusal', () => {
  const refusals: readonly (readonly [FakeAnswer, string])[] = [
    [{ status: 400, body: { error: 'invalid_grant' } }, 'sign-in-needed'],
    [{ status: 401, body: { error: 'invalid_client' }, headers: { 'www-authenticate': 'Basic' } }, 'client-refused'],
    [{ status: 400, body: { error: 'unauthorized_client' } }, 'client-refused'],
    [{ status: 400, body: { error: 'invalid_target' } }, 'target-refused'],
    [{ status: 400, body: { error: 'invalid_scope' } }, 'scope-refused'],
    [{ status: 400, body: { error: 'invalid_request' } }, 'token-refused'],
    [{ status: 403, body: '' }, 'token-refused'],
    [{ status: 400, body: '<html>canary</html>', headers: { 'content-type': 'text/html' } }, 'token-refused'],
    [{ status: 400, body: { error: 'temporarily_unavailable' } }, 'service-down'],
    [{ status: 402, body: { error: 'Payment Required', message: 'canary', statusCode: 402 } }, 'plan-limit'],
    [{ status: 408, body: '' }, 'service-down'],
    [{ status: 429, body: '' }, 'rate-limited'],
    [{ status: 500, body: { error: 'invalid_grant' } }, 'service-down'],
    [{ status: 502, body: '<html>canary</html>' }, 'service-down'],
    [{ status: 503, body: '' }, 'service-down'],
    [{ status: 200, body: '<html>canary</html>' }, 'service-answer-invalid'],
    [{ status: 200, body: { hello: 'world' } }, 'service-answer-invalid'],
    [{ status: 200, body: [] }, 'service-answer-invalid'],
    [{ status: 204 }, 'service-answer-invalid'],
    [{ status: 307, headers: { location: '/authorize' } }, 'service-answer-invalid'],
    // Not the service's own word.
    [{ status: 200, body: '<html>canary</html>', headers: { 'content-type': 'text/html' } }, 'captive-portal'],
    [{ status: 302, headers: { location: 'http://login.wifi.example/canary' } }, 'captive-portal'],
    // Nobody has a standard for it.
    [{ status: 400, body: { error: 'account_disabled' } }, 'account-disabled'],
    [{ status: 403, body: { error: 'user_suspended' } }, 'account-disabled'],
  ];

  it.each(refusals)('P-41 P-42 P-35 %j is %s, asked once, without the server’s text', async (answer, code) => {
    fake.answer('/token', answer);
    for (const attempt of [signIn, refresh]) {
      const before = fake.seenAt('/token').length;
      const fault = await attempt().then(
        () => undefined,
        (thrown: Fault) => thrown,
      );
      expect(fault?.code).toBe(code);
      expect(fault && wasNotSent(fault)).toBe(false);
      expect(JSON.stringify([fault?.detail, fault?.message, fault?.stack])).not.toContain('canary');
      expect(fake.seenAt('/token').length - before).toBe(1);
    }
  });

  it.each([
    [511, 'captive-portal'],
    [407, 'proxy-refused'],
  ])('P-42 status %i is said by the network, which has passed nothing on: %s', async (status, code) => {
    fake.answer('/token', { status, body: '<h1>Hotel</h1>', headers: { 'content-type': 'text/html' } });
    const fault = await refresh().catch((thrown: Fault) => thrown);
    expect(fault).toMatchObject({ code });
    expect(wasNotSent(fault as Fault)).toBe(true);
  });

  it('P-45 a service’s own "invalid or expired token" means sign in again, where a token was sent', async () => {
    fake.answer('/token', { status: 401, body: { error: 'Unauthorized', message: 'x', statusCode: 401 } });
    await expect(refresh()).rejects.toMatchObject({ code: 'sign-in-needed' });
    await expect(signIn()).rejects.toMatchObject({ code: 'token-refused' });
  });

  it.each([
    ['120', nowMs + 120_000],
    [new Date(nowMs + 60_000).toUTCString(), nowMs + 60_000],
    [new Date(nowMs - 60_000).toUTCString(), nowMs],
    ['999999999999', nowMs + 86_400_000],
    ['soon', undefined],
  ])('P-42 Retry-After %s is kept as a time', async (retryAfter, retryAtMs) => {
    for (const status of [429, 503]) {
      fake.answer('/token', { status, headers: { 'retry-after': retryAfter } });
      await expect(refresh()).rejects.toMatchObject({ detail: retryAtMs === undefined ? {} : { retryAtMs } });
    }
  });

  it('P-42 a cut connection is transient, and whether it was sent is not known', async () => {
    fake.answer('/token', { cut: true });
    const fault = await refresh().catch((thrown: Fault) => thrown);
    expect(fault).toMatchObject({ code: 'unreachable' });
    expect(wasNotSent(fault as Fault)).toBe(false);
  });
});

describe('an ID token', () => {
  const clientSecret = new Secret('\u0001'.repeat(32));
  const claims = () => ({ iss: fake.origin, aud: 'client-1', sub: 'ada', email: 'ada@example.com' });
  const signed = (more: Record<string, unknown> = {}, alg = 'HS256', keyByte = 1) =>
    new SignJWT({ ...claims(), ...more })
      .setProtectedHeader({ alg })
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(Buffer.alloc(32, keyByte));
  const answered = (id_token: string, headers: Readonly<Record<string, string>> = {}) =>
    fake.answer('/token', { headers, body: { access_token: 'a', token_type: 'bearer', id_token } });

  async function signInWith(make: (nonce: string) => Promise<string> | string, headers?: Record<string, string>) {
    const hs = { ...fake.metadata, id_token_signing_alg_values_supported: ['HS256', 'none'] };
    const symmetric: AuthorizationServerInfo = { ...server, metadata: hs as unknown as { issuer: string } };
    const [attempt, parameters] = await granted(['openid']);
    answered(await make(attempt.nonce ?? ''), headers);
    const confidential: OAuthClient = { ...client, authMethod: 'client_secret_post', clientSecret };
    return exchangeCode(http, symmetric, confidential, attempt, parameters, now);
  }

  it('P-33 is used when it is right', async () => {
    const tokens = await signInWith((nonce) => signed({ nonce }));
    expect(tokens.idTokenClaims).toMatchObject({ sub: 'ada', email: 'ada@example.com' });
  });

  it.each<[string, (nonce: string) => Promise<string> | string]>([
    ['another issuer', (nonce) => signed({ nonce, iss: 'https://evil.example' })],
    ['another audience', (nonce) => signed({ nonce, aud: 'somebody' })],
    ['several audiences without azp', (nonce) => signed({ nonce, aud: ['client-1', 'b'] })],
    ['another nonce', () => signed({ nonce: 'other' })],
    ['no nonce', () => signed()],
    [
      'no signature',
      (nonce) => new UnsecuredJWT({ ...claims(), nonce }).setIssuedAt().setExpirationTime('1h').encode(),
    ],
    ['the signature of another', (nonce) => signed({ nonce }, 'HS256', 2)],
    ['no sense', () => 'not-a-jwt'],
  ])('P-33 fails the sign-in with %s', async (_what, make) => {
    await expect(signInWith(make)).rejects.toMatchObject({ code: 'service-answer-invalid' });
  });

  it('P-33 fails the sign-in where it has ended', async () => {
    const ended = (nonce: string) =>
      new SignJWT({ ...claims(), nonce })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt('2 hours ago')
        .setExpirationTime('1 hour ago')
        .sign(Buffer.alloc(32, 1));
    await expect(signInWith(ended)).rejects.toMatchObject({ code: 'service-answer-invalid' });
  });

  it.each([
    ['two hours behind', 7200],
    ['two hours ahead', -7200],
  ])('where this computer’s clock is %s of the service’s, the clock is named', async (_what, aheadS) => {
    const serverS = Math.round(Date.now() / 1000) + aheadS;
    const make = (nonce: string) =>
      new SignJWT({ ...claims(), nonce })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt(serverS)
        .setNotBefore(serverS)
        .setExpirationTime(serverS + 300)
        .sign(Buffer.alloc(32, 1));
    const date = new Date(serverS * 1000).toUTCString();
    await expect(signInWith(make, { date })).rejects.toMatchObject({ code: 'clock-wrong' });
  });

  it('P-33 is not believed where it is signed with a secret that this client does not have', async () => {
    const hs = { ...fake.metadata, id_token_signing_alg_values_supported: ['HS256'] };
    const symmetric: AuthorizationServerInfo = { ...server, metadata: hs as unknown as { issuer: string } };
    const [attempt, parameters] = await granted(['openid']);
    answered(await signed({ nonce: attempt.nonce }));
    await expect(exchangeCode(http, symmetric, client, attempt, parameters, now)).rejects.toMatchObject({
      code: 'service-answer-invalid',
    });
  });

  it('that nobody asked for is passed over when it is wrong', async () => {
    const [attempt, parameters] = await granted();
    answered(await signed({ iss: 'https://evil.example' }));
    const tokens = await exchangeCode(http, server, client, attempt, parameters, now);
    expect(tokens.idTokenClaims).toBeUndefined();
    expect(tokens.accessToken.open()).toBe('a');
  });
});
