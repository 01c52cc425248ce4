/** Whether an account's access is still good, asked of the service itself. */
import { Fault } from '../../../shared/faults.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import type { AccountRecord, ConnectionRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { grantOf } from './accounts.ts';
import type { RevocationNeeds } from './revocations.ts';

export interface Validation {
  readonly account: string;
  readonly active: 'yes' | 'no' | 'unknown';
  /** By introspection (RFC 7662), else by a call to the service. */
  readonly checkedBy: 'introspection' | 'call';
  /** Of the token's own signature, by the server's published keys. */
  readonly signature: 'valid' | 'invalid' | 'not-checked';
  readonly scopes: readonly string[];
  readonly expiresAtMs?: number;
}

/** Throws `sign-in-needed` where there is nothing to ask about. */
export async function validateAccess(
  { vault, waysIn, probe }: { readonly vault: Vault; readonly waysIn: WaysIn } & Pick<RevocationNeeds, 'probe'>,
  connection: ConnectionRecord,
  account: AccountRecord,
): Promise<Validation> {
  const grant = grantOf(vault, account.id);
  if (!grant) throw new Fault('sign-in-needed', { subject: account.label });
  const proof = await probe(connection, waysIn.of(grant).credential(grant));
  return {
    account: account.label,
    active: proof === 'refused' ? 'no' : proof === 'still-accepted' ? 'yes' : 'unknown',
    checkedBy: 'call',
    signature: 'not-checked',
    scopes: grant.grantedScopes,
    ...(grant.expiresAtMs === undefined ? {} : { expiresAtMs: grant.expiresAtMs }),
  };
}
