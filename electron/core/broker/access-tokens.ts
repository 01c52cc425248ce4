/**
 * Access that is good now. One refresh at a time per grant whoever asks (P-44), journal before it is sent, the answer
 * stored before it is used (P-43), and never the same refresh token twice (P-45): a refresh whose outcome is unknown
 * is repeated only where the service has been seen not to replace refresh tokens, or where asking spends nothing.
 */
import { asFault, Fault, isOnTheWay } from '../../../shared/faults.ts';
import { isBound } from '../credentials/authorization-code.ts';
import { type Credential, isSameCredential } from '../credentials/credential.ts';
import type { Given } from '../credentials/given.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import { wasNotSent } from '../oauth/http.ts';
import type { Log } from '../platform.ts';
import type { AccountRecord, ConnectionRecord, GrantRecord } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { boundAccountId, grantOf } from './accounts.ts';
import type { Access, AccessRequest, AccessTokens } from './broker.ts';
import { inTurn } from './connection-changes.ts';
import { serviceOf } from './connections.ts';
import { createGrantEnds, digest, keyOf } from './grant-ends.ts';
import { endIfVanished } from './registrations.ts';
import type { RevocationNeeds } from './revocations.ts';

export interface AccessTokensNeeds {
  readonly vault: Vault;
  readonly waysIn: WaysIn;
  readonly now: () => number;
  readonly log: Log;
  /** Called after a refresh has changed what people see. */
  readonly changed: () => void;
  /** A token that arrived for somebody who has signed out meanwhile: it is to be cancelled. */
  readonly orphaned: (grant: GrantRecord, account: AccountRecord, kept: Given | undefined) => void;
  /** Whether the resource still takes this access. */
  readonly probe: RevocationNeeds['probe'];
}

/** After a failed refresh the same fault is given for a while instead of asking again (T: a dozen requests in two seconds). */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** A token of that age is not replaced by the next one because of a single 401. */
const freshMs = 60_000;

interface Pause {
  readonly fault: Fault;
  /** Of what could not be renewed: a sign-in since has something else. */
  readonly access: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly lengthMs: number;
}

export interface RenewingAccessTokens extends AccessTokens {
  /** Renews an account's access where its time has come. Throws as `get`. */
  renewDue(connection: ConnectionRecord, account: AccountRecord): Promise<void>;
}

