import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRedirectListener } from '../../../electron/core/broker/redirect-listener.ts';
import { beginAuthorization, judgeCallback } from '../../../electron/core/oauth/authorization.ts';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import { discover, probeResource } from '../../../electron/core/oauth/discovery.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { fetchIdentity } from '../../../electron/core/oauth/identity.ts';
import { type OAuthClient, registerClient } from '../../../electron/core/oauth/registration.ts';
import { revocationEndpoint, revokeToken } from '../../../electron/core/oauth/revocation.ts';
import { exchangeCode, refreshTokens, type TokenSet } from '../../../electron/core/oauth/token.ts';
import { claimsOfJwt } from '../../../electron/core/oauth/token-answer.ts';
import { mcp } from '../../../electron/core/services/mcp.ts';
import type { Secret } from '../../../electron/core/vault/secret.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { type OidcProvider, startOidcProvider } from '../../fakes/oidc-provider.ts';

/** The whole way against a certified provider; the resource in front of it is ours. */
let guarded: FakeAuthorizationServer;
let provider: OidcProvider;
const agent = new Agent();
const http = oauthFetch(agent);

beforeAll(async () => {
  guarded = await startAuthorizationServer();
  provider = await startOidcProvider({ resource: guarded.resource });
  guarded.resourceMetadata['authorization_servers'] = [provider.issuer];
});

afterAll(async () => {
  await Promise.all([guarded.close(), provider.close(), agent.close()]);
});

interface SignedIn {
  readonly server: AuthorizationServerInfo;
  readonly client: OAuthClient;
  readonly tokens: TokenSet;
  readonly replay: () => Promise<TokenSet>;
}

async function signIn(scopes?: readonly string[]): Promise<SignedIn> {
  const probe = await probeResource(http, guarded.resource);
  if (probe.access === 'none') throw new Error('unprotected');
  const { server, resource, suggestedScopes } = await discover(http, {
    resource: guarded.resource,
    challenge: probe.challenge,
    service: mcp,
  });
  let take: (parameters: URLSearchParams) => void = () => undefined;
  const taken = new Promise<URLSearchParams>((resolve) => {
    take = resolve;
  });
  const listener = await openRedirectListener({
    onCallback: async (parameters) => {
      take(parameters);
      return { tone: 'good', title: 'ok', sentences: [] };
    },
  });
  const { redirectUri } = listener;
  const client = await registerClient(http, server, { redirectUri, clientName: 'Conexor Desktop' });
  const attempt = await beginAuthorization(server, client, {
    redirectUri,
    resource,
    scopes: scopes ?? suggestedScopes,
    scopeSeparator: ' ',
  });
  await fetch(await provider.consent(attempt.url));
  const judgement = judgeCallback(attempt, server, client, await taken);
  await listener.close();
  if (judgement.kind !== 'granted') throw new Error(judgement.kind);
  const exchange = () => exchangeCode(http, server, client, attempt, judgement.parameters, Date.now);
  return { server, client, tokens: await exchange(), replay: exchange };
}

const refresh = ({ server, client }: SignedIn, refreshToken: Secret | undefined) => {
  if (!refreshToken) throw new Error('no refresh token');
  return refreshTokens(http, server, client, { refreshToken, resource: guarded.resource }, Date.now);
};

describe('against oidc-provider', () => {
  it('P-52 P-7 P-17 P-49 registers, signs in and gets a token for the resource alone', async () => {
    const { server, client, tokens } = await signIn();
    expect(server.source).toBe('discovered');
    expect(client.authMethod).toBe('none');
    expect(claimsOfJwt(tokens.accessToken.open())).toMatchObject({
      iss: provider.issuer,
      aud: guarded.resource,
      client_id: client.clientId,
    });
    expect(tokens.grantedScopes).toEqual(expect.arrayContaining(['read', 'write']));
    expect(tokens.expiresAtMs).toBeGreaterThan(Date.now() + 3_500_000);
  });

  it('P-33 asks for an ID token only with openid, checks it, and names the account by it', async () => {
    const { server, tokens } = await signIn(['openid', 'email', 'read']);
    expect(tokens.idTokenClaims).toMatchObject({ sub: 'ada', iss: provider.issuer });
    expect(await fetchIdentity(http, server, tokens, guarded.resource)).toMatchObject({ subject: 'ada' });
  });

  it('P-43 P-45 refreshes with rotation, and the spent token ends the grant', async () => {
    const signedIn = await signIn();
    const second = await refresh(signedIn, signedIn.tokens.refreshToken);
    expect(second.accessToken.open()).not.toBe(signedIn.tokens.accessToken.open());
    expect(second.refreshToken?.open()).not.toBe(signedIn.tokens.refreshToken?.open());
    await expect(refresh(signedIn, signedIn.tokens.refreshToken)).rejects.toMatchObject({ code: 'sign-in-needed' });
    // Reuse detection (RFC 9700 s4.14.2): the younger one has gone too.
    await expect(refresh(signedIn, second.refreshToken)).rejects.toMatchObject({ code: 'sign-in-needed' });
  });

  it('P-56 revokes a refresh token, which is then refused; an unknown one is confirmed as well', async () => {
    const signedIn = await signIn();
    const { server, client, tokens } = signedIn;
    const endpoint = revocationEndpoint(server) ?? '';
    const token = tokens.refreshToken;
    if (!token) throw new Error('no refresh token');
    await revokeToken(http, { endpoint, client, token, hint: 'refresh_token' });
    await expect(refresh(signedIn, token)).rejects.toMatchObject({ code: 'sign-in-needed' });
    await revokeToken(http, { endpoint, client, token, hint: 'refresh_token' });
  });

  it('P-11 a code is good once', async () => {
    const { replay } = await signIn();
    await expect(replay()).rejects.toMatchObject({ code: 'sign-in-needed' });
  });

  it('P-49 P-46 a resource that was not granted is refused', async () => {
    const { server, client, tokens } = await signIn();
    if (!tokens.refreshToken) throw new Error('no refresh token');
    const request = { refreshToken: tokens.refreshToken, resource: 'https://other.example/mcp' };
    await expect(refreshTokens(http, server, client, request, Date.now)).rejects.toMatchObject({
      code: 'target-refused',
    });
  });

  it('P-26 a refusal by the person is a calm answer', async () => {
    const { server } = await discover(http, { resource: guarded.resource, challenge: undefined, service: mcp });
    const redirectUri = 'http://127.0.0.1:1/callback';
    const client = await registerClient(http, server, { redirectUri, clientName: 'Conexor Desktop' });
    const attempt = await beginAuthorization(server, client, {
      redirectUri,
      resource: guarded.resource,
      scopes: ['read'],
      scopeSeparator: ' ',
    });
    const back = await provider.consent(attempt.url, { deny: true });
    expect(judgeCallback(attempt, server, client, back.searchParams)).toEqual({ kind: 'denied' });
  });
});
