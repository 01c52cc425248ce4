/** The broker's state without secrets, made whole from the vault and from what is known only while running. */
import { oneLine } from '../../../shared/one-line.ts';
import type {
  AccountView,
  ClientUse,
  ConnectionView,
  Question,
  Snapshot,
  State,
  WaitingSignIn,
} from '../../../shared/snapshot.ts';
import type { WayInOfferView } from '../../../shared/ways-in.ts';
import { isBound } from '../credentials/authorization-code.ts';
import type { Service } from '../services/service.ts';
import type { AccountRecord, ConnectionRecord, GrantRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { accountsOf, grantOf, ownAccountId } from './accounts.ts';
import { serviceOf, titleOf } from './connections.ts';

/** What is not stored: it is true only of this run. */
export interface LiveState {
  isSigningIn(connectionId: string): boolean;
  /** The attempt that waits for the person. */
  signIn(connectionId: string): WaitingSignIn | undefined;
  /** When the service is tried again, while it cannot be reached. */
  retryAtMs(connectionId: string): number | undefined;
  /** Of a connection without accounts. */
  limitReached(connectionId: string): boolean;
  /** Whether it is renewed without the person. */
  renews(grant: GrantRecord): boolean;
  /** The ways into a service, as people are offered them. */
  offersOf(service: Service): WayInOfferView[];
  questions(): Question[];
  programsOf(connectionId: string): readonly Omit<ClientUse, 'accountId'>[];
}

export function makeSnapshot(vault: Vault, live: LiveState, generation: number): Snapshot {
  const vaultView = viewOfVault(vault);
  if (vault.state.kind === 'locked') {
    return { generation, vault: vaultView, connections: [], pendingRevocations: [], questions: [], localClients: [] };
  }
  return {
    generation,
    vault: vaultView,
    connections: [...vault.list('connection')]
      .sort((a, b) => a.createdAtMs - b.createdAtMs)
      .map((connection) => viewOfConnection(vault, live, connection)),
    pendingRevocations: vault.list('revocation').map((record) => ({
      id: record.id,
      subject: record.subject,
      host: new URL(record.endpoint).host,
      requestedAtMs: record.requestedAtMs,
      attempts: record.attempts,
      nextAttemptAtMs: record.nextAttemptAtMs,
    })),
    questions: live.questions(),
    localClients: vault.list('localClient').map(({ name, createdAtMs, from }) => ({
      name,
      createdAtMs,
      ...(from === undefined ? {} : { from }),
    })),
  };
}

function viewOfVault(vault: Vault): Snapshot['vault'] {
  const { state } = vault;
  switch (state.kind) {
    case 'sealed':
      return {
        kind: state.keyIn,
        ...(state.setAside ? { note: `An unreadable file was set aside: ${state.setAside}` } : {}),
      };
    case 'memory':
    case 'locked':
      return { kind: state.kind, note: state.reason };
  }
}

export function viewOfConnection(vault: Vault, live: LiveState, connection: ConnectionRecord): ConnectionView {
  const service = serviceOf(connection);
  const accounts = accountsOf(vault, connection.id).map((account) => viewOfAccount(vault, live, connection, account));
  const retryAtMs = live.retryAtMs(connection.id);
  const signIn = live.signIn(connection.id);
  const current = accounts.find((account) => account.current);
  return {
    id: connection.id,
    name: connection.name,
    service: connection.service,
    title: titleOf(connection),
    resource: connection.resource,
    host: new URL(connection.resource).host,
    access: connection.access === 'none' ? 'none' : 'sign-in',
    speaks: service.speaks,
    wayIn: connection.wayIn,
    waysIn: live.offersOf(service),
    paused: connection.paused,
    state: stateOfConnection(live, connection, current?.state, retryAtMs),
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
    ...(signIn === undefined ? {} : { signIn }),
    accounts,
    clients: live.programsOf(connection.id).map((use) => {
      const accountId = ownAccountId(connection, use.name);
      return { ...use, ...(accountId === undefined ? {} : { accountId }) };
    }),
  };
}

function stateOfConnection(
  live: LiveState,
  connection: ConnectionRecord,
  current: State | undefined,
  retryAtMs: number | undefined,
): State {
  if (live.isSigningIn(connection.id)) return 'signing-in';
  if (connection.paused) return 'paused';
  if (connection.access !== 'none' && current === undefined) return 'sign-in-again';
  if (current !== undefined && current !== 'connected') return current;
  if (retryAtMs !== undefined) return 'unreachable';
  return live.limitReached(connection.id) ? 'plan-limit' : 'connected';
}

function viewOfAccount(
  vault: Vault,
  live: LiveState,
  connection: ConnectionRecord,
  account: AccountRecord,
): AccountView {
  const grant = grantOf(vault, account.id);
  return {
    id: account.id,
    // A service's own words; stored as they came, because they also tell accounts apart.
    label: oneLine(account.label),
    wayIn: account.wayIn,
    ...(account.email === undefined ? {} : { email: oneLine(account.email) }),
    ...(account.organisation === undefined ? {} : { organisation: oneLine(account.organisation) }),
    current: connection.currentAccountId === account.id,
    state: grant ? (account.trouble ?? 'connected') : 'sign-in-again',
    requestedScopes: grant?.requestedScopes ?? [],
    grantedScopes: grant?.grantedScopes ?? [],
    neededScopes: account.neededScopes ?? [],
    addedAtMs: account.addedAtMs,
    ...(grant?.expiresAtMs === undefined ? {} : { expiresAtMs: grant.expiresAtMs }),
    ...(grant ? { lastRefreshAtMs: grant.obtainedAtMs } : {}),
    renewsItself: grant !== undefined && live.renews(grant),
    ...remindAtOf(connection, account, grant),
    bound: grant !== undefined && isBound(grant),
  };
}

const dayMs = 24 * 60 * 60_000;

/** A token without an end is to be exchanged from time to time, as the services that issue such tokens advise. */
function remindAtOf(
  connection: ConnectionRecord,
  account: AccountRecord,
  grant: GrantRecord | undefined,
): { readonly remindAtMs?: number } {
  const offer = serviceOf(connection).waysIn.find(({ way }) => way === account.wayIn);
  if (!grant || offer?.way !== 'access-token' || offer.remindAfterDays === undefined) return {};
  return { remindAtMs: grant.obtainedAtMs + offer.remindAfterDays * dayMs };
}
