/** What an entry of the activity says: who did what, and how it ended, in words. */

import type { Activity } from '../../shared/activity.ts';
import { programTitle } from '../../shared/client-titles.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';

export function whatWords(entry: Activity, words: WindowWords): string {
  const { what } = words.activity;
  if (entry.what === 'sign-in' && entry.outcome !== 'done') return signInWords(entry.outcome, words);
  if (entry.what !== 'tool') return what[entry.what];
  return entry.tool === undefined ? what.toolUnnamed : what.tool(entry.tool);
}

/** Undefined where it went well. Faults are said as everywhere else. */
export function troubleWords(entry: Activity, service: string, words: WindowWords): string | undefined {
  if (entry.outcome === 'done' || isCalm(entry)) return undefined;
  const texts = words.faults;
  if (!Object.hasOwn(texts, entry.outcome)) return words.activity.failed;
  const what = texts[entry.outcome as keyof typeof texts];
  return typeof what === 'string'
    ? what
    : what(aboutPrograms.has(entry.outcome) ? entry.program && programTitle(entry.program) : service);
}

/** The person's own decision, or the program's: nothing went wrong. */
export function isCalm({ what, outcome }: Activity): boolean {
  return outcome === 'cancelled' || (what === 'sign-in' && calmEnds.has(outcome));
}

const calmEnds: ReadonlySet<string> = new Set(['consent-denied', 'sign-in-cancelled']);
/** These faults are about the program, not about the service. */
const aboutPrograms: ReadonlySet<string> = new Set(['program-waiting', 'program-refused']);

function signInWords(outcome: string, { activity: { what } }: WindowWords): string {
  if (outcome === 'consent-denied') return what.signInDenied;
  return outcome === 'sign-in-cancelled' || outcome === 'cancelled' ? what.signInCancelled : what.signInFailed;
}
