/** What a service says no to is not asked the same again, whichever way in it was: a person sees it and decides. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { openScene, type Scene } from '../credentials/scene.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

let fake: FakeAuthorizationServer;
let scene: Scene;
beforeEach(async () => {
  fake = await startAuthorizationServer();
  scene = await openScene();
});
afterEach(async () => {
  await scene.stop();
  await fake.close();
});

const asked = (path: string) => fake.seenAt(path).length;
/** Asks for access again and again; gives how many requests that made, and the codes. */
async function over(ms: number, stepMs: number, connection: string, path: string) {
  const before = asked(path);
  const codes = new Set<string>();
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    scene.moveClock(stepMs);
    codes.add(await scene.faultOf(scene.get(connection)));
  }
  return { requests: asked(path) - before, codes: [...codes] };
}

describe('a refresh token that is refused with a 4xx', () => {
  async function signedIn(): Promise<string> {
    const client = { clientId: 'given', clientSecret: new Secret('a secret') };
    const connection = await scene.add('mcp', fake.resource, { client });
    const { id, authorizationUrl } = await scene.broker().signIns.start(connection, { fresh: true });
    await fetch(authorizationUrl ?? '');
    expect((await scene.broker().signIns.outcome(id)).kind).toBe('done');
    return connection;
  }

  it.each([
    [401, { error: 'invalid_client' }, 'client-refused', 'sign-in-again'],
    [400, { error: 'invalid_request' }, 'token-refused', 'sign-in-again'],
    [400, { error: 'invalid_scope' }, 'scope-refused', 'sign-in-again'],
    [404, {}, 'token-refused', 'sign-in-again'],
    [403, '', 'token-refused', 'sign-in-again'],
    [403, { error: 'account_disabled' }, 'account-disabled', 'removed-by-service'],
  ])('(%i %j) is sent once: the account says so until a person signs in', async (status, body, code, state) => {
    const connection = await signedIn();
    fake.answer('/token', { status, body });
    expect(await over(hourMs + 2 * minuteMs, hourMs, connection, '/token')).toEqual({ requests: 1, codes: [code] });
    await scene.restart();
    expect(await over(dayMs, hourMs, connection, '/token')).toEqual({ requests: 0, codes: [code] });
    expect(scene.broker().findConnection(connection).state).toBe(state);
    expect(scene.vault.list('refreshJournal')).toEqual([]);
    fake.behave();
    const { id, authorizationUrl } = await scene.broker().signIns.start(connection, { fresh: true });
    await fetch(authorizationUrl ?? '');
    await scene.broker().signIns.outcome(id);
    expect(await scene.faultOf(scene.get(connection))).toBe('none');
    expect(scene.broker().findConnection(connection).state).toBe('connected');
  });

  it('because of the plan is asked about once a day, and goes on by itself', async () => {
    const connection = await signedIn();
    fake.answer('/token', { status: 402, body: {} });
    scene.moveClock(hourMs);
    expect(await over(20 * hourMs, minuteMs * 20, connection, '/token')).toEqual({
      requests: 1,
      codes: ['plan-limit'],
    });
    await scene.restart();
    expect(await over(3 * hourMs, hourMs, connection, '/token')).toEqual({ requests: 0, codes: ['plan-limit'] });
    expect(scene.broker().findConnection(connection).state).toBe('plan-limit');
    fake.behave();
    scene.moveClock(2 * hourMs);
    expect(await scene.faultOf(scene.get(connection))).toBe('none');
    expect(scene.vault.list('grant')[0]?.refusal).toBeUndefined();
  });

  it.each([408, 425, 429, 500, 503])('with %i passes by itself', async (status) => {
    const connection = await signedIn();
    fake.answer('/token', { status, body: {} });
    await over(hourMs + 2 * minuteMs, hourMs, connection, '/token');
    expect(scene.vault.list('account')[0]?.trouble).toBeUndefined();
    fake.behave();
    scene.moveClock(2 * minuteMs);
    expect(await scene.faultOf(scene.get(connection))).toBe('none');
  });
});

