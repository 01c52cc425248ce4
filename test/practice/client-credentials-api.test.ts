/** The practice API with client credentials over Basic, to the byte as SERVICES.md section 3 has it. */
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClientCredentialsApi,
  type ClientCredentialsApiOptions,
  startClientCredentialsApi,
} from '../../electron/practice/client-credentials-api.ts';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { postForm } from './sign-in.ts';

const { clientId, clientSecret } = practiceCredentials.api;
const formEncoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
const basic = (id: string, secret: string) => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

let nowMs = Date.now();
const started: ClientCredentialsApi[] = [];
let api: ClientCredentialsApi;
const start = async (options: ClientCredentialsApiOptions = {}) => {
  const one = await startClientCredentialsApi({ now: () => nowMs, ...options });
  started.push(one);
  return one;
};
beforeEach(async () => {
  api = await start();
});
afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));

const tokenAnswer = (
  headers: Record<string, string> = basic(formEncoded(clientId), formEncoded(clientSecret)),
  fields: Record<string, string> = {},
  at = api,
) => postForm(`${at.baseUrl}/oauth/v2/token`, { grant_type: 'client_credentials', ...fields }, headers);
const freshToken = async () => ((await (await tokenAnswer()).json()) as { access_token: string }).access_token;
const call = async (token?: string, path = '/v2/account') => {
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return (await fetch(`${api.baseUrl}${path}`, { headers })).status;
};

describe('POST /oauth/v2/token', () => {
  it('gives the documented answer; the token is a signed JWT that says when it ends', async () => {
    const response = await tokenAnswer();
    const text = await response.text();
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(text).toMatch(/^\{"token_type":"Bearer","expires_in":3600,"access_token":"[\w.-]+"\}$/);
    const token: string = JSON.parse(text).access_token;
    expect(decodeJwt(token)).toMatchObject({ sub: clientId, exp: nowMs / 1000 + 3600 });
    expect(await call(token)).toBe(200);
    nowMs += 3_601_000;
    expect(await call(token)).toBe(401);
  });

  it.each([
    ['a wrong secret', basic(clientId, 'wrong')],
    ['another client', basic('other', formEncoded(clientSecret))],
    ['a secret that was not encoded first', basic(clientId, clientSecret)],
    ['a token in its place', { Authorization: 'Bearer x' }],
    ['what is no base64', { Authorization: 'Basic :' }],
    ['no colon', { Authorization: `Basic ${Buffer.from('x').toString('base64')}` }],
    ['nothing', {}],
  ])('answers 401 to %s', async (_name, headers) => {
    const response = await tokenAnswer(headers);
    expect([response.status, await response.text()]).toEqual([401, '{"error":"invalid_client"}']);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="practice"');
  });

  it('takes no other grant, and the secret in one place', async () => {
    expect((await tokenAnswer(undefined, { grant_type: 'password' })).status).toBe(400);
    expect((await tokenAnswer(undefined, { client_secret: clientSecret })).status).toBe(400);
    expect((await fetch(`${api.baseUrl}/oauth/v2/token`)).status).toBe(405);
  });

  it('can be one of the servers that do not decode what is encoded', async () => {
    const plain = await start({ decodesBasic: false, clientId: 'my-report', clientSecret: 'a-b_c.d' });
    expect((await tokenAnswer(basic('my-report', 'a-b_c.d'), {}, plain)).status).toBe(200);
    expect((await tokenAnswer(basic('my%2Dreport', 'a%2Db_c.d'), {}, plain)).status).toBe(401);
    const decoding = await start({ clientId: 'my-report', clientSecret: 'a-b_c.d' });
    expect((await tokenAnswer(basic('my%2Dreport', 'a%2Db_c.d'), {}, decoding)).status).toBe(200);
  });

  it('misbehaves where told', async () => {
    for (const expires_in of [undefined, 0, -1, '3600', 'soon', null]) {
      api.control.answerWith({ expires_in });
      const answer = (await (await tokenAnswer()).json()) as Record<string, unknown>;
      expect(answer['expires_in']).toEqual(expires_in);
      expect('expires_in' in answer).toBe(expires_in !== undefined);
    }
    api.control.answerWith({ token_type: 'mac' });
    expect(await (await tokenAnswer()).json()).toMatchObject({ token_type: 'mac', expires_in: 3600 });
    api.control.answerWith({});
    api.control.failNext('token', { status: 200, body: '<h1>Welcome</h1>' });
    expect(await (await tokenAnswer()).text()).toBe('<h1>Welcome</h1>');
    api.control.failNext('api', { status: 403 });
    expect(await call(await freshToken())).toBe(403);
    api.control.changeSecret('new');
    expect((await tokenAnswer()).status).toBe(401);
  });
});

describe('the API', () => {
  it('wants a good token everywhere, and permission', async () => {
    const token = await freshToken();
    for (const path of ['/', '/v2/account', '/v2/reports']) {
      expect([path, await call(token, path), await call(undefined, path)]).toEqual([path, 200, 401]);
    }
    expect(await call('nonsense')).toBe(401);
    expect(await call(token, '/nothing')).toBe(404);
    api.control.permit(false);
    expect(await call(token)).toBe(403);
    api.control.permit(true);
    api.control.rejectTokens();
    expect(await call(token)).toBe(401);
  });
});
