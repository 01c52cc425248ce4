/** The live region: what happened, for people who do not see it (rule 13). */
import { useSyncExternalStore } from 'react';

let text = '';
let turn = 0;
const listeners = new Set<() => void>();

/** Said once, politely. The same text twice is said twice. */
export function announce(next: string): void {
  text = next;
  turn += 1;
  for (const listener of listeners) listener();
}

/** Once in the page, outside of everything that dialogs hide. */
export function Announcer() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => `${turn % 2}${text}`,
  );
  // Two regions in turn: one whose text did not change would stay silent.
  const turnShown = shown.startsWith('1');
  return (
    <div className="unseen" data-live-announcer="true">
      <div role="status" aria-live="polite">
        {turnShown ? shown.slice(1) : ''}
      </div>
      <div role="status" aria-live="polite">
        {turnShown ? '' : shown.slice(1)}
      </div>
    </div>
  );
}
