/**
 * One refresh at a time per grant whoever asks (P-44), journal before it is sent, the answer stored before it is used
 * (P-43), and never the same refresh token twice (P-45): a refresh whose outcome is unknown is repeated only where the
 * service has been seen not to replace refresh tokens, or where asking spends nothing.
 */
import { asFault, Fault, isOnTheWay } from '../../../shared/faults.ts';
import { isBound } from '../credentials/authorization-code.ts';
import type { Given } from '../credentials/given.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import { wasNotSent } from '../oauth/http.ts';
import type { Log } from '../platform.ts';
import type { AccountRecord, GrantRecord } from '../vault/records.ts';
import type { Secret } from '../vault/secret.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { grantOf } from './accounts.ts';
import { inTurn } from './connection-changes.ts';
import { digest, type GrantEnds, isUnanswered, keyOf } from './grant-ends.ts';
import { endIfVanished } from './registrations.ts';

export interface RenewalsNeeds {
  readonly vault: Vault;
  readonly waysIn: WaysIn;
  readonly now: () => number;
  readonly log: Log;
  /** Called after a refresh has changed what people see. */
  readonly changed: () => void;
  /** A token that arrived for somebody who has signed out meanwhile: it is to be cancelled. */
  readonly orphaned: (grant: GrantRecord, account: AccountRecord, kept: Given | undefined) => void;
}

export interface Renewals {
  /** Does this work for a grant; whoever comes while it, or a renewal, is under way joins instead. */
  asOne(grant: GrantRecord, work: () => Promise<GrantRecord>): Promise<GrantRecord>;
  /**
   * What the account has from now on, stored. Throws `sign-in-needed` where it can be renewed no more, and any fault of
   * the way in; after a failure the same fault for a while (1 s to a minute) without asking again, and `sign-in-needed`
   * for as long where what was just had is refused as well (P-48).
   */
  renew(account: AccountRecord, grant: GrantRecord, why: 'due' | 'refused'): Promise<GrantRecord>;
  /** The resource does not take this access: where it had just come in place of another, the next is none better. */
  refused(secret: Secret): void;
}

/** After a failed refresh the same fault is given for a while instead of asking again (T: a dozen requests in two seconds). */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

interface Pause {
  readonly fault: Fault;
  /** Of what could not be renewed: a sign-in since has something else. */
  readonly access: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly lengthMs: number;
}

/** Access that was had because the one before had been refused. */
interface Replacement {
  readonly access: string;
  readonly atMs: number;
  /** So long no other one is had where it is refused as well. */
  readonly pauseMs: number;
  /** It was sent and refused, though it had just been issued. */
  isRefused: boolean;
}

const refreshes = new WeakMap<Vault, Map<string, Promise<unknown>>>();

/** The refresh of a grant that is under way, for whoever has to know how it ends; undefined where there is none. */
export function refreshUnderWay(vault: Vault, grant: GrantRecord): Promise<unknown> | undefined {
  return refreshes.get(vault)?.get(keyOf(grant));
}

