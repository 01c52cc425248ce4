import { afterEach, describe, expect, it } from 'vitest';
import { RecordSet } from '../../../electron/core/vault/record-set.ts';
import type { Fault } from '../../../shared/faults.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person;
afterEach(() => person?.stop());

const get = (broker = person.broker) =>
  broker.accessTokens.get({ connectionId: person.connectionId, client: 'test', door: 'stdio' });
const faultOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (fault: Fault) => fault.code,
  );
const view = () => person.broker.findConnection(person.connectionId);

describe('pause', () => {
  it('takes access from everybody, keeps the sign-in, and gives it back', async () => {
    person = await startPerson();
    await person.signIn('acme');
    const before = await get();
    expect(await person.broker.setPaused(undefined, true)).toEqual({ changed: 1 });
    expect(await person.broker.setPaused(person.connectionId, true)).toEqual({ changed: 0 });
    expect(await faultOf(get())).toBe('paused');
    expect(view()).toMatchObject({ state: 'paused', paused: true, accounts: [{ state: 'connected' }] });
    expect(await person.broker.setPaused(person.connectionId, false)).toEqual({ changed: 1 });
    expect((await get()).credential?.secret.open()).toBe(before.credential?.secret.open());
    expect(view()).toMatchObject({ state: 'connected', paused: false });
  });

  it('sends nothing to the service, not even for an access that has ended or a service that was out of reach', async () => {
    person = await startPerson({ accessTokenLifeMs: 10_000, firstRetryMs: 5 });
    await person.signIn('acme');
    const access = await get();
    await person.broker.setPaused(undefined, true);
    const { length } = person.practice.seen.mcpRequests;
    person.moveClock(20_000);
    expect(await faultOf(get())).toBe('paused');
    // A call that was still under way says so late.
    person.broker.report(access, { kind: 'unreachable' });
    await person.broker.retry(person.connectionId);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(person.practice.seen.mcpRequests).toHaveLength(length);
    expect(person.practice.seen.tokenRequests.refreshToken).toBe(0);
    expect(view()).toMatchObject({ state: 'paused' });
    expect(view().retryAtMs).toBeUndefined();
  });

  it('survives a restart, and is said even where signing in is under way only behind it', async () => {
    person = await startPerson();
    await person.signIn('acme');
    await person.broker.setPaused(undefined, true);
    const again = person.restarted();
    expect(await faultOf(get(again))).toBe('paused');
    await person.broker.signIns.start(person.connectionId, {});
    expect(view()).toMatchObject({ state: 'signing-in', paused: true });
  });

  it('is not undone by a sign-out or a switch that is being stored at the same moment', async () => {
    person = await startPerson();
    await person.signIn('acme');
    await person.signIn('globex', { another: true });
    const [first, second] = view().accounts.map(({ id }) => id);
    await Promise.all([
      person.broker.useAccount(person.connectionId, second ?? ''),
      person.broker.setPaused(undefined, true),
      person.broker.signOut(person.connectionId, first ?? ''),
    ]);
    expect(view()).toMatchObject({ paused: true, accounts: [{ id: second, current: true }] });
  });

  it('is what the last of several quick clicks says', async () => {
    person = await startPerson();
    const { setPaused } = person.broker;
    expect(await Promise.all([setPaused(undefined, true), setPaused(undefined, false)])).toEqual([
      { changed: 1 },
      { changed: 1 },
    ]);
    expect(view().paused).toBe(false);
    await setPaused(undefined, true);
    await Promise.all([setPaused(person.connectionId, false), setPaused(person.connectionId, true)]);
    expect(view().paused).toBe(true);
    expect(await Promise.all([setPaused(undefined, true), setPaused(undefined, true)])).toEqual([
      { changed: 0 },
      { changed: 0 },
    ]);
  });

  it('of everything passes over a service that is removed at the same moment', async () => {
    person = await startPerson();
    const { id } = (await person.broker.addConnection({ target: 'https://other.example/mcp', name: 'other' }))
      .connection;
    const removed = person.broker.removeConnection(id);
    expect(await person.broker.setPaused(undefined, true)).toEqual({ changed: 1 });
    await removed;
    expect(view().paused).toBe(true);
  });

  it('is off in a vault that knows nothing of it', async () => {
    person = await startPerson();
    const record = person.vault.get('connection', person.connectionId);
    const { paused: _, ...older } = { ...record, paused: true };
    const read = RecordSet.fromPlainText(JSON.stringify({ connection: [['id', older]] }));
    expect(read.get('connection', 'id')).toMatchObject({ paused: false, name: record?.name });
  });
});
