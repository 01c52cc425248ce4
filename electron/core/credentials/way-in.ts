/**
 * One way of getting into a service, as the broker sees it: what to put on a request, when that must be renewed, how,
 * how it is cancelled, and what a person must give. Each way in is one file beside this one.
 */
import type { Field, WayInId } from '../../../shared/ways-in.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import type { DpopNonces } from '../oauth/dpop.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import type { Identity } from '../oauth/identity.ts';
import type { Service, WayInOffer } from '../services/service.ts';
import type { ConnectionRecord, GrantRecord, RevocationRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import type { Credential } from './credential.ts';
import type { Given } from './given.ts';

export interface WayIn {
  readonly id: WayInId;
  /** What requests to the resource carry. */
  credential(grant: GrantRecord): Credential;
  /** From this moment on the grant should be renewed before use; undefined: never by the clock. */
  renewFromMs(grant: GrantRecord): number | undefined;
  canRenew(grant: GrantRecord): boolean;
  /** Whether a renewal whose outcome is unknown may be asked for once more without harm. */
  mayRepeat(grant: GrantRecord): boolean;
  /**
   * Asks the service once, without storing the result. `due`: its time has come by our clock, which may be wrong;
   * `refused`: the resource takes it no more. Throws the faults of `core/oauth/token.ts`;
   * `wasNotSent` tells which of them cannot have reached the service.
   */
  renew(grant: GrantRecord, why: 'due' | 'refused'): Promise<GrantRecord>;
  /**
   * What must be cancelled at the service to end this grant, in this order; empty where it offers no way. `kept`: what
   * was kept of what a person gave, where it is no longer, or not yet, in the vault.
   */
  cancellations(grant: GrantRecord, subject: string, kept?: Given): readonly RevocationRecord[];
  /** What a person must give; nothing where they decide at the service itself. */
  fields(offer: WayInOffer): readonly Field[];
  /** Whether what was typed has to be kept, because renewing needs it. */
  readonly keepsTyped: boolean;
  /** The service counts what it gives, so that is stored before anything else can go wrong. */
  readonly isScarce?: true;
  /** An authorization server issued it, which can be asked about it; nobody else is shown it but the resource. */
  readonly isIssued?: true;
  /** Nobody has been asked when `obtain` resolves: what was given may simply be wrong. */
  readonly isUntried?: true;
  /**
   * The first access, from what was given; absent where the person decides at the service itself. Stores nothing that is
   * not a count. Throws `input-invalid`, `credentials-refused`, `second-factor-needed`, `account-banned`,
   * `generation-limit`, and the faults of `core/oauth/token.ts`.
   */
  obtain?(target: Target, given: Given, signal: AbortSignal): Promise<Obtained>;
}

/** What the ways in stand on. */
export interface WayInNeeds {
  readonly vault: Vault;
  readonly http: OAuthFetch;
  readonly now: () => number;
  readonly nonces: DpopNonces;
}

/** Where access is wanted. */
export interface Target {
  readonly connection: ConnectionRecord;
  readonly service: Service;
  readonly offer: WayInOffer;
  /** What to ask for, where the person or the service's documents say; else what the resource suggests. */
  readonly scopes: readonly string[] | undefined;
  /** Where tokens come from, for the ways in that ask an authorization server. */
  readonly server: () => Promise<{
    readonly server: AuthorizationServerInfo;
    readonly resource: string;
    readonly scopes: readonly string[] | undefined;
    /** Requests name the resource (RFC 8707). */
    readonly namesResource: boolean;
  }>;
}

/** First access, before anybody knows which account it is. */
export interface Obtained {
  /** Its `accountId` is empty. */
  readonly grant: GrantRecord;
  readonly identity: Identity;
  /** What renewing needs of what was given. */
  readonly kept?: Given;
  /** To be remembered for renewing and cancelling. */
  readonly server?: AuthorizationServerInfo;
}
