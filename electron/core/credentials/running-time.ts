/**
 * How long this program has run in all, over restarts: a clock that nobody can set and that never jumps. Time in which
 * nothing ran is not in it, and after a crash up to an hour is missing, so it tells "at least so long ago".
 */
import type { Change, Vault } from '../vault/vault.ts';

export interface RunningTime {
  nowMs(): number;
  /** To be written together with what was timed by it. */
  kept(): Change;
}

export const runningTimeKey = 'all';
const hourMs = 60 * 60_000;

/** Of a vault: two of them would tell two times. */
const clocks = new WeakMap<Vault, RunningTime>();

/** `uptimeMs` never goes back and knows nothing of the wall clock. */
export function runningTimeOf(vault: Vault, uptimeMs: () => number = () => performance.now()): RunningTime {
  const present = clocks.get(vault);
  if (present) return present;
  const startedMs = uptimeMs();
  // Read when it is wanted: the vault may be locked at first.
  let beforeMs: number | undefined;
  const nowMs = () => {
    beforeMs ??= vault.get('runningTime', runningTimeKey)?.ranMs ?? 0;
    return Math.round(beforeMs + Math.max(0, uptimeMs() - startedMs));
  };
  const clock: RunningTime = {
    nowMs,
    kept: () => ({ kind: 'runningTime', key: runningTimeKey, record: { ranMs: nowMs() } }),
  };
  clocks.set(vault, clock);
  keepHourly(vault, clock);
  return clock;
}

/** Only where something is counted by it. */
function keepHourly(vault: Vault, clock: RunningTime): void {
  const timer = setInterval(() => {
    if (vault.state.kind === 'locked' || vault.list('generations').length === 0) return;
    // It is written again in an hour; what is missing only makes us wait for longer.
    vault.write([clock.kept()]).catch(() => undefined);
  }, hourMs);
  timer.unref();
}
