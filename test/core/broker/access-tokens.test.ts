import { afterEach, describe, expect, it } from 'vitest';
import type { Access } from '../../../electron/core/broker/broker.ts';
import { grantKey } from '../../../electron/core/vault/records.ts';
import type { Secret } from '../../../electron/core/vault/secret.ts';
import type { Fault } from '../../../shared/faults.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person;
afterEach(() => person?.stop());

const get = (client = 'test', rejected?: Access) =>
  person.broker.accessTokens.get({ connectionId: person.connectionId, client, ...(rejected ? { rejected } : {}) });
const faultOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (fault: Fault) => fault.code,
  );
const refreshes = () => person.practice.seen.tokenRequests.refreshToken;
const tokenOf = (access: Access) => access.credential?.secret.open();
const onlyGrant = () => {
  const [grant] = person.vault.list('grant');
  if (!grant) throw new Error('no grant');
  return grant;
};

describe('access that is good now', () => {
  it('needs a sign-in before there is one, and asks nobody', async () => {
    person = await startPerson();
    expect(await faultOf(get())).toBe('sign-in-needed');
    expect(person.practice.seen.tokenRequests).toMatchObject({ authorizationCode: 0, refreshToken: 0 });
  });

  it('is the same token for its whole life, and names its one resource', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const [first, second] = [await get(), await get()];
    expect(tokenOf(first)).toBe(tokenOf(second));
    expect(first.resource).toBe(person.practice.resource);
    expect(refreshes()).toBe(0);
  });

  it('P-44 fifty callers at its end share one refresh', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    const before = await get();
    person.moveClock(9_500);
    const all = await Promise.all(Array.from({ length: 50 }, () => get()));
    expect(new Set(all.map(tokenOf)).size).toBe(1);
    expect(all.map(tokenOf)).not.toContain(tokenOf(before));
    expect(refreshes()).toBe(1);
    expect(person.practice.seen.refreshReuses).toBe(0);
  });

  it('P-47 a token of ten seconds is not renewed for every call', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    for (let call = 0; call < 20; call++) await get();
    expect(refreshes()).toBe(0);
    person.moveClock(8_500);
    await get();
    expect(refreshes()).toBe(0);
    person.moveClock(700);
    await get();
    await get();
    expect(refreshes()).toBe(1);
  });

  it('P-47 a clock that was set back costs one refresh and no sign-in', async () => {
    person = await startPerson();
    await person.signIn('acme');
    person.moveClock(-7_200_000);
    await get();
    await get();
    expect(refreshes()).toBe(1);
  });

  it('P-48 a rejected token is refreshed once, however many report it', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const stale = await get();
    person.practice.control.rejectAccessTokens();
    const all = await Promise.all(Array.from({ length: 10 }, () => get('test', stale)));
    expect(new Set(all.map(tokenOf)).size).toBe(1);
    expect(refreshes()).toBe(1);
    expect(tokenOf(await get('test', stale))).toBe(tokenOf(all[0] as Access));
    expect(refreshes()).toBe(1);
  });

  it('P-48 a service that refuses what it has just issued is asked for another ever more slowly', async () => {
    person = await startPerson();
    await person.signIn('acme');
    let access = await get();
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      access = await get('test', access);
      person.broker.report(access, { kind: 'unauthorized' });
      const before = refreshes();
      expect(await faultOf(get('test', access))).toBe('sign-in-needed');
      if (pauseMs >= 32_000) {
        person.moveClock(pauseMs / 2 + 1);
        expect(await faultOf(get('test', access))).toBe('sign-in-needed');
      }
      expect(refreshes()).toBe(before);
      // Whoever does not say that it was refused may try: the service may take it by now.
      expect(tokenOf(await get())).toBe(tokenOf(access));
      person.moveClock(pauseMs);
    }
    // What was taken, and is not any more, is another matter.
    access = await get('test', access);
    expect(tokenOf(await get('test', access))).not.toBe(tokenOf(access));
    expect(await faultOf(get())).toBe('none');
  });

  it('P-43 the new refresh token is stored before the new access token is given out', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const stored: string[] = [];
    const write = person.vault.write.bind(person.vault);
    person.vault.write = async (changes) => {
      await new Promise((resolve) => setImmediate(resolve));
      await write(changes);
      stored.push(...changes.map((change) => change.kind));
    };
    person.practice.control.rejectAccessTokens();
    const renewed = await get('test', await get());
    expect(stored).toEqual(['refreshJournal', 'grant', 'refreshJournal']);
    expect(tokenOf(renewed)).toBe(onlyGrant().accessToken.open());
  });

  it('P-45 a refused refresh token is dropped, asked once, and the account says: sign in again', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    person.practice.control.revokeEverything();
    person.moveClock(11_000);
    expect(await faultOf(get())).toBe('sign-in-needed');
    for (let call = 0; call < 12; call++) expect(await faultOf(get())).toBe('sign-in-needed');
    expect(refreshes()).toBe(1);
    expect(onlyGrant().refreshToken).toBeUndefined();
    expect(person.broker.snapshot().connections[0]?.state).toBe('sign-in-again');
  });

  it('signing in again puts it right without a second account', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    person.practice.control.revokeEverything();
    person.moveClock(11_000);
    await faultOf(get());
    const { outcome } = await person.signIn('acme');
    expect(outcome).toMatchObject({ kind: 'done', known: true, current: true });
    await get();
    expect(person.broker.snapshot().connections[0]).toMatchObject({ state: 'connected', accounts: [{}] });
  });

  it('being offline signs nobody out: the living token is used, an ended one is unreachable', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    const before = await get();
    await person.practice.stop();
    person.moveClock(9_500);
    expect(tokenOf(await get())).toBe(tokenOf(before));
    person.moveClock(5_000);
    expect(await faultOf(get())).toBe('unreachable');
    expect(onlyGrant().refreshToken).toBeDefined();
    expect(person.vault.list('account')[0]?.trouble).toBeUndefined();
  });

  it('P-42 a service in trouble is not asked again at once, and answers after the pause', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    person.moveClock(11_000);
    person.practice.control.failNext('token', { status: 503 });
    const codes: string[] = [];
    for (let call = 0; call < 12; call++) codes.push(await faultOf(get()));
    expect(new Set(codes)).toEqual(new Set(['service-down']));
    expect(refreshes() + (person.practice.seen.tokenAnswers[503] ?? 0)).toBe(1);
    person.moveClock(2_000);
    expect(await faultOf(get())).toBe('none');
  });

  it('P-45 an answer that was lost after the token was spent is never tried a second time', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    person.moveClock(11_000);
    person.practice.control.dropNext('token', { afterProcessing: true });
    expect(await faultOf(get())).toBe('unreachable');
    person.moveClock(5_000);
    expect(await faultOf(get())).toBe('sign-in-needed');
    expect(person.practice.seen.refreshReuses).toBe(0);
  });

  it('P-45 after a crash in the middle of a refresh the journal keeps the token from being sent again', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    person.moveClock(11_000);
    person.practice.control.dropNext('token', { afterProcessing: true });
    await faultOf(get());
    const next = person.restarted();
    person.moveClock(60_000);
    expect(await faultOf(next.accessTokens.get({ connectionId: person.connectionId, client: 'test' }))).toBe(
      'sign-in-needed',
    );
    expect(person.practice.seen.refreshReuses).toBe(0);
  });

  it('where a service is known to keep refresh tokens, a lost answer is made good by asking again', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    const grant = onlyGrant();
    const key = grantKey(grant.issuer, grant.resource, grant.accountId);
    await person.vault.write([{ kind: 'grant', key, record: { ...grant, rotatesRefreshToken: false } }]);
    person.moveClock(11_000);
    person.practice.control.dropNext('token');
    expect(await faultOf(get())).toBe('unreachable');
    person.moveClock(5_000);
    expect(await faultOf(get())).toBe('none');
  });

  it('P-46 a refresh asks for no more than was granted', async () => {
    person = await startPerson();
    person.practice.control.grantAtMost(['mcp:tools:read']);
    await person.signIn('acme');
    expect(onlyGrant().grantedScopes).toEqual(['mcp:tools:read']);
    person.practice.control.rejectAccessTokens();
    await get('test', await get());
    expect(onlyGrant().grantedScopes).toEqual(['mcp:tools:read']);
  });

  it('P-50 access for one connection never names the resource of another', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const other = await person.broker.addConnection({ target: 'https://mcp.example.org/x' });
    expect(await faultOf(person.broker.accessTokens.get({ connectionId: other.connection.id, client: 'test' }))).toBe(
      'sign-in-needed',
    );
    expect((await get()).resource).toBe(person.practice.resource);
  });

  it('a token set without a refresh token is used to its end and then asks for a sign-in', async () => {
    person = await startPerson({ refreshTokens: false, accessTokenLifeMs: 10_000 });
    await person.signIn('acme');
    person.moveClock(7_000);
    expect(await faultOf(get())).toBe('none');
    person.moveClock(3_100);
    expect(await faultOf(get())).toBe('sign-in-needed');
    expect(refreshes()).toBe(0);
  });

  it('a sign-out during a refresh wins, and the token that still arrives is cancelled', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000 });
    const { outcome } = await person.signIn('acme');
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    person.moveClock(9_500);
    person.practice.control.delayNext('token', 150);
    const renewing = faultOf(get());
    await expect.poll(() => person.vault.list('refreshJournal').length).toBe(1);
    await person.broker.signOut(person.connectionId, outcome.account.id);
    expect(await renewing).toBe('sign-in-needed');
    await expect.poll(() => person.vault.list('revocation').length).toBe(0);
    expect(person.vault.list('grant')).toEqual([]);
  });
});

