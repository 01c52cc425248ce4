/**
 * Taking access back: here first, then at the service, and an honest word about which of the two has happened
 * (RFC 7009, P-56, rule 8 of the face). What the service has not confirmed waits in the vault and is tried again,
 * across restarts, until it answers.
 */
import { asFault, type Fault, type FaultCode } from '../../../shared/faults.ts';
import { clientOf } from '../credentials/authorization-code.ts';
import type { Credential } from '../credentials/credential.ts';
import type { Given } from '../credentials/given.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import { revokeToken } from '../oauth/revocation.ts';
import type { Log } from '../platform.ts';
import {
  type AccountRecord,
  type ConnectionRecord,
  type GrantRecord,
  grantKey,
  type RevocationRecord,
} from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { grantOf } from './accounts.ts';
import { changeConnection } from './connection-changes.ts';

/** What the service has said so far. */
export type ServiceAnswer =
  | 'cancelled'
  /** Not reached, or it was busy: waits in the queue. */
  | 'waiting'
  /** It answered that it will not. */
  | 'refused'
  /** It offers no way to cancel. */
  | 'no-way'
  /** There was nothing to cancel. */
  | 'nothing';

/** What a call with the old access has shown afterwards. */
export type Proof = 'refused' | 'still-accepted' | 'not-checked';

export interface SignOutResult {
  readonly account: AccountRecord;
  readonly service: ServiceAnswer;
  readonly proof: Proof;
  /** Until when the old access may live on at the service, where it is known and not proven dead. */
  readonly accessUntilMs?: number;
}

export interface Revocations {
  signOut(account: AccountRecord): Promise<SignOutResult>;
  /** A grant that nobody owns any more, with what was kept for it: cancelled in the background. */
  cancel(grant: GrantRecord, subject: string, kept?: Given): Promise<void>;
  /** Tries what waits and is due; schedules the rest. */
  resume(): void;
  close(): void;
}

export interface RevocationNeeds {
  readonly vault: Vault;
  readonly waysIn: WaysIn;
  readonly http: OAuthFetch;
  readonly now: () => number;
  readonly log: Log;
  readonly changed: () => void;
  /** Nothing here can use it any more; what the service says is still open. */
  readonly signedOut: (account: AccountRecord) => void;
  /** Whether the resource still takes this access: `refused` on 401. */
  readonly probe: (connection: ConnectionRecord, credential: Credential) => Promise<Proof>;
}

interface Forgotten {
  readonly connection: ConnectionRecord | undefined;
  readonly grant: GrantRecord | undefined;
  readonly cancellations: readonly RevocationRecord[];
}

const firstWaitMs = 15_000;
const longestWaitMs = 60 * 60_000;

