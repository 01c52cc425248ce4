/**
 * Services that cannot be reached, and when each is tried again: after 30 s, then ever more slowly up to 5 min. There is
 * no timer at all while every service can be reached.
 */
import { asFault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';

export interface Reachability {
  /** When the service is tried again; undefined while it can be reached. */
  retryAtMs(connectionId: string): number | undefined;
  /** A request met no answer. `retryAtMs`: somebody else tries again then. */
  lost(connectionId: string, retryAtMs?: number): void;
  /** It has answered, or nobody wants to know any more. */
  forget(connectionId: string): void;
  /** Tries at once; resolves when it is known. Never rejects. */
  retry(connectionId: string): Promise<void>;
  close(): void;
}

export interface ReachabilityNeeds {
  /** Resolves at any answer of the service; rejects where there is none. */
  readonly probe: (connectionId: string) => Promise<void>;
  readonly now: () => number;
  readonly log: Log;
  readonly changed: () => void;
  /** The first wait; 30 s where nothing is said. */
  readonly firstWaitMs?: number | undefined;
}

const usualFirstWaitMs = 30_000;
const longestWaitMs = 5 * 60_000;
/** Whoever said that it tries again is let do so first. */
const courtesyMs = 2_000;

interface Lost {
  /** Between the last two attempts of our own, or before the first. */
  readonly waitMs: number;
  readonly retryAtMs: number;
  readonly timer: NodeJS.Timeout;
}

export function createReachability(needs: ReachabilityNeeds): Reachability {
  const { now, log } = needs;
  const firstWaitMs = needs.firstWaitMs ?? usualFirstWaitMs;
  const lost = new Map<string, Lost>();
  const probes = new Map<string, Promise<void>>();
  let closed = false;

  function tryAgain(
    connectionId: string,
    at: { readonly retryAtMs: number; readonly timerMs: number; readonly waitMs: number },
  ) {
    clearTimeout(lost.get(connectionId)?.timer);
    const timer = setTimeout(() => void retry(connectionId), at.timerMs).unref();
    lost.set(connectionId, { waitMs: at.waitMs, retryAtMs: at.retryAtMs, timer });
  }

  const tryAfter = (connectionId: string, waitMs: number) =>
    tryAgain(connectionId, { retryAtMs: now() + waitMs, timerMs: waitMs, waitMs });

  function note(connectionId: string, retryAtMs: number | undefined): void {
    if (closed) return;
    const before = lost.get(connectionId);
    const waitMs = before?.waitMs ?? firstWaitMs;
    if (retryAtMs !== undefined) {
      // One reading of the clock: the moment that was named stays that moment.
      const nowMs = now();
      const inMs = Math.min(longestWaitMs, Math.max(0, retryAtMs - nowMs));
      tryAgain(connectionId, { retryAtMs: nowMs + inMs, timerMs: inMs + courtesyMs, waitMs });
    } else if (!before) tryAfter(connectionId, waitMs);
    if (!before) needs.changed();
  }

  function forget(connectionId: string): void {
    probes.delete(connectionId);
    const before = lost.get(connectionId);
    if (!before) return;
    clearTimeout(before.timer);
    lost.delete(connectionId);
    needs.changed();
  }

  /** One probe at a time, whoever asks; one that was forgotten meanwhile changes nothing. */
  function retry(connectionId: string): Promise<void> {
    const running = probes.get(connectionId);
    if (running !== undefined) return running;
    const isCurrent = () => probes.get(connectionId) === probe;
    const probe: Promise<void> = (async () => {
      // Whatever the probe throws, it is known by then which one this is.
      await null;
      try {
        await needs.probe(connectionId);
        if (isCurrent()) forget(connectionId);
      } catch (thrown) {
        if (closed || !isCurrent()) return;
        probes.delete(connectionId);
        log('info', 'still out of reach', { connection: connectionId, fault: asFault(thrown).code });
        const before = lost.get(connectionId);
        tryAfter(connectionId, before ? Math.min(longestWaitMs, before.waitMs * 2) : firstWaitMs);
        needs.changed();
      }
    })();
    probes.set(connectionId, probe);
    return probe;
  }

  return {
    retryAtMs: (connectionId) => lost.get(connectionId)?.retryAtMs,
    lost: note,
    forget,
    retry,
    close() {
      closed = true;
      for (const { timer } of lost.values()) clearTimeout(timer);
      lost.clear();
      probes.clear();
    },
  };
}
