import { afterEach, expect, it } from 'vitest';
import { type Person, startPerson } from '../../fakes/person.ts';

const soon = { timeout: 5_000 };
let person: Person;
afterEach(() => person?.stop());

it('what the bridge saw becomes the state a person reads, and passes with what it was about', async () => {
  person = await startPerson();
  await person.signIn('acme');
  const access = await person.broker.accessTokens.get({ connectionId: person.connectionId, client: 'test' });
  const connection = () => person.broker.snapshot().connections[0];
  const state = () => connection()?.state;

  const retryAtMs = person.platform.now() + 5_000;
  person.broker.report(access, { kind: 'unreachable', retryAtMs });
  expect(connection()).toMatchObject({ state: 'unreachable', retryAtMs });
  person.broker.report(access, { kind: 'answered' });
  expect(state()).toBe('connected');

  person.broker.report(access, { kind: 'plan-limit' });
  await expect.poll(state, soon).toBe('plan-limit');
  person.broker.report(access, { kind: 'answered' });
  await expect.poll(state, soon).toBe('connected');

  person.broker.report(access, { kind: 'unauthorized' });
  await expect.poll(state, soon).toBe('removed-by-service');
  person.broker.report(access, { kind: 'permission-needed', scopes: ['a'] });
  person.broker.report(access, { kind: 'permission-needed', scopes: ['b'] });
  await expect.poll(() => person.vault.list('account')[0]?.neededScopes, soon).toEqual(['a', 'b']);
  // One tool that works says nothing about the one that lacked a permission.
  person.broker.report(access, { kind: 'answered' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(state()).toBe('permission-needed');
});

it('a plan that is used up is said of a service without a sign-in too', async () => {
  person = await startPerson();
  const { id, resource } = person.broker.snapshot().connections[0] ?? { id: '', resource: '' };
  const record = person.vault.get('connection', id);
  if (!record) throw new Error('the practice service');
  await person.vault.write([{ kind: 'connection', key: id, record: { ...record, access: 'none' } }]);
  const state = () => person.broker.findConnection(id).state;
  expect(state()).toBe('connected');
  person.broker.report({ connectionId: id, resource }, { kind: 'plan-limit' });
  expect(state()).toBe('plan-limit');
  person.broker.report({ connectionId: id, resource }, { kind: 'answered' });
  expect(state()).toBe('connected');
});
