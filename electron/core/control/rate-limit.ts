/** At most so many per second for each caller, in bursts of as many (a bucket that refills evenly). */

/** Callers that have long been silent are forgotten, so that ever new names take no memory. */
const mostCallers = 200;

/** Gives whether this caller may go on. `nowMs` may be any clock that only goes forward. */
export function createRateLimit(perSecond: number, nowMs: () => number): (caller: string) => boolean {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return (caller) => {
    const atMs = nowMs();
    const bucket = buckets.get(caller) ?? { left: perSecond, atMs };
    bucket.left = Math.min(perSecond, bucket.left + ((atMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = atMs;
    // Anew at the end: the first of the map is whoever has been silent longest.
    buckets.delete(caller);
    buckets.set(caller, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > mostCallers && oldest !== undefined) buckets.delete(oldest);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  };
}
