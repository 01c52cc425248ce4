/**
 * We as a client of an authorization server: what was registered dynamically can be read, renewed and deleted there
 * (RFC 7592), and can also vanish there. Each answer's new token and secret are stored before anything else happens.
 */
import { asFault, Fault, isOnTheWay } from '../../../shared/faults.ts';
import { clientOf, secretHasEnded } from '../credentials/authorization-code.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import {
  deleteClient,
  type ManagedAnswer,
  type ManagedClient,
  readClient,
  updateClient,
} from '../oauth/registration-management.ts';
import type { Log } from '../platform.ts';
import { type ConnectionRecord, type GrantRecord, grantKey, type RegistrationRecord } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { inTurn } from './connection-changes.ts';
import { type ClientAt, clientsOf } from './given-clients.ts';
import { isUnanswered, onlyToCancel } from './grant-ends.ts';
import { latestRegistration, registrationGone, registrationStored } from './registration-records.ts';
import { clientName, deviceOnly } from './sign-in-client.ts';

export interface RegistrationNeeds {
  readonly vault: Vault;
  readonly http: OAuthFetch;
  readonly log: Log;
  readonly changed: () => void;
}

/**
 * What a refused token request means for the registration. Only `invalid_client` says that the server no longer knows
 * it (RFC 6749 section 5.2, RFC 7591 section 3.2.1, P-53), and a secret that has ended is as good as that: then it is
 * forgotten, so that the next sign-in makes a new one, and in the same turn everybody who signed in with it has to do so
 * again. False for anything else, and for a client that a person gave: only the person can put that right.
 */
export async function endIfVanished(
  { vault, changed }: Pick<RegistrationNeeds, 'vault' | 'changed'>,
  client: ClientAt,
  { code, detail: { upstream, reason } }: Fault,
): Promise<boolean> {
  const says = upstream?.code === 'invalid_client' || reason === secretHasEnded;
  if (code !== 'client-refused' || !says || client.clientId === '') return false;
  const same = (one: ClientAt) => one.issuer === client.issuer && one.clientId === client.clientId;
  let isOurs = false;
  await inTurn(vault, () => {
    const records = vault.list('registration').filter(same);
    // None at all: it vanished before, in a version that left the others who signed in with it as they were.
    isOurs = records.every(({ source }) => source === 'dynamic');
    return isOurs ? endOf(vault, client, records) : [];
  });
  if (isOurs) changed();
  return isOurs;
}

export interface RegistrationView {
  readonly clientId: string;
  readonly source: RegistrationRecord['source'];
  readonly issuer: string;
  readonly redirectUris: readonly string[];
  /** The server lets it be read, changed and deleted. */
  readonly managed: boolean;
  /** The names of other connections whose accounts signed in with it: what ends it ends theirs too. */
  readonly alsoUsedBy: readonly string[];
  readonly outcome: 'read' | 'updated' | 'deleted' | 'gone' | 'not-managed';
}

/**
 * The registration that a connection's accounts signed in with, read, said anew or deleted at the server. Whoever signed
 * in with one that was deleted has to sign in again. A server that no longer takes our token for it (an answer may have
 * been lost, and another token with it) only ends the managing: whether the client is gone its token endpoint says.
 * Throws `client-id-needed` where there is none, and the faults of `core/oauth/registration-management.ts`.
 */
