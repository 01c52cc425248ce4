/**
 * We as a client of an authorization server: what was registered dynamically can be read, renewed and deleted there
 * (RFC 7592), and can also vanish there. Each answer's new token and secret are stored before anything else happens.
 */
import { asFault, Fault, isOnTheWay } from '../../../shared/faults.ts';
import { clientOf } from '../credentials/authorization-code.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import {
  deleteClient,
  type ManagedAnswer,
  type ManagedClient,
  readClient,
  updateClient,
} from '../oauth/registration-management.ts';
import type { Log } from '../platform.ts';
import {
  type ConnectionRecord,
  type GrantRecord,
  grantKey,
  type RegistrationRecord,
  registrationKey,
} from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { accountsOf, grantOf } from './accounts.ts';
import { inTurn } from './connection-changes.ts';
import { clientName, deviceOnly } from './sign-in-client.ts';

export interface RegistrationNeeds {
  readonly vault: Vault;
  readonly http: OAuthFetch;
  readonly log: Log;
  readonly changed: () => void;
}

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
  await vault.write(gone.map(forgotten));
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

/**
 * The registration that a connection's accounts signed in with, read, said anew or deleted at the server. One that is
 * gone there is forgotten here, and whoever signed in with it has to sign in again.
 * Throws `client-id-needed` where there is none, and the faults of `core/oauth/registration-management.ts`.
 */
export async function manageRegistration(
  needs: RegistrationNeeds,
  connection: ConnectionRecord,
  action: 'read' | 'update' | 'delete',
): Promise<RegistrationView> {
  const record = registrationOf(needs.vault, connection);
  const managed = managedClient(record);
  if (!managed) return viewOf(record, 'not-managed');
  if (action === 'delete') {
    const outcome = await deleteClient(needs.http, managed);
    if (outcome !== 'not-managed') await endRegistration(needs, record);
    return viewOf(record, outcome);
  }
  const answer =
    action === 'read'
      ? await readClient(needs.http, managed)
      : await updateClient(needs.http, managed, {
          clientName,
          ...(record.redirectUri === deviceOnly ? {} : { redirectUri: record.redirectUri }),
        });
  if (answer.kind === 'gone') await endRegistration(needs, record);
  if (answer.kind !== 'present') return viewOf(record, answer.kind);
  const renewed = await store(needs.vault, record, answer);
  const view = viewOf(renewed, action === 'read' ? 'read' : 'updated');
  return answer.redirectUris.length === 0 ? view : { ...view, redirectUris: answer.redirectUris };
}

/**
 * Deletes at their servers the registrations that nobody is signed in with any more, where the server lets us, and
 * forgets them. One that is still needed to take access back, or whose server is out of reach, stays for the next time.
 * Never throws.
 */
export async function retireRegistrations(needs: RegistrationNeeds, isSigningIn: () => boolean): Promise<void> {
  const { vault, http, log } = needs;
  // Somebody may just be signing in with one of them.
  if (vault.state.kind === 'locked' || isSigningIn()) return;
  const unused = vault.list('registration').filter((one) => managedClient(one) && !isInUse(vault, one));
  await Promise.all(
    unused.map(async (record) => {
      const managed = managedClient(record);
      if (!managed) return;
      try {
        let isOurs = false;
        await inTurn(vault, () => {
          isOurs = !isSigningIn() && !isInUse(vault, record) && isStored(vault, record);
          return isOurs ? [forgotten(record)] : [];
        });
        if (!isOurs) return;
        const outcome = await deleteClient(http, managed);
        log('info', 'a registration that nobody uses was deleted', { issuer: record.issuer, outcome });
      } catch (thrown) {
        const fault = asFault(thrown);
        log('info', 'a registration could not be deleted', { issuer: record.issuer, fault: fault.code });
        const passes = isOnTheWay(fault) || fault.code === 'service-down' || fault.code === 'rate-limited';
        if (passes) await keepForLater(vault, record).catch(() => undefined);
      }
    }),
  );
}

