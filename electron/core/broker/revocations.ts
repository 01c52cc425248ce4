/**
 * Taking access back: here first, then at the service, and an honest word about which of the two has happened
 * (RFC 7009, P-56, rule 8 of the face). What the service has not confirmed waits in the vault and is tried again,
 * across restarts, until it answers.
 */
import { asFault } from '../../../shared/faults.ts';
import { clientOf } from '../credentials/authorization-code.ts';
import type { Credential } from '../credentials/credential.ts';
import type { Given } from '../credentials/given.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import { revokeToken } from '../oauth/revocation.ts';
import type { Log } from '../platform.ts';
import type { AccountRecord, ConnectionRecord, GrantRecord, RevocationRecord } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { grantOf } from './accounts.ts';
import { changeConnection } from './connection-changes.ts';
import { forgetAccount, mayHaveNewerToken } from './forget-account.ts';
import { isUnanswered, keyOf } from './grant-ends.ts';
import { refreshUnderWay } from './renewals.ts';
import { isFinal, isUncancellable, type ServiceAnswer, type Told, together, worst } from './service-answers.ts';

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
  /** What became of cancelling what a refresh brought that is under way at this moment. */
  readonly newer: Promise<ServiceAnswer | undefined> | undefined;
  /** Whether the service may have given a newer refresh token than the one we have, as far as is known by now. */
  readonly mayHaveNewer: boolean;
}

/** So long does a sign-out wait for the answer to a refresh that was under way. */
const refreshWaitMs = 5_000;
const firstWaitMs = 15_000;
const longestWaitMs = 60 * 60_000;

export function createRevocations(needs: RevocationNeeds): Revocations {
  const { vault, waysIn, now } = needs;
  /** Each is sent by one at a time: its answer decides what becomes of it. */
  const underWay = new Set<string>();
  /** What a refresh brought too late, by its grant: cancelled while the sign-out goes on. */
  const tooLate = new Map<string, Promise<ServiceAnswer>>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function signOut(account: AccountRecord): Promise<SignOutResult> {
    const { connection, grant, cancellations, ...unanswered } = await forget(account);
    needs.signedOut(account);
    needs.changed();
    if (!grant) return { account, service: 'nothing', proof: 'not-checked' };

    const answer = await attemptAll(cancellations);
    const service = worst(await withNewer(grant, answer, unanswered));
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
    let forgotten: Forgotten = {
      connection: undefined,
      grant: undefined,
      cancellations: [],
      newer: undefined,
      mayHaveNewer: false,
    };
    await changeConnection(vault, account.connectionId, (connection) => {
      const grant = grantOf(vault, account.id);
      const cancellations = grant ? waysIn.of(grant).cancellations(grant, account.label) : [];
      const refresh = grant && refreshUnderWay(vault, grant);
      const mayHaveNewer = grant !== undefined && mayHaveNewerToken(vault, grant);
      // Watched from now on: it may come and be cancelled before the older access is.
      const newer = refresh && settledWithin(refresh, refreshWaitMs).then(() => tooLate.get(keyOf(grant)));
      forgotten = { connection, grant, cancellations, newer, mayHaveNewer };
      // From before they can be seen in the vault.
      for (const { id } of cancellations) underWay.add(id);
      return [...forgetAccount(account, grant, connection, refresh), ...cancellations.map(queued)];
    });
    return forgotten;
  }

  /** Also what the service gave, or may have given, in a refresh that was under way or had no answer. */
  async function withNewer(
    grant: GrantRecord,
    answer: ServiceAnswer,
    { newer, mayHaveNewer }: Pick<Forgotten, 'newer' | 'mayHaveNewer'>,
  ): Promise<readonly ServiceAnswer[]> {
    if (!newer) return mayHaveNewer ? [answer, 'may-live'] : [answer];
    const late = await newer;
    // An answer has taken it away.
    const isOpen = mayHaveNewer && isUnanswered(vault, grant);
    if (isOpen) await vault.write([{ kind: 'refreshJournal', key: keyOf(grant), record: undefined }]);
    return [answer, ...(late ? [late] : []), ...(isOpen ? ['may-live' as const] : [])];
  }

  /** One after another: a refresh token first, so that it brings nothing new. */
  async function attemptAll(records: readonly RevocationRecord[]): Promise<ServiceAnswer> {
    const answers: Told[] = [];
    try {
      for (const record of records) answers.push({ hint: record.hint, answer: await tell(record) });
      return together(answers);
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

  async function cancelNow(grant: GrantRecord, subject: string, kept?: Given): Promise<ServiceAnswer> {
    const cancellations = waysIn.of(grant).cancellations(grant, subject, kept);
    for (const { id } of cancellations) underWay.add(id);
    await vault.write(cancellations.map(queued));
    return attemptAll(cancellations);
  }

  return {
    signOut,
    async cancel(grant, subject, kept) {
      const key = keyOf(grant);
      const cancelling = cancelNow(grant, subject, kept);
      // Whoever waits for the answer takes a failure for one that has not come.
      const answer = cancelling.catch((): ServiceAnswer => 'may-live');
      tooLate.set(key, answer);
      try {
        await cancelling;
      } finally {
        if (tooLate.get(key) === answer) tooLate.delete(key);
      }
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

/** Resolves in any case. */
async function settledWithin(work: Promise<unknown>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([work.then(undefined, () => undefined), waited]);
  clearTimeout(timer);
}
