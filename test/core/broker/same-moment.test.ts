/** Two things at one moment, of which the first is still on its way to the disk: signing out always wins. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../shared/faults.ts';
import { answerConsent } from '../../fakes/consent.ts';
import { type HeldDisk, holdDisk } from '../../fakes/held-disk.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person;
afterEach(() => person?.stop());

const get = (client = 'test') => ({ connectionId: person.connectionId, client });
const faultOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (fault: Fault) => fault.code,
  );
const has = (disk: HeldDisk, kind: string) => disk.waiting.flat().some((change) => change.kind === kind);
/** Long enough for whoever does not wait for its turn. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 100));
const left = () => ({
  accounts: person.vault.list('account').map(({ label, trouble }) => ({ label, trouble })),
  grants: person.vault.list('grant').length,
  journal: person.vault.list('refreshJournal').length,
  queue: person.vault.list('revocation').length,
});
const nothing = { accounts: [], grants: 0, journal: 0, queue: 0 };

describe('a refresh', () => {
  /** Under way at the service; `answered` when the service has, and so many others besides. */
  async function refreshing(): Promise<{
    readonly got: Promise<string>;
    readonly answered: (others?: number) => Promise<void>;
  }> {
    const { broker, practice } = person;
    const rejected = await broker.accessTokens.get(get());
    const answers = () => Object.values(practice.seen.tokenAnswers).reduce((sum, count) => sum + count, 0);
    const before = answers();
    practice.control.delayNext('token', 150);
    const got = faultOf(broker.accessTokens.get({ ...get(), rejected }));
    await expect.poll(() => practice.control.faultsLeft('token')).toBe(0);
    return { got, answered: (others = 0) => expect.poll(answers).toBe(before + 1 + others) };
  }

  it.each(['taken', 'refused'] as const)('%s while signing out is stored brings nothing back', async (how) => {
    person = await startPerson();
    await person.signIn('acme');
    if (how === 'refused') person.practice.control.revokeEverything();
    const { got, answered } = await refreshing();
    const disk = holdDisk(person.vault);
    const signedOut = person.broker.signOut(person.connectionId, 'ana');
    await expect.poll(() => has(disk, 'grant')).toBe(true);
    await answered();
    await aWhile();
    disk.release();
    expect(await got).toBe('sign-in-needed');
    expect(await signedOut).toMatchObject({ service: 'cancelled' });
    // Also what came last: the new tokens are cancelled like the old ones.
    await expect.poll(left).toEqual(nothing);
    if (how === 'taken') expect(person.practice.seen.revoked.refreshTokens).toBe(2);
  });

  it('whose answer is stored while a person signs out is cancelled with what it brought', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const { got, answered } = await refreshing();
    const disk = holdDisk(person.vault);
    await answered();
    await expect.poll(() => has(disk, 'grant')).toBe(true);
    const [brought] = disk.waiting.flat().flatMap((change) => (change.kind === 'grant' ? [change.record] : []));
    const signedOut = person.broker.signOut(person.connectionId, 'ana');
    await aWhile();
    disk.release();
    await got;
    expect(await signedOut).toMatchObject({ service: 'cancelled' });
    await expect.poll(left).toEqual(nothing);
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: brought?.refreshToken?.open() ?? '',
      client_id: brought?.clientId ?? '',
    });
    const tokenEndpoint = new URL('/api/oauth/token', person.practice.resource);
    expect((await fetch(tokenEndpoint, { method: 'POST', body: form })).status).toBe(400);
  });

  it('of a removed service leaves nothing either', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const { got, answered } = await refreshing();
    const disk = holdDisk(person.vault);
    const removed = person.broker.removeConnection(person.connectionId);
    await expect.poll(() => has(disk, 'grant')).toBe(true);
    await answered();
    await aWhile();
    disk.release();
    await Promise.all([got, removed]);
    await expect.poll(left).toEqual(nothing);
  });

  it('that is refused does not end the sign-in that has just come in its place', async () => {
    person = await startPerson();
    await person.signIn('acme');
    person.practice.control.revokeEverything();
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    const { got, answered } = await refreshing();
    const disk = holdDisk(person.vault);
    const page = answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    await expect.poll(() => has(disk, 'grant')).toBe(true);
    // The code was exchanged as well.
    await answered(1);
    await aWhile();
    disk.release();
    await Promise.all([got, page]);
    expect(await person.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
    await aWhile();
    expect(left()).toMatchObject({ accounts: [{ trouble: undefined }], grants: 1 });
    expect(await faultOf(person.broker.accessTokens.get(get()))).toBe('none');
  });

  it('does not begin for an account whose sign-out is on its way', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const rejected = await person.broker.accessTokens.get(get());
    const disk = holdDisk(person.vault);
    const signedOut = person.broker.signOut(person.connectionId, 'ana');
    await expect.poll(() => has(disk, 'grant')).toBe(true);
    const got = faultOf(person.broker.accessTokens.get({ ...get(), rejected }));
    await aWhile();
    disk.release();
    expect(await got).toBe('sign-in-needed');
    await signedOut;
    await expect.poll(left).toEqual(nothing);
    expect(person.practice.seen.tokenRequests.refreshToken).toBe(0);
  });
});

