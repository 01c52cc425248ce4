/**
 * From the vault's file and the keeper of its key to records and a way to store them. Decides what a missing, locked
 * or wrong key and a damaged file mean. Nothing on disk is touched before a key is certain; no file is overwritten
 * that could not be read.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import { RecordSet } from './record-set.ts';
import { readHeader, seal, unseal } from './sealed-file.ts';
import type { VaultState } from './vault.ts';
import type { VaultFile } from './vault-file.ts';
import type { KeyKeeper, KeyOutOfReach, VaultKey } from './vault-key.ts';

export interface UnlockContext {
  readonly file: VaultFile;
  readonly keeper: KeyKeeper;
  readonly now: () => number;
  readonly log: Log;
}

export interface Unlocked {
  readonly state: Exclude<VaultState, { kind: 'locked' }>;
  readonly records: RecordSet;
  readonly persist: (records: RecordSet) => Promise<void>;
}

export interface StillLocked {
  readonly state: Extract<VaultState, { kind: 'locked' }>;
}

/** Nothing is kept: sign-ins last until the process ends. `reason` is read by a person. */
export function inMemory(reason: string): Unlocked {
  return { state: { kind: 'memory', reason }, records: RecordSet.empty, persist: async () => {} };
}

/**
 * Rejects with `vault-newer` (the file is left exactly as it is), `vault-key-missing` (sealed with a key that is kept
 * elsewhere; left as well) and `data-folder-unusable`.
 */
export async function unlockVault(context: UnlockContext): Promise<Unlocked | StillLocked> {
  const { file, keeper } = context;
  const sealed = await file.read();
  if (sealed === undefined) return begin(context);
  try {
    const { kid, keyIn } = readHeader(sealed);
    if (keyIn !== keeper.keyIn) {
      const kept = keyIn === 'keychain' ? 'in the keychain, not in a key file' : 'in a key file, not in the keychain';
      throw new Fault('vault-key-missing', { subject: file.path, reason: `the key of this vault is ${kept}` });
    }
    const answer = await keeper.find(kid);
    if (answer.status === 'found') return opened(context, answer.key, await unseal(sealed, answer.key.bytes));
    if (answer.status !== 'absent') return outOfReach(answer);
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'vault-damaged') throw thrown;
    return begin(context, { why: 'damaged', reason: thrown.message });
  }
  return begin(context, { why: 'unreadable', reason: 'its key is not in the keychain any more' });
}

/** A new, empty vault; the file that is there, if any, is moved out of the way once the new key is kept. */
async function begin(
  context: UnlockContext,
  old?: { readonly why: 'damaged' | 'unreadable'; readonly reason: string },
): Promise<Unlocked | StillLocked> {
  const { file, keeper, now, log } = context;
  const made = await keeper.create();
  if (made.status !== 'found') return outOfReach(made);
  let setAside: string | undefined;
  if (old !== undefined) {
    setAside = await file.setAside(old.why, now());
    log('warn', 'the vault was set aside and a new one begun', { path: setAside, reason: old.reason });
  }
  const begun = opened(context, made.key, RecordSet.empty, setAside);
  await begun.persist(RecordSet.empty);
  return begun;
}

function opened({ file, keeper }: UnlockContext, key: VaultKey, records: RecordSet, setAside?: string): Unlocked {
  const { keyIn } = keeper;
  return {
    state: { kind: 'sealed', keyIn, ...(setAside === undefined ? {} : { setAside }) },
    records,
    persist: async (changed) => file.replace(await seal(changed, key.bytes, { kid: key.kid, keyIn })),
  };
}

function outOfReach({ status, reason }: KeyOutOfReach): Unlocked | StillLocked {
  return status === 'locked' ? { state: { kind: 'locked', reason } } : inMemory(reason);
}
