import { UnsecuredJWT } from 'jose';
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { fetchIdentity, identityOf } from '../../../electron/core/oauth/identity.ts';
import type { TokenSet } from '../../../electron/core/oauth/token.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';

const conexorServer = 'https://app.conexor.io/mcp/acme/sales-api';
const jwt = (claims: Record<string, unknown>) => new UnsecuredJWT(claims).encode();

function tokenSet(accessToken: string, more: Partial<TokenSet> = {}): TokenSet {
  return {
    accessToken: new Secret(accessToken),
    tokenType: 'Bearer',
    grantedScopes: undefined,
    obtainedAtMs: 0,
    ...more,
  };
}

describe('who signed in', () => {
  it('is named by the ID token first', () => {
    const tokens = tokenSet(jwt({ sub: 'x', email: 'x@a.example' }), {
      idTokenClaims: { sub: 'ada', email: 'ada@a.example', org: 'Acme Ltd' },
    });
    expect(identityOf(tokens, conexorServer)).toEqual({
      subject: 'ada',
      label: 'ada@a.example',
      email: 'ada@a.example',
      organisation: 'Acme Ltd',
    });
  });

  it('is named by the access token’s own claims, else by the organisation in the address', () => {
    expect(identityOf(tokenSet(jwt({ sub: '7', preferred_username: 'ada' })), conexorServer)).toEqual({
      subject: '7',
      label: 'ada',
      organisation: 'acme',
    });
    expect(identityOf(tokenSet('opaque'), conexorServer)).toEqual({ label: 'acme', organisation: 'acme' });
    expect(identityOf(tokenSet('opaque'), 'https://mcp.example/mcp')).toEqual({});
  });

  it('takes no claim that is not a line of text', () => {
    const claims = { sub: 7, email: ['a'], name: 'Ada\u202e\r\n<b>', org: { id: 1 }, preferred_username: ' ' };
    expect(identityOf(tokenSet(jwt(claims)), 'https://mcp.example/')).toEqual({ label: 'Ada<b>' });
    expect(identityOf(tokenSet(jwt({ name: 'x'.repeat(5_000) })), 'https://mcp.example/').label).toHaveLength(120);
  });
});

describe('userinfo', () => {
  const agent = new Agent();
  const http = oauthFetch(agent);
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

  const ask = (tokens: TokenSet) => fetchIdentity(http, server, tokens, 'https://mcp.example/');
  const openid = tokenSet('opaque', { grantedScopes: ['openid'] });

  it('P-51 is asked with the token in the header alone, where openid was granted', async () => {
    expect(await ask(openid)).toEqual({ subject: 'ada', label: 'ada@example.com', email: 'ada@example.com' });
    const request = fake.seenAt('/userinfo').at(-1);
    expect(request?.headers.authorization).toBe('Bearer opaque');
    expect([request?.query.size, request?.body]).toEqual([0, '']);
  });

  it('P-50 is not asked without openid, nor when the name is known', async () => {
    const before = fake.seen.length;
    expect(await ask(tokenSet('opaque', { grantedScopes: ['read'] }))).toEqual({});
    expect(await ask(tokenSet('opaque', { idTokenClaims: { sub: 'a', email: 'a@b.example' } }))).toMatchObject({
      label: 'a@b.example',
    });
    expect(fake.seen.length).toBe(before);
  });

  it('about somebody else, or broken, changes nothing', async () => {
    const known = tokenSet('opaque', { idTokenClaims: { sub: 'bob' } });
    expect(await ask(known)).toEqual({ subject: 'bob', label: 'bob' });
    for (const answer of [
      { status: 401 },
      { body: '<html>' },
      { cut: true },
      { status: 302, headers: { location: '/' } },
    ]) {
      fake.answer('/userinfo', answer);
      expect(await ask(openid)).toEqual({});
    }
  });
});
