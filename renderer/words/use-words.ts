/** The words for components: the catalogue in the state's language. Times and lists: see `shared/words/times.ts` and `listOf`. */
import { useSyncExternalStore } from 'react';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { listenState, stateNow } from '../client/state.ts';
import { setLanguage, wordsNow } from './words-now.ts';

export function useWords(): WindowWords {
  return useSyncExternalStore(listenState, () => {
    const language = stateNow()?.app.language;
    if (language) setLanguage(language);
    return wordsNow();
  });
}

/** "a, b and c" as the language does it. */
export function listOf(items: readonly string[], words: WindowWords): string {
  return new Intl.ListFormat(words.locale, { type: 'conjunction' }).format(items);
}

/** "14:05" */
export function hourOf(atMs: number, words: WindowWords): string {
  return new Intl.DateTimeFormat(words.locale, { hour: 'numeric', minute: '2-digit' }).format(atMs);
}
