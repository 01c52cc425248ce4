import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import {
  acceptance,
  freshCode,
  machineFields,
  postForm,
  refreshFields,
  refused,
  type TokenAnswer,
  tokenRequest,
  tokensFor,
} from './sign-in.ts';

const nowMs = Date.now();
let practice: PracticeService;
beforeAll(async () => {
  practice = await startPractice({ now: () => nowMs });
});
afterAll(() => practice.stop());

const revoke = (fields: Record<string, string>) =>
  postForm(`${practice.baseUrl}/api/oauth/revoke`, { client_id: practice.clientId, ...fields });
const machine = (changes: Record<string, string> = {}) => ({ ...machineFields(practice), ...changes });

describe('client credentials', () => {
  it('give the documented answer and no refresh token, for the organisation itself', async () => {
    const answered = await tokenRequest(practice, machine({ scope: 'mcp:tools:read mcp:tools:execute' }));
    const answer = (await answered.json()) as TokenAnswer;
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'mcp:tools:read mcp:tools:execute',
    });
    expect(decodeJwt(answer.access_token)).toMatchObject({ sub: practice.confidential.clientId, org: 'acme' });
    expect(decodeJwt(answer.access_token)).not.toHaveProperty('email');
    expect(await acceptance(practice, answer.access_token)).toBe(200);
  });

  it.each([
    ['a wrong secret', { client_secret: 'secret_wrong' }, 401, 'Unauthorized'],
    ['no secret', { client_secret: '' }, 401, 'Unauthorized'],
    ['an unknown client', { client_id: 'client_other' }, 401, 'Unauthorized'],
    ['an unknown scope', { scope: 'everything' }, 400, 'invalid_scope'],
  ])('are refused with %s', async (_name, changes, status, error) => {
    expect(await refused(await tokenRequest(practice, machine(changes)))).toEqual({ status, error });
  });

  it('are refused in a header, and for a public client', async () => {
    const { client_id, client_secret, ...rest } = machine();
    const basic = { Authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` };
    const inHeader = await postForm(`${practice.baseUrl}/api/oauth/token`, { ...rest, client_id }, basic);
    expect(inHeader.headers.get('www-authenticate')).toContain('Basic');
    expect(await refused(inHeader)).toEqual({ status: 401, error: 'Unauthorized' });
    const open = await tokenRequest(practice, { ...rest, client_id: practice.clientId });
    expect(await refused(open)).toEqual({ status: 400, error: 'unauthorized_client' });
  });

  it('also serve a person’s sign-in with a secret', async () => {
    const { client_id, client_secret } = machine();
    const confidential = { ...practice, clientId: client_id };
    const fields = await freshCode(confidential);
    expect(await refused(await tokenRequest(practice, fields))).toEqual({ status: 401, error: 'Unauthorized' });
    expect((await tokenRequest(practice, { ...fields, client_secret })).status).toBe(200);
  });
});

describe('the token endpoint', () => {
  const address = () => `${practice.baseUrl}/api/oauth/token`;

  it('takes a form only, once per parameter, and nothing from the address', async () => {
    const fields = refreshFields(practice, 'x');
    const json = await fetch(address(), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(fields),
    });
    expect(await refused(json)).toEqual({ status: 400, error: 'invalid_request' });
    const twice = new URLSearchParams(fields);
    twice.append('client_id', practice.clientId);
    const repeated = await fetch(address(), { method: 'POST', body: twice });
    expect(await refused(repeated)).toEqual({ status: 400, error: 'invalid_request' });
    const inAddress = await postForm(`${address()}?client_id=${practice.clientId}`, fields);
    expect(await refused(inAddress)).toEqual({ status: 400, error: 'invalid_request' });
    const empty = await fetch(address(), { method: 'POST' });
    expect(await refused(empty)).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('refuses other grants, other methods and bodies beyond measure', async () => {
    const password = await tokenRequest(practice, { grant_type: 'password', client_id: practice.clientId });
    expect(await refused(password)).toEqual({ status: 400, error: 'unsupported_grant_type' });
    const nothing = await tokenRequest(practice, { client_id: practice.clientId });
    expect(await refused(nothing)).toEqual({ status: 400, error: 'invalid_request' });
    const got = await fetch(address());
    expect(got.status).toBe(405);
    expect(got.headers.get('allow')).toBe('POST');
    const huge = await tokenRequest(practice, { grant_type: 'x'.repeat(100_000) });
    expect(huge.status).toBe(413);
    expect(await huge.json()).toMatchObject({ error: 'Payload Too Large', statusCode: 413 });
  });

  it('counts its requests by grant, and its answers by status', async () => {
    const before = { ...practice.seen.tokenRequests };
    const answers = { ...practice.seen.tokenAnswers };
    await tokensFor(practice);
    await tokenRequest(practice, refreshFields(practice, 'x'));
    await tokenRequest(practice, machine());
    await tokenRequest(practice, { grant_type: 'password' });
    expect(practice.seen.tokenRequests).toEqual({
      authorizationCode: before.authorizationCode + 1,
      refreshToken: before.refreshToken + 1,
      clientCredentials: before.clientCredentials + 1,
      other: before.other + 1,
    });
    expect(practice.seen.tokenAnswers[200]).toBe((answers[200] ?? 0) + 2);
    expect(practice.seen.tokenAnswers[400]).toBe((answers[400] ?? 0) + 2);
  });
});

describe('revocation (RFC 7009)', () => {
  it('of a refresh token ends its access tokens at once', async () => {
    const tokens = await tokensFor(practice);
    const answered = await revoke({ token: tokens.refresh_token ?? '', token_type_hint: 'refresh_token' });
    expect(answered.status).toBe(200);
    expect(await answered.text()).toBe('');
    expect(await acceptance(practice, tokens.access_token)).toBe(401);
    const refreshed = await tokenRequest(practice, refreshFields(practice, tokens.refresh_token));
    expect(await refused(refreshed)).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it('of an access token ends that one alone, whatever the hint says', async () => {
    const tokens = await tokensFor(practice);
    expect((await revoke({ token: tokens.access_token, token_type_hint: 'refresh_token' })).status).toBe(200);
    expect(await acceptance(practice, tokens.access_token)).toBe(401);
    expect((await tokenRequest(practice, refreshFields(practice, tokens.refresh_token))).status).toBe(200);
  });

  it('answers 200 for a token that nobody knows', async () => {
    expect((await revoke({ token: 'nobody' })).status).toBe(200);
  });

  it('is refused for another client’s token, without a client, and without a token', async () => {
    const { access_token, refresh_token = '' } = await tokensFor(practice);
    const { client_id, client_secret } = machine();
    const foreign = await revoke({ token: refresh_token, client_id, client_secret });
    expect(await refused(foreign)).toEqual({ status: 400, error: 'invalid_grant' });
    expect(await acceptance(practice, access_token)).toBe(200);
    const nobody = await revoke({ token: refresh_token, client_id: '' });
    expect(await refused(nobody)).toEqual({ status: 401, error: 'Unauthorized' });
    expect(await refused(await revoke({}))).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('is counted', async () => {
    const before = { all: practice.seen.revocations, ...practice.seen.revoked };
    const { access_token, refresh_token = '' } = await tokensFor(practice);
    for (const token of [access_token, refresh_token, 'nobody']) await revoke({ token });
    expect({ all: practice.seen.revocations, ...practice.seen.revoked }).toEqual({
      all: before.all + 3,
      accessTokens: before.accessTokens + 1,
      refreshTokens: before.refreshTokens + 1,
      unknown: before.unknown + 1,
    });
  });
});