export function createRevocations(needs: RevocationNeeds): Revocations {
  const { vault, waysIn, now } = needs;
  /** Each is sent by one at a time: its answer decides what becomes of it. */
  const underWay = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function signOut(account: AccountRecord): Promise<SignOutResult> {
    const { connection, grant, cancellations } = await forget(account);
    needs.signedOut(account);
    needs.changed();
    if (!grant) return { account, service: 'nothing', proof: 'not-checked' };

    const answers = await attemptAll(cancellations);
    const service = cancellations.length === 0 ? 'no-way' : worst(answers);
    const alive = grant.expiresAtMs === undefined || now() < grant.expiresAtMs;
    const proof =
      alive && connection && service === 'cancelled'
        ? await needs.probe(connection, waysIn.of(grant).credential(grant))
        : 'not-checked';
    const until = proof === 'refused' || !alive ? undefined : grant.expiresAtMs;
    return { account, service, proof, ...(until === undefined ? {} : { accessUntilMs: until }) };
  }

  /** Here it ends with this one write, and what the service is to be told waits in the same one. */
  async function forget(account: AccountRecord): Promise<Forgotten> {
    let forgotten: Forgotten = { connection: undefined, grant: undefined, cancellations: [] };
    await changeConnection(vault, account.connectionId, (connection) => {
      const grant = grantOf(vault, account.id);
      const cancellations = grant ? waysIn.of(grant).cancellations(grant, account.label) : [];
      forgotten = { connection, grant, cancellations };
      // From before they can be seen in the vault.
      for (const { id } of cancellations) underWay.add(id);
      return [...forgetAccount(account, grant, connection), ...cancellations.map(queued)];
    });
    return forgotten;
  }

  /** One after another: a refresh token first, so that it brings nothing new. */
  async function attemptAll(records: readonly RevocationRecord[]): Promise<readonly ServiceAnswer[]> {
    const answers: ServiceAnswer[] = [];
    try {
      for (const record of records) answers.push(await tell(record));
      return answers;
    } finally {
      for (const { id } of records) underWay.delete(id);
      schedule();
      needs.changed();
    }
  }

  async function tell(record: RevocationRecord): Promise<ServiceAnswer> {
    const client = clientOf(record);
    try {
      const { endpoint, issuer, token, hint } = record;
      await revokeToken(needs.http, { endpoint, issuer, client, token, hint });
      await vault.write([{ kind: 'revocation', key: record.id, record: undefined }]);
      needs.log('info', 'the service confirmed a cancellation', { issuer: record.issuer, hint: record.hint });
      return 'cancelled';
    } catch (thrown) {
      const fault = asFault(thrown);
      needs.log('warn', 'a cancellation was not confirmed', {
        issuer: record.issuer,
        fault: fault.code,
        reason: fault.detail.reason,
      });
      if (isFinal(fault)) {
        await vault.write([{ kind: 'revocation', key: record.id, record: undefined }]);
        return isUncancellable(fault) ? 'no-way' : 'refused';
      }
      const attempts = record.attempts + 1;
      const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** record.attempts);
      const nextAttemptAtMs = Math.max(now() + waitMs, fault.detail.retryAtMs ?? 0);
      await vault.write([queued({ ...record, attempts, nextAttemptAtMs })]);
      return 'waiting';
    }
  }

  const waiting = () => vault.list('revocation').filter(({ id }) => !underWay.has(id));

  function schedule(): void {
    clearTimeout(timer);
    if (closed || vault.state.kind === 'locked') return;
    const dueMs = waiting().map((record) => record.nextAttemptAtMs);
    if (dueMs.length === 0) return;
    timer = setTimeout(() => void attemptDue(), Math.max(50, Math.min(...dueMs) - now()));
    timer.unref();
  }

  async function attemptDue(): Promise<void> {
    const due = waiting().filter((one) => one.nextAttemptAtMs <= now());
    for (const { id } of due) underWay.add(id);
    for (const record of due) {
      // Told again from the vault at the next start.
      if (closed) return;
      await attemptAll([record]);
    }
  }

  return {
    signOut,
    async cancel(grant, subject, kept) {
      const cancellations = waysIn.of(grant).cancellations(grant, subject, kept);
      for (const { id } of cancellations) underWay.add(id);
      await vault.write(cancellations.map(queued));
      await attemptAll(cancellations);
    },
    resume: schedule,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function queued(record: RevocationRecord): Change {
  return { kind: 'revocation', key: record.id, record };
}

/**
 * Forgets an account and everything that hangs on it. No other account steps in by itself, neither for the connection
 * nor for a program bound to this one: signing out must not silently hand a program somebody else's data.
 */
function forgetAccount(
  account: AccountRecord,
  grant: GrantRecord | undefined,
  connection: ConnectionRecord | undefined,
): readonly Change[] {
  const changes: Change[] = [
    { kind: 'account', key: account.id, record: undefined },
    { kind: 'credential', key: account.id, record: undefined },
  ];
  if (grant) {
    const key = grantKey(grant.issuer, grant.resource, grant.accountId);
    changes.push({ kind: 'grant', key, record: undefined }, { kind: 'refreshJournal', key, record: undefined });
  }
  if (connection) {
    const { currentAccountId, ...rest } = connection;
    const current = currentAccountId === account.id ? {} : { currentAccountId };
    changes.push({ kind: 'connection', key: connection.id, record: { ...rest, ...current } });
  }
  return changes;
}

const finalCodes: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'client-refused',
  'token-refused',
  'account-disabled',
  'address-insecure',
]);

/** A 4xx answer stays what it is; asking again would be blind. */
function isFinal(fault: Fault): boolean {
  return finalCodes.has(fault.code);
}

/** RFC 7009 s2.2.1: signed access tokens, for one, that nobody asks about end by themselves only. */
function isUncancellable(fault: Fault): boolean {
  return fault.detail.upstream?.code === 'unsupported_token_type';
}

/** A sign-in is cancelled with its refresh token; how long its last access lives is what the proof tells. */
function worst(answers: readonly ServiceAnswer[]): ServiceAnswer {
  for (const answer of ['waiting', 'refused', 'cancelled'] as const) if (answers.includes(answer)) return answer;
  return 'no-way';
}
