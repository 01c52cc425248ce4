/**
 * What the services of SERVICES.md refuse, and answers that are none: each ends in one fault with a sentence that a
 * person can act on, after a bounded number of requests. And the ban of Connexease, which the product never gets near.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Access } from '../../electron/core/broker/broker.ts';
import { type Broker, createBroker } from '../../electron/core/broker/create-broker.ts';
import { openVault } from '../../electron/core/vault/open-vault.ts';
import type { Vault } from '../../electron/core/vault/vault.ts';
import {
  type ClientCredentialsApi,
  startClientCredentialsApi,
} from '../../electron/practice/client-credentials-api.ts';
import { type PracticeConnexease, startConnexease } from '../../electron/practice/connexease/service.ts';
import { startPractice } from '../../electron/practice/service.ts';
import { faultSentence } from '../../shared/fault-words.ts';
import { asFault, type Fault } from '../../shared/faults.ts';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import type { GivenFields, WayInId } from '../../shared/ways-in.ts';
import { type KeptRequests, keepRequests } from '../fakes/kept-requests.ts';
import { type TestPlatform, testPlatform } from '../fakes/person.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const { conexor, connexease, api } = practiceCredentials;

interface Scene {
  readonly host: TestPlatform;
  readonly vault: Vault;
  readonly broker: Broker;
  readonly connectionId: string;
  readonly kept: KeptRequests;
  /** Another broker on the same vault, as after a restart. */
  restarted(): Broker;
  access(rejected?: Access): Promise<Access>;
  signIn(wayIn: WayInId, given: GivenFields): Promise<Fault | undefined>;
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function openScene(service: string, resource: string, host: TestPlatform): Promise<Scene> {
  const { platform } = host;
  const vault = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now: platform.now, log: platform.log });
  const restarted = () => {
    const broker = createBroker(platform, vault);
    closers.push(() => broker.close());
    return broker;
  };
  const broker = restarted();
  const { connection } = await broker.addConnection({ target: resource, service });
  const kept = keepRequests(resource);
  closers.push(async () => kept.end());
  return {
    host,
    vault,
    broker,
    connectionId: connection.id,
    kept,
    restarted,
    access: (rejected) =>
      broker.accessTokens.get({ connectionId: connection.id, client: 'test', ...(rejected && { rejected }) }),
    async signIn(wayIn, given) {
      const attempt = await broker.signIns.start(connection.id, { wayIn, given });
      const outcome = await broker.signIns.outcome(attempt.id);
      return outcome.kind === 'failed' ? outcome.fault : undefined;
    },
  };
}

function openHost(): TestPlatform {
  const host = testPlatform();
  closers.push(host.close);
  return host;
}

async function withConnexease(): Promise<Scene & { readonly service: PracticeConnexease }> {
  const host = openHost();
  const service = await startConnexease({ now: host.platform.now });
  closers.push(service.stop);
  return { service, ...(await openScene('practice-connexease', service.baseUrl, host)) };
}

async function withApi(): Promise<Scene & { readonly service: ClientCredentialsApi }> {
  const host = openHost();
  const service = await startClientCredentialsApi({ now: host.platform.now });
  closers.push(service.stop);
  return { service, ...(await openScene('practice-api', service.baseUrl, host)) };
}

/** Its code, once it has been seen that it says something in words, and none of what was typed. */
function codeOf(thrown: unknown, given: GivenFields): string {
  const fault = asFault(thrown);
  const sentence = faultSentence(fault);
  expect(sentence.length).toBeGreaterThan(20);
  const told = `${sentence} ${JSON.stringify(fault.detail)}`;
  for (const name of ['password', 'client-secret', 'api-key', 'access-token'] as const) {
    if (given[name]) expect(told).not.toContain(given[name]);
  }
  return fault.code;
}

describe('Connexease', () => {
  const { username, password } = connexease;

  it.each([
    ['a wrong password', { username, password: 'wrong-password' }, 'credentials-refused'],
    ['an unknown user', { username: 'nobody', password }, 'credentials-refused'],
    ['a banned user', { username: connexease.bannedUsername, password }, 'account-banned'],
    ['an inactive user', { username: connexease.inactiveUsername, password }, 'account-disabled'],
    ['a second factor', { username: connexease.secondFactorUsername, password }, 'second-factor-needed'],
  ])('tells %s apart, asks once, and keeps nothing', async (_name, given, code) => {
    const scene = await withConnexease();
    expect(codeOf(await scene.signIn('jwt-login', given), given)).toBe(code);
    expect(scene.kept.all.filter(({ target }) => target === '/jwt/')).toHaveLength(1);
    expect([scene.vault.list('account'), scene.vault.list('credential')]).toEqual([[], []]);
  });

  it('is never asked for more than ten tokens in a day of its own, whatever happens here', async () => {
    const scene = await withConnexease();
    const { service, host } = scene;
    expect(await scene.signIn('jwt-login', { username, password })).toBeUndefined();
    let limit: Fault | undefined;
    let broker = scene.broker;
    for (let round = 0; round < 60; round += 1) {
      // Every token is refused at once, as it would be for a service that is broken in just this way.
      service.control.rejectTokens();
      const ask = async () => {
        const request = { connectionId: scene.connectionId, client: 'test' };
        const access = await broker.accessTokens.get(request);
        return broker.accessTokens.get({ ...request, rejected: access });
      };
      const asked = await Promise.all(Array.from({ length: 50 }, () => ask().catch(asFault)));
      for (const one of asked) if ('code' in one && one.code === 'generation-limit') limit = one;
      // A restart, and a clock that somebody moves about while the service's own stands still.
      if (round % 7 === 3) broker = scene.restarted();
      if (round % 5 === 2) {
        host.moveClock(3 * dayMs);
        service.control.moveClock(-3 * dayMs);
      }
    }
    expect(service.seen.generations(username)).toEqual({ inADay: 10, ever: 10 });
    expect(service.seen.isBanned(username)).toBe(false);
    expect(codeOf(limit, { password })).toBe('generation-limit');
    expect(limit?.detail.retryAtMs).toBeGreaterThan(host.platform.now());
  });
});

