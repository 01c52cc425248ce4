import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import {
  acceptance,
  freshCode,
  machineFields,
  redirectUri,
  refreshFields,
  refused,
  type TokenAnswer,
  tokenRequest,
  tokensFor,
} from './sign-in.ts';

let nowMs = Date.now();
let practice: PracticeService;
beforeAll(async () => {
  practice = await startPractice({ now: () => nowMs });
});
afterAll(() => practice.stop());

const machine = () => machineFields(practice);

describe('an authorization code', () => {
  it('is exchanged for the documented answer and a refresh token, which no cache keeps', async () => {
    const answered = await tokenRequest(practice, await freshCode(practice));
    expect(answered.status).toBe(200);
    expect(answered.headers.get('cache-control')).toBe('no-store');
    expect(await answered.json()).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'mcp:tools:read mcp:tools:execute mcp:resources:read',
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it.each([
    ['another verifier', { code_verifier: 'w'.repeat(43) }],
    ['a verifier too short for RFC 7636', { code_verifier: 'v'.repeat(42) }],
    ['another redirect_uri', { redirect_uri: `${redirectUri}/` }],
    ['an invented code', { code: 'c'.repeat(43) }],
  ])('is refused with %s, and stays good for its owner', async (_name, changes) => {
    const fields = await freshCode(practice);
    expect(await refused(await tokenRequest(practice, { ...fields, ...changes }))).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
    expect((await tokenRequest(practice, fields)).status).toBe(200);
  });

  it('is refused for another client', async () => {
    const fields = await freshCode(practice);
    const { client_id, client_secret } = machine();
    const stolen = await tokenRequest(practice, { ...fields, client_id, client_secret });
    expect(await refused(stolen)).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it('used a second time, ends what was issued from it', async () => {
    const fields = await freshCode(practice);
    const tokens = (await (await tokenRequest(practice, fields)).json()) as TokenAnswer;
    expect(await acceptance(practice, tokens.access_token)).toBe(200);
    const before = practice.seen.codeReuses;
    expect(await refused(await tokenRequest(practice, fields))).toEqual({ status: 400, error: 'invalid_grant' });
    expect(practice.seen.codeReuses).toBe(before + 1);
    expect(await acceptance(practice, tokens.access_token)).toBe(401);
    const refreshed = await tokenRequest(practice, refreshFields(practice, tokens.refresh_token));
    expect(await refused(refreshed)).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it('lives for a minute', async () => {
    const early = await freshCode(practice);
    nowMs += 59_000;
    expect((await tokenRequest(practice, early)).status).toBe(200);
    const late = await freshCode(practice);
    nowMs += 60_000;
    expect(await refused(await tokenRequest(practice, late))).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it('comes without a refresh token where the service gives none', async () => {
    const sparing = await startPractice({ refreshTokens: false });
    try {
      expect(await tokensFor(sparing)).not.toHaveProperty('refresh_token');
    } finally {
      await sparing.stop();
    }
  });

  it('may be granted less than was asked', async () => {
    practice.control.grantAtMost(['mcp:tools:read']);
    expect((await tokensFor(practice)).scope).toBe('mcp:tools:read');
    practice.control.grantAtMost(undefined);
    expect((await tokensFor(practice)).scope).toContain('mcp:tools:execute');
  });
});

describe('an access token', () => {
  it('is a signed JWT that says who, which organisation, what for and until when', async () => {
    const { access_token } = await tokensFor(practice, { account: 'globex', resource: practice.resource });
    expect(decodeProtectedHeader(access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(decodeJwt(access_token)).toEqual({
      iss: practice.baseUrl,
      aud: practice.resource,
      sub: 'user_ana_globex',
      email: 'ana.torres@globex.example',
      name: 'Ana Torres',
      org: 'globex',
      client_id: practice.clientId,
      scope: 'mcp:tools:read mcp:tools:execute mcp:resources:read',
      jti: expect.any(String),
      iat: Math.floor(nowMs / 1000),
      exp: nowMs / 1000 + 3600,
    });
  });

  it('is for the whole service where no resource was named', async () => {
    expect(decodeJwt((await tokensFor(practice)).access_token).aud).toBe(practice.baseUrl);
  });

  it('can be checked with the published key', async () => {
    const open = await startPractice({ publishMetadata: true });
    try {
      const keys = createRemoteJWKSet(new URL(`${open.baseUrl}/.well-known/jwks.json`));
      const { payload } = await jwtVerify((await tokensFor(open)).access_token, keys, { issuer: open.baseUrl });
      expect(payload.sub).toBe('user_ana_acme');
    } finally {
      await open.stop();
    }
  });

  it('lives as long as set, also for tokens issued later', async () => {
    practice.control.setAccessTokenLifeMs(1_500);
    const short = await tokensFor(practice);
    practice.control.setAccessTokenLifeMs(3_600_000);
    expect(short.expires_in).toBe(1);
    nowMs += 1_499;
    expect(await acceptance(practice, short.access_token)).toBe(200);
    nowMs += 1;
    expect(await acceptance(practice, short.access_token)).toBe(401);
  });
});

describe('a refresh token', () => {
  it('is exchanged for a new pair for the same account, scope and resource', async () => {
    const first = await tokensFor(practice, { account: 'private', resource: practice.resource });
    const answered = await tokenRequest(practice, refreshFields(practice, first.refresh_token));
    const second = (await answered.json()) as TokenAnswer;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.scope).toBe(first.scope);
    expect(decodeJwt(second.access_token)).toMatchObject({ sub: 'user_ana_private', aud: practice.resource });
    expect(decodeJwt(second.access_token).jti).not.toBe(decodeJwt(first.access_token).jti);
    expect(await acceptance(practice, second.access_token)).toBe(200);
  });

  it('used a second time, ends its whole family', async () => {
    const first = await tokensFor(practice);
    const answered = await tokenRequest(practice, refreshFields(practice, first.refresh_token));
    const second = (await answered.json()) as TokenAnswer;
    const before = practice.seen.refreshReuses;
    const reused = await tokenRequest(practice, refreshFields(practice, first.refresh_token));
    expect(await refused(reused)).toEqual({ status: 400, error: 'invalid_grant' });
    expect(practice.seen.refreshReuses).toBe(before + 1);
    expect(await acceptance(practice, first.access_token)).toBe(401);
    expect(await acceptance(practice, second.access_token)).toBe(401);
    const successor = await tokenRequest(practice, refreshFields(practice, second.refresh_token));
    expect(await refused(successor)).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it('may ask for less, not for more', async () => {
    const { refresh_token } = await tokensFor(practice, { scope: 'mcp:tools:read,mcp:tools:execute' });
    const fields = refreshFields(practice, refresh_token);
    const wider = await tokenRequest(practice, { ...fields, scope: 'mcp:tools:read mcp:server:manage' });
    expect(await refused(wider)).toEqual({ status: 400, error: 'invalid_scope' });
    const narrower = (await (
      await tokenRequest(practice, { ...fields, scope: 'mcp:tools:read' })
    ).json()) as TokenAnswer;
    expect(narrower.scope).toBe('mcp:tools:read');
    expect(decodeJwt(narrower.access_token)['scope']).toBe('mcp:tools:read');
  });

  it('names no other resource than the granted one', async () => {
    const { refresh_token } = await tokensFor(practice, { resource: practice.resource });
    const fields = refreshFields(practice, refresh_token);
    const other = { ...fields, resource: `${practice.baseUrl}/mcp/globex/sales-api` };
    expect(await refused(await tokenRequest(practice, other))).toEqual({ status: 400, error: 'invalid_target' });
    expect((await tokenRequest(practice, { ...fields, resource: practice.resource })).status).toBe(200);
  });

  it('is refused when unknown, or for another client', async () => {
    expect(await refused(await tokenRequest(practice, refreshFields(practice, 'nobody')))).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
    const { refresh_token } = await tokensFor(practice);
    const { client_id, client_secret } = machine();
    const stolen = { ...refreshFields(practice, refresh_token), client_id, client_secret };
    expect(await refused(await tokenRequest(practice, stolen))).toEqual({ status: 400, error: 'invalid_grant' });
  });
});
