/** What an entry of the activity says: who did what, and how it ended, in words. */
import type { Activity } from '../../shared/activity.ts';
import type { Words } from '../../shared/words/words.ts';

export function whatWords(entry: Activity, words: Words): string {
  const { what } = words.activity;
  if (entry.what !== 'tool') return what[entry.what];
  return entry.tool === undefined ? what.toolUnnamed : what.tool(entry.tool);
}

/** Undefined where it went well. Faults are said as everywhere else. */
export function troubleWords(entry: Activity, service: string, words: Words): string | undefined {
  if (entry.outcome === 'done') return undefined;
  const texts = words.faults.of;
  if (!Object.hasOwn(texts, entry.outcome)) return words.activity.failed;
  const { what } = texts[entry.outcome as keyof typeof texts];
  return typeof what === 'string' ? what : what(service);
}
