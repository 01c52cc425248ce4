/** Puts the broker together: the parts share one vault, one fetch for the OAuth steps, and one way to say "changed". */
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import type { ClientUse, ConnectionView, Snapshot } from '../../../shared/snapshot.ts';
import { authorizationCode } from '../credentials/authorization-code.ts';
import { oauthFetch } from '../oauth/http.ts';
import type { Platform } from '../platform.ts';
import type { Vault } from '../vault/vault.ts';
import { createAccessTokens } from './access-tokens.ts';
import { accountsOf, boundAccountId, findAccount } from './accounts.ts';
import type { BridgeBroker } from './broker.ts';
import { findConnectionRecord, type NewConnection, newConnection, parseTarget, sameAddress } from './connections.ts';
import { createLocalClients, type LocalClients } from './local-clients.ts';
import { firstCall, proveRevoked } from './resource-call.ts';
import { createRevocations, removeConnection, type SignOutResult } from './revocations.ts';
import { createSignIns, type SignIns } from './sign-in.ts';
import { type LiveState, makeSnapshot, viewOfConnection } from './snapshot.ts';
import { createUpstreamReports } from './upstream-reports.ts';

/** The whole broker: what the bridge needs, and what people do by window, tray and command line. */
export interface Broker extends BridgeBroker {
  readonly signIns: SignIns;
  readonly localClients: LocalClients;
  unlock(): Promise<void>;
  /** The connection of this address, made if it is new. Throws `address-invalid`, `input-invalid`, `connection-exists`. */
  addConnection(input: NewConnection): Promise<{ readonly connection: ConnectionView; readonly added: boolean }>;
  /**
   * Makes an account the current one, or the one of a single local client; `current` for a client means: whichever is
   * the current one. Throws `account-unknown`, ….
   */
  useAccount(connectionId: string, account: string, client?: string): Promise<ConnectionView>;
  signOut(connectionId: string, account: string): Promise<SignOutResult>;
  removeConnection(connectionId: string): Promise<readonly SignOutResult[]>;
  close(): Promise<void>;
}

export interface BrokerOptions {
  /** How long a sign-in waits for the person. */
  readonly signInTimeoutMs?: number;
  /** The person's, for the pages in the browser; English unless given. */
  readonly language?: () => Language;
}

const usualSignInTimeoutMs = 10 * 60_000;
/** A keychain may ask the person each time it is asked: not more often than this by itself. */
const unlockPauseMs = 15_000;

