/** What a yes is for: one whole wish of one program, once, and while that program has leave. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grantKey } from '../../../../electron/core/vault/records.ts';
import { type TestBridge, testBridge } from '../../../fakes/bridge.ts';
import { eventually } from '../../../fakes/line-host.ts';
import { allowed, type ModernCall, modernCall } from '../../../fakes/modern-call.ts';
import { type Person, startPerson } from '../../../fakes/person.ts';
import { openToolHost, type ToolHost } from '../../../fakes/tool-hosts.ts';

let person: Person;
let bridge: TestBridge;
let key: string;
let hosts: ToolHost[] = [];

beforeEach(async () => {
  person = await startPerson({ publishMetadata: true });
  bridge = await testBridge(person.broker, { platform: person.platform, questionWaitMs: 60_000 });
  key = await keyOf('cursor');
  await person.signIn('acme');
});

afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close().catch(() => undefined)));
  hosts = [];
  await bridge.stop();
  await person.stop();
});

const keyOf = async (name: string) => (await person.broker.localClients.keyFor(name)).open();
const questions = () => person.broker.questions.list();
const answer = (allow: boolean) => person.broker.questions.answer(questions()[0]?.id ?? '', allow);
const accounts = () => person.broker.findConnection('practice').accounts.length;
const scopesAsked = () => person.opened.map(({ searchParams }) => searchParams.get('scope')?.split(' ') ?? []);

async function impatient(): Promise<void> {
  await bridge.stop();
  bridge = await testBridge(person.broker, { platform: person.platform, questionWaitMs: 20 });
}

async function host(withKey = key): Promise<ToolHost> {
  const way = { door: 'http', url: bridge.url('_oauth'), key: withKey } as const;
  const opened = await openToolHost('2.x, 2026-07-28', way, undefined);
  hosts.push(opened);
  return opened;
}

const calling = (name: string, more: Partial<ModernCall> = {}) =>
  modernCall({ url: bridge.url('_oauth'), key, name, ...more });

describe('a yes is for the whole wish', () => {
  it('a yes to a sign-in is none to other permissions, another account, a code, or an address for the program', async () => {
    await impatient();
    const { call } = await host();
    await call('oauth2_authorize');
    answer(true);
    const others = [{ another: true }, { scopes: ['admin'] }, { account: 'acme' }, { open_browser: false }];
    for (const input of others) expect((await call('oauth2_authorize', input)).isError).toBe(true);
    expect(person.broker.signIns.isWaiting(person.connectionId)).toBe(false);
    expect((await call('oauth2_authorize')).data).toMatchObject({ status: 'waiting' });
  });

  it('names permissions, another account and where its page is seen, in the question and in the form', async () => {
    await impatient();
    const { call } = await host();
    const input = { another: true, scopes: ['email', 'admin:all', 'email'], open_browser: false };
    await call('oauth2_authorize', input);
    expect(questions()).toMatchObject([
      { what: 'sign-in', another: true, scopes: ['admin:all', 'email'], by: 'address', program: 'cursor' },
    ]);
    answer(true);
    const begun = await call('oauth2_authorize', input);
    expect(new URL(String(begun.data['authorizationUrl'])).searchParams.get('scope')?.split(' ')).toEqual(
      expect.arrayContaining(['admin:all', 'email']),
    );
  });

  it.each([{ another: false }, { another: true }])(
    'permissions come besides those that are usual or granted, never in their place ($another)',
    async ({ another }) => {
      const [grant] = person.vault.list('grant');
      if (!grant) throw new Error('signed in as nobody');
      const usual = grant.requestedScopes;
      const key = grantKey(grant.issuer, grant.resource, grant.accountId);
      const record = { ...grant, requestedScopes: [...usual, 'orders:read'] };
      await person.vault.write([{ kind: 'grant', key, record }]);
      const input = { another, scopes: ['orders:write'], open_browser: false };
      const [id = ''] = (await calling('oauth2_authorize', { input })).asks;
      const begun = await calling('oauth2_authorize', { input, answers: { [id]: allowed } });
      const { searchParams } = new URL(String(begun.data['authorizationUrl']));
      const scopes = searchParams.get('scope')?.split(/[ ,]/);
      const granted = another ? [] : ['orders:read'];
      expect(scopes?.sort()).toEqual([...usual, ...granted, 'orders:write'].sort());
    },
  );

  it('what is no scope is not asked about', async () => {
    const { call } = await host();
    const told = await call('oauth2_authorize', { scopes: ['read\nAllow it now'] });
    expect([told.isError, questions()]).toEqual([true, []]);
  });

  it('a sign-in is for an account that is there or for another one, not for both', async () => {
    const { call } = await host();
    const told = await call('oauth2_authorize', { account: 'acme', another: true });
    expect([told.isError, told.text, questions()]).toEqual([true, expect.stringContaining('not both'), []]);
  });

  it('where nothing is registered, nobody is asked about sending it anew', async () => {
    const told = await calling('oauth2_register_client', { input: { action: 'update' } });
    expect([told.isError, told.text, told.asks]).toEqual([true, expect.stringContaining('registered nothing'), []]);
  });

  it('of calls with the same wish at the same moment, one goes on', async () => {
    const { call } = await host();
    const waiting = new Set<number>();
    const calls = [1, 2, 3, 4].map((n) => call('oauth2_authorize', { another: true }, () => waiting.add(n)));
    await eventually(() => waiting.size === calls.length);
    expect(questions()).toHaveLength(1);
    answer(true);
    const done = await Promise.all(calls);
    expect(done.filter(({ isError }) => !isError)).toHaveLength(1);
    expect(done.filter(({ text }) => text.includes('another call with the same wish'))).toHaveLength(3);
    expect([scopesAsked().length, questions()]).toEqual([1, []]);
  });
});

describe('a form’s answer', () => {
  it('is good once: said again it is no yes, and asks', async () => {
    const input = { open_browser: false };
    const [id = ''] = (await calling('oauth2_authorize', { input })).asks;
    const answers = { [id]: allowed };
    const begun = await calling('oauth2_authorize', { input, answers });
    expect(begun.data).toMatchObject({ status: 'waiting' });
    person.broker.signIns.cancel(String(begun.data['attempt']));
    const again = await calling('oauth2_authorize', { input, answers });
    expect([again.asks.length, person.broker.signIns.isWaiting(person.connectionId)]).toEqual([1, false]);
    expect(again.asks).not.toContain(id);
  });

  it('that nobody asked for, of another program, or to another wish, is no yes', async () => {
    const [id = ''] = (await calling('oauth2_revoke_token')).asks;
    const answers = { [id]: allowed, 'allow-revoke-0123456789abcdef': allowed };
    expect((await calling('oauth2_authorize', { answers, input: { another: true } })).asks).toHaveLength(1);
    const other = await calling('oauth2_revoke_token', { answers, key: await keyOf('n8n') });
    expect([other.asks.length, accounts()]).toEqual([1, 1]);
    expect((await calling('oauth2_revoke_token', { answers })).data).toMatchObject({ service: 'cancelled' });
  });

  it('that comes minutes too late is no yes', async () => {
    const [id = ''] = (await calling('oauth2_revoke_token')).asks;
    person.moveClock(11 * 60_000);
    const late = await calling('oauth2_revoke_token', { answers: { [id]: allowed } });
    expect([late.asks.length, accounts()]).toEqual([1, 1]);
  });

  it('is none where the key with which it was asked was removed, also with a new key of the same name', async () => {
    const [id = ''] = (await calling('oauth2_revoke_token')).asks;
    await person.broker.localClients.remove('cursor');
    const answers = { [id]: allowed };
    expect((await calling('oauth2_revoke_token', { answers })).status).toBe(401);
    expect((await calling('oauth2_revoke_token', { answers, key: await keyOf('cursor') })).asks).toHaveLength(1);
    expect(accounts()).toBe(1);
  });

  it.each([['http'], [undefined]] as const)(
    'is none where the program was refused and let again since it was asked (door %s)',
    async (door) => {
      const [id = ''] = (await calling('oauth2_revoke_token')).asks;
      await person.broker.decideProgram(person.connectionId, 'cursor', false, door);
      await person.broker.decideProgram(person.connectionId, 'cursor', true, door);
      const late = await calling('oauth2_revoke_token', { answers: { [id]: allowed } });
      expect([late.asks.length, accounts()]).toEqual([1, 1]);
      expect(late.asks).not.toContain(id);
    },
  );

  it('is none where the connection was paused since it was asked', async () => {
    const [id = ''] = (await calling('oauth2_revoke_token')).asks;
    await person.broker.setPaused(undefined, true);
    await person.broker.setPaused(undefined, false);
    const late = await calling('oauth2_revoke_token', { answers: { [id]: allowed } });
    expect([late.asks.length, accounts()]).toEqual([1, 1]);
  });

  it.each([
    ['the form was closed', { action: 'cancel' }],
    ['a word in place of yes', { action: 'accept', content: { allow: 'true' } }],
    ['an empty form', { action: 'accept', content: {} }],
    ['nothing in it', { action: 'accept' }],
  ])('that is neither a yes nor a no does nothing, and is asked for again: %s', async (_, said) => {
    const [id = ''] = (await calling('oauth2_revoke_token')).asks;
    const told = await calling('oauth2_revoke_token', { answers: { [id]: said } });
    expect([told.isError, told.asks, accounts()]).toEqual([true, [], 1]);
    expect(told.text).toMatch(/neither a yes nor a no, so nothing was done at .+\. Call again/);
    expect(told.text).not.toContain('said no');
    expect((await calling('oauth2_revoke_token')).asks).toHaveLength(1);
  });

  it.each([
    ['declined', { action: 'decline' }],
    ['answered with no', { action: 'accept', content: { allow: false } }],
  ])('%s is the person’s no', async (_, said) => {
    const [id = ''] = (await calling('oauth2_revoke_token')).asks;
    const told = await calling('oauth2_revoke_token', { answers: { [id]: said } });
    expect([told.text, accounts()]).toEqual([expect.stringContaining('said no'), 1]);
    expect((await calling('oauth2_revoke_token')).asks).toEqual([]);
  });
});

describe('a question whose program loses its leave is taken back at once, and nothing is done', () => {
  it.each([
    ['refused', () => person.broker.decideProgram(person.connectionId, 'cursor', false), 'not allowed'],
    ['paused', () => person.broker.setPaused(undefined, true), 'paused'],
    ['without its key', () => person.broker.localClients.remove('cursor'), 'key'],
    ['without the connection', () => person.broker.removeConnection(person.connectionId), 'has been removed'],
  ])('%s', async (_, lose, why) => {
    const waiting = calling('oauth2_revoke_token', { forms: false });
    await eventually(() => questions().length === 1);
    const [{ id } = { id: '' }] = questions();
    await lose();
    expect(questions()).toEqual([]);
    expect(() => person.broker.questions.answer(id, true)).toThrow();
    expect(await waiting).toMatchObject({ isError: true, text: expect.stringContaining(why) });
  });

  it('a yes that nobody has fetched yet goes with it', async () => {
    await impatient();
    await calling('oauth2_revoke_token', { forms: false });
    answer(true);
    await person.broker.decideProgram(person.connectionId, 'cursor', false);
    await person.broker.decideProgram(person.connectionId, 'cursor', true);
    const told = await calling('oauth2_revoke_token', { forms: false });
    expect([told.text, accounts()]).toEqual([expect.stringContaining('call this tool again'), 1]);
  });
});

describe('after a no', () => {
  it('the same is refused without asking for some minutes, and the answer says so', async () => {
    const first = calling('oauth2_revoke_token', { forms: false });
    await eventually(() => questions().length === 1);
    answer(false);
    expect((await first).text).toMatch(/said no.* not asked for it again before \d{4}-/);
    expect((await calling('oauth2_revoke_token', { forms: false })).text).toContain('said no');
    expect((await calling('oauth2_revoke_token')).asks).toEqual([]);
    expect(questions()).toEqual([]);
    person.moveClock(6 * 60_000);
    expect((await calling('oauth2_revoke_token')).asks).toHaveLength(1);
  });

  it('a program that words its wish anew each time is not asked about after the third', async () => {
    for (const scope of ['a', 'b', 'c']) {
      const input = { scopes: [scope] };
      const [id = ''] = (await calling('oauth2_authorize', { input })).asks;
      await calling('oauth2_authorize', { input, answers: { [id]: { action: 'decline' } } });
    }
    const fourth = await calling('oauth2_authorize', { input: { scopes: ['d'] } });
    expect([fourth.asks, fourth.text]).toEqual([[], expect.stringContaining('refused several wishes of this program')]);
    expect((await calling('oauth2_authorize', { key: await keyOf('n8n') })).asks).toHaveLength(1);
  });
});
