import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeConnexease, startConnexease } from '../../../electron/practice/connexease/service.ts';
import { type PracticeService, startPractice } from '../../../electron/practice/service.ts';
import { practiceCredentials } from '../../../shared/practice-credentials.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { type KeptRequests, keepRequests } from '../../fakes/kept-requests.ts';
import { faultOfOutcome, openScene, type Scene } from './scene.ts';

const dayMs = 24 * 60 * 60_000;
let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.stop());

describe('an account access token', () => {
  let service: PracticeConnexease;
  let kept: KeptRequests;
  let id: string;
  beforeEach(async () => {
    service = await startConnexease({ now: scene.now });
    kept = keepRequests(service.baseUrl);
    id = await scene.add('practice-connexease', service.baseUrl);
  });
  afterEach(async () => {
    kept.end();
    await service.stop();
  });
  const { accessToken } = practiceCredentials.connexease;
  const signIn = (token: string) => scene.signIn(id, { wayIn: 'access-token', given: { 'access-token': token } });

  it('is sent as Bearer for as long as it lives, and its person is reminded to change it', async () => {
    expect(await signIn(`  ${accessToken}\n`)).toMatchObject({ kind: 'done' });
    const { credential } = await scene.get(id);
    expect(await credential?.headers({ method: 'GET', url: service.baseUrl })).toEqual({
      authorization: `Bearer ${accessToken}`,
    });
    const view = scene.account(id);
    expect(view).toMatchObject({ renewsItself: false, state: 'connected' });
    expect(view?.expiresAtMs).toBeUndefined();
    expect(Math.round(((view?.remindAtMs ?? 0) - scene.now()) / dayMs)).toBe(90);
    scene.moveClock(800 * dayMs);
    expect(await scene.call(id, '/agents/')).toBe(200);
    scene.moveClock(-900 * dayMs);
    expect(await scene.call(id, '/agents/')).toBe(200);
  });

  it('that the service does not take is refused before anything is stored', async () => {
    expect(faultOfOutcome(await signIn('wrong'))?.code).toBe('credentials-refused');
    expect([scene.vault.list('account'), scene.vault.list('grant')]).toEqual([[], []]);
    for (const impossible of ['two words', 'línea', 'a\u0000b']) {
      expect(faultOfOutcome(await signIn(impossible))).toMatchObject({ code: 'input-invalid' });
    }
  });

  it('that was taken back ends once, asks nobody again, and says to enter a new one', async () => {
    await signIn(accessToken);
    service.control.revokeAccountToken(accessToken);
    expect(await scene.faultOf(scene.call(id, '/agents/'))).toBe('credentials-refused');
    const before = kept.all.length;
    const fault = await scene.get(id).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: 'credentials-refused', detail: { advice: 'new-access' } });
    expect(kept.all.length).toBe(before);
    await scene.restart();
    expect(scene.account(id)).toMatchObject({ state: 'removed-by-service' });
    expect(await signIn(service.control.issueAccountToken())).toMatchObject({
      kind: 'done',
      known: true,
      current: true,
    });
    expect(scene.account(id)).toMatchObject({ state: 'connected' });
    expect(await scene.call(id, '/agents/')).toBe(200);
  });

  it('entered once more is the same account, also where another one was meant', async () => {
    await signIn(accessToken);
    await scene.broker().renameAccount(id, scene.account(id)?.id ?? '', 'Ana');
    const again = await scene.signIn(id, {
      wayIn: 'access-token',
      given: { 'access-token': accessToken },
      another: true,
    });
    expect(again).toMatchObject({ kind: 'done', known: true, current: true, account: { label: 'Ana' } });
    const other = service.control.issueAccountToken();
    const second = await scene.signIn(id, { wayIn: 'access-token', given: { 'access-token': other }, another: true });
    expect(second).toMatchObject({ kind: 'done', known: false, current: false });
    expect(scene.vault.list('account')).toHaveLength(2);
  });

  it('that is found wanting is not what is said to a program that uses another account by then', async () => {
    await signIn(accessToken);
    const other = service.control.issueAccountToken();
    await scene.signIn(id, { wayIn: 'access-token', given: { 'access-token': other }, another: true });
    const rejected = await scene.get(id);
    service.control.revokeAccountToken(accessToken);
    service.control.delayNext('api', 300);
    const asked = scene.get(id, rejected);
    const second = scene.vault.list('account').find(({ label }) => label !== rejected.accountLabel);
    await scene.broker().useAccount(id, second?.id ?? '');
    expect((await asked).accountId).toBe(second?.id);
    expect(await scene.call(id, '/agents/')).toBe(200);
  });

  it('is not ended by one place that answers 401 for reasons of its own', async () => {
    await signIn(accessToken);
    service.control.failNext('api', { status: 401, body: { detail: 'Not here.' } });
    expect(await scene.call(id, '/agents/')).toBe(200);
    expect(scene.account(id)).toMatchObject({ state: 'connected' });
  });
});

describe('an API key', () => {
  let practice: PracticeService;
  beforeEach(async () => {
    practice = await startPractice({ now: scene.now });
  });
  afterEach(() => practice.stop());
  const { apiKey, agentKey } = practiceCredentials.conexor;

  it('goes in its own header, and ends where the service takes it no more', async () => {
    const id = await scene.add('practice', practice.resource);
    const given = { 'api-key': apiKey };
    expect(await scene.signIn(id, { wayIn: 'api-key', given })).toMatchObject({ kind: 'done' });
    const access = await scene.get(id);
    expect(await access.credential?.headers({ method: 'POST', url: access.resource })).toEqual({ 'x-api-key': apiKey });
    practice.control.acceptKeys(false);
    expect(await scene.faultOf(scene.get(id, access))).toBe('credentials-refused');
    expect(await scene.faultOf(scene.get(id))).toBe('credentials-refused');
  });

  it('of another form than the usual one is the service’s to judge, not ours', async () => {
    const id = await scene.add('practice', practice.resource);
    const outcome = await scene.signIn(id, { wayIn: 'api-key', given: { 'api-key': 'sk_test_1' } });
    expect(faultOfOutcome(outcome)?.code).toBe('credentials-refused');
  });

  it('of an agent opens the agent endpoint and is tried without registering anything', async () => {
    const id = await scene.add('practice-agent', practice.baseUrl);
    const key = (text: string) => scene.signIn(id, { wayIn: 'api-key', given: { 'api-key': text } });
    expect(faultOfOutcome(await key(apiKey))?.code).toBe('credentials-refused');
    expect(await key(agentKey)).toMatchObject({ kind: 'done' });
    expect(practice.seen.agents).toEqual([]);
  });
});

describe('a key in a header that a person names', () => {
  let server: FakeAuthorizationServer;
  beforeEach(async () => {
    server = await startAuthorizationServer();
    server.answer('/v1', ({ headers }) => ({ status: headers['x-my-key'] === 'k' ? 200 : 401, body: {} }));
  });
  afterEach(() => server.close());

  it('is sent there, and never in one that requests depend on', async () => {
    const id = await scene.add('web-api', `${server.origin}/v1`);
    const signIn = (header: string) =>
      scene.signIn(id, { wayIn: 'api-key', given: { 'api-key': 'k', 'header-name': header } });
    expect(await signIn('X-My-Key')).toMatchObject({ kind: 'done' });
    for (const header of [
      'Host',
      'content-length',
      'transfer-encoding',
      'a b',
      'x:y',
      'mcp-session-id',
      'Connection',
    ]) {
      expect(faultOfOutcome(await signIn(header))).toMatchObject({ code: 'input-invalid' });
    }
  });
});
