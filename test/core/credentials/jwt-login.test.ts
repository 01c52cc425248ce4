/** The older way into Connexease, with its quota: practised against the service's own rules and its own clock. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeConnexease, startConnexease } from '../../../electron/practice/connexease/service.ts';
import { practiceCredentials } from '../../../shared/practice-credentials.ts';
import { type KeptRequests, keepRequests } from '../../fakes/kept-requests.ts';
import { faultOfOutcome, openScene, type Scene } from './scene.ts';

const { username, password, bannedUsername, inactiveUsername, secondFactorUsername } = practiceCredentials.connexease;
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

let scene: Scene;
let service: PracticeConnexease;
let api: string;
/** The service's, whatever happens to ours. */
let serviceNowMs = Date.now();
let kept: KeptRequests;

beforeEach(async () => {
  serviceNowMs = Date.now();
  service = await startConnexease({ now: () => serviceNowMs });
  kept = keepRequests(service.baseUrl);
  scene = await openScene();
  api = await scene.add('practice-connexease', service.baseUrl);
});
afterEach(async () => {
  kept.end();
  await scene.stop();
  await service.stop();
});

const signIn = (given: Record<string, string> = {}, connectionId = api) =>
  scene.signIn(connectionId, { wayIn: 'jwt-login', given: { username, password, ...given } });
const ever = () => service.seen.generations(username).ever;
const logins = () => kept.all.filter(({ target }) => target === '/jwt/').length;
const passes = (byMs: number) => {
  serviceNowMs += byMs;
  scene.moveClock(byMs);
};

describe('a login for a token of a day', () => {
  it('gives one token under the word JWT, used for its whole life and after a restart', async () => {
    expect(await signIn()).toMatchObject({ kind: 'done', account: { label: username }, known: false });
    const { credential, resource } = await scene.get(api);
    expect(await credential?.headers({ method: 'GET', url: resource })).toEqual({
      authorization: `JWT ${credential?.secret.open()}`,
    });
    for (let hour = 0; hour < 23; hour += 1) {
      if (hour % 5 === 0) await scene.restart();
      expect(await scene.call(api, '/agents/')).toBe(200);
      passes(hourMs);
    }
    expect(ever()).toBe(1);
  });

  it('costs no other one where the same is entered again, or nothing at all, while it is good', async () => {
    await signIn();
    for (const given of [{ username, password }, {}]) {
      expect(await scene.signIn(api, { wayIn: 'jwt-login', given })).toMatchObject({ kind: 'done', known: true });
    }
    expect([ever(), logins()]).toEqual([1, 1]);
    service.control.rejectTokens();
    serviceNowMs += 1000;
    expect(await signIn()).toMatchObject({ kind: 'done', known: true });
    expect([ever(), await scene.call(api, '/agents/')]).toEqual([2, 200]);
    expect(faultOfOutcome(await signIn({ password: 'another' }))?.code).toBe('credentials-refused');
    expect(await scene.call(api, '/agents/')).toBe(200);
  });

  it('is one for all names of this computer at the same moment', async () => {
    const named = await scene.add('practice-connexease', service.baseUrl.replace('127.0.0.1', 'localhost'));
    const both = await Promise.all([signIn(), signIn({}, named)]);
    expect(both.map(({ kind }) => kind)).toEqual(['done', 'done']);
    expect(ever()).toBe(1);
  });

  it('is renewed by what was typed, once for fifty callers', async () => {
    await signIn();
    passes(dayMs + hourMs);
    const all = await Promise.all(Array.from({ length: 50 }, () => scene.call(api, '/agents/')));
    expect(new Set(all)).toEqual(new Set([200]));
    expect(ever()).toBe(2);
    expect(scene.vault.list('refreshJournal')).toEqual([]);
  });

  it('P-48 is renewed once where the service takes it no more, however many say so', async () => {
    await signIn();
    service.control.rejectTokens();
    serviceNowMs += 1000;
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => scene.call(api))))).toEqual(new Set([200]));
    expect(ever()).toBe(2);
  });

  it('P-48 is not asked for again because of one place that answers 401, however often', async () => {
    await signIn();
    for (let calls = 0; calls < 12; calls += 1) {
      service.control.failNext('api', { status: 401, body: { detail: 'Not for you.' } });
      expect(await scene.call(api, '/agents/')).toBe(200);
      passes(5 * 60_000);
    }
    expect([ever(), scene.account(api)?.state]).toEqual([1, 'connected']);
  });

  it('is kept where the service cannot say now whether it still takes it', async () => {
    await signIn();
    const access = await scene.get(api);
    service.control.failNext('api', { status: 503, body: {} });
    expect((await scene.get(api, access)).credential?.secret.open()).toBe(access.credential?.secret.open());
    expect(ever()).toBe(1);
  });

  it('is the same account when its user signs in again', async () => {
    const first = await signIn();
    expect(await signIn()).toMatchObject({ kind: 'done', known: true, account: { id: accountId(first) } });
    expect(scene.vault.list('account').length).toBe(1);
  });

  it('keeps the password in the sealed file and shows it nowhere', async () => {
    await signIn();
    expect(scene.vault.list('credential').map(({ fields }) => fields.password?.open())).toEqual([password]);
    for (const shown of [JSON.stringify(scene.broker().snapshot()), scene.logged.join('\n')]) {
      expect(shown).not.toContain(password);
    }
    await scene.broker().signOut(api, username);
    expect(scene.vault.list('credential')).toEqual([]);
  });
});

