/**
 * After the person allowed it, or the service gave access for what they typed: store everything at once, and make a
 * first call with the new access before anyone is told that it worked (rule 4 of the face).
 */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import type { Obtained } from '../credentials/way-in.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { type AccountRecord, type ConnectionRecord, type GrantRecord, grantKey } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { accountsOf, freeLabel, grantOf, knownAccount } from './accounts.ts';
import { changeConnection } from './connection-changes.ts';
import type { Prepared, SignInNeeds } from './sign-in-prepare.ts';

/** `known`: this account was here before and has been updated. `current`: it is the one in use. */
export interface SignedIn {
  readonly kind: 'done';
  readonly account: AccountRecord;
  readonly known: boolean;
  readonly current: boolean;
  readonly grantedScopes: readonly string[];
}

/**
 * Throws the faults of obtaining and of the first call; `sign-in-cancelled` where nobody wants it any more. What was
 * stored by then stays stored; what was not is cancelled at the service.
 */
export async function finishSignIn(
  needs: SignInNeeds,
  prepared: Prepared,
  obtain: () => Promise<Obtained>,
  isWanted: () => boolean,
): Promise<SignedIn> {
  const obtained = await obtain().catch(notCompleted);
  const { isUntried, credential } = needs.waysIn.of(obtained.grant);
  const firstCall = () => needs.firstCall(prepared.connection, credential(obtained.grant));
  let stored: Stored;
  try {
    if (prepared.triesFirst) await firstCall().catch(isUntried ? notTaken : undefined);
    stored = await store(needs, prepared, obtained, isWanted);
  } catch (thrown) {
    needs.unwanted(obtained);
    throw thrown;
  }
  needs.changed();
  if (!prepared.triesFirst) await firstCall();
  const { grant, ...signedIn } = stored;
  return { kind: 'done', ...signedIn, grantedScopes: grant.grantedScopes };
}

interface Stored extends Pick<SignedIn, 'account' | 'known' | 'current'> {
  readonly grant: GrantRecord;
}

/** Looks and writes in one turn: whoever signs out or removes the service at this moment comes before or after it. */
async function store(
  needs: SignInNeeds,
  { connection: { id: connectionId }, wish }: Prepared,
  obtained: Obtained,
  isWanted: () => boolean,
): Promise<Stored> {
  const { vault } = needs;
  const { identity, kept } = obtained;
  const { issuer, wayIn } = obtained.grant;
  let stored: Stored | undefined;
  await changeConnection(vault, connectionId, (connection) => {
    if (!isWanted()) throw new Fault('sign-in-cancelled', { reason: 'after the answer had come' });
    if (!connection) throw new Fault('connection-unknown', { reason: 'removed during the sign-in' });
    const accounts = accountsOf(vault, connection.id);
    const known = knownAccount(accounts, issuer, identity, {
      another: wish.another ?? false,
      wayIn,
      ...(wish.accountId === undefined ? {} : { accountId: wish.accountId }),
    });
    // Where the service names nobody it may be somebody else this time: a new id, so that no open conversation goes on
    // with one person's session and another one's access. It takes the place of the old one everywhere.
    const replaced = identity.subject === undefined ? known : undefined;
    const account: AccountRecord = {
      id: replaced ? randomUUID() : (known?.id ?? randomUUID()),
      connectionId: connection.id,
      issuer,
      wayIn,
      subject: identity.subject ?? known?.subject,
      label: known?.label ?? freeLabel(accounts, identity, wayIn),
      email: identity.email ?? known?.email,
      organisation: identity.organisation ?? known?.organisation,
      addedAtMs: known?.addedAtMs ?? needs.now(),
    };
    const grant = { ...obtained.grant, accountId: account.id };
    const current = known?.id === connection.currentAccountId || !isUsable(vault, connection);
    stored = { account, grant, known: known !== undefined, current };
    const key = grantKey(grant.issuer, grant.resource, account.id);
    return [
      ...(known ? forgetOldGrant(vault, known.id, key) : []),
      ...(replaced
        ? [
            { kind: 'account' as const, key: replaced.id, record: undefined },
            { kind: 'credential' as const, key: replaced.id, record: undefined },
          ]
        : []),
      { kind: 'grant', key, record: grant },
      { kind: 'refreshJournal', key, record: undefined },
      { kind: 'account', key: account.id, record: account },
      { kind: 'credential', key: account.id, record: kept && { accountId: account.id, fields: kept } },
      {
        kind: 'connection',
        key: connection.id,
        record: {
          ...connection,
          access: 'authorization-code',
          wayIn,
          ...(current ? { currentAccountId: account.id } : {}),
          accountByClient: repointed(vault, connection, account.id, replaced?.id),
        },
      },
      ...(obtained.server ? [rememberServer(obtained.server, needs.now())] : []),
    ];
  });
  if (!stored) throw new Fault('internal', { reason: 'nothing was stored' });
  return stored;
}

/** Its endpoints, for refreshing and cancelling without another discovery. */
export function rememberServer(server: AuthorizationServerInfo, nowMs: number): Change {
  const { issuer, source } = server;
  const record = { issuer, source, metadata: { ...server.metadata }, fetchedAtMs: nowMs };
  return { kind: 'authorizationServer', key: issuer, record };
}

/** A code that is no longer good: "you are not signed in" would say nothing to a person who is signing in. */
function notCompleted(thrown: unknown): never {
  if (!(thrown instanceof Fault) || thrown.code !== 'sign-in-needed') throw thrown;
  throw new Fault('token-refused', { ...thrown.detail, cause: thrown });
}

/** What was typed is what the service did not take. */
function notTaken(thrown: unknown): never {
  if (!(thrown instanceof Fault) || thrown.code !== 'token-refused') throw thrown;
  throw new Fault('credentials-refused', { ...thrown.detail, cause: thrown });
}

/** A new account is only offered as a switch, unless the connection has none that works (rule 6 of the face). */
function isUsable(vault: Vault, connection: ConnectionRecord): boolean {
  const current =
    connection.currentAccountId === undefined ? undefined : vault.get('account', connection.currentAccountId);
  const grant = current && grantOf(vault, current.id);
  return grant !== undefined && grant.refusal === undefined && current?.trouble !== 'sign-in-again';
}

/** A program whose account was signed out waits for the person's next choice; this sign-in is that choice. */
function repointed(
  vault: Vault,
  connection: ConnectionRecord,
  accountId: string,
  replacedId: string | undefined,
): Record<string, string> {
  const bindings = Object.entries(connection.accountByClient);
  const stays = (id: string) => id !== replacedId && vault.get('account', id) !== undefined;
  return Object.fromEntries(bindings.map(([client, id]) => [client, stays(id) ? id : accountId]));
}

/** The same account at a changed issuer or resource has another key; the old token set must not stay behind. */
function forgetOldGrant(vault: Vault, accountId: string, newKey: string): readonly Change[] {
  const old = grantOf(vault, accountId);
  if (!old) return [];
  const oldKey = grantKey(old.issuer, old.resource, old.accountId);
  return oldKey === newKey ? [] : [{ kind: 'grant', key: oldKey, record: undefined }];
}
