import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../shared/faults.ts';
import { type Person, startPerson } from '../../fakes/person.ts';
import { watched } from '../../fakes/watched.ts';

let person: Person;
afterEach(() => person?.stop());

async function signedIn(): Promise<string> {
  const { outcome } = await person.signIn('acme');
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return outcome.account.id;
}
const get = () => person.broker.accessTokens.get({ connectionId: person.connectionId, client: 'test' });

describe('signing out', () => {
  it('P-56 ends it here, cancels refresh and access token at the service, and proves it', async () => {
    person = await startPerson();
    const account = await signedIn();
    const result = await person.broker.signOut(person.connectionId, account);
    expect(result).toMatchObject({ service: 'cancelled', proof: 'refused' });
    expect(result.accessUntilMs).toBeUndefined();
    expect(person.practice.seen.revoked).toMatchObject({ refreshTokens: 1 });
    expect(person.vault.list('grant')).toEqual([]);
    await expect(get()).rejects.toMatchObject({ code: 'sign-in-needed' } satisfies Partial<Fault>);
    expect(person.practice.seen.mcpCount('ping', 401)).toBe(1);
  });

  it('is over here before the service has answered', async () => {
    person = await startPerson();
    const account = await signedIn();
    person.practice.control.delayNext('revoke', 300);
    const { isOver, over: signingOut } = watched(person.broker.signOut(person.connectionId, account));
    await expect.poll(() => person.vault.list('grant').length, { interval: 5 }).toBe(0);
    expect(isOver()).toBe(false);
    await expect(get()).rejects.toMatchObject({ code: 'sign-in-needed' });
    expect(person.broker.snapshot().pendingRevocations.length).toBeGreaterThan(0);
    expect(await signingOut).toMatchObject({ service: 'cancelled' });
    expect(person.broker.snapshot().pendingRevocations).toEqual([]);
  });

  it('P-56 a service that is busy is tried again later, never claimed', async () => {
    person = await startPerson();
    const account = await signedIn();
    person.practice.control.failNext('revoke', { status: 503, times: 2 });
    const result = await person.broker.signOut(person.connectionId, account);
    expect(result).toMatchObject({ service: 'waiting', proof: 'not-checked' });
    expect(person.broker.snapshot().pendingRevocations).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
  });

  it('rule 8: what waits survives a restart and is cancelled then', async () => {
    person = await startPerson();
    const account = await signedIn();
    person.practice.control.failNext('revoke', { status: 503, times: 2 });
    await person.broker.signOut(person.connectionId, account);
    await person.broker.close();
    person.moveClock(60_000);
    const next = person.restarted();
    await expect.poll(() => next.snapshot().pendingRevocations).toEqual([]);
    expect(person.practice.seen.revoked.refreshTokens).toBe(1);
  });

  it('removing a service signs its accounts out and forgets it', async () => {
    person = await startPerson();
    await signedIn();
    await person.signIn('globex', { another: true });
    const results = await person.broker.removeConnection(person.connectionId);
    expect(results.map((result) => result.service)).toEqual(['cancelled', 'cancelled']);
    expect(person.broker.snapshot().connections).toEqual([]);
    expect(person.vault.list('account')).toEqual([]);
  });
});

describe('keys of local programs', () => {
  it('each program has its own, and only the whole key opens', async () => {
    person = await startPerson();
    const { localClients } = person.broker;
    const [n8n, script] = [await localClients.keyFor('n8n'), await localClients.keyFor('script')];
    expect(n8n.open()).not.toBe(script.open());
    expect((await localClients.keyFor('n8n')).open()).toBe(n8n.open());
    expect(localClients.clientOfKey(n8n.open())).toBe('n8n');
    expect(localClients.clientOfKey(n8n.open().slice(0, -1))).toBeUndefined();
    expect(localClients.clientOfKey('')).toBeUndefined();
    await localClients.remove('n8n');
    expect(localClients.clientOfKey(n8n.open())).toBeUndefined();
    await expect(localClients.keyFor('a b')).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('cannot be looked up while the keychain is locked, which is said as that', async () => {
    person = await startPerson();
    const { localClients } = person.broker;
    const key = (await localClients.keyFor('n8n')).open();
    Object.defineProperty(person.vault, 'state', { get: () => ({ kind: 'locked', reason: 'locked' }) });
    expect(() => localClients.clientOfKey(key)).toThrow(expect.objectContaining({ code: 'keychain-locked' }));
  });
});
