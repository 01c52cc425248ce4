/**
 * The operating system's keychain, as the vault sees it. Three ways of not getting a value mean three different
 * things to a person, so they are three different answers: nothing under that name, a keychain that is locked,
 * and no keychain at all.
 */
import type { Secret } from './secret.ts';

export type SecretAnswer =
  | { readonly status: 'found'; readonly value: Secret }
  | { readonly status: 'absent' }
  | { readonly status: 'locked'; readonly reason: string }
  | { readonly status: 'no-store'; readonly reason: string };

export interface SecretStore {
  /** What a person calls it: "GNOME Keyring / Secret Service", "Keychain", "Windows Credential Manager". */
  readonly label: string;
  get(name: string): Promise<SecretAnswer>;
  /** Rejects with `keychain-locked`, `keychain-missing` or `keychain-failed`. */
  set(name: string, value: Secret): Promise<void>;
  /** True if something was there. Rejects as `set` does. */
  delete(name: string): Promise<boolean>;
}
