/** Proofs of possession (RFC 9449): what is in them, what they are for, and the nonces that servers ask for. */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dpopCredential } from '../../../electron/core/credentials/dpop.ts';
import { beginAuthorization, judgeCallback } from '../../../electron/core/oauth/authorization.ts';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import type { OAuthClient } from '../../../electron/core/oauth/client-authentication.ts';
import {
  createDpopNonces,
  type DpopNonces,
  type DpopProver,
  dpopProver,
  newDpopKey,
  offersDpop,
} from '../../../electron/core/oauth/dpop.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { fetchIdentity } from '../../../electron/core/oauth/identity.ts';
import { exchangeCode, refreshTokens, type TokenSet } from '../../../electron/core/oauth/token.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import {
  type FakeAnswer,
  type FakeAuthorizationServer,
  type SeenRequest,
  startAuthorizationServer,
} from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent, { timeoutMs: 3_000 });
const nowMs = 1_800_000_000_000;
const now = () => nowMs;
const client: OAuthClient = { clientId: 'client-1', authMethod: 'none' };
const resource = 'https://api.example/mcp';
let fake: FakeAuthorizationServer;
let server: AuthorizationServerInfo;
let nonces: DpopNonces;
let prover: DpopProver;

beforeAll(async () => {
  fake = await startAuthorizationServer();
  const metadata = {
    ...fake.metadata,
    dpop_signing_alg_values_supported: ['ES256'],
    pushed_authorization_request_endpoint: `${fake.origin}/par`,
  };
  server = { issuer: fake.origin, source: 'discovered', metadata: metadata as unknown as { issuer: string } };
});
beforeEach(async () => {
  fake.behave();
  nonces = createDpopNonces();
  prover = dpopProver(await newDpopKey(), nonces, now);
});
afterAll(async () => {
  await fake.close();
  await agent.close();
});

/** What a server would check, with the key that came along. */
async function opened(proof: string | string[] | undefined) {
  const { payload, protectedHeader } = await jwtVerify(String(proof), EmbeddedJWK, {
    algorithms: ['ES256'],
    typ: 'dpop+jwt',
    currentDate: new Date(nowMs),
    maxTokenAge: 5,
  });
  const claims: Readonly<Record<string, unknown>> = payload;
  return { claims, jwk: protectedHeader.jwk as JWK };
}

const refresh = (dpop: DpopProver | undefined = prover): Promise<TokenSet> =>
  refreshTokens(http, server, client, { refreshToken: new Secret('r'), resource, dpop }, now);
const bound: FakeAnswer = { body: { access_token: 'canary-access', token_type: 'DPoP', expires_in: 60 } };
const wantsNonce = (nonce: string): FakeAnswer => ({
  status: 400,
  headers: { 'dpop-nonce': nonce },
  body: { error: 'use_dpop_nonce' },
});
const proofsAt = (path: string) =>
  Promise.all(fake.seenAt(path).map(({ headers }) => opened(headers['dpop'] as string)));
const since = async <T>(path: string, work: () => Promise<T>): Promise<readonly SeenRequest[]> => {
  const before = fake.seenAt(path).length;
  await work();
  return fake.seenAt(path).slice(before);
};

