/** What happened lately, of everything or of one connection, kept up to date while it is shown. */
import { useEffect, useState } from 'react';
import type { Activity } from '../../shared/activity.ts';
import { ask, asWindowFault, listen, type WindowFault } from './client.ts';

export interface Recent {
  /** The latest first; undefined before the answer. */
  readonly entries: readonly Activity[] | undefined;
  readonly fault: WindowFault | undefined;
}

export function useActivity(limit: number, connection?: string): Recent {
  const [recent, setRecent] = useState<Recent>({ entries: undefined, fault: undefined });
  useEffect(() => {
    let gone = false;
    const take = (entries: readonly Activity[]) =>
      setRecent((before) => ({ entries: merged(before.entries ?? [], entries).slice(0, limit), fault: undefined }));
    const stop = listen((event) => {
      if (event.kind !== 'activity') return;
      if (connection === undefined || event.entry.connectionId === connection) take([event.entry]);
    });
    ask('activity', { limit, ...(connection === undefined ? {} : { connection }) }).then(
      ({ entries }) => {
        if (!gone) take(entries);
      },
      (thrown: unknown) => {
        if (!gone) setRecent((before) => ({ ...before, fault: asWindowFault(thrown) }));
      },
    );
    return () => {
      gone = true;
      stop();
    };
  }, [limit, connection]);
  return recent;
}

/** Each entry once, the latest first. */
function merged(a: readonly Activity[], b: readonly Activity[]): readonly Activity[] {
  return [...new Map([...a, ...b].map((entry) => [entry.id, entry])).values()].sort((x, y) => y.id - x.id);
}
