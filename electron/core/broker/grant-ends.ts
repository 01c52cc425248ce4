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

export interface GrantEndsNeeds {
  readonly vault: Vault;
  readonly waysIn: WaysIn;
  readonly now: () => number;
  readonly changed: () => void;
}

export interface GrantEnds {
  /** The refresh token is dropped and the account says *sign in again*. */
  end(account: AccountRecord, grant: GrantRecord, access: 'access-may-live' | 'access-ended-too'): Promise<void>;
  /** The service's final no to what it was shown: it is remembered, and nobody asks again before a person signs in. */
  refuse(account: AccountRecord, grant: GrantRecord, refusal: Refusal): Promise<void>;
  /** What a refusal means to whoever asks for access later. */
  faultOf(refusal: Refusal, account: AccountRecord, grant: GrantRecord): Fault;
  /** Whether this is what the account has still, to be asked in a turn: it may have signed out or in again since. */
  isStill(account: AccountRecord, grant: GrantRecord): boolean;
}

export function createGrantEnds({ vault, waysIn, now, changed }: GrantEndsNeeds): GrantEnds {
  async function refuse(account: AccountRecord, grant: GrantRecord, refusal: Refusal): Promise<void> {
    const isGivenOrShut = waysIn.of(grant).isUntried || refusal === 'account-banned' || refusal === 'account-disabled';
    const trouble = isGivenOrShut ? 'removed-by-service' : 'sign-in-again';
    let isNew = false;
    await inTurn(vault, () => {
      const latest = vault.get('account', account.id);
      if (!latest || !isStill(account, grant)) return [];
      isNew = true;
      return [
        { kind: 'grant', key: keyOf(grant), record: { ...grant, refusal } },
        { kind: 'account', key: latest.id, record: { ...latest, trouble } },
      ];
    });
    if (isNew) changed();
  }

  function faultOf(refusal: Refusal, account: AccountRecord, grant: GrantRecord): Fault {
    const reason = 'ended by the service before';
    if (refusal === 'sign-in-needed') return new Fault(refusal, { subject: account.label, reason });
    const subject = new URL(grant.resource).host;
    return new Fault(refusal, { subject, reason, ...(waysIn.of(grant).isUntried ? { advice: 'new-access' } : {}) });
  }

  async function end(
    account: AccountRecord,
    grant: GrantRecord,
    access: 'access-may-live' | 'access-ended-too',
  ): Promise<void> {
    const key = keyOf(grant);
    const ended = access === 'access-ended-too' ? { expiresAtMs: Math.min(now(), grant.expiresAtMs ?? now()) } : {};
    let isNew = false;
    await inTurn(vault, () => {
      const latest = vault.get('account', account.id);
      if (!latest || !isStill(account, grant)) return [];
      isNew = latest.trouble !== 'sign-in-again' || grant.refreshToken !== undefined;
      if (!isNew && ended.expiresAtMs === grant.expiresAtMs) return [];
      return [
        { kind: 'grant', key, record: { ...grant, refreshToken: undefined, ...ended } },
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

  return { end, refuse, faultOf, isStill };
}

/** Where there is no refresh token that could be dropped, what the service said has to be remembered instead. */
export function refusalOf({ code }: Fault): Refusal | undefined {
  return refusals.find((refusal) => refusal === code);
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
