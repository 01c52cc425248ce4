/** We as a client of an authorization server: what was registered dynamically can also vanish there. */
import { registrationKey } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';

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
