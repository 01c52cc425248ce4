/**
 * After the person allowed it, or the service gave access for what they typed: store everything at once, and make a
 * first call with the new access before anyone is told that it worked (rule 4 of the face).
 */
import { randomUUID } from 'node:crypto';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Obtained } from '../credentials/way-in.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { type AccountRecord, type ConnectionRecord, type GrantRecord, grantKey } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { accountsOf, freeLabel, grantOf, knownAccount } from './accounts.ts';
import { changeConnection, serviceRemoved } from './connection-changes.ts';
import type { FirstAnswer } from './resource-call.ts';
import type { Prepared, SignInNeeds } from './sign-in-prepare.ts';

/** `known`: this account was here before and has been updated. `current`: it is the one in use. */
export interface SignedIn {
  readonly kind: 'done';
  readonly account: AccountRecord;
  readonly known: boolean;
  readonly current: boolean;
  readonly grantedScopes: readonly string[];
  /** What the first call has shown. */
  readonly answer: FirstAnswer;
}

/**
 * Throws the faults of obtaining and of the first call; `sign-in-cancelled` where nobody wants it any more. What is not
 * kept is cancelled at the service, and new access that the resource refuses is not kept.
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
  let answer: FirstAnswer | undefined;
  let stored: Stored;
  try {
    if (prepared.triesFirst) answer = await firstCall().catch(isUntried ? notTaken : undefined);
    stored = await store(needs, prepared, obtained, isWanted);
  } catch (thrown) {
    needs.unwanted(obtained);
    throw thrown;
  }
  needs.changed();
  answer ??= await firstCall().catch(async (thrown: unknown) => {
    const { code } = asFault(thrown);
    if (code === 'token-refused' || code === 'account-disabled') await takeBack(needs, stored, obtained);
    throw thrown;
  });
  const { account, known, current, grant } = stored;
  const { id: connectionId, resource } = prepared.connection;
  if (answer.kind === 'stopped' && answer.fault.code === 'plan-limit') {
    needs.report(
      { connectionId, resource, accountId: account.id, credential: credential(grant) },
      { kind: 'plan-limit' },
    );
  }
  return { kind: 'done', account, known, current, grantedScopes: grant.grantedScopes, answer };
}

interface Stored extends Pick<SignedIn, 'account' | 'known' | 'current'> {
  readonly grant: GrantRecord;
  /** The account in use before. */
  readonly currentBefore: string | undefined;
}

/** A new account goes again; one that was here before stays, and its row says what the service did. */
async function takeBack(
  needs: SignInNeeds,
  { account, grant, known, currentBefore }: Stored,
  obtained: Obtained,
): Promise<void> {
  const { id, connectionId } = account;
  if (known) {
    const credential = needs.waysIn.of(grant).credential(grant);
    needs.report({ connectionId, resource: grant.resource, accountId: id, credential }, { kind: 'unauthorized' });
    return;
  }
  // A program may have renewed it by now: then that is what is good at the service.
  let held: GrantRecord | undefined;
  await changeConnection(needs.vault, connectionId, (connection) => {
    held = grantOf(needs.vault, id);
    return [
      { kind: 'account', key: id, record: undefined },
      { kind: 'grant', key: grantKey(grant.issuer, grant.resource, id), record: undefined },
      { kind: 'credential', key: id, record: undefined },
      ...(connection?.currentAccountId === id
        ? [
            {
              kind: 'connection' as const,
              key: connectionId,
              record: { ...connection, currentAccountId: currentBefore },
            },
          ]
        : []),
    ];
  });
  // Nobody is left to whom it belonged: signed out meanwhile, it has been cancelled already.
  if (held) needs.unwanted({ ...obtained, grant: held });
  needs.changed();
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
    if (!connection) throw serviceRemoved();
    const accounts = accountsOf(vault, connection.id);
    const same = accounts.find((account) => hasSameAccess(grantOf(vault, account.id), obtained.grant));
    const known =
      same ??
      knownAccount(accounts, issuer, identity, {
        another: wish.another ?? false,
        wayIn,
        ...(wish.accountId === undefined ? {} : { accountId: wish.accountId }),
      });
    // Where the service names nobody it may be somebody else this time: a new id, so that no open conversation goes on
    // with one person's session and another one's access. It takes the place of the old one everywhere.
    const replaced = identity.subject === undefined && !same ? known : undefined;
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
    stored = { account, grant, known: known !== undefined, current, currentBefore: connection.currentAccountId };
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

/** The same token or key, entered once more: whoever it belongs to, it is no other account (rule 6 of the face). */
function hasSameAccess(present: GrantRecord | undefined, obtained: GrantRecord): boolean {
  return (
    present?.wayIn === obtained.wayIn &&
    present.issuer === obtained.issuer &&
    present.accessToken.open() === obtained.accessToken.open()
  );
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