export function manageRegistration(
  needs: RegistrationNeeds,
  connection: ConnectionRecord,
  action: 'read' | 'update' | 'delete',
): Promise<RegistrationView> {
  const { vault, http, changed } = needs;
  return inTurnOf(vault, registrationOf(vault, connection), async () => {
    // Looked at in its turn: the one before may have brought another token, or deleted it.
    const record = registrationOf(vault, connection);
    const view = (outcome: RegistrationView['outcome'], now = record) => viewOf(vault, connection, now, outcome);
    const managed = managedClient(vault, record);
    if (!managed) return view('not-managed');
    if (action === 'delete') {
      const before = view('deleted');
      const outcome = await deleteClient(http, managed);
      if (outcome === 'deleted') {
        await inTurn(vault, () => endOf(vault, record, [latestRegistration(vault, record) ?? record]));
        changed();
        return before;
      }
      return view(outcome, outcome === 'gone' ? await unmanaged(vault, record) : record);
    }
    const answer =
      action === 'read'
        ? await readClient(http, managed)
        : await updateClient(http, managed, {
            clientName,
            ...(record.redirectUri === deviceOnly ? {} : { redirectUri: record.redirectUri }),
          });
    if (answer.kind === 'gone') return view('gone', await unmanaged(vault, record));
    if (answer.kind !== 'present') return view(answer.kind);
    const renewed = view(action === 'read' ? 'read' : 'updated', await store(vault, record, answer));
    return answer.redirectUris.length === 0 ? renewed : { ...renewed, redirectUris: answer.redirectUris };
  });
}

const turns = new WeakMap<Vault, Map<string, Promise<unknown>>>();

/** One question at a time about a registration, from the token that is sent to the one that is stored. */
function inTurnOf<T>(vault: Vault, { issuer, clientId }: ClientAt, work: () => Promise<T>): Promise<T> {
  const ofVault = turns.get(vault) ?? new Map<string, Promise<unknown>>();
  turns.set(vault, ofVault);
  const key = JSON.stringify([issuer, clientId]);
  const turn = (ofVault.get(key) ?? Promise.resolve()).catch(() => undefined).then(work);
  ofVault.set(key, turn);
  const done = () => {
    if (ofVault.get(key) === turn) ofVault.delete(key);
  };
  turn.then(done, done);
  return turn;
}

/**
 * Deletes at their servers the registrations that nobody is signed in with any more, where the server lets us, and
 * forgets them; those that it does not, only once they are doubted. One that is still needed to take access back, or whose
 * server is out of reach, stays for the next time.
 * Never throws.
 */
