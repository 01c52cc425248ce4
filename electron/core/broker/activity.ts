/** What happened lately, in memory only and never more than 500 entries: it is on the path of every tool call. */
import type { Activity } from '../../../shared/activity.ts';
import type { Log } from '../platform.ts';

export type NewActivity = Omit<Activity, 'id' | 'atMs'>;

export interface ActivityLog {
  note(entry: NewActivity): void;
  /** The newest first. */
  list(connectionId?: string, limit?: number): readonly Activity[];
  /** Called with every new entry; returns how to stop. */
  listen(listener: (entry: Activity) => void): () => void;
}

export const longestActivity = 500;

export function createActivityLog(now: () => number, log: Log): ActivityLog {
  const entries: Activity[] = [];
  const listeners = new Set<(entry: Activity) => void>();
  let count = 0;

  return {
    note(entry) {
      const whole: Activity = { id: count + 1, atMs: now(), ...entry };
      // A ring: the newest takes the place of the oldest.
      entries[count % longestActivity] = whole;
      count += 1;
      for (const listener of listeners) {
        try {
          listener(whole);
        } catch (thrown) {
          log('error', 'a listener of the activity failed', { reason: String(thrown) });
        }
      }
    },
    list(connectionId, limit = longestActivity) {
      const found: Activity[] = [];
      for (let id = count; id > 0 && id > count - longestActivity && found.length < limit; id--) {
        const entry = entries[(id - 1) % longestActivity];
        if (entry && (connectionId === undefined || entry.connectionId === connectionId)) found.push(entry);
      }
      return found;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
