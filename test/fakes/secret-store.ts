/**
 * A keychain in a Map, which can be told to misbehave as real ones do: locked, absent altogether, failing, or giving
 * back something else than it was given.
 */
import { Secret } from '../../electron/core/vault/secret.ts';
import type { SecretAnswer, SecretStore } from '../../electron/core/vault/secret-store.ts';
import { Fault } from '../../shared/faults.ts';

export interface FakeSecretStore extends SecretStore {
  readonly entries: Map<string, string>;
  mood: 'open' | 'locked' | 'no-store' | 'failing' | 'forgetful' | 'garbling';
  /** Every call in its order: `get vault-…`. */
  readonly calls: string[];
}

export function fakeSecretStore(): FakeSecretStore {
  function check(): void {
    if (store.mood === 'locked') throw new Fault('keychain-locked');
    if (store.mood === 'no-store') throw new Fault('keychain-missing');
    if (store.mood === 'failing') throw new Fault('keychain-failed', { reason: 'told to fail' });
  }
  const store: FakeSecretStore = {
    label: 'Test keychain',
    entries: new Map(),
    mood: 'open',
    calls: [],
    async get(name): Promise<SecretAnswer> {
      store.calls.push(`get ${name}`);
      if (store.mood === 'locked') return { status: 'locked', reason: 'Test keychain is locked.' };
      if (store.mood === 'no-store') return { status: 'no-store', reason: 'There is no test keychain.' };
      check();
      const value = store.entries.get(name);
      return value === undefined ? { status: 'absent' } : { status: 'found', value: new Secret(value) };
    },
    async set(name, value) {
      store.calls.push(`set ${name}`);
      check();
      if (store.mood === 'forgetful') return;
      store.entries.set(name, store.mood === 'garbling' ? `${value.open().slice(1)}A` : value.open());
    },
    async delete(name) {
      store.calls.push(`delete ${name}`);
      check();
      return store.entries.delete(name);
    },
  };
  return store;
}
