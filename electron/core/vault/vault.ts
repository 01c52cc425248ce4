/**
 * The one thing that outlives a restart. Reads are from memory; a write is durable when its promise resolves, and a
 * list of changes is written whole or not at all.
 */
import type { RecordKind, RecordOf } from './records.ts';

export type VaultState =
  /** Sealed on disk; the key is in the keychain or in a key file. */
  | { readonly kind: 'sealed'; readonly keyIn: 'keychain' | 'key-file'; readonly setAside?: string }
  /** Nothing is written: there is no keychain here. Sign-ins last until the broker stops. */
  | { readonly kind: 'memory'; readonly reason: string }
  /** A sealed file is there and its key cannot be read now. */
  | { readonly kind: 'locked'; readonly reason: string };

export type Change = {
  [K in RecordKind]:
    | { readonly kind: K; readonly key: string; readonly record: RecordOf<K> }
    | { readonly kind: K; readonly key: string; readonly record: undefined };
}[RecordKind];

export interface Vault {
  readonly state: VaultState;
  /** Rejects with `keychain-locked` while locked. Other calls throw the same fault then. */
  unlock(): Promise<void>;
  get<K extends RecordKind>(kind: K, key: string): RecordOf<K> | undefined;
  list<K extends RecordKind>(kind: K): readonly RecordOf<K>[];
  /** Applies all changes at once. Resolves when they are durable (or, in memory, applied). */
  write(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}
