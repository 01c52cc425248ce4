/**
 * How access ends: the refresh token is no longer good, there is none, or the service has said its final no. Nothing
 * else of the account is touched, and nothing that a sign-in since has brought.
 */
import { createHash } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import { type AccountRecord, type GrantRecord, grantKey, type Refusal, refusals } from '../vault/records.ts';
import type { Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { grantOf } from './accounts.ts';
import { inTurn } from './connection-changes.ts';

/** A plan is changed elsewhere, and nobody tells us. */
const limitPauseMs = 24 * 60 * 60_000;

export interface GrantEndsNeeds {
  readonly vault: Vault;
  readonly waysIn: WaysIn;
  readonly now: () => number;
  readonly changed: () => void;
}

export type End = 'refresh-refused' | 'refresh-unanswered' | 'access-ended-too';

export interface GrantEnds {
  /**
   * The account says *sign in again*, and the refresh token is used for no refresh any more: one that the service refused
   * is dropped, one whose refresh has no answer is kept to be cancelled.
   */
  end(account: AccountRecord, grant: GrantRecord, why: End): Promise<void>;
  /** The service's final no to what it was shown: it is remembered, and nobody asks again before a person signs in. */
  refuse(account: AccountRecord, grant: GrantRecord, refusal: Refusal): Promise<void>;
  /** Why it is not to be used or renewed; a plan's limit is asked about again after a day. */
  refusalOf(grant: GrantRecord): Refusal | undefined;
  /**
   * Whether what came of renewing is the service's final no: a 4xx stays what it is for the same token, password or
   * secret. Undefined for what passes, and for an answer that makes no sense, unless each question counts.
   */
  finalOf(grant: GrantRecord, fault: Fault): Refusal | undefined;
  /** What a refusal means to whoever asks for access later. */
  faultOf(refusal: Refusal, account: AccountRecord, grant: GrantRecord): Fault;
  /** Whether this is what the account has still, to be asked in a turn: it may have signed out or in again since. */
  isStill(account: AccountRecord, grant: GrantRecord): boolean;
}

export function createGrantEnds({ vault, waysIn, now, changed }: GrantEndsNeeds): GrantEnds {
  async function refuse(account: AccountRecord, grant: GrantRecord, refusal: Refusal): Promise<void> {
    const isGivenOrShut = waysIn.of(grant).isUntried || refusal === 'account-banned' || refusal === 'account-disabled';
    const otherwise = isGivenOrShut ? 'removed-by-service' : 'sign-in-again';
    const trouble = refusal === 'plan-limit' ? 'plan-limit' : otherwise;
    const refusalEndsAtMs = refusal === 'plan-limit' ? now() + limitPauseMs : undefined;
    let isNew = false;
    await inTurn(vault, () => {
      const latest = vault.get('account', account.id);
      if (!latest || !isStill(account, grant)) return [];
      isNew = true;
      return [
        { kind: 'grant', key: keyOf(grant), record: { ...grant, refusal, refusalEndsAtMs } },
        // With a refresh token it tells of a refresh whose outcome is unknown, and this no is about another one.
        ...(grant.refreshToken ? [] : [{ kind: 'refreshJournal' as const, key: keyOf(grant), record: undefined }]),
        { kind: 'account', key: latest.id, record: { ...latest, trouble } },
      ];
    });
    if (isNew) changed();
  }

  function refusalOf({ refusal, refusalEndsAtMs }: GrantRecord): Refusal | undefined {
    if (refusalEndsAtMs === undefined) return refusal;
    const leftMs = refusalEndsAtMs - now();
    // A clock that was set back must not stretch a day to a year.
    return leftMs > 0 && leftMs <= limitPauseMs ? refusal : undefined;
  }

  function finalOf(grant: GrantRecord, { code }: Fault): Refusal | undefined {
    if (code === 'service-answer-invalid' && !waysIn.of(grant).isScarce) return undefined;
    return refusals.find((refusal) => refusal === code);
  }

  function faultOf(refusal: Refusal, account: AccountRecord, grant: GrantRecord): Fault {
    const reason = 'ended by the service before';
    if (refusal === 'sign-in-needed') return new Fault(refusal, { subject: account.label, reason });
    const subject = new URL(grant.resource).host;
    const retryAtMs = grant.refusalEndsAtMs;
    return new Fault(refusal, {
      subject,
      reason,
      ...(retryAtMs === undefined ? {} : { retryAtMs }),
      ...(waysIn.of(grant).isUntried ? { advice: 'new-access' } : {}),
    });
  }

  async function end(account: AccountRecord, grant: GrantRecord, why: End): Promise<void> {
    const key = keyOf(grant);
    const kept = why === 'refresh-unanswered' ? onlyToCancel(grant, false) : { ...grant, refreshToken: undefined };
    const ended = why === 'access-ended-too' ? { expiresAtMs: Math.min(now(), grant.expiresAtMs ?? now()) } : {};
    let isNew = false;
    await inTurn(vault, () => {
      const latest = vault.get('account', account.id);
      if (!latest || !isStill(account, grant)) return [];
      isNew = latest.trouble !== 'sign-in-again' || grant.refreshToken !== undefined;
      if (!isNew && ended.expiresAtMs === grant.expiresAtMs) return [];
      return [
        { kind: 'grant', key, record: { ...kept, ...ended } },
        { kind: 'account', key: latest.id, record: { ...latest, trouble: 'sign-in-again' } },
        { kind: 'refreshJournal', key, record: undefined },
      ];
    });
    if (isNew) changed();
  }

  function isStill(account: AccountRecord, grant: GrantRecord): boolean {
    const stored = grantOf(vault, account.id);
    if (!stored || digest(stored.refreshToken) !== digest(grant.refreshToken)) return false;
    return stored.accessToken.open() === grant.accessToken.open();
  }

  return { end, refuse, refusalOf, finalOf, faultOf, isStill };
}

/** `isNewest`: the service has certainly given no refresh token since. */
export function onlyToCancel(grant: GrantRecord, isNewest: boolean): GrantRecord {
  const { refreshToken: token, ...rest } = grant;
  return token ? { ...rest, endedRefreshToken: { token, isNewest } } : grant;
}

/** A refresh was begun with what the grant has, and nothing is known of its outcome. */
export function isUnanswered(vault: Vault, grant: GrantRecord): boolean {
  return vault.get('refreshJournal', keyOf(grant))?.refreshTokenDigest === digest(grant.refreshToken);
}

export function keyOf(grant: GrantRecord): string {
  return grantKey(grant.issuer, grant.resource, grant.accountId);
}

/** To tell tokens apart without holding them. */
export function digest(token: Secret | undefined): string {
  return createHash('sha256')
    .update(token?.open() ?? '')
    .digest('base64url');
}
