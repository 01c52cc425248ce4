/**
 * Opens the vault: sealed on disk, in memory only, or locked until the keychain is. What each means for the file is
 * decided in unlock-vault.ts; that only one process does this at a time is the broker's lock, not ours.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import { type LiveRecords, openLiveRecords } from './live-records.ts';
import type { SecretStore } from './secret-store.ts';
import { inMemory, type StillLocked, type Unlocked, unlockVault } from './unlock-vault.ts';
import type { Vault, VaultState } from './vault.ts';
import { openVaultFile } from './vault-file.ts';
import { keychainKeeper, keyFileKeeper } from './vault-key.ts';

/** Where the key that seals the file is; `memory` wants no file at all. */
export type VaultKeySource =
  | { readonly kind: 'keychain'; readonly store: SecretStore }
  | { readonly kind: 'key-file'; readonly path: string }
  | { readonly kind: 'memory' };

export interface VaultOptions {
  /** The folder of `vault.jwe`: made with mode 0700 where it is missing. Not used with `memory`. */
  readonly dataDir: string;
  readonly keySource: VaultKeySource;
  /** The wall clock, in ms. */
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Resolves with a vault in one of its three states: a keychain that is locked or missing is a state. Rejects with
 * `key-file-invalid`, `vault-newer`, `vault-key-missing` (sealed with a key kept elsewhere, or another key file) and
 * `data-folder-unusable`; an existing file is then as it was.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const { keySource, now, log } = options;
  if (keySource.kind === 'memory') {
    return asVault(inMemory('Started without a place to keep sign-ins.'), async () => {
      throw new Fault('internal', { reason: 'a memory vault is never locked' });
    });
  }
  const keeper =
    keySource.kind === 'keychain' ? keychainKeeper(keySource.store, log) : await keyFileKeeper(keySource.path);
  const file = await openVaultFile(options.dataDir, now());
  const unlock = () => unlockVault({ file, keeper, now, log });
  return asVault(await unlock(), unlock);
}

function asVault(first: Unlocked | StillLocked, tryAgain: () => Promise<Unlocked | StillLocked>): Vault {
  let state: VaultState;
  let live: LiveRecords | undefined;
  let unlocking: Promise<void> | undefined;
  let closed = false;

  function take(result: Unlocked | StillLocked): void {
    state = result.state;
    if ('records' in result) live = openLiveRecords(result.records, result.persist);
  }

  async function unlock(): Promise<void> {
    const result = await tryAgain();
    // A keychain that has gone since is not a reason to forget that there is a sealed vault.
    if (result.state.kind === 'memory') throw new Fault('keychain-missing', { reason: result.state.reason });
    if (!closed) take(result);
    if (result.state.kind === 'locked') throw new Fault('keychain-locked', { reason: result.state.reason });
  }

  function opened(): LiveRecords {
    if (live !== undefined) return live;
    throw new Fault('keychain-locked', state.kind === 'locked' ? { reason: state.reason } : {});
  }

  take(first);
  return {
    get state() {
      return state;
    },
    async unlock() {
      if (live !== undefined || closed) return;
      unlocking ??= unlock().finally(() => {
        unlocking = undefined;
      });
      await unlocking;
    },
    get: (kind, key) => opened().current.get(kind, key),
    list: (kind) => opened().current.list(kind),
    write: async (changes) => opened().write(changes),
    async close() {
      closed = true;
      await unlocking?.catch(() => {});
      await live?.close();
    },
  };
}
