/** When a token with a known end is renewed: shortly before, so that no request meets its end on the way (P-47). */
import type { GrantRecord } from '../vault/records.ts';

/** At most this long before its end is an access token renewed… */
const longestMarginMs = 60_000;
/** …and at most this share of its life, so that a token of 20 seconds is not renewed for every request. */
const marginShare = 0.1;

/** In our clock; undefined where the token has no known end. */
export function renewalDueMs(grant: Pick<GrantRecord, 'obtainedAtMs' | 'expiresAtMs'>): number | undefined {
  if (grant.expiresAtMs === undefined) return undefined;
  const lifeMs = Math.max(0, grant.expiresAtMs - grant.obtainedAtMs);
  return grant.expiresAtMs - Math.min(longestMarginMs, lifeMs * marginShare);
}
