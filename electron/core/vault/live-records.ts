/**
 * The records of an open vault: reads from memory, writes one after another. What waits is written together, each
 * caller hears when its own change is durable, and memory changes only after the disk has.
 */
import { Fault } from '../../../shared/faults.ts';
import { checkedChange, type RecordSet } from './record-set.ts';
import type { Change } from './vault.ts';

export interface LiveRecords {
  readonly current: RecordSet;
  /** Rejects with `internal` for a record that does not fit, else as `persist` does; then nothing has changed. */
  write(changes: readonly Change[]): Promise<void>;
  /** Waits for the writes under way; later ones are refused with `internal`. */
  close(): Promise<void>;
}

interface Waiting {
  readonly changes: readonly Change[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** `persist` makes a whole set durable, or rejects having changed nothing. */
export function openLiveRecords(initial: RecordSet, persist: (records: RecordSet) => Promise<void>): LiveRecords {
  let current = initial;
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let closed = false;

  async function writeAllWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const next = current.with(batch.flatMap(({ changes }) => changes));
        await persist(next);
        current = next;
        for (const { resolve } of batch) resolve();
      } catch (thrown) {
        for (const { reject } of batch) reject(thrown);
      }
    }
    writing = undefined;
  }

  return {
    get current() {
      return current;
    },
    async write(changes) {
      if (closed) throw new Fault('internal', { reason: 'the vault is closed' });
      if (changes.length === 0) return;
      const checked = changes.map(checkedChange);
      const durable = new Promise<void>((resolve, reject) => waiting.push({ changes: checked, resolve, reject }));
      writing ??= writeAllWaiting();
      await durable;
    },
    async close() {
      closed = true;
      await writing;
    },
  };
}
