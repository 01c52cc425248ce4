/**
 * Where the key that seals the vault is kept: an entry in the keychain named after the vault, or a file that the
 * operator hands in. The key is 256 bits; `kid` names it in the sealed file's header without telling it.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import { readKeyFile } from './key-file.ts';
import type { SealedHeader } from './sealed-file.ts';
import { Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

export interface VaultKey {
  readonly kid: string;
  readonly bytes: Uint8Array;
}

type Found = { readonly status: 'found'; readonly key: VaultKey };
export type KeyOutOfReach = { readonly status: 'locked' | 'no-store'; readonly reason: string };

export interface KeyKeeper {
  readonly keyIn: SealedHeader['keyIn'];
  /** The key of an existing vault. Rejects with `vault-key-missing` or, for an entry that is no key, `vault-damaged`. */
  find(kid: string): Promise<Found | { readonly status: 'absent' } | KeyOutOfReach>;
  /** A key for a new vault, kept for good before this resolves. */
  create(): Promise<Found | KeyOutOfReach>;
}

/** Keeps the key in the keychain. What the keychain cannot do is an answer here, never a fault. */
export function keychainKeeper(store: SecretStore, log: Log): KeyKeeper {
  let fresh: VaultKey | undefined;
  const entryName = (kid: string) => `vault-${kid}`;

  /** A keychain that gives an error may still hold the key: with an existing vault that is like being locked. */
  function failed(thrown: unknown, status: KeyOutOfReach['status']): KeyOutOfReach {
    log('warn', 'the keychain failed', { keychain: store.label, reason: asFault(thrown).message });
    return { status, reason: `${store.label} gave an error.` };
  }

  return {
    keyIn: 'keychain',
    async find(kid) {
      try {
        const answer = await store.get(entryName(kid));
        if (answer.status !== 'found') return answer;
        const bytes = new Uint8Array(Buffer.from(answer.value.open(), 'base64url'));
        if (bytes.length === 32) return { status: 'found', key: { kid, bytes } };
      } catch (thrown) {
        return failed(thrown, 'locked');
      }
      throw new Fault('vault-damaged', { reason: 'its entry in the keychain is not a key' });
    },
    async create() {
      // The same one until it is kept: a keychain that stores it late, after its prompt, then stores the right one.
      fresh ??= { kid: randomBytes(16).toString('base64url'), bytes: new Uint8Array(randomBytes(32)) };
      const key = fresh;
      const text = Buffer.from(key.bytes).toString('base64url');
      try {
        await store.set(entryName(key.kid), new Secret(text));
        const readBack = await store.get(entryName(key.kid));
        if (readBack.status === 'locked' || readBack.status === 'no-store') return readBack;
        if (readBack.status !== 'found' || readBack.value.open() !== text) {
          throw new Fault('keychain-failed', { reason: 'it did not give back what it was given' });
        }
      } catch (thrown) {
        const { code } = asFault(thrown);
        if (code === 'keychain-locked') return { status: 'locked', reason: `${store.label} is locked.` };
        if (code === 'keychain-missing') return { status: 'no-store', reason: `${store.label} is not available here.` };
        return failed(thrown, 'no-store');
      }
      fresh = undefined;
      return { status: 'found', key };
    },
  };
}

/**
 * The key in a file. Rejects with `key-file-invalid`. `find` rejects with `vault-key-missing` where the vault was
 * sealed with another key: nothing is wrong with the vault then, so it has to stay where it is.
 */
export async function keyFileKeeper(path: string): Promise<KeyKeeper> {
  const bytes = await readKeyFile(path);
  const kid = createHmac('sha256', bytes).update('conexor-vault kid').digest('base64url');
  const found = { status: 'found', key: { kid, bytes } } as const;
  return {
    keyIn: 'key-file',
    async find(wanted) {
      if (wanted === kid) return found;
      throw new Fault('vault-key-missing', { subject: path, reason: 'the vault was sealed with another key file' });
    },
    create: async () => found,
  };
}