describe('a proof', () => {
  it('P-60 has the public key alone, method, address without query, time, and the hash of the token it is for', async () => {
    const token = new Secret('the-token');
    const proof = await opened(prover.proof({ method: 'POST', url: 'https://api.example:8443/mcp/a?b=c#d' }, token));
    expect(proof.claims).toMatchObject({
      htm: 'POST',
      htu: 'https://api.example:8443/mcp/a',
      iat: nowMs / 1000,
      ath: createHash('sha256').update('the-token').digest('base64url'),
    });
    expect(Object.keys(proof.jwk).sort()).toEqual(['crv', 'kty', 'x', 'y']);
    expect(await calculateJwkThumbprint(proof.jwk)).toBe(prover.thumbprint);
    expect(proof.claims).not.toHaveProperty('nonce');
  });

  it('P-60 is another one each time, and another key makes another', async () => {
    const request = { method: 'GET', url: 'https://api.example/' };
    const proofs = await Promise.all(Array.from({ length: 20 }, () => opened(prover.proof(request))));
    expect(new Set(proofs.map(({ claims }) => claims['jti'])).size).toBe(20);
    expect(new Set(proofs.map(({ claims }) => claims['ath'])).size).toBe(1);
    const other = dpopProver(await newDpopKey(), nonces, now);
    expect(other.thumbprint).not.toBe(prover.thumbprint);
  });

  it('P-60 is made by the same key again after a restart', async () => {
    const again = dpopProver(new Secret(prover.key.open()), createDpopNonces(), now);
    expect(again.thumbprint).toBe(prover.thumbprint);
    expect(decodeProtectedHeader(again.proof({ method: 'GET', url: resource }))).toEqual(
      decodeProtectedHeader(prover.proof({ method: 'GET', url: resource })),
    );
  });

  it('a key that cannot be read means signing in again, and says nothing of itself', () => {
    expect(() => dpopProver(new Secret('{"d":"canary"}'), nonces, now)).toThrow('sign-in-needed');
  });

  it.each([
    [['ES256', 'RS256'], true],
    [['RS256'], false],
    [undefined, false],
  ])('P-60 is offered by a server that names %j: %s', (algorithms, offered) => {
    const metadata = { ...server.metadata, dpop_signing_alg_values_supported: algorithms };
    expect(offersDpop({ ...server, metadata } as unknown as AuthorizationServerInfo)).toBe(offered);
  });
});

describe('at the authorization server', () => {
  it('P-60 the pushed request, the code and the refresh are all by one key, told in advance', async () => {
    fake.answer('/par', { status: 201, body: { request_uri: 'urn:x', expires_in: 60 } });
    fake.answer('/token', bound);
    const request = { redirectUri: 'http://127.0.0.1:1/cb', resource, scopes: ['read'], scopeSeparator: ' ' } as const;
    const attempt = await beginAuthorization(server, client, { ...request, dpop: prover }, { http, now });
    expect(fake.seenAt('/par').at(-1)?.form.get('dpop_jkt')).toBe(prover.thumbprint);
    const parameters = new URLSearchParams({ code: 'c', state: attempt.state, iss: fake.origin });
    const judgement = judgeCallback(attempt, server, client, parameters);
    if (judgement.kind !== 'granted') throw new Error(judgement.kind);
    const tokens = await exchangeCode(http, server, client, attempt, judgement.parameters, now);
    expect(tokens.tokenType).toBe('DPoP');
    await refresh();
    const [par, ...token] = [...(await proofsAt('/par')), ...(await proofsAt('/token')).slice(-2)];
    expect(par?.claims).toMatchObject({ htm: 'POST', htu: `${fake.origin}/par` });
    for (const { claims } of token) expect(claims).toMatchObject({ htm: 'POST', htu: `${fake.origin}/token` });
    for (const { jwk } of [par, ...token].filter((one) => one !== undefined)) {
      expect(await calculateJwkThumbprint(jwk)).toBe(prover.thumbprint);
    }
  });

  it('P-60 the ordinary address tells the key as well', async () => {
    const request = { redirectUri: 'http://127.0.0.1:1/cb', resource, scopes: ['read'], scopeSeparator: ' ' } as const;
    const attempt = await beginAuthorization(server, client, { ...request, dpop: prover });
    expect(attempt.url.searchParams.get('dpop_jkt')).toBe(prover.thumbprint);
    expect((await beginAuthorization(server, client, request)).url.searchParams.has('dpop_jkt')).toBe(false);
  });

  it.each([400, 401])('P-61 a nonce that is asked for with %i is sent once, and from then on', async (status) => {
    fake.answer('/token', ({ headers }) => {
      const nonce = JSON.parse(Buffer.from(String(headers['dpop']).split('.')[1] ?? '', 'base64url').toString()).nonce;
      return nonce === 'n-1' ? bound : { ...wantsNonce('n-1'), status };
    });
    expect(await since('/token', refresh)).toHaveLength(2);
    expect(await since('/token', refresh)).toHaveLength(1);
  });

  it('P-61 a server that is never content is asked twice and no more', async () => {
    let count = 0;
    fake.answer('/token', () => wantsNonce(`n-${++count}`));
    const seen = await since('/token', () => refresh().catch(() => undefined));
    expect(seen).toHaveLength(2);
    await expect(refresh()).rejects.toMatchObject({ code: 'token-refused' });
  });

  it('P-61 any answer brings the next nonce, for its own origin alone', async () => {
    fake.answer('/token', { ...bound, headers: { 'dpop-nonce': 'next' } });
    await refresh();
    const other = await opened(prover.proof({ method: 'POST', url: `${fake.origin}/other` }));
    expect(other.claims['nonce']).toBe('next');
    expect((await opened(prover.proof({ method: 'POST', url: 'https://api.example/' }))).claims).not.toHaveProperty(
      'nonce',
    );
  });

  it('P-61 a nonce that is none is not taken over', async () => {
    prover.heard(resource, 'a b');
    prover.heard(resource, 'x'.repeat(2000));
    prover.heard(resource, undefined);
    expect((await opened(prover.proof({ method: 'GET', url: resource }))).claims).not.toHaveProperty('nonce');
  });

  it('P-62 Bearer in answer to a proof is noticed, in any case of the letters', async () => {
    for (const type of ['Bearer', 'BEARER']) {
      fake.answer('/token', { body: { access_token: 'a', token_type: type } });
      expect((await refresh()).tokenType).toBe('Bearer');
    }
    fake.answer('/token', { body: { access_token: 'a', token_type: 'dpop' } });
    expect((await refresh()).tokenType).toBe('DPoP');
  });

  it('P-62 a bound token that nobody asked for is not used', async () => {
    fake.answer('/token', bound);
    await expect(
      refreshTokens(http, server, client, { refreshToken: new Secret('r'), resource }, now),
    ).rejects.toMatchObject({ code: 'service-answer-invalid' });
  });
});

