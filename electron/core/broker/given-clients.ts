/**
 * Clients that a person gave (MCP M-C 12). Each belongs to its connection and to one issuer (M-C 7): whoever signs in
 * elsewhere types it again, and it is forgotten with the last connection that uses it.
 */
import { findRegistration } from '../credentials/authorization-code.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import type { ConnectionRecord, RegistrationRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { accountsOf, grantOf } from './accounts.ts';
import { changeConnection, inTurn, serviceRemoved } from './connection-changes.ts';
import { sameAddress } from './connections.ts';
import { registrationGone, registrationStored } from './registration-records.ts';

/** As whom we are known, at which issuer. */
export interface ClientAt {
  readonly issuer: string;
  readonly clientId: string;
}

/**
 * The client of this connection at this issuer: what was given for it, and is bound to the issuer by this; else the one
 * that its accounts signed in with; else the only one that was given for the issuer at all, since a secret is shown
 * once and nobody is asked for one that is here. Undefined where there is none, or none may be shown there.
 */
export async function givenClient(
  vault: Vault,
  connection: ConnectionRecord,
  server: AuthorizationServerInfo,
): Promise<RegistrationRecord | undefined> {
  let found: RegistrationRecord | undefined;
  const { issuer } = server;
  await changeConnection(vault, connection.id, (latest) => {
    if (!latest) throw serviceRemoved();
    const { client } = latest;
    const bound = (record: RegistrationRecord) => ({
      kind: 'connection' as const,
      key: latest.id,
      record: { ...latest, client: { clientId: record.clientId, issuer } },
    });
    if (client && client.issuer === undefined) {
      found = recordOf(client, server);
      return [...registrationStored(vault, found), bound(found)];
    }
    if (client?.issuer === issuer) found = findRegistration(vault, issuer, client.clientId);
    else if (isKnownPlace(vault, latest, server))
      found = ofItsAccounts(vault, latest, issuer) ?? onlyGiven(vault, issuer);
    return found && !client ? [bound(found)] : [];
  });
  return found;
}

/** The connection of this address, where it was given or has signed in with another client than this one. */
export function withOtherClient(
  vault: Vault,
  { target, clientId }: { readonly target: string; readonly clientId: string },
): ConnectionRecord | undefined {
  if (vault.state.kind === 'locked') return undefined;
  const present = vault.list('connection').find(({ resource }) => sameAddress(resource, target));
  if (!present) return undefined;
  const ids = [present.client, ...clientsOf(vault, present)].flatMap((client) => client?.clientId ?? []);
  return ids.some((id) => id !== '' && id !== clientId) ? present : undefined;
}

/** The same client's ID again without its secret, as in a file that it was taken out of, takes no secret away. */
export function clientAnew(
  vault: Vault,
  present: ConnectionRecord['client'],
  given: NonNullable<ConnectionRecord['client']>,
): ConnectionRecord['client'] {
  if (!present || present.clientId !== given.clientId || given.clientSecret) return given;
  const { clientId, clientSecret, issuer } = present;
  const registered = issuer === undefined ? undefined : findRegistration(vault, issuer, clientId);
  return (clientSecret ?? registered?.clientSecret) ? present : given;
}

function recordOf(
  { clientId, clientSecret }: NonNullable<ConnectionRecord['client']>,
  { issuer, metadata, source }: AuthorizationServerInfo,
): RegistrationRecord {
  const offered = metadata.token_endpoint_auth_methods_supported;
  const basic = offered ? offered.includes('client_secret_basic') : source === 'discovered';
  const authMethod = clientSecret ? (basic ? 'client_secret_basic' : 'client_secret_post') : 'none';
  return { issuer, redirectUri: '', clientId, clientSecret, authMethod, source: 'given' };
}

const isGiven = ({ source }: RegistrationRecord) => source !== 'dynamic';

function ofItsAccounts(vault: Vault, { id }: ConnectionRecord, issuer: string): RegistrationRecord | undefined {
  for (const account of accountsOf(vault, id)) {
    const grant = grantOf(vault, account.id);
    const record = grant?.issuer === issuer ? findRegistration(vault, issuer, grant.clientId) : undefined;
    if (record && isGiven(record)) return record;
  }
  return undefined;
}

function onlyGiven(vault: Vault, issuer: string): RegistrationRecord | undefined {
  const given = vault.list('registration').filter((one) => one.issuer === issuer && isGiven(one));
  return given.length === 1 ? given[0] : undefined;
}

/**
 * Whether what is remembered for an issuer may be shown at these endpoints. Those that the issuer itself publishes are
 * its own; those that were named by hand at another origin may be anybody's, unless access came from just there before.
 */
export function isKnownPlace(
  vault: Vault,
  { authorizationServer }: ConnectionRecord,
  { issuer, metadata }: AuthorizationServerInfo,
): boolean {
  const { origin } = new URL(issuer);
  const byHand = Object.values(authorizationServer?.endpoints ?? {});
  if (byHand.every((endpoint) => new URL(endpoint).origin === origin)) return true;
  return vault.get('authorizationServer', issuer)?.metadata['token_endpoint'] === metadata.token_endpoint;
}

/** What was given for a connection, and what its accounts signed in with. */
export function clientsOf(vault: Vault, { id, client }: ConnectionRecord): readonly ClientAt[] {
  const grants = accountsOf(vault, id).flatMap((account) => grantOf(vault, account.id) ?? []);
  return [...(client?.issuer === undefined ? [] : [{ clientId: client.clientId, issuer: client.issuer }]), ...grants];
}

/** Forgets those of these clients that a person gave and that no connection uses any more, secrets included. */
export function forgetGivenClients(vault: Vault, clients: readonly ClientAt[]): Promise<void> {
  return inTurn(vault, () => {
    const used: readonly ClientAt[] = vault.list('connection').flatMap((one) => clientsOf(vault, one));
    const isSame = (a: ClientAt, b: ClientAt) => a.issuer === b.issuer && a.clientId === b.clientId;
    return vault
      .list('registration')
      .filter((record) => isGiven(record) && clients.some((one) => isSame(one, record)))
      .filter((record) => !used.some((one) => isSame(one, record)))
      .flatMap((record) => registrationGone(vault, record));
  });
}
