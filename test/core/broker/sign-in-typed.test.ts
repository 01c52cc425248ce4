/** Sign-ins with what a person typed: how they end, and what is left of what was typed. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SignInWish } from '../../../electron/core/broker/sign-in-prepare.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { openScene, type Scene } from '../credentials/scene.ts';

let fake: FakeAuthorizationServer;
let scene: Scene;
let api: string;
/** Lets the login that waits be answered. */
let answerLogin: () => void;
let logins: number;

beforeEach(async () => {
  fake = await startAuthorizationServer();
  fake.answer('/', {});
  logins = 0;
  const answered = new Promise<void>((resolve) => {
    answerLogin = resolve;
  });
  fake.answer('/jwt/', async () => {
    logins += 1;
    await answered;
    return { body: { token: `token-${logins}`, account: { uuid: 'u' }, otp: false } };
  });
  scene = await openScene();
  api = await scene.add('practice-connexease', fake.origin);
});
afterEach(async () => {
  answerLogin();
  await scene.stop();
  await fake.close();
});

const wishOf = (username: string): SignInWish => ({
  fresh: true,
  wayIn: 'jwt-login',
  given: { username, password: 'a password that is typed' },
});
const signIns = () => scene.broker().signIns;
/** After whatever is under way at the service has come back. */
const settled = () => expect.poll(() => scene.vault.list('generations').length > 0 && logins > 0).toBe(true);
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 150));

describe('a sign-in that is cancelled while the service is asked', () => {
  it.each(['by its person', 'by a fresh start', 'by quitting'] as const)('%s stores nothing', async (how) => {
    const { id } = await signIns().start(api, wishOf('ana'));
    await settled();
    let second: string | undefined;
    if (how === 'by its person') signIns().cancel(id);
    if (how === 'by a fresh start') second = (await signIns().start(api, wishOf('bea'))).id;
    if (how === 'by quitting') await signIns().close();
    expect((await signIns().outcome(id)).kind).toBe('cancelled');
    answerLogin();
    if (second !== undefined) expect((await signIns().outcome(second)).kind).toBe('done');
    await aWhile();
    expect(scene.vault.list('account').map(({ label }) => label)).toEqual(second === undefined ? [] : ['bea']);
    expect(scene.vault.list('credential').length).toBe(second === undefined ? 0 : 1);
  });
});

describe('what was typed', () => {
  it('is not held in memory once the sign-in has ended, while its outcome can still be asked for', async () => {
    answerLogin();
    fake.answer('/api/auth/login', { body: { access_token: 'acc', expires_in: 3600 } });
    const connection = await scene.add('practice', `${fake.origin}/mcp/acme/sales`);
    fake.answer('/mcp/acme/sales', ({ headers }) => (headers.authorization ? { body: {} } : { status: 401 }));
    const begin = async () => {
      const given = { email: 'ana@example.com', password: 'a password that is typed' };
      const { id } = await signIns().start(connection, { wayIn: 'password-login', given });
      expect((await signIns().outcome(id)).kind).toBe('done');
      return { id, given: new WeakRef(given) };
    };
    const { id, given } = await begin();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await expect
      .poll(() => {
        collect();
        return given.deref() === undefined;
      })
      .toBe(true);
    expect((await signIns().outcome(id)).kind).toBe('done');
    expect(signIns().find(id)).toEqual({ id, connectionId: connection, host: '', permissions: [] });
  });
});

const unsigned = (claims: object) =>
  [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('c2ln')
    .join('.');

describe('a token that was brought along', () => {
  it('never takes the place of an account of a sign-in, whoever it says that it is', async () => {
    const claims = { sub: 'ada', email: 'ada@example.com' };
    fake.answer('/token', {
      body: { access_token: unsigned(claims), token_type: 'Bearer', expires_in: 3600, refresh_token: 'refresh-of-ada' },
    });
    const connection = await scene.add('web-api', fake.resource, { wayIn: 'authorization-code' });
    const attempt = await signIns().start(connection, { fresh: true });
    await fetch(attempt.authorizationUrl ?? '');
    expect((await signIns().outcome(attempt.id)).kind).toBe('done');
    const given = { 'access-token': unsigned({ ...claims, forged: true }) };
    expect(await scene.signIn(connection, { wayIn: 'access-token', given })).toMatchObject({
      kind: 'done',
      known: false,
      current: false,
    });
    expect(scene.vault.list('account').map(({ wayIn }) => wayIn)).toEqual(['authorization-code', 'access-token']);
    expect(scene.vault.list('grant').map(({ refreshToken }) => refreshToken?.open())).toContain('refresh-of-ada');
    // The same kind again is the same account.
    expect(await scene.signIn(connection, { wayIn: 'access-token', given })).toMatchObject({ known: true });
    expect(scene.vault.list('account').length).toBe(2);
  });
});