it('a call that failed with access from before says nothing of the sign-in since', async () => {
  person = await startPerson();
  await person.signIn('acme');
  const before = await person.broker.accessTokens.get(get());
  await person.signIn('acme');
  person.broker.report(before, { kind: 'unauthorized' });
  person.broker.report(before, { kind: 'permission-needed', scopes: ['a'] });
  await aWhile();
  expect(person.vault.list('account').map(({ trouble, neededScopes }) => [trouble, neededScopes])).toEqual([
    [undefined, undefined],
  ]);
});

describe('a sign-in whose code is being exchanged', () => {
  async function exchanging() {
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    person.practice.control.delayNext('token', 200);
    const page = answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    await expect.poll(() => person.practice.control.faultsLeft('token')).toBe(0);
    return { attempt, page, outcome: person.broker.signIns.outcome(attempt.id) };
  }

  it.each(['Cancel', 'Sign out of everything', 'Remove'] as const)(
    '%s: nobody is signed in, and what arrives is cancelled at the service',
    async (what) => {
      person = await startPerson();
      const { attempt, page, outcome } = await exchanging();
      if (what === 'Cancel') person.broker.signIns.cancel(attempt.id);
      else if (what === 'Remove') await person.broker.removeConnection(person.connectionId);
      else expect(await person.broker.signOutAll()).toEqual([]);
      expect(await outcome).toEqual({ kind: 'cancelled' });
      expect((await page).page).not.toContain('Signed in');
      await expect.poll(left).toEqual(nothing);
      await expect.poll(() => person.practice.seen.revoked.refreshTokens).toBe(1);
    },
  );

  it('is carried out where it is only begun anew, or Conexor ends', async () => {
    person = await startPerson();
    const { outcome } = await exchanging();
    await person.broker.signIns.close();
    expect(await outcome).toMatchObject({ kind: 'done' });
    expect(left()).toMatchObject({ grants: 1 });
  });

  it.each(['Sign out of everything', 'Remove'] as const)(
    'is signed out again where it was on its way to the disk at %s',
    async (what) => {
      person = await startPerson();
      const { page, outcome } = await exchanging();
      const disk = holdDisk(person.vault);
      await expect.poll(() => has(disk, 'grant')).toBe(true);
      const { broker, connectionId } = person;
      const ended = what === 'Remove' ? broker.removeConnection(connectionId) : broker.signOutAll();
      await aWhile();
      disk.release();
      expect(JSON.stringify(await ended)).toContain('"service":"cancelled"');
      await Promise.all([page, outcome]);
      await expect.poll(left).toEqual(nothing);
    },
  );
});

it('no token is sent twice to be cancelled while its first request is under way', async () => {
  person = await startPerson();
  await person.signIn('acme');
  await person.signIn('globex', { another: true });
  person.practice.control.delayNext('revoke', 600);
  await person.broker.signOutAll();
  await aWhile();
  expect(person.practice.seen.revocations).toBe(4);
  expect(left()).toEqual(nothing);
});

it('a program that comes while its service is being removed leaves nothing behind', async () => {
  person = await startPerson({ newPrograms: () => 'ask' });
  const disk = holdDisk(person.vault);
  const removed = person.broker.removeConnection(person.connectionId);
  await expect.poll(() => has(disk, 'connection')).toBe(true);
  expect(await faultOf(person.broker.accessTokens.get({ ...get('cursor'), door: 'stdio' }))).toBe('program-waiting');
  disk.release();
  await removed;
  await person.broker.close();
  expect(person.vault.list('program')).toEqual([]);
  expect(person.vault.list('connection')).toEqual([]);
});
