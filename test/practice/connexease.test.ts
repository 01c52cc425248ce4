/** The practice Connexease, to the byte as SERVICES.md section 2 has it. */
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeConnexease, startConnexease } from '../../electron/practice/connexease/service.ts';
import { practiceCredentials } from '../../shared/practice-credentials.ts';

const { username, password, accessToken, secondFactorUsername, bannedUsername, inactiveUsername } =
  practiceCredentials.connexease;
const dayMs = 24 * 60 * 60 * 1000;
const banned = [403, '{"message":"This agent has been banned!"}'];

let connexease: PracticeConnexease;
beforeEach(async () => {
  connexease = await startConnexease();
});
afterEach(() => connexease.stop());

const generate = (body: unknown = { username, password }) =>
  fetch(`${connexease.baseUrl}/jwt/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const generated = async () => ((await (await generate()).json()) as { token: string }).token;
const ask = (path: string, authorization?: string) =>
  fetch(`${connexease.baseUrl}${path}`, {
    headers: authorization === undefined ? {} : { Authorization: authorization },
    redirect: 'manual',
  });
const answered = async (response: Response) => [response.status, await response.text()];

describe('POST /jwt/', () => {
  it('gives the documented answer, with a token of 24 hours', async () => {
    const response = await generate();
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toMatch(
      /^\{"token":"[\w.-]+","account":\{"uuid":"[0-9a-f-]{36}"\},"otp":false,"client":\{"device_id":"[^"]+"\}\}$/,
    );
    const { exp = 0, iat = 0, username: who } = decodeJwt(JSON.parse(text).token);
    expect([exp - iat, who]).toEqual([dayMs / 1000, username]);
  });

  it.each([
    ['no user name', { password }, 400, '{"message":"Username is required."}'],
    ['an empty user name', { username: '', password }, 400, '{"message":"Username is required."}'],
    ['no JSON', 'username=x', 400, '{"message":"Username is required."}'],
    ['no password', { username }, 400, '{"message":"Password is required."}'],
    [
      'a wrong password',
      { username, password: 'wrong' },
      401,
      '{"detail":"No active account found with the given credentials"}',
    ],
    [
      'an unknown user',
      { username: 'nobody', password },
      401,
      '{"detail":"No active account found with the given credentials"}',
    ],
    ['a banned user', { username: bannedUsername, password }, 403, '{"message":"This agent has been banned!"}'],
    ['an inactive user', { username: inactiveUsername, password }, 403, ''],
  ])('refuses %s as documented, and nothing counts', async (_name, body, status, text) => {
    expect(await answered(await generate(body))).toEqual([status, text]);
    expect(connexease.seen.generations(username).ever).toBe(0);
  });

  it('says otp where a second factor is wanted; that token opens nothing', async () => {
    const answer = (await (await generate({ username: secondFactorUsername, password })).json()) as { token: string };
    expect(answer).toMatchObject({ otp: true, token: expect.any(String) });
    expect((await ask('/agents/', `JWT ${answer.token}`)).status).toBe(401);
  });

  it('bans at the 31st token in 24 hours of its own clock, until support lifts it', async () => {
    const tokens: string[] = [];
    for (let n = 0; n < 30; n += 1) tokens.push(await generated());
    expect(connexease.seen.generations(username)).toEqual({ inADay: 30, ever: 30 });
    expect(connexease.seen.isBanned(username)).toBe(false);
    expect(await answered(await generate())).toEqual(banned);
    expect(connexease.seen.isBanned(username)).toBe(true);
    expect(await answered(await ask('/agents/', `JWT ${tokens[0]}`))).toEqual(banned);
    connexease.control.moveClock(dayMs);
    expect(await answered(await generate())).toEqual(banned);
    connexease.control.liftBan(username);
    expect((await generate()).status).toBe(200);
    expect(connexease.seen.generations(username)).toEqual({ inADay: 1, ever: 31 });
  });

  it('counts anew after a ban was lifted, also in the same millisecond', async () => {
    const still = await startConnexease({ now: () => 1_790_000_000_000 });
    const once = () =>
      fetch(`${still.baseUrl}/jwt/`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username, password }),
      });
    try {
      for (let n = 0; n < 31; n += 1) await once();
      still.control.liftBan(username);
      expect(still.seen.generations(username)).toEqual({ inADay: 0, ever: 30 });
      expect((await once()).status).toBe(200);
      expect(still.seen.generations(username)).toEqual({ inADay: 1, ever: 31 });
    } finally {
      await still.stop();
    }
  });

  it('forgets what is older than a day', async () => {
    for (let n = 0; n < 30; n += 1) await generate();
    connexease.control.moveClock(dayMs);
    expect((await generate()).status).toBe(200);
    expect(connexease.seen.generations(username)).toEqual({ inADay: 1, ever: 31 });
  });
});

describe('access', () => {
  it('is JWT and a generated token for 24 hours', async () => {
    const token = await generated();
    expect((await ask('/agents/', `JWT ${token}`)).status).toBe(200);
    connexease.control.moveClock(dayMs - 1_000);
    expect((await ask('/agents/', `JWT ${token}`)).status).toBe(200);
    connexease.control.moveClock(1_000);
    expect(await answered(await ask('/agents/', `JWT ${token}`))).toEqual([401, '{"detail":"Invalid token."}']);
  });

  it('is Bearer and an account token until support takes it back', async () => {
    expect((await ask('/agents/', `Bearer ${accessToken}`)).status).toBe(200);
    connexease.control.moveClock(365 * dayMs);
    expect((await ask('/agents/', `Bearer ${accessToken}`)).status).toBe(200);
    const another = connexease.control.issueAccountToken();
    connexease.control.revokeAccountToken(accessToken);
    expect((await ask('/agents/', `Bearer ${accessToken}`)).status).toBe(401);
    expect((await ask('/agents/', `Bearer ${another}`)).status).toBe(200);
  });

  it('takes neither with the other’s word, nor without any', async () => {
    const token = await generated();
    const wrong = [`Bearer ${token}`, `JWT ${accessToken}`, `jwt ${token}`, token, accessToken, 'JWT x', 'Bearer '];
    for (const header of wrong) expect([header, (await ask('/agents/', header)).status]).toEqual([header, 401]);
    expect(await answered(await ask('/agents/'))).toEqual([
      401,
      '{"detail":"Authentication credentials were not provided."}',
    ]);
    connexease.control.rejectTokens();
    expect((await ask('/agents/', `JWT ${token}`)).status).toBe(401);
    connexease.control.moveClock(1_000);
    expect((await ask('/agents/', `JWT ${await generated()}`)).status).toBe(200);
  });

  it('tells the time of its own clock', async () => {
    connexease.control.moveClock(-3 * dayMs);
    const told = Date.parse((await ask('/agents/')).headers.get('date') ?? '');
    expect(Math.abs(told - (Date.now() - 3 * dayMs))).toBeLessThan(60_000);
  });
});

describe('the sample API', () => {
  const withAccess = (path: string) => ask(path, `Bearer ${accessToken}`);

  it('has lists, pages and an end of them', async () => {
    expect(await (await withAccess('/agents/')).json()).toMatchObject({ count: 3 });
    const page = async (n: string) => (await withAccess(`/conversations/?page=${n}`)).json();
    expect(await page('1')).toMatchObject({ count: 25, previous: null, results: { length: 10 } });
    const next = `${connexease.baseUrl}/conversations/?page=3`;
    expect(await page('2')).toMatchObject({ next, results: { 0: { id: 11 } } });
    expect(await page('3')).toMatchObject({ next: null, results: { length: 5 } });
    for (const n of ['4', '0', 'x', '1.5']) {
      expect((await withAccess(`/conversations/?page=${n}`)).status).toBe(404);
    }
    expect(await answered(await withAccess('/nothing/'))).toEqual([404, '{"detail":"Not found."}']);
  });

  it('takes a message of any type as it is', async () => {
    const response = await fetch(`${connexease.baseUrl}/messages/`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'text/x-practice' },
      body: 'Grüße\n',
    });
    expect(await answered(response)).toEqual([201, '{"id":1,"contentType":"text/x-practice","received":"Grüße\\n"}']);
  });

  it('streams line by line, and ends when it is stopped', async () => {
    const whole = await (await withAccess('/events/?count=3&delayMs=1')).text();
    expect(whole).toBe('{"event":1,"of":3}\n{"event":2,"of":3}\n{"event":3,"of":3}\n');
    const response = await withAccess('/events/?count=3&delayMs=10000');
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('{"event":1,"of":3}\n');
    const rest = reader?.read().then(
      ({ done }) => (done ? 'ended' : 'went on'),
      () => 'broken',
    );
    await connexease.stop();
    expect(await rest).not.toBe('went on');
  });

  it('sends attachments to another origin, where nothing is wanted', async () => {
    const response = await withAccess('/attachments/1/');
    const address = response.headers.get('location') ?? '';
    expect([response.status, new URL(address).hostname]).toEqual([302, 'localhost']);
    expect(new URL(address).origin).not.toBe(connexease.baseUrl);
    const file = await ask('/files/1');
    expect(await answered(file)).toEqual([200, 'A practice attachment.\n']);
  });

  it('misbehaves where told', async () => {
    connexease.control.failNext('jwt', { status: 200, body: '<h1>Welcome</h1>' });
    connexease.control.failNext('api', { status: 403 });
    expect(await answered(await generate())).toEqual([200, '<h1>Welcome</h1>']);
    expect(await answered(await withAccess('/agents/?x=1'))).toEqual([403, '']);
  });
});