function keepForLater(vault: Vault, record: RegistrationRecord): Promise<void> {
  return inTurn(vault, () => {
    const key = registrationKey(record.issuer, record.redirectUri);
    return vault.get('registration', key) ? [] : [{ kind: 'registration', key, record }];
  });
}

function isStored(vault: Vault, { issuer, redirectUri, clientId }: RegistrationRecord): boolean {
  return vault.get('registration', registrationKey(issuer, redirectUri))?.clientId === clientId;
}

/** Signed in with, or needed to take access back. */
function isInUse(vault: Vault, { issuer, clientId }: RegistrationRecord): boolean {
  const isIt = (one: { readonly issuer: string; readonly clientId: string }) =>
    one.issuer === issuer && one.clientId === clientId;
  return vault.list('grant').some(isIt) || vault.list('revocation').some(isIt);
}

/** In one write, so that no token of the server's is ever used twice: what it answered replaces what was sent. */
async function store(
  vault: Vault,
  record: RegistrationRecord,
  { client }: Extract<ManagedAnswer, { kind: 'present' }>,
): Promise<RegistrationRecord> {
  let renewed = record;
  await inTurn(vault, () => {
    const key = registrationKey(record.issuer, record.redirectUri);
    const latest = vault.get('registration', key);
    renewed = { ...(latest ?? record), ...client, secretExpiresAtMs: client.secretExpiresAtMs };
    return isStored(vault, record) ? [{ kind: 'registration', key, record: renewed }] : [];
  });
  return renewed;
}

/** Nothing that was issued to it can be renewed any more. */
async function endRegistration({ vault, changed }: RegistrationNeeds, record: RegistrationRecord): Promise<void> {
  await inTurn(vault, () => [
    ...(isStored(vault, record) ? [forgotten(record)] : []),
    ...vault
      .list('grant')
      .filter(({ issuer, clientId }) => issuer === record.issuer && clientId === record.clientId)
      .flatMap((grant) => ended(vault, grant)),
  ]);
  changed();
}

function ended(vault: Vault, grant: GrantRecord): readonly Change[] {
  const key = grantKey(grant.issuer, grant.resource, grant.accountId);
  const account = vault.get('account', grant.accountId);
  return [
    { kind: 'grant', key, record: { ...grant, refreshToken: undefined } },
    { kind: 'refreshJournal', key, record: undefined },
    ...(account
      ? [{ kind: 'account' as const, key: account.id, record: { ...account, trouble: 'sign-in-again' as const } }]
      : []),
  ];
}

function forgotten({ issuer, redirectUri }: RegistrationRecord): Change {
  return { kind: 'registration', key: registrationKey(issuer, redirectUri), record: undefined };
}

function managedClient(record: RegistrationRecord): ManagedClient | undefined {
  const { source, registrationAccessToken, registrationClientUri } = record;
  if (source !== 'dynamic' || !registrationAccessToken || registrationClientUri === undefined) return undefined;
  return { ...clientOf(record), registrationAccessToken, registrationClientUri };
}

function registrationOf(vault: Vault, connection: ConnectionRecord): RegistrationRecord {
  const grants = accountsOf(vault, connection.id).flatMap((account) => grantOf(vault, account.id) ?? []);
  const found = vault
    .list('registration')
    .find((one) => grants.some((grant) => grant.issuer === one.issuer && grant.clientId === one.clientId));
  if (!found) throw new Fault('client-id-needed', { subject: connection.name, reason: 'no registration' });
  return found;
}

function viewOf(record: RegistrationRecord, outcome: RegistrationView['outcome']): RegistrationView {
  const { clientId, source, issuer, redirectUri } = record;
  return {
    clientId,
    source,
    issuer,
    redirectUris: redirectUri === '' || redirectUri === deviceOnly ? [] : [redirectUri],
    managed: managedClient(record) !== undefined,
    outcome,
  };
}