describe('two accounts', () => {
  it('each client uses the account it is bound to, the others the current one', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const { outcome } = await person.signIn('globex', { another: true });
    expect(outcome).toMatchObject({ kind: 'done', known: false, current: false });
    if (outcome.kind !== 'done') return;
    const acme = await get('claude');
    await person.broker.useAccount(person.connectionId, outcome.account.id, 'n8n');
    expect((await get('n8n')).accountId).toBe(outcome.account.id);
    expect((await get('claude')).accountId).toBe(acme.accountId);
    await person.broker.useAccount(person.connectionId, outcome.account.id);
    expect((await get('claude')).accountId).toBe(outcome.account.id);
  });

  it('signing out hands nobody another account by itself', async () => {
    person = await startPerson();
    const first = await person.signIn('acme');
    const second = await person.signIn('globex', { another: true });
    if (first.outcome.kind !== 'done' || second.outcome.kind !== 'done') throw new Error('not signed in');
    await person.broker.useAccount(person.connectionId, second.outcome.account.id, 'n8n');
    await person.broker.signOut(person.connectionId, second.outcome.account.id);
    expect(await faultOf(get('n8n'))).toBe('sign-in-needed');
    expect((await get('claude')).accountId).toBe(first.outcome.account.id);
  });
});

it('P-63 nothing of a token is in what the broker logs', async () => {
  person = await startPerson();
  await person.signIn('acme');
  person.practice.control.rejectAccessTokens();
  await get('test', await get());
  const grant = onlyGrant();
  expect(person.logged.length).toBeGreaterThan(0);
  for (const secret of [grant.accessToken, grant.refreshToken as Secret]) {
    expect(person.logged.join('\n')).not.toContain(secret.open());
  }
});
