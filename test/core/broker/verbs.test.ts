import { afterEach, describe, expect, it } from 'vitest';
import type { NewConnection } from '../../../electron/core/broker/connections.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import { type Person, startPerson } from '../../fakes/person.ts';
import { watched } from '../../fakes/watched.ts';

let person: Person;
afterEach(() => person?.stop());

describe('signing out of everything', () => {
  it('ends every account here at once, though a service takes its time, and says of each what has happened', async () => {
    person = await startPerson();
    await person.signIn('acme');
    await person.signIn('globex', { another: true });
    const waiting = await person.broker.signIns.start(person.connectionId, {});
    person.practice.control.delayNext('revoke', 400);
    const { isOver, over: signedOut } = watched(person.broker.signOutAll());
    await expect.poll(() => person.broker.findConnection(person.connectionId).accounts, { interval: 5 }).toEqual([]);
    expect(isOver()).toBe(false);
    expect(person.vault.list('grant')).toEqual([]);
    expect(await person.broker.signIns.outcome(waiting.id)).toEqual({ kind: 'cancelled' });
    const results = await signedOut;
    expect(results.map(({ connection, result }) => [connection, result.service, result.proof])).toEqual([
      ['practice', 'cancelled', 'refused'],
      ['practice', 'cancelled', 'refused'],
    ]);
    expect(await person.broker.signOutAll()).toEqual([]);
  });
});

describe('removing a service', () => {
  it('takes it out of the list at once; what the service says comes when it comes', async () => {
    person = await startPerson();
    await person.signIn('acme');
    person.practice.control.delayNext('revoke', 400);
    const { isOver, over: removed } = watched(person.broker.removeConnection(person.connectionId));
    await expect.poll(() => person.broker.snapshot().connections, { interval: 5 }).toEqual([]);
    expect(isOver()).toBe(false);
    expect(await removed).toMatchObject([{ service: 'cancelled', proof: 'refused' }]);
    expect(person.broker.snapshot()).toMatchObject({ connections: [], pendingRevocations: [] });
  });
});

describe('a service that was removed meanwhile', () => {
  it('is said to be, and no inner name of it is told', async () => {
    person = await startPerson();
    const { connectionId } = person;
    await person.broker.removeConnection(connectionId);
    for (const work of [
      async () => person.broker.findConnection(connectionId),
      () => person.broker.signIns.start(connectionId, {}),
      () => person.broker.accessTokens.get({ connectionId, client: 'test' }),
      () => person.broker.setPaused(connectionId, true),
    ]) {
      const fault = await work().then(
        () => new Error('it was done'),
        (thrown: unknown) => asFault(thrown),
      );
      expect(fault).toMatchObject({ code: 'connection-unknown' });
      if (fault instanceof Fault) expect(faultWords(fault).what).toMatch(/^This service has been removed/);
    }
  });
});

describe('connecting a service', () => {
  it('asks for the scopes that were given with it, besides what the service suggests', async () => {
    person = await startPerson();
    const target = person.practice.resource;
    await person.broker.addConnection({ target, service: 'practice', scopes: ['mcp:server:read'] });
    const attempt = await person.broker.signIns.start(person.connectionId, {});
    const asked = new URL(attempt.authorizationUrl ?? '').searchParams.get('scope')?.split(',');
    expect(asked).toContain('mcp:server:read');
    expect(asked).toContain('mcp:tools:read');
    person.broker.signIns.cancel(attempt.id);
    // Given again without any: they stay.
    await person.broker.addConnection({ target, service: 'practice' });
    expect(person.vault.get('connection', person.connectionId)?.extraScopes).toEqual(['mcp:server:read']);
  });

  it('again with the ID of its client alone keeps the secret that came with it before', async () => {
    person = await startPerson();
    const target = person.practice.resource;
    const given = () => person.vault.get('connection', person.connectionId)?.client;
    const add = (client: NewConnection['client']) =>
      person.broker.addConnection({ target, service: 'practice', client });
    await add({ clientId: 'client_1', clientSecret: new Secret('s-1') });
    await add({ clientId: 'client_1', clientSecret: undefined });
    expect(given()?.clientSecret?.open()).toBe('s-1');
    await add({ clientId: 'client_1', clientSecret: new Secret('s-2') });
    expect(given()?.clientSecret?.open()).toBe('s-2');
    await add({ clientId: 'client_2', clientSecret: undefined });
    expect(given()).toEqual({ clientId: 'client_2', clientSecret: undefined });
  });

  it('by a server that somebody names is said to be wrong where the service has one of its own, also where it is here', async () => {
    person = await startPerson();
    const authorizationServer = { issuer: 'https://login.example', endpoints: {} };
    const fault = { code: 'input-invalid', detail: { thing: 'own-server' } };
    const api = { target: 'http://127.0.0.1:4803', service: 'client-credentials-api', authorizationServer };
    await expect(person.broker.addConnection(api)).rejects.toMatchObject(fault);
    // Whoever is signed in there is so by its rules, whichever are named now.
    await person.signIn('acme');
    const here = { target: person.practice.resource, service: 'mcp', authorizationServer };
    await expect(person.broker.addConnection(here)).rejects.toMatchObject(fault);
    expect(person.vault.get('connection', person.connectionId)?.authorizationServer).toBeUndefined();
  });

  it('that is asked for twice at once makes one, and two of one name never', async () => {
    person = await startPerson();
    const add = (target: string, name: string) => person.broker.addConnection({ target, name });
    const [one, two] = await Promise.all([add('https://a.example/mcp', 'a'), add('https://a.example/mcp', 'a')]);
    expect([one.added, two.added, two.connection.id]).toEqual([true, false, one.connection.id]);
    const both = await Promise.allSettled([add('https://b.example/mcp', 'same'), add('https://c.example/mcp', 'same')]);
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'connection-exists' } }]);
    expect(person.broker.snapshot().connections.map(({ name }) => name)).toEqual(['practice', 'a', 'same']);
  });
});

describe('the key of a local program', () => {
  it('is one, also where it is asked for twice at once', async () => {
    person = await startPerson();
    const { keyFor } = person.broker.localClients;
    const [one, two] = await Promise.all([keyFor('n8n'), keyFor('n8n')]);
    expect(two.open()).toBe(one.open());
    expect(person.broker.clientOfKey(one.open())).toBe('n8n');
  });
});
