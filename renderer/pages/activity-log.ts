/** The entries of the activity page: what the broker remembers, and what happens while one looks. */
import { useEffect, useState } from 'react';
import type { Activity } from '../../shared/activity.ts';
import { ask, listen } from '../client/client.ts';
import type { Task } from '../parts/use-task.ts';
import { useTask } from '../parts/use-task.ts';

export const mostEntries = 500;

export interface ActivityLog {
  /** The latest first. Undefined until the broker has answered. */
  readonly entries: readonly Activity[] | undefined;
  readonly task: Task;
  readonly load: () => void;
}

export function useActivityLog(): ActivityLog {
  const [entries, setEntries] = useState<readonly Activity[]>();
  const task = useTask();
  const load = () =>
    task.run(async (signal) => {
      const answer = await ask('activity', { limit: mostEntries });
      if (!signal.aborted) setEntries((before) => merged(before ?? [], answer.entries));
    });
  useEffect(
    () =>
      listen((event) => {
        if (event.kind === 'activity') setEntries((before) => merged(before ?? [], [event.entry]));
      }),
    [],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when one comes to the page
  useEffect(load, []);
  return { entries, task, load };
}

/** Each entry once, the latest first, and no more of them than the broker keeps. */
export function merged(before: readonly Activity[], more: readonly Activity[]): readonly Activity[] {
  const byId = new Map([...before, ...more].map((entry) => [entry.id, entry]));
  return [...byId.values()].toSorted((a, b) => b.id - a.id).slice(0, mostEntries);
}
