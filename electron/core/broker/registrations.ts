/** We as a client of an authorization server: what was registered dynamically can also vanish there. */
import { Fault } from '../../../shared/faults.ts';
import { type ConnectionRecord, type RegistrationRecord, registrationKey } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { accountsOf, grantOf } from './accounts.ts';

/**
 * Forgets the dynamic registration that the server no longer knows (RFC 7591 section 3.2.1, P-53), so that the next
 * sign-in makes a new one. False for a client that a person gave: only the person can put that right.
 */
export async function forgetRegistration(
  vault: Vault,
  client: { readonly issuer: string; readonly clientId: string },
): Promise<boolean> {
  const gone = vault
    .list('registration')
    .filter((one) => one.source === 'dynamic' && one.issuer === client.issuer && one.clientId === client.clientId);
  await vault.write(
    gone.map((one) => ({
      kind: 'registration',
      key: registrationKey(one.issuer, one.redirectUri),
      record: undefined,
    })),
  );
  return gone.length > 0;
}

export interface RegistrationView {
  readonly clientId: string;
  readonly source: RegistrationRecord['source'];
  readonly issuer: string;
  readonly redirectUris: readonly string[];
  /** The server lets it be read, changed and deleted. */
  readonly managed: boolean;
  readonly outcome: 'read' | 'updated' | 'deleted' | 'gone' | 'not-managed';
}

/** The registration that a connection's accounts signed in with. Throws `client-id-needed` where there is none. */
export function registrationOf(vault: Vault, connection: ConnectionRecord): RegistrationRecord {
  const grants = accountsOf(vault, connection.id).flatMap((account) => grantOf(vault, account.id) ?? []);
  const found = vault
    .list('registration')
    .find((one) => grants.some((grant) => grant.issuer === one.issuer && grant.clientId === one.clientId));
  if (!found) throw new Fault('client-id-needed', { subject: connection.name, reason: 'no registration' });
  return found;
}

export function viewOfRegistration(
  record: RegistrationRecord,
  outcome: RegistrationView['outcome'] = 'not-managed',
): RegistrationView {
  return {
    clientId: record.clientId,
    source: record.source,
    issuer: record.issuer,
    redirectUris: record.redirectUri === '' ? [] : [record.redirectUri],
    managed: record.registrationClientUri !== undefined,
    outcome,
  };
}
