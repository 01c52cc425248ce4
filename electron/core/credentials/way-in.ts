/**
 * One way of getting into a service, as the broker sees it: what to put on a request, when that must be renewed, how,
 * and how it is cancelled. Each way in is one file beside this one.
 */
import type { GrantRecord, RevocationRecord } from '../vault/records.ts';
import type { Credential } from './credential.ts';

export interface WayIn {
  /** What requests to the resource carry. */
  credential(grant: GrantRecord): Credential;
  /** From this moment on the grant should be renewed before use; undefined: never by the clock. */
  renewFromMs(grant: GrantRecord): number | undefined;
  canRenew(grant: GrantRecord): boolean;
  /**
   * Asks the service once, without storing anything. Throws the faults of `core/oauth/token.ts`;
   * `wasNotSent` tells which of them cannot have reached the service.
   */
  renew(grant: GrantRecord): Promise<GrantRecord>;
  /** What must be cancelled at the service to end this grant, in this order; empty where it offers no way. */
  cancellations(grant: GrantRecord, subject: string): readonly RevocationRecord[];
}