export function createBroker(platform: Platform, vault: Vault, options: BrokerOptions = {}): Broker {
  const { now, log } = platform;
  const http = oauthFetch(platform.httpOnce);
  const listeners = new Set<(snapshot: Snapshot) => void>();
  const uses = new Map<string, Map<string, Omit<ClientUse, 'accountId'>>>();
  let generation = 1;
  let cached: Snapshot | undefined;

  const live: LiveState = {
    isSigningIn: (id) => signIns.isWaiting(id),
    retryAtMs: (id) => reports.retryAtMs(id),
    usesOf: (id) => [...(uses.get(id)?.values() ?? [])],
  };
  const snapshot = (): Snapshot => {
    cached ??= makeSnapshot(vault, live, generation);
    return cached;
  };
  const changed = (): void => {
    generation += 1;
    cached = undefined;
    for (const listener of listeners) {
      try {
        listener(snapshot());
      } catch (thrown) {
        log('error', 'a listener of the snapshot failed', { reason: String(thrown) });
      }
    }
  };

  const wayIn = authorizationCode(vault, http, now);
  const revocations = createRevocations({
    vault,
    wayIn,
    http,
    now,
    log,
    changed,
    probe: (resource, authorization) => proveRevoked(platform.http, resource, authorization),
  });
  const accessTokens = createAccessTokens({
    vault,
    wayIn,
    now,
    log,
    changed,
    orphaned: (grant, account) => {
      revocations.cancel(grant, account.label).catch((thrown: unknown) => {
        log('error', 'an orphaned grant could not be cancelled', { reason: String(thrown) });
      });
    },
  });
  const signIns = createSignIns({
    vault,
    http,
    now,
    log,
    changed,
    openBrowser: platform.openBrowser,
    firstCall: (resource, authorization) => firstCall(platform.http, resource, authorization),
    timeoutMs: options.signInTimeoutMs ?? usualSignInTimeoutMs,
    language: options.language ?? (() => 'en'),
  });
  const localClients = createLocalClients(vault, now);
  const reports = createUpstreamReports({ vault, now, log, changed });

  /** Whoever comes to a locked vault sets off one attempt to open it; a success tells everybody (`changed`). */
  let unlockAgainFromMs = 0;
  async function unlock(): Promise<void> {
    await vault.unlock();
    revocations.resume();
    changed();
  }
  function unlockInBackground(): void {
    if (vault.state.kind !== 'locked' || now() < unlockAgainFromMs) return;
    unlockAgainFromMs = now() + unlockPauseMs;
    unlock().catch((thrown: unknown) => log('info', 'the vault is still locked', { reason: String(thrown) }));
  }

  const connectionRecord = (id: string) => {
    const record = vault.get('connection', id);
    if (!record) throw new Fault('connection-unknown', { subject: id });
    return record;
  };
  const view = (id: string) => viewOfConnection(vault, live, connectionRecord(id));

  revocations.resume();
  return {
    accessTokens,
    signIns,
    localClients,
    snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    findConnection(reference) {
      unlockInBackground();
      return view(findConnectionRecord(vault, reference).id);
    },
    boundAccountId(connectionId, client) {
      if (vault.state.kind === 'locked') return undefined;
      const connection = vault.get('connection', connectionId);
      const accountId = connection && boundAccountId(connection, client);
      return accountId !== undefined && vault.get('account', accountId) ? accountId : undefined;
    },
    report: reports.report,
    noteUse(connectionId, client, door) {
      const ofConnection = uses.get(connectionId) ?? new Map<string, Omit<ClientUse, 'accountId'>>();
      uses.set(connectionId, ofConnection);
      const known = ofConnection.get(client);
      const isNew = !known;
      const firstSeenAtMs = known?.firstSeenAtMs ?? now();
      ofConnection.set(client, { name: client, door, access: 'allowed', firstSeenAtMs, lastUsedAtMs: now() });
      cached = undefined;
      if (isNew) changed();
    },
    async signIn(connectionId) {
      const attempt = await signIns.start(connectionId, {});
      await signIns.openBrowser(attempt.id).catch((thrown: unknown) => {
        const fault = asFault(thrown);
        // Whoever asked cannot see our log: the address is the way on.
        throw new Fault(fault.code, {
          ...fault.detail,
          next: `Open this address in a browser on this computer: ${attempt.authorizationUrl}`,
        });
      });
      return { authorizationUrl: attempt.authorizationUrl ?? '', host: attempt.host };
    },
    clientOfKey: (key) => localClients.clientOfKey(key),
    unlock,
    async addConnection(input) {
      const { service, resource } = parseTarget(input.target, input.service);
      const present = vault.list('connection').find((connection) => sameAddress(connection.resource, resource));
      if (present) {
        // What was given anew replaces what was given before; accounts and names stay.
        const { client = present.client, redirect = present.redirect } = input;
        await vault.write([{ kind: 'connection', key: present.id, record: { ...present, client, redirect } }]);
        return { connection: view(present.id), added: false };
      }
      const record = newConnection(vault, service, resource, input, now());
      await vault.write([{ kind: 'connection', key: record.id, record }]);
      changed();
      return { connection: view(record.id), added: true };
    },
    async useAccount(connectionId, reference, client) {
      const connection = connectionRecord(connectionId);
      if (client !== undefined && reference === 'current') {
        const { [client]: _, ...accountByClient } = connection.accountByClient;
        await vault.write([{ kind: 'connection', key: connectionId, record: { ...connection, accountByClient } }]);
        changed();
        return view(connectionId);
      }
      const account = findAccount(accountsOf(vault, connectionId), reference);
      const record =
        client === undefined
          ? { ...connection, currentAccountId: account.id }
          : { ...connection, accountByClient: { ...connection.accountByClient, [client]: account.id } };
      await vault.write([{ kind: 'connection', key: connectionId, record }]);
      changed();
      return view(connectionId);
    },
    async signOut(connectionId, reference) {
      connectionRecord(connectionId);
      return revocations.signOut(findAccount(accountsOf(vault, connectionId), reference));
    },
    async removeConnection(connectionId) {
      connectionRecord(connectionId);
      const results = await removeConnection(vault, revocations, connectionId);
      changed();
      return results;
    },
    async close() {
      revocations.close();
      await signIns.close();
    },
  };
}
