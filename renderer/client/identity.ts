/** Structural sharing: what equals its predecessor becomes its predecessor, so that identity tells what has changed. */

/** `next`, with every part that equals its counterpart in `previous` replaced by that one. Plain data only. */
export function keepingIdentity<T>(previous: unknown, next: T): T {
  if (Object.is(previous, next)) return next;
  if (Array.isArray(next)) return (Array.isArray(previous) ? keepingList(previous, next) : next) as T;
  if (!isRecord(previous) || !isRecord(next) || Array.isArray(previous)) return next;
  const entries = Object.entries(next).map(([key, value]) => [key, keepingIdentity(previous[key], value)] as const);
  const same =
    entries.length === Object.keys(previous).length &&
    entries.every(([key, value]) => Object.hasOwn(previous, key) && Object.is(previous[key], value));
  return (same ? previous : Object.fromEntries(entries)) as T;
}

/** Members with an `id` are found again wherever they moved to. */
function keepingList(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const byId = new Map(previous.flatMap((one) => (idOf(one) === undefined ? [] : [[idOf(one), one] as const])));
  const kept = next.map((one, index) => keepingIdentity(byId.get(idOf(one)) ?? previous[index], one));
  return kept.length === previous.length && kept.every((one, index) => Object.is(one, previous[index]))
    ? previous
    : kept;
}

function idOf(value: unknown): unknown {
  return isRecord(value) ? value['id'] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