describe('at a resource', () => {
  const token = new Secret('canary-access');
  const answer = (status: number, headers: Readonly<Record<string, string>>) => ({
    status,
    header: (name: string) => headers[name],
  });

  it('P-60 the scheme is DPoP, with a proof for this token', async () => {
    const credential = dpopCredential(token, prover);
    const headers = await credential.headers({ method: 'POST', url: resource });
    expect(headers['authorization']).toBe('DPoP canary-access');
    expect((await opened(headers['dpop'])).claims).toMatchObject({
      htm: 'POST',
      htu: resource,
      ath: expect.any(String),
    });
  });

  it.each([
    ['DPoP error="use_dpop_nonce", error_description="x"', 401, true],
    ['Bearer realm="a", DPoP algs="ES256", error=use_dpop_nonce', 401, true],
    ['DPoP error="invalid_token"', 401, false],
    ['Bearer error="use_dpop_nonce"', 401, false],
    ['DPoP error="use_dpop_nonce"', 403, false],
    [undefined, 401, false],
  ])('P-61 %s with %i is sent once more: %s', async (challenge, status, again) => {
    const credential = dpopCredential(token, prover);
    const headers = { 'dpop-nonce': 'r-1', ...(challenge === undefined ? {} : { 'www-authenticate': challenge }) };
    const request = { method: 'POST', url: resource };
    expect(credential.heard?.(answer(status, headers), request)).toBe(again);
    expect((await opened((await credential.headers(request))['dpop'])).claims['nonce']).toBe('r-1');
  });

  it('P-60 P-61 userinfo is asked with a proof, and once more with its nonce', async () => {
    const tokens: TokenSet = {
      accessToken: token,
      tokenType: 'DPoP',
      grantedScopes: ['openid'],
      obtainedAtMs: nowMs,
    };
    fake.answer('/userinfo', ({ headers }) => {
      const nonce = JSON.parse(Buffer.from(String(headers['dpop']).split('.')[1] ?? '', 'base64url').toString()).nonce;
      if (nonce === 'u-1') return { body: { sub: 'ada', email: 'ada@example.com' } };
      return { status: 401, headers: { 'dpop-nonce': 'u-1', 'www-authenticate': 'DPoP error="use_dpop_nonce"' } };
    });
    expect(await fetchIdentity(http, server, tokens, resource, prover)).toMatchObject({ email: 'ada@example.com' });
    const [, second] = fake.seenAt('/userinfo');
    expect(second?.headers.authorization).toBe('DPoP canary-access');
    expect((await opened(second?.headers['dpop'])).claims).toMatchObject({ htm: 'GET', ath: expect.any(String) });
  });
});
