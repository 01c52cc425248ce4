import { afterEach, describe, expect, it } from 'vitest';
import { createActivityLog } from '../../../electron/core/broker/activity.ts';
import type { Activity } from '../../../shared/activity.ts';
import { answerConsent } from '../../fakes/consent.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person | undefined;
afterEach(async () => {
  await person?.stop();
  person = undefined;
});

describe('activity', () => {
  it('keeps the newest 500, newest first, of one connection or all', () => {
    const log = createActivityLog(
      () => 7,
      () => undefined,
    );
    expect(log.list()).toEqual([]);
    for (let n = 1; n <= 1203; n++) {
      log.note({ connectionId: n % 2 ? 'odd' : 'even', connection: 'x', what: 'tool', outcome: 'done' });
    }
    expect(log.list().map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, n) => 1203 - n));
    expect(log.list('even', 3).map(({ id }) => id)).toEqual([1202, 1200, 1198]);
    expect(log.list('nobody')).toEqual([]);
  });

  it('tells every listener, even after one that fails', () => {
    const heard: number[] = [];
    const log = createActivityLog(
      () => 7,
      () => undefined,
    );
    log.listen(() => {
      throw new Error('broken');
    });
    const stop = log.listen(({ id }) => heard.push(id));
    log.note({ connectionId: 'a', connection: 'x', what: 'paused', outcome: 'done' });
    stop();
    log.note({ connectionId: 'a', connection: 'x', what: 'resumed', outcome: 'done' });
    expect(heard).toEqual([1]);
  });

  it('holds what the person did, with how it ended', async () => {
    person = await startPerson({ signInTimeoutMs: 60_000 });
    const { broker, connectionId } = person;
    const heard: Activity[] = [];
    broker.onActivity((entry) => heard.push(entry));
    await person.signIn('acme');
    await person.signIn('acme', { allow: false });
    const attempt = await broker.signIns.start(connectionId, {});
    await broker.signIns.openBrowser(attempt.id);
    broker.signIns.cancel(attempt.id);
    await broker.signIns.outcome(attempt.id);
    // Given up for another way in, before its page was opened.
    const replaced = await broker.signIns.start(connectionId, { another: true });
    broker.signIns.cancel(replaced.id);
    await broker.signIns.outcome(replaced.id);
    await person.signIn('globex', { another: true });
    await broker.useAccount(connectionId, 'ana.torres@globex');
    await broker.setPaused(connectionId, true);
    await broker.setPaused(connectionId, false);
    await broker.signOut(connectionId, 'ana.torres@acme');
    const failing = await broker.signIns.start(connectionId, {});
    person.practice.control.failNext('mcp', { status: 401 });
    await answerConsent(failing.authorizationUrl ?? '', { account: 'acme', allow: true });
    await broker.signIns.outcome(failing.id);
    await broker.removeConnection(connectionId);
    const acme = 'ana.torres@acme.example (acme)';
    const globex = 'ana.torres@globex.example (globex)';
    await expect
      .poll(() => heard.map(({ what, account, outcome }) => [what, account, outcome]))
      .toEqual([
        ['sign-in', acme, 'done'],
        ['sign-in', undefined, 'consent-denied'],
        ['sign-in', undefined, 'sign-in-cancelled'],
        ['sign-in', globex, 'done'],
        ['switched', globex, 'done'],
        ['paused', undefined, 'done'],
        ['resumed', undefined, 'done'],
        ['sign-out', acme, 'done'],
        ['sign-in', undefined, 'token-refused'],
        // Access that the service refused was not kept: nobody is signed out of it.
        ['sign-out', globex, 'done'],
        ['removed', undefined, 'done'],
      ]);
    expect(broker.activity().map(({ id }) => id)).toEqual(heard.map(({ id }) => id).reverse());
    expect(broker.activity(connectionId, 1)).toMatchObject([{ what: 'removed', connection: expect.any(String) }]);
  });
});