export function createRenewals(needs: RenewalsNeeds, ends: GrantEnds): Renewals {
  const { vault, waysIn, now } = needs;
  const renewals = new Map<string, Promise<GrantRecord>>();
  const pauses = new Map<string, Pause>();
  const replacements = new Map<string, Replacement>();

  /** Whoever comes while it is under way joins. */
  function asOne(grant: GrantRecord, work: () => Promise<GrantRecord>): Promise<GrantRecord> {
    const key = keyOf(grant);
    const running = renewals.get(key) ?? work().finally(() => renewals.delete(key));
    renewals.set(key, running);
    return running;
  }

  function renewPaced(account: AccountRecord, grant: GrantRecord, why: 'due' | 'refused'): Promise<GrantRecord> {
    const key = keyOf(grant);
    const access = digest(grant.accessToken);
    const last = pauses.get(key);
    const pause = last?.access === access ? last : undefined;
    const latest = why === 'refused' ? replacements.get(key) : undefined;
    const replacement = latest?.access === access ? latest : undefined;
    return asOne(grant, async () => {
      // A clock that was set back must not stretch a minute to a day.
      if (pause && now() >= pause.sinceMs && now() < pause.untilMs) throw pause.fault;
      const sinceMs = replacement ? now() - replacement.atMs : 0;
      if (replacement?.isRefused && sinceMs >= 0 && sinceMs < replacement.pauseMs) {
        throw new Fault('sign-in-needed', { subject: account.label, reason: 'refused as soon as it was issued' });
      }
      try {
        const renewed = await renew(account, grant, why);
        pauses.delete(key);
        if (why === 'refused') {
          const isSoon = replacement?.isRefused && sinceMs < replacement.pauseMs + longestPauseMs;
          const pauseMs = isSoon ? Math.min(longestPauseMs, replacement.pauseMs * 2) : firstPauseMs;
          replacements.set(key, { access: digest(renewed.accessToken), atMs: now(), pauseMs, isRefused: false });
        }
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
    const running = asked(account, grant, why);
    refreshes.set(vault, (refreshes.get(vault) ?? new Map<string, Promise<unknown>>()).set(keyOf(grant), running));
    return running.finally(() => {
      const ofVault = refreshes.get(vault);
      if (ofVault?.get(keyOf(grant)) === running) ofVault.delete(keyOf(grant));
    });
  }

  async function asked(account: AccountRecord, grant: GrantRecord, why: 'due' | 'refused'): Promise<GrantRecord> {
    const key = keyOf(grant);
    const wayIn = waysIn.of(grant);
    const refreshTokenDigest = digest(grant.refreshToken);
    const mayRepeat = wayIn.mayRepeat(grant);
    const wasUnanswered = isUnanswered(vault, grant);
    if (wasUnanswered && !mayRepeat) {
      await ends.end(account, grant, 'refresh-unanswered');
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
      // Nothing is spent by asking, so there is nothing to remember; of a refresh token nobody can be sure, though.
      return mayRepeat && !grant.refreshToken
        ? []
        : [{ kind: 'refreshJournal', key, record: { refreshTokenDigest, startedAtMs } }];
    });
    let renewed: GrantRecord;
    try {
      renewed = { ...(await wayIn.renew(grant, why)), refusal: undefined, refusalEndsAtMs: undefined };
    } catch (thrown) {
      throw await afterFailure(account, grant, asFault(thrown), wasUnanswered);
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

  /** `wasUnanswered`: of an earlier refresh with the same token, of which this answer says nothing. */
  async function afterFailure(
    account: AccountRecord,
    grant: GrantRecord,
    fault: Fault,
    wasUnanswered: boolean,
  ): Promise<Fault> {
    const isUnknown =
      wasUnanswered || (mayBeSpent(fault) && !(waysIn.of(grant).mayRepeat(grant) && !grant.refreshToken));
    // First, so that what ends below, or is signed out just now, is not taken for a refresh without an answer.
    if (!isUnknown) await inTurn(vault, () => journalDone(keyOf(grant)));
    needs.log('warn', 'access not renewed', { account: account.id, fault: fault.code, reason: fault.detail.reason });
    // A registration that vanished takes its refresh tokens with it; the next sign-in registers anew (P-53).
    const unregistered = grant.refreshToken !== undefined && (await endIfVanished(needs, grant, fault));
    const isTokenDead = grant.refreshToken !== undefined && fault.code === 'sign-in-needed';
    if (isTokenDead || unregistered) {
      await ends.end(account, grant, isUnknown ? 'refresh-unanswered' : 'refresh-refused');
      return new Fault('sign-in-needed', { ...fault.detail, subject: account.label });
    }
    const refusal = ends.finalOf(grant, fault);
    if (refusal) await ends.refuse(account, grant, refusal);
    return fault;
  }

  return {
    asOne,
    renew: renewPaced,
    refused(secret) {
      if (replacements.size === 0) return;
      const access = digest(secret);
      for (const one of replacements.values()) if (one.access === access) one.isRefused = true;
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
