import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../shared/faults.ts';
import { answerConsent } from '../../fakes/consent.ts';
import { type Person, startPerson } from '../../fakes/person.ts';

let person: Person;
afterEach(() => person?.stop());

const faultOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (fault: Fault) => fault.code,
  );
const view = () => person.broker.findConnection(person.connectionId);

describe('a sign-in that waits, as everybody sees it', () => {
  it('has its host, its permissions and its end, says when the browser was asked, and goes with its outcome', async () => {
    person = await startPerson({ signInTimeoutMs: 60_000 });
    const { signIns } = person.broker;
    const attempt = await signIns.start(person.connectionId, { another: true });
    const { signIn } = view();
    expect(signIn).toEqual({
      attempt: attempt.id,
      startedAtMs: expect.any(Number),
      endsAtMs: (signIn?.startedAtMs ?? 0) + 60_000,
      host: new URL(person.practice.baseUrl).host,
      requestedScopes: ['mcp:tools:read', 'mcp:tools:execute', 'mcp:resources:read'],
      another: true,
      browserOpened: false,
    });
    expect(signIns.find(attempt.id).authorizationUrl).toBe(attempt.authorizationUrl);
    await signIns.openBrowser(attempt.id);
    expect(view()).toMatchObject({ state: 'signing-in', signIn: { browserOpened: true } });
    await answerConsent(attempt.authorizationUrl ?? '', { account: 'acme', allow: true });
    await signIns.outcome(attempt.id);
    expect(view()).toMatchObject({ state: 'connected' });
    expect(view().signIn).toBeUndefined();
  });

  it('waits in a browser from the moment when the person took its address', async () => {
    person = await startPerson();
    const { signIns } = person.broker;
    const attempt = await signIns.start(person.connectionId, {});
    expect(view().signIn?.browserOpened).toBe(false);
    expect(await signIns.handOut(attempt.id)).toBe(attempt.authorizationUrl);
    expect(view().signIn?.browserOpened).toBe(true);
    expect(person.opened).toHaveLength(0);
  });

  it('is over at once at a service that wants none, and everybody is told', async () => {
    const open: Server = createServer((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json').end('{"jsonrpc":"2.0","id":"conexor","result":{}}');
    });
    await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve));
    try {
      person = await startPerson();
      const target = `http://127.0.0.1:${(open.address() as AddressInfo).port}/mcp`;
      const { connection } = await person.broker.addConnection({ target });
      let told: string | undefined;
      person.broker.subscribe(({ connections }) => {
        told = connections.find(({ id }) => id === connection.id)?.state;
      });
      const attempt = await person.broker.signIns.start(connection.id, {});
      expect(await person.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'open' });
      await expect.poll(() => told).toBe('connected');
    } finally {
      open.closeAllConnections();
      await new Promise((resolve) => open.close(resolve));
    }
  });

  it('two clicks are one attempt and one page', async () => {
    person = await startPerson();
    const { signIns } = person.broker;
    const click = async () => {
      const attempt = await signIns.start(person.connectionId, { fresh: true });
      await signIns.openBrowser(attempt.id);
      return attempt.id;
    };
    const [first, second] = await Promise.all([click(), click()]);
    expect(second).toBe(first);
    expect(person.opened).toHaveLength(1);
    await signIns.openBrowser(first);
    expect(person.opened, 'open the page again').toHaveLength(2);
  });

  it('another wish takes the place of the one that waits', async () => {
    person = await startPerson();
    const { signIns } = person.broker;
    const [first, second] = await Promise.all([
      signIns.start(person.connectionId, { fresh: true }).catch((fault: Fault) => fault.code),
      signIns.start(person.connectionId, { fresh: true, another: true }),
    ]);
    expect(first).toBe('sign-in-cancelled');
    expect(view().signIn).toMatchObject({ attempt: second.id, another: true });
    const third = await signIns.start(person.connectionId, { fresh: true });
    expect(await signIns.outcome(second.id)).toEqual({ kind: 'cancelled' });
    expect(view().signIn).toMatchObject({ attempt: third.id, another: false });
  });
});

describe('a sign-in that is being prepared', () => {
  let slow: Server;
  let asked: Promise<void>;
  afterEach(() => new Promise((resolve) => slow.close(resolve).closeAllConnections()));

  /** A service that never answers. */
  async function atSlowService(): Promise<string> {
    let heard: () => void = () => undefined;
    asked = new Promise((resolve) => {
      heard = resolve;
    });
    slow = createServer(() => heard());
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const { port } = slow.address() as AddressInfo;
    person = await startPerson();
    const { connection } = await person.broker.addConnection({ target: `http://127.0.0.1:${port}/mcp` });
    return connection.id;
  }

  it('is seen at once, without an attempt, and can be cancelled by its connection', async () => {
    const id = await atSlowService();
    const { signIns } = person.broker;
    const states: string[] = [];
    person.broker.subscribe(() => states.push(person.broker.findConnection(id).state));
    const started = faultOf(signIns.start(id, {}));
    expect(person.broker.findConnection(id)).toMatchObject({ state: 'signing-in' });
    expect(person.broker.findConnection(id).signIn).toBeUndefined();
    await asked;
    signIns.cancel(id);
    expect(await started).toBe('sign-in-cancelled');
    expect(person.broker.findConnection(id).state).toBe('sign-in-again');
    expect(states).toEqual(['signing-in', 'sign-in-again']);
    expect(() => signIns.cancel(id)).toThrow('sign-in-unknown');
  });

  it('ends with the service it is for, and with Conexor', async () => {
    const id = await atSlowService();
    const { signIns } = person.broker;
    const removed = faultOf(signIns.start(id, {}));
    await asked;
    await person.broker.removeConnection(id);
    expect(await removed).toBe('sign-in-cancelled');
    const { connection } = await person.broker.addConnection({
      target: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/mcp`,
    });
    const stopped = faultOf(signIns.start(connection.id, {}));
    await signIns.close();
    expect(await stopped).toBe('sign-in-cancelled');
  });
});