export async function retireRegistrations(needs: RegistrationNeeds, isSigningIn: () => boolean): Promise<void> {
  const { vault, http, log } = needs;
  // Somebody may just be signing in with one of them.
  if (vault.state.kind === 'locked' || isSigningIn()) return;
  const unused = vault.list('registration').filter((one) => managedClient(vault, one) && !isInUse(vault, one));
  const isLost = (one: RegistrationRecord) => one.isDoubtful && !managedClient(vault, one) && !isInUse(vault, one);
  if (vault.list('registration').some(isLost)) {
    await inTurn(vault, () =>
      vault
        .list('registration')
        .filter(isLost)
        .flatMap((one) => registrationGone(vault, one)),
    ).catch(() => undefined);
  }
  const retire = (unusedOne: RegistrationRecord) =>
    inTurnOf(vault, unusedOne, async () => {
      const record = latestRegistration(vault, unusedOne);
      const managed = record && managedClient(vault, record);
      if (!managed) return;
      try {
        let isOurs = false;
        await inTurn(vault, () => {
          isOurs = !isSigningIn() && !isInUse(vault, record) && latestRegistration(vault, record) !== undefined;
          return isOurs ? registrationGone(vault, record) : [];
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
    });
  await Promise.all(unused.map(retire));
}

function keepForLater(vault: Vault, record: RegistrationRecord): Promise<void> {
  return inTurn(vault, () => (latestRegistration(vault, record) ? [] : registrationStored(vault, record)));
}

/** Signed in with, or needed to take access back. */
function isInUse(vault: Vault, { issuer, clientId }: RegistrationRecord): boolean {
  const isIt = (one: ClientAt) => one.issuer === issuer && one.clientId === clientId;
  return vault.list('grant').some(isIt) || vault.list('revocation').some(isIt);
}

/** In one write, so that no token of the server's is ever used twice: what it answered replaces what was sent. */
async function store(
  vault: Vault,
  record: RegistrationRecord,
  { client }: Extract<ManagedAnswer, { kind: 'present' }>,
): Promise<RegistrationRecord> {
  return replaced(vault, record, { ...client, secretExpiresAtMs: client.secretExpiresAtMs });
}

/** The client stays what it is for whoever is signed in with it; nobody else should be, for it may be gone. */
function unmanaged(vault: Vault, record: RegistrationRecord): Promise<RegistrationRecord> {
  return replaced(vault, record, {
    registrationAccessToken: undefined,
    registrationClientUri: undefined,
    isDoubtful: true,
  });
}

async function replaced(
  vault: Vault,
  record: RegistrationRecord,
  by: Partial<RegistrationRecord>,
): Promise<RegistrationRecord> {
  let renewed = record;
  await inTurn(vault, () => {
    const latest = latestRegistration(vault, record);
    renewed = { ...(latest ?? record), ...by };
    return latest ? registrationStored(vault, renewed) : [];
  });
  return renewed;
}

/** Nothing that was issued to it can be renewed any more; who came by a client of their own is somebody else. */
function endOf(vault: Vault, client: ClientAt, records: readonly RegistrationRecord[]): readonly Change[] {
  return [
    ...records.flatMap((record) => registrationGone(vault, record)),
    ...vault
      .list('grant')
      .filter(({ issuer, clientId }) => issuer === client.issuer && clientId === client.clientId)
      .filter(({ authMethod }) => authMethod === undefined)
      .flatMap((grant) => ended(vault, grant)),
  ];
}

function ended(vault: Vault, grant: GrantRecord): readonly Change[] {
  const key = grantKey(grant.issuer, grant.resource, grant.accountId);
  const account = vault.get('account', grant.accountId);
  // A server that no longer knows the client has refused the request and not the token, which may live (RFC 6749 s5.2).
  return [
    { kind: 'grant', key, record: onlyToCancel(grant, !isUnanswered(vault, grant)) },
    { kind: 'refreshJournal', key, record: undefined },
    ...(account
      ? [{ kind: 'account' as const, key: account.id, record: { ...account, trouble: 'sign-in-again' as const } }]
      : []),
  ];
}

function managedClient(vault: Vault, record: RegistrationRecord): ManagedClient | undefined {
  const { source, registrationAccessToken, registrationClientUri, issuer } = record;
  if (source !== 'dynamic' || !registrationAccessToken || registrationClientUri === undefined) return undefined;
  const endpoint = vault.get('authorizationServer', issuer)?.metadata['registration_endpoint'];
  const home = typeof endpoint === 'string' ? [issuer, endpoint] : [issuer];
  return { ...clientOf(record), registrationAccessToken, registrationClientUri, home };
}

/** The one that a connection's accounts signed in with, or that was given for it. */
export function keptRegistration(vault: Vault, connection: ConnectionRecord): RegistrationRecord | undefined {
  const clients = clientsOf(vault, connection);
  const isIts = (record: RegistrationRecord) =>
    clients.some(({ issuer, clientId }) => issuer === record.issuer && clientId === record.clientId);
  return vault.list('registration').find(isIts);
}

function registrationOf(vault: Vault, connection: ConnectionRecord): RegistrationRecord {
  const found = keptRegistration(vault, connection);
  if (!found) throw new Fault('client-id-needed', { subject: connection.name, reason: 'no registration' });
  return found;
}

function viewOf(
  vault: Vault,
  connection: ConnectionRecord,
  record: RegistrationRecord,
  outcome: RegistrationView['outcome'],
): RegistrationView {
  const { clientId, source, issuer, redirectUri } = record;
  const others = vault.list('connection').filter(({ id }) => id !== connection.id);
  const uses = (other: ConnectionRecord) =>
    clientsOf(vault, other).some((one) => one.issuer === issuer && one.clientId === clientId);
  return {
    clientId,
    source,
    issuer,
    redirectUris: redirectUri === '' || redirectUri === deviceOnly ? [] : [redirectUri],
    managed: managedClient(vault, record) !== undefined,
    alsoUsedBy: others.filter(uses).map(({ name }) => name),
    outcome,
  };
}
