/** The ways into Conexor besides the browser, to the byte as SERVICES.md section 1 has them. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { acceptance, callMcp, postForm, type TokenAnswer, tokenRequest, tokensFor } from './sign-in.ts';

const { email, password, apiKey, agentKey, clientId, clientSecret } = practiceCredentials.conexor;
const unauthorized = '{"error":"Unauthorized","message":"Invalid or expired token","statusCode":401}';
const forbidden = '{"error":"Forbidden","message":"Insufficient permissions","statusCode":403}';
const overPlan =
  '{"error":"Payment Required","message":"Query limit exceeded. Please upgrade your plan.","statusCode":402}';

let nowMs = Date.now();
let practice: PracticeService;
beforeAll(async () => {
  practice = await startPractice({ now: () => nowMs });
});
afterAll(() => practice.stop());

const postJson = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${practice.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const logIn = (changes: Record<string, unknown> = {}) => postJson('/api/auth/login', { email, password, ...changes });
const loggedIn = async () => (await (await logIn()).json()) as TokenAnswer;
const answered = async (response: Response) => [response.status, await response.text()];

describe('a login with e-mail and password', () => {
  it('gives a JWT for an hour, to be used as Bearer, and a refresh token', async () => {
    const response = await logIn();
    expect(response.headers.get('cache-control')).toBe('no-store');
    const answer = await response.json();
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'mcp:tools:read mcp:tools:execute mcp:resources:read mcp:server:read mcp:server:manage',
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
    });
    const { access_token } = answer as TokenAnswer;
    const claims = decodeJwt(access_token);
    expect(claims).toMatchObject({ email, org: 'acme', sub: 'user_ana_acme', exp: nowMs / 1000 + 3600 });
    expect(claims).not.toHaveProperty('client_id');
    expect(await acceptance(practice, access_token)).toBe(200);
    nowMs += 3_600_000;
    expect(await acceptance(practice, access_token)).toBe(401);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }],
    ['no password', { password: '' }],
    ['a password that is no text', { password: 1 }],
    ['an unknown e-mail address', { email: 'nobody@acme.example' }],
    ['an e-mail address that every object has', { email: 'constructor' }],
  ])('is refused with the documented 401 for %s', async (_name, changes) => {
    const before = practice.seen.logins.refused;
    expect(await answered(await logIn(changes))).toEqual([401, unauthorized]);
    expect(practice.seen.logins.refused).toBe(before + 1);
  });

  it.each(['{', '[]', 'null', ''])('is refused with 400 where the body is %j', async (body) => {
    expect((await postJson('/api/auth/login', body)).status).toBe(400);
  });

  it('is renewed at the token endpoint without a client, by a refresh token that is good once', async () => {
    const { refresh_token = '' } = await loggedIn();
    const renew = () => tokenRequest(practice, { grant_type: 'refresh_token', refresh_token });
    const renewed = (await (await renew()).json()) as TokenAnswer;
    expect(renewed.refresh_token).not.toBe(refresh_token);
    expect(await acceptance(practice, renewed.access_token)).toBe(200);
    expect((await renew()).status).toBe(400);
    expect(await acceptance(practice, renewed.access_token)).toBe(401);
  });

  it('is no use to a client, nor are a client’s tokens to it', async () => {
    const login = await loggedIn();
    const client = await tokensFor(practice);
    const exchange = (fields: Record<string, string>) =>
      tokenRequest(practice, { grant_type: 'refresh_token', ...fields });
    const stolen = await exchange({ refresh_token: login.refresh_token ?? '', client_id: practice.clientId });
    expect(stolen.status).toBe(400);
    expect(await answered(await exchange({ refresh_token: client.refresh_token ?? '' }))).toEqual([401, unauthorized]);
    expect(await answered(await exchange({ refresh_token: 'nobody' }))).toEqual([401, unauthorized]);
  });

  it.each(['refresh_token', 'access_token'] as const)('ends by revoking its %s', async (kind) => {
    const tokens = await loggedIn();
    const revoked = await postForm(`${practice.baseUrl}/api/oauth/revoke`, { token: tokens[kind] ?? '' });
    expect(revoked.status).toBe(200);
    expect(await acceptance(practice, tokens.access_token)).toBe(401);
  });
});

describe('client credentials', () => {
  it('with a wrong secret get the documented 401', async () => {
    const fields = { grant_type: 'client_credentials', client_id: clientId, client_secret: `${clientSecret}x` };
    expect(await answered(await tokenRequest(practice, fields))).toEqual([401, unauthorized]);
  });

  it('end by revoking the access token, with the secret', async () => {
    const fields = { client_id: clientId, client_secret: clientSecret };
    const response = await tokenRequest(practice, { grant_type: 'client_credentials', ...fields });
    const { access_token: token } = (await response.json()) as TokenAnswer;
    expect(await acceptance(practice, token)).toBe(200);
    const revoke = (more: Record<string, string>) => postForm(`${practice.baseUrl}/api/oauth/revoke`, more);
    expect(await answered(await revoke({ token }))).toEqual([401, unauthorized]);
    expect((await revoke({ ...fields, token })).status).toBe(200);
    expect(await acceptance(practice, token)).toBe(401);
  });
});

describe('an API key', () => {
  const withKey = (key: string, method = 'initialize') =>
    callMcp(practice.resource, method, undefined, { 'X-API-Key': key });

  it('opens the MCP endpoint as the organisation’s machine, within its plan and until its end', async () => {
    expect((await withKey(apiKey)).status).toBe(200);
    expect(practice.seen.mcpRequests.at(-1)).toEqual({ method: 'initialize', status: 200, organisation: 'acme' });
    practice.control.setPlanLimit(0);
    expect(await answered(await withKey(apiKey, 'tools/call'))).toEqual([402, overPlan]);
    practice.control.setPlanLimit(undefined);
    practice.control.acceptKeys(false);
    expect(await answered(await withKey(apiKey))).toEqual([401, unauthorized]);
    practice.control.acceptKeys(true);
  });

  it.each([['mcp_unknown'], [''], [agentKey]])('%j opens nothing', async (key) => {
    expect(await answered(await withKey(key))).toEqual([401, unauthorized]);
  });

  it('is a key and no token: not as Bearer, and a wrong token beside it counts', async () => {
    expect((await callMcp(practice.resource, 'initialize', apiKey)).status).toBe(401);
    const both = await callMcp(practice.resource, 'initialize', 'wrong', { 'X-API-Key': apiKey });
    expect(both.status).toBe(401);
  });
});

describe('the agent endpoint', () => {
  const register = (headers: Record<string, string>, body: unknown = { name: 'nightly' }) =>
    postJson('/api/plugins/register', body, headers);

  it('registers an agent by name', async () => {
    const response = await register({ 'X-API-Key': agentKey });
    expect(await answered(response)).toEqual([201, '{"id":"plugin_1","name":"nightly"}']);
    expect(practice.seen.agents).toEqual(['nightly']);
  });

  it('refuses whoever has no agent key, before anything else', async () => {
    const { access_token } = await tokensFor(practice);
    const without = [{}, { 'X-API-Key': apiKey }, { Authorization: `Bearer ${access_token}` }];
    for (const headers of without) expect(await answered(await register(headers, '{'))).toEqual([401, unauthorized]);
    const got = await fetch(`${practice.baseUrl}/api/plugins/register`);
    expect(await answered(got)).toEqual([401, unauthorized]);
  });

  it('says what is wrong with the rest', async () => {
    const key = { 'X-API-Key': agentKey };
    for (const body of ['{', {}, { name: '' }, { name: 1 }]) expect((await register(key, body)).status).toBe(400);
    expect((await fetch(`${practice.baseUrl}/api/plugins/register`, { headers: key })).status).toBe(405);
  });
});

describe('a token without the scope', () => {
  it('gets the documented 403', async () => {
    const { access_token } = await tokensFor(practice, { scope: 'mcp:tools:read' });
    expect(await answered(await callMcp(practice.resource, 'tools/call', access_token))).toEqual([403, forbidden]);
  });
});
