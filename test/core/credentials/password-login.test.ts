import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../../electron/practice/service.ts';
import { practiceCredentials } from '../../../shared/practice-credentials.ts';
import { startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { type KeptRequests, keepRequests } from '../../fakes/kept-requests.ts';
import { faultOfOutcome, openScene, type Scene } from './scene.ts';

const { email, password } = practiceCredentials.conexor;
const hourMs = 60 * 60_000;

let scene: Scene;
let practice: PracticeService;
let kept: KeptRequests;
let id: string;
async function open(options: Parameters<typeof startPractice>[0] = {}) {
  practice = await startPractice({ now: scene.now, ...options });
  kept = keepRequests(practice.baseUrl);
  id = await scene.add('practice', practice.resource);
}
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  kept.end();
  await scene.stop();
  await practice.stop();
});

const signIn = (typed: Record<string, string> = {}) =>
  scene.signIn(id, { wayIn: 'password-login', given: { email, password, ...typed } });
const at = (target: string) => kept.all.filter((one) => one.target === target);

describe('a login with e-mail and password', () => {
  it('asks as documented, knows who it is, and keeps no password', async () => {
    await open();
    expect(await signIn()).toMatchObject({ kind: 'done', account: { email, organisation: 'acme' } });
    const [login] = at('/api/auth/login');
    expect([login?.method, login?.body]).toEqual(['POST', JSON.stringify({ email, password })]);
    const { credential, resource } = await scene.get(id);
    expect(await credential?.headers({ method: 'POST', url: resource })).toEqual({
      authorization: `Bearer ${credential?.secret.open()}`,
    });
    expect(scene.vault.list('credential')).toEqual([]);
    expect(JSON.stringify(scene.broker().snapshot()) + scene.logged.join()).not.toContain(password);
  });

  it('is renewed by its refresh token, without a client and once for fifty callers', async () => {
    await open();
    await signIn();
    scene.moveClock(hourMs);
    await scene.restart();
    const all = await Promise.all(Array.from({ length: 50 }, () => scene.get(id)));
    expect(new Set(all.map(({ credential }) => credential?.secret.open())).size).toBe(1);
    const [renewal, ...more] = at('/api/oauth/token');
    expect(more).toEqual([]);
    const form = new URLSearchParams(renewal?.body);
    expect([form.get('grant_type'), form.has('client_id'), form.has('client_secret')]).toEqual([
      'refresh_token',
      false,
      false,
    ]);
    expect(practice.seen.refreshReuses).toBe(0);
  });

  it('is cancelled at the service, again without a client', async () => {
    await open();
    await signIn();
    expect(await scene.broker().signOut(id, email)).toMatchObject({ service: 'cancelled', proof: 'refused' });
    expect(at('/api/oauth/revoke').some(({ body }) => new URLSearchParams(body).has('client_id'))).toBe(false);
  });

  it('without a refresh token lasts as long as its token, and is then typed again', async () => {
    await open({ refreshTokens: false });
    await signIn();
    expect(scene.account(id)).toMatchObject({ renewsItself: false });
    scene.moveClock(hourMs);
    expect(await scene.faultOf(scene.get(id))).toBe('sign-in-needed');
    expect(at('/api/auth/login').length).toBe(1);
    await expect(scene.signIn(id, { wayIn: 'password-login' })).rejects.toMatchObject({ code: 'input-invalid' });
    expect(await signIn()).toMatchObject({ kind: 'done', known: true });
  });

  it.each([
    ['a wrong password', {}, { password: 'wrong' }, 'credentials-refused'],
    ['200 with HTML', { status: 200, body: '<h1>Hi</h1>' }, {}, 'captive-portal'],
    ['403 with nothing', { status: 403 }, {}, 'credentials-refused'],
    ['404', { status: 404 }, {}, 'token-refused'],
    ['an answer without a token', { status: 200, body: { ok: true } }, {}, 'service-answer-invalid'],
    ['503', { status: 503 }, {}, 'service-down'],
  ])('with %s ends in a fault of its own and stores nothing', async (_name, failure, typed, code) => {
    await open();
    if ('status' in failure) practice.control.failNext('login', failure);
    expect(faultOfOutcome(await signIn(typed))?.code).toBe(code);
    expect([scene.vault.list('account'), scene.vault.list('grant')]).toEqual([[], []]);
  });

  it.each([
    [{ token: 'one', refreshToken: 'two', expiresIn: 60 }],
    [{ accessToken: 'one', refresh_token: 'two', expires_in: '60' }],
    [{ jwt: 'one', refreshToken: 'two', expiresIn: 60, access_token: null }],
  ])('reads its answer under the usual names: %j', async (body) => {
    await open();
    practice.control.failNext('login', { status: 200, body });
    // The question for its authorization server, and the first call.
    practice.control.failNext('mcp', { status: 200, body: { jsonrpc: '2.0', id: 'conexor', result: {} }, times: 2 });
    expect(await signIn()).toMatchObject({ kind: 'done', account: { label: `${email} (acme)`, email } });
    const [grant] = scene.vault.list('grant');
    expect([grant?.accessToken.open(), grant?.refreshToken?.open()]).toEqual(['one', 'two']);
    expect((grant?.expiresAtMs ?? 0) - (grant?.obtainedAtMs ?? 0)).toBe(60_000);
  });
});

it('a login’s refresh token goes to the documented server of its origin, whatever the resource’s metadata names', async () => {
  const origin = await startAuthorizationServer();
  const named = await startAuthorizationServer();
  try {
    const address = `${origin.origin}/mcp/acme/sales`;
    const published = '/.well-known/oauth-protected-resource/mcp/acme/sales';
    origin.answer('/api/auth/login', { body: { token: 'access', refreshToken: 'refresh-of-ana', expiresIn: 60 } });
    origin.answer('/api/oauth/token', { body: { access_token: 'renewed', token_type: 'Bearer', expires_in: 60 } });
    origin.answer('/mcp/acme/sales', ({ headers }) =>
      headers.authorization
        ? { body: {} }
        : { status: 401, headers: { 'www-authenticate': `Bearer resource_metadata="${origin.origin}${published}"` } },
    );
    origin.answer(published, { body: { resource: address, authorization_servers: [named.origin] } });
    const login = await scene.add('practice', address);
    const given = { email: 'ana@example.com', password: 'p' };
    expect(await scene.signIn(login, { wayIn: 'password-login', given })).toMatchObject({ kind: 'done' });
    scene.moveClock(hourMs);
    expect((await scene.get(login)).credential?.secret.open()).toBe('renewed');
    await scene.broker().signOut(login, scene.account(login)?.id ?? '');
    expect(origin.seenAt('/api/oauth/token').map(({ form }) => form.get('refresh_token'))).toEqual(['refresh-of-ana']);
    expect(origin.seenAt('/api/oauth/revoke').length).toBeGreaterThan(0);
    expect(named.seen).toEqual([]);
  } finally {
    await Promise.all([origin.close(), named.close()]);
  }
});