describe('a refusal', () => {
  it.each([
    ['a wrong password', { password: 'wrong' }, 'credentials-refused'],
    ['a banned user', { username: bannedUsername }, 'account-banned'],
    ['an inactive user', { username: inactiveUsername }, 'account-disabled'],
    ['a user with a second factor', { username: secondFactorUsername }, 'second-factor-needed'],
  ])('of %s is told for what it is, and nothing is stored', async (_name, given, code) => {
    expect(faultOfOutcome(await signIn(given))?.code).toBe(code);
    expect([scene.vault.list('account'), scene.vault.list('grant'), scene.vault.list('credential')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('of a password says what to look at, and how many tries are left of the day where they are few', async () => {
    const told: (number | undefined)[] = [];
    for (let n = 0; n < 10; n += 1) {
      const fault = faultOfOutcome(await signIn({ password: 'wrong' }));
      expect(fault).toMatchObject({ code: 'credentials-refused', detail: { advice: 'check-user-password' } });
      told.push(fault?.detail.triesLeft);
    }
    expect(told).toEqual([...Array<undefined>(6).fill(undefined), 3, 2, 1, 0]);
    expect(faultOfOutcome(await signIn())?.code).toBe('generation-limit');
  });

  it('is no reason to ask anybody where something is missing', async () => {
    await expect(signIn({ password: '' })).rejects.toMatchObject({ code: 'input-invalid' });
    expect(scene.vault.list('generations')).toEqual([]);
  });

  it.each([
    [400, 'credentials-refused'],
    [402, 'plan-limit'],
    [404, 'token-refused'],
    [408, 'token-refused'],
    [429, 'rate-limited'],
  ])('with status %i while renewing is asked for once', async (status, code) => {
    await signIn();
    passes(dayMs + hourMs);
    service.control.failNext('jwt', { status, body: { detail: 'No.' }, times: 50 });
    for (let n = 0; n < 20; n += 1) {
      expect(await scene.faultOf(scene.get(api))).toBe(code);
      passes(2 * 60_000);
    }
    expect(logins()).toBe(2);
  });

  it('when renewing ends it until a person signs in, who need not type it again', async () => {
    await signIn();
    for (let n = 0; n < 31; n += 1) await post(service, username);
    expect(service.seen.isBanned(username)).toBe(true);
    passes(dayMs + hourMs);
    const before = logins();
    for (let n = 0; n < 20; n += 1) expect(await scene.faultOf(scene.get(api))).toBe('account-banned');
    await scene.restart();
    expect(await scene.faultOf(scene.get(api))).toBe('account-banned');
    expect(logins()).toBe(before + 1);
    expect(scene.account(api)).toMatchObject({ state: 'removed-by-service' });
    service.control.liftBan(username);
    expect(await scene.faultOf(scene.get(api))).toBe('account-banned');
    expect(await scene.signIn(api, { wayIn: 'jwt-login' })).toMatchObject({ kind: 'done', known: true });
    expect(scene.account(api)).toMatchObject({ state: 'connected' });
    expect(await scene.call(api)).toBe(200);
  });
});

describe('the quota', () => {
  it('is never spent by a clock that goes forth and back: the token is as old as the service’s own clock says', async () => {
    await signIn();
    for (let n = 0; n < 40; n += 1) {
      scene.moveClock(n % 2 === 0 ? 3 * dayMs : -3 * dayMs);
      if (n % 7 === 0) await scene.restart();
      expect(await scene.call(api)).toBe(200);
    }
    expect(service.seen.generations(username)).toEqual({ inADay: 1, ever: 1 });
    serviceNowMs += dayMs;
    scene.moveClock(3 * dayMs);
    expect(await scene.call(api)).toBe(200);
    expect(ever()).toBe(2);
  });

  it('stops well before the ban, says when the next one is allowed, and then goes on by itself', async () => {
    await signIn();
    const codes: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      service.control.rejectTokens();
      passes(60_000);
      codes.push(await scene.faultOf(scene.call(api)));
    }
    expect(codes.filter((code) => code === 'none').length).toBe(9);
    expect(new Set(codes.slice(9))).toEqual(new Set(['generation-limit']));
    expect(service.seen.isBanned(username)).toBe(false);
    const rejected = await scene.get(api);
    const fault = await scene.get(api, rejected).catch((thrown: unknown) => thrown);
    const firstAtMs = serviceNowMs - 40 * 60_000;
    expect(fault).toMatchObject({ code: 'generation-limit' });
    expect((fault as { detail: { retryAtMs: number } }).detail.retryAtMs - scene.now()).toBeGreaterThan(
      firstAtMs + dayMs - serviceNowMs - 2000,
    );
    expect(scene.account(api)).toBeDefined();
    expect(faultOfOutcome(await signIn())?.code).toBe('generation-limit');
    passes(dayMs - 39 * 60_000);
    expect(await scene.call(api)).toBe(200);
    expect(ever()).toBe(11);
  });

  it('belongs to the user: another connection and other spellings of the name share it', async () => {
    const other = await scene.add('practice-connexease', `${service.baseUrl}/agents`);
    const outcomes: string[] = [];
    for (let n = 0; n < 14; n += 1) {
      const outcome = await signIn({}, n % 2 === 0 ? api : other);
      outcomes.push(faultOfOutcome(outcome)?.code ?? outcome.kind);
      // What is good would be kept.
      service.control.rejectTokens();
      serviceNowMs += 1000;
    }
    expect(outcomes).toEqual([...Array(10).fill('done'), ...Array(4).fill('generation-limit')]);
    expect(faultOfOutcome(await signIn({ username: username.toUpperCase() }))?.code).toBe('generation-limit');
    expect(ever()).toBe(10);
    expect(faultOfOutcome(await signIn({ username: bannedUsername }))?.code).toBe('account-banned');
  });

  it('is spent once by all who want the same at the same moment', async () => {
    const other = await scene.add('practice-connexease', `${service.baseUrl}/agents`);
    const both = await Promise.all([signIn({}, api), signIn({}, other)]);
    expect(both.map(({ kind }) => kind)).toEqual(['done', 'done']);
    expect(ever()).toBe(1);
  });

  it('counts what was sent and never answered, and a service in trouble is left alone for longer each time', async () => {
    await signIn();
    passes(dayMs + hourMs);
    service.control.failNext('jwt', { status: 503, times: 100 });
    for (let minute = 0; minute < 120; minute += 1) {
      await scene.faultOf(scene.get(api));
      passes(60_000);
    }
    const sent = scene.vault.list('generations')[0]?.asked.length;
    expect(sent).toBeGreaterThan(2);
    expect(sent).toBeLessThan(6);
  });

  it('is not touched where the service cannot be reached at all', async () => {
    await signIn();
    await service.stop();
    passes(dayMs + hourMs);
    for (let n = 0; n < 5; n += 1) {
      expect(await scene.faultOf(scene.get(api))).toBe('unreachable');
      scene.moveClock(2 * 60_000);
    }
    expect(scene.vault.list('generations')[0]?.asked.length).toBe(1);
  });
});

function accountId(outcome: Awaited<ReturnType<typeof signIn>>): string {
  return outcome.kind === 'done' ? outcome.account.id : '';
}

async function post(one: PracticeConnexease, name: string): Promise<void> {
  await fetch(`${one.baseUrl}/jwt/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password }),
  });
}