describe('an API with client credentials over Basic', () => {
  const given = { 'client-id': api.clientId, 'client-secret': api.clientSecret };
  const tokenRequests = ({ kept }: Scene) => kept.all.filter(({ target }) => target === '/oauth/v2/token').length;

  it.each([
    ['no expires_in', { expires_in: undefined }],
    ['expires_in 0', { expires_in: 0 }],
    ['a negative expires_in', { expires_in: -1 }],
    ['expires_in as text', { expires_in: '3600' }],
    ['expires_in that is no number', { expires_in: 'soon' }],
  ])('lets one in with %s, and the token’s own end is kept', async (_name, members) => {
    const scene = await withApi();
    scene.service.control.answerWith(members);
    expect(await scene.signIn('client-credentials', given)).toBeUndefined();
    const before = await scene.access();
    scene.host.moveClock(hourMs - 5 * 60_000);
    expect((await scene.access()).credential?.secret).toBe(before.credential?.secret);
    expect(tokenRequests(scene)).toBe(1);
    scene.host.moveClock(5 * 60_000);
    expect((await scene.access()).credential?.secret.open()).not.toBe(before.credential?.secret.open());
    expect(tokenRequests(scene)).toBe(2);
  });

  it.each([
    ['an unknown token type', 'service-answer-invalid', (one) => one.answerWith({ token_type: 'mac' })],
    ['no token', 'service-answer-invalid', (one) => one.answerWith({ access_token: undefined })],
    ['200 and a page', 'captive-portal', (one) => one.failNext('token', { status: 200, body: '<h1>Welcome</h1>' })],
    ['403 and nothing', 'token-refused', (one) => one.failNext('token', { status: 403 })],
    ['402', 'plan-limit', (one) => one.failNext('token', { status: 402 })],
    ['another secret', 'client-refused', (one) => one.changeSecret('another')],
  ] satisfies [string, string, (control: ClientCredentialsApi['control']) => void][])(
    'ends a sign-in in one fault: %s',
    async (_name, code, misbehave) => {
      const scene = await withApi();
      misbehave(scene.service.control);
      expect(codeOf(await scene.signIn('client-credentials', given), given)).toBe(code);
      expect(tokenRequests(scene)).toBe(1);
      expect([scene.vault.list('account'), scene.vault.list('credential')]).toEqual([[], []]);
    },
  );

  it('is asked once with a secret that is good no longer, and then the person is', async () => {
    const scene = await withApi();
    expect(await scene.signIn('client-credentials', given)).toBeUndefined();
    const access = await scene.access();
    scene.service.control.changeSecret('another');
    scene.service.control.rejectTokens();
    for (let n = 0; n < 20; n += 1) {
      scene.host.moveClock(5 * 60_000);
      const fault = await scene.access(access).catch((thrown: unknown) => thrown);
      expect(codeOf(fault, given)).toBe('client-refused');
    }
    expect(tokenRequests(scene)).toBe(2);
  });

  it('lets one in with a secret of hyphens where it decodes nothing', async () => {
    const host = openHost();
    const hyphens = { 'client-id': 'nightly-report', 'client-secret': 'a-b_c.d-1' };
    const service = await startClientCredentialsApi({
      now: host.platform.now,
      clientId: hyphens['client-id'],
      clientSecret: hyphens['client-secret'],
      decodesBasic: false,
    });
    closers.push(service.stop);
    const scene = await openScene('practice-api', service.baseUrl, host);
    expect(await scene.signIn('client-credentials', hyphens)).toBeUndefined();
  });
});

describe('Conexor', () => {
  it.each([
    ['client-credentials', { 'client-id': conexor.clientId, 'client-secret': 'secret_wrong' }, 'client-refused'],
    ['password-login', { email: conexor.email, password: 'wrong-password' }, 'credentials-refused'],
    ['api-key', { 'api-key': 'mcp_wrong' }, 'credentials-refused'],
  ] as const)('says so where what was typed for %s is wrong, and keeps nothing', async (wayIn, given, code) => {
    const host = openHost();
    const practice = await startPractice({ now: host.platform.now });
    closers.push(practice.stop);
    const scene = await openScene('practice', practice.resource, host);
    expect(codeOf(await scene.signIn(wayIn, given), given)).toBe(code);
    expect([scene.vault.list('account'), scene.vault.list('credential')]).toEqual([[], []]);
  });
});