export function createAccessTokens(needs: AccessTokensNeeds): RenewingAccessTokens {
  const { vault, waysIn, now } = needs;
  const renewals = new Map<string, Promise<GrantRecord>>();
  const pauses = new Map<string, Pause>();
  const judgements = new Map<string, Promise<boolean>>();
  const ends = createGrantEnds(needs);

  async function get(request: AccessRequest): Promise<Access> {
    const connection = vault.get('connection', request.connectionId);
    if (!connection) throw new Fault('connection-unknown', { subject: request.connectionId });
    const base = { connectionId: connection.id, resource: connection.resource };
    if (connection.access === 'none') return base;

    const accountId = boundAccountId(connection, request.client);
    const account = accountId === undefined ? undefined : vault.get('account', accountId);
    if (!account) throw new Fault('sign-in-needed', { subject: connection.name });
    const current = await fresh(connection, account, usable(account), request.rejected);
    return {
      ...base,
      accountId: account.id,
      accountLabel: account.label,
      credential: waysIn.of(current).credential(current),
    };
  }

  /** What the account has, where the service has not said its final no to it. */
  function usable(account: AccountRecord): GrantRecord {
    const grant = grantOf(vault, account.id);
    if (!grant) throw new Fault('sign-in-needed', { subject: account.label });
    const refusal = ends.refusalOf(grant);
    if (refusal) throw ends.faultOf(refusal, account, grant);
    return grant;
  }

  async function fresh(
    connection: ConnectionRecord,
    account: AccountRecord,
    grant: GrantRecord,
    rejected: Access | undefined,
  ): Promise<GrantRecord> {
    const wayIn = waysIn.of(grant);
    const credential = wayIn.credential(grant);
    // Somebody else's refresh may have replaced the rejected token already: then the newer one is the answer.
    const reported = isSameCredential(rejected?.credential, credential);
    const ended = grant.expiresAtMs !== undefined && now() >= grant.expiresAtMs;
    if (!reported && !isDue(grant)) return grant;
    const canRenew = wayIn.canRenew(grant);
    let refused = reported || (ended && !canRenew);
    if (refused && (wayIn.isUntried || !ended) && isDoubtful(connection, grant)) {
      refused = !(await isTakenAt(connection, credential));
      // What has happened meanwhile counts, not what was the case before.
      const latest = usable(account);
      if (!ends.isStill(account, grant)) return fresh(connection, account, latest, rejected);
      if (!refused && !isDue(grant)) return grant;
    }
    if (!canRenew) {
      if (!refused) return grant;
      if (wayIn.isUntried) {
        return asOne(grant, async () => {
          await ends.refuse(account, grant, 'credentials-refused');
          throw ends.faultOf('credentials-refused', account, grant);
        });
      }
      await ends.end(account, grant, 'access-ended-too');
      throw new Fault('sign-in-needed', { subject: account.label, reason: 'ended and not renewable' });
    }
    try {
      return await renewOnce(account, grant, refused ? 'refused' : 'due');
    } catch (thrown) {
      const fault = asFault(thrown);
      // A service that is down for a moment need not stop anyone whose token still lives; and whether it lives where
      // no other one may be had, the service may say.
      const mayLive = fault.code === 'generation-limit' || (!ended && isPassing(fault));
      if (!refused && mayLive) return grant;
      throw fault;
    }
  }

  /**
   * Whether one 401 says nothing yet: a web API may answer it at one of its places for reasons of its own. That is asked
   * where another token is none, or costs something, or was obtained just now; else another one is simply had.
   */
  function isDoubtful(connection: ConnectionRecord, grant: GrantRecord): boolean {
    if (serviceOf(connection).speaks === 'mcp') return false;
    const wayIn = waysIn.of(grant);
    return wayIn.isScarce === true || !wayIn.canRenew(grant) || now() - grant.obtainedAtMs < freshMs;
  }

  /** Asked once for all who ask at the same moment. A resource that says nothing has not refused it. */
  function isTakenAt(connection: ConnectionRecord, credential: Credential): Promise<boolean> {
    const key = `${connection.id} ${digest(credential.secret)}`;
    const running =
      judgements.get(key) ??
      needs
        .probe(connection, credential)
        .then((proof) => proof !== 'refused')
        .finally(() => judgements.delete(key));
    judgements.set(key, running);
    return running;
  }

  function isDue(grant: GrantRecord): boolean {
    const fromMs = waysIn.of(grant).renewFromMs(grant);
    // A clock that was set back makes every recorded end meaningless; one renewal puts it right.
    return (fromMs !== undefined && now() >= fromMs) || now() < grant.obtainedAtMs - 60_000;
  }

  /** Whoever comes while it is under way joins. */
  function asOne(grant: GrantRecord, work: () => Promise<GrantRecord>): Promise<GrantRecord> {
    const key = keyOf(grant);
    const running = renewals.get(key) ?? work().finally(() => renewals.delete(key));
    renewals.set(key, running);
    return running;
  }

  function renewOnce(account: AccountRecord, grant: GrantRecord, why: 'due' | 'refused'): Promise<GrantRecord> {
    const key = keyOf(grant);
    const access = digest(grant.accessToken);
    const last = pauses.get(key);
    const pause = last?.access === access ? last : undefined;
    return asOne(grant, async () => {
      // A clock that was set back must not stretch a minute to a day.
      if (pause && now() >= pause.sinceMs && now() < pause.untilMs) throw pause.fault;
      try {
        const renewed = await renew(account, grant, why);
        pauses.delete(key);
        return renewed;
      } catch (thrown) {
        const fault = asFault(thrown);
        const lengthMs = Math.min(longestPauseMs, pause ? pause.lengthMs * 2 : firstPauseMs);
        const untilMs = Math.max(now() + lengthMs, fault.detail.retryAtMs ?? 0);
        if (fault.code !== 'sign-in-needed') pauses.set(key, { fault, access, sinceMs: now(), untilMs, lengthMs });
        throw fault;
      }
    });
  }

  async function renew(account: AccountRecord, grant: GrantRecord, why: 'due' | 'refused'): Promise<GrantRecord> {
    const key = keyOf(grant);
    const wayIn = waysIn.of(grant);
    const refreshTokenDigest = digest(grant.refreshToken);
    const mayRepeat = wayIn.mayRepeat(grant);
    if (vault.get('refreshJournal', key)?.refreshTokenDigest === refreshTokenDigest && !mayRepeat) {
      await ends.end(account, grant, 'access-may-live');
      throw new Fault('sign-in-needed', {
        subject: account.label,
        reason: 'a refresh was cut off, its outcome unknown',
      });
    }
    const startedAtMs = now();
    let kept: Given | undefined;
    await inTurn(vault, () => {
      if (!ends.isStill(account, grant))
        throw new Fault('sign-in-needed', { subject: account.label, reason: 'signed out' });
      kept = vault.get('credential', account.id)?.fields;
      // Nothing is spent by asking, so there is nothing to remember.
      return mayRepeat ? [] : [{ kind: 'refreshJournal', key, record: { refreshTokenDigest, startedAtMs } }];
    });
    let renewed: GrantRecord;
    try {
      renewed = { ...(await wayIn.renew(grant, why)), refusal: undefined, refusalEndsAtMs: undefined };
    } catch (thrown) {
      throw await afterFailure(account, grant, asFault(thrown));
    }
    let isWanted = false;
    await inTurn(vault, () => {
      isWanted = ends.isStill(account, grant);
      return [...(isWanted ? [{ kind: 'grant' as const, key, record: renewed }] : []), ...journalDone(key)];
    });
    if (!isWanted) {
      needs.orphaned(renewed, account, kept);
      const stored = grantOf(vault, account.id);
      if (stored) return stored;
      throw new Fault('sign-in-needed', { subject: account.label, reason: 'signed out during a refresh' });
    }
    if (isBound(grant) && !isBound(renewed)) {
      needs.log('warn', 'bound access was renewed as unbound', { account: account.id });
    }
    needs.log('info', 'access renewed', { account: account.id, tookMs: now() - startedAtMs });
    needs.changed();
    return renewed;
  }

  function journalDone(key: string): readonly Change[] {
    return vault.get('refreshJournal', key) ? [{ kind: 'refreshJournal', key, record: undefined }] : [];
  }

  async function afterFailure(account: AccountRecord, grant: GrantRecord, fault: Fault): Promise<Fault> {
    needs.log('warn', 'access not renewed', { account: account.id, fault: fault.code, reason: fault.detail.reason });
    // A registration that vanished takes its refresh tokens with it; the next sign-in registers anew (P-53).
    const unregistered = grant.refreshToken !== undefined && (await endIfVanished(needs, grant, fault));
    const isTokenDead = grant.refreshToken !== undefined && fault.code === 'sign-in-needed';
    if (isTokenDead || unregistered) {
      await ends.end(account, grant, 'access-may-live');
      return new Fault('sign-in-needed', { ...fault.detail, subject: account.label });
    }
    const refusal = ends.finalOf(grant, fault);
    if (refusal) {
      await ends.refuse(account, grant, refusal);
      return fault;
    }
    if (mayBeSpent(fault) && !waysIn.of(grant).mayRepeat(grant)) return fault;
    await inTurn(vault, () => journalDone(keyOf(grant)));
    return fault;
  }

  return {
    get,
    async isTaken({ connectionId, credential }) {
      const connection = vault.get('connection', connectionId);
      return connection !== undefined && credential !== undefined && (await isTakenAt(connection, credential));
    },
    async renewDue(connection, account) {
      const grant = grantOf(vault, account.id);
      if (grant && !ends.refusalOf(grant)) await fresh(connection, account, grant, undefined);
    },
  };
}

/**
 * Whether the service may have spent the token although we have nothing for it: the answer was lost, could not be used,
 * or a gateway speaks in place of a service that it has already asked (502, 504). Any other 5xx is the service's own no.
 */
function mayBeSpent(fault: Fault): boolean {
  switch (fault.code) {
    case 'service-answer-invalid':
    case 'too-large':
      return true;
    case 'service-down':
      return fault.detail.upstream?.status === 502 || fault.detail.upstream?.status === 504;
    default:
      return isOnTheWay(fault) && !wasNotSent(fault);
  }
}

/** Faults that pass by themselves: they never sign anyone out (being offline is not signed out). */
function isPassing(fault: Fault): boolean {
  return isOnTheWay(fault) || fault.code === 'service-down' || fault.code === 'rate-limited';
}
