/** The one snapshot that everybody reads: made when somebody asks, thrown away by every change, and told to all who listen. */
import type { Snapshot } from '../../../shared/snapshot.ts';
import type { Log } from '../platform.ts';

export interface LiveSnapshot {
  now(): Snapshot;
  /** Something that people see is different; everybody is told. */
  changed(): void;
  /** Different, but not worth telling everybody. */
  stale(): void;
  subscribe(listener: (snapshot: Snapshot) => void): () => void;
}

export function createLiveSnapshot(make: (generation: number) => Snapshot, log: Log): LiveSnapshot {
  const listeners = new Set<(snapshot: Snapshot) => void>();
  let generation = 1;
  let cached: Snapshot | undefined;

  const now = (): Snapshot => {
    cached ??= make(generation);
    return cached;
  };
  const stale = (): void => {
    generation += 1;
    cached = undefined;
  };
  return {
    now,
    stale,
    changed() {
      stale();
      for (const listener of listeners) {
        try {
          listener(now());
        } catch (thrown) {
          log('error', 'a listener of the snapshot failed', { reason: String(thrown) });
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