describe('a login that the service counts', () => {
  const unsigned = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
  const given = { username: 'ana', password: 'a password' };

  async function signedIn(): Promise<string> {
    fake.answer('/', {});
    fake.answer('/jwt/', { body: { token: 'token', account: { uuid: 'u' }, otp: false } });
    const connection = await scene.add('practice-connexease', fake.origin);
    await scene.signIn(connection, { wayIn: 'jwt-login', given });
    return connection;
  }

  it.each([
    [302, 'service-answer-invalid', 'sign-in-again'],
    [404, 'token-refused', 'sign-in-again'],
    [405, 'token-refused', 'sign-in-again'],
    [402, 'plan-limit', 'plan-limit'],
    [200, 'service-answer-invalid', 'sign-in-again'],
  ])('and that is answered with %i is asked for once in a day, over restarts', async (status, code, state) => {
    const connection = await signedIn();
    fake.answer('/jwt/', { status, body: {} });
    const grant = scene.vault.list('grant')[0];
    await scene.vault.write([
      { kind: 'grant', key: keyOf(grant), record: grant && { ...grant, generation: undefined } },
    ]);
    scene.moveClock(dayMs);
    expect(await over(12 * hourMs, hourMs, connection, '/jwt/')).toEqual({ requests: 1, codes: [code] });
    await scene.restart();
    expect(await over(11 * hourMs, hourMs, connection, '/jwt/')).toEqual({ requests: 0, codes: [code] });
    expect(scene.broker().findConnection(connection).state).toBe(state);
  });

  it('and is answered with 429 waits for as long as the service says, and an hour at least', async () => {
    const connection = await signedIn();
    const grant = scene.vault.list('grant')[0];
    await scene.vault.write([
      { kind: 'grant', key: keyOf(grant), record: grant && { ...grant, generation: undefined } },
    ]);
    fake.answer('/jwt/', { status: 429, headers: { 'retry-after': '18000' }, body: {} });
    scene.moveClock(dayMs);
    expect((await over(5 * hourMs - minuteMs, 10 * minuteMs, connection, '/jwt/')).requests).toBe(1);
    fake.answer('/jwt/', { status: 429, headers: { 'retry-after': '1' }, body: {} });
    expect((await over(hourMs, 10 * minuteMs, connection, '/jwt/')).requests).toBe(1);
  });

  it('gives a token that is as old as the service says, however far our clock is ahead', async () => {
    let logins = 0;
    fake.answer('/', {});
    fake.answer('/agents/', {});
    fake.answer('/jwt/', () => {
      logins += 1;
      const exp = Math.floor(Date.now() / 1000) + 86_400;
      return { body: { token: unsigned({ user: logins, exp }), account: { uuid: 'u' }, otp: false } };
    });
    scene.moveClock(2 * dayMs);
    const connection = await scene.add('practice-connexease', fake.origin);
    expect((await scene.signIn(connection, { wayIn: 'jwt-login', given })).kind).toBe('done');
    for (let n = 0; n < 12; n += 1) expect(await scene.call(connection, '/agents/')).toBe(200);
    expect(logins).toBe(1);
  });

  function keyOf(grant: { issuer: string; resource: string; accountId: string } | undefined): string {
    return JSON.stringify([grant?.issuer, grant?.resource, grant?.accountId]);
  }
});

it('what was pasted with a name and cannot be seen is not part of it', async () => {
  fake.answer('/', {});
  fake.answer('/jwt/', { body: { token: 'token', account: { uuid: 'u' }, otp: false } });
  const connection = await scene.add('practice-connexease', fake.origin);
  const given = { username: '\u200bana\u00ad ', password: ' pass\u200bword ' };
  expect((await scene.signIn(connection, { wayIn: 'jwt-login', given })).kind).toBe('done');
  expect(JSON.parse(fake.seenAt('/jwt/')[0]?.body ?? '')).toEqual({ username: 'ana', password: ' pass\u200bword ' });
});
