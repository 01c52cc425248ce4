/**
 * The catalogue in the language of the state; before the first state, in the browser's. `?words=pseudo` shows the
 * pseudo-locale, for the test that finds texts that are not in the catalogue.
 */
import type { Language } from '../../shared/settings.ts';
import { type WindowWords, windowWordsOf } from '../../shared/words/window-catalogue.ts';

const pseudo = new URLSearchParams(location.search).get('words') === 'pseudo';
const made = new Map<string, WindowWords>();
let language: Language = navigator.language.startsWith('es') ? 'es' : 'en';

export function setLanguage(next: Language): void {
  language = next;
}

export function wordsIn(which: Language): WindowWords {
  const name = pseudo ? 'pseudo' : which;
  const words = made.get(name) ?? { ...windowWordsOf(name), locale: localeOf(which) };
  made.set(name, words);
  return words;
}

export function wordsNow(): WindowWords {
  return wordsIn(language);
}

/** As the person's region writes days and hours, where it speaks this language. */
function localeOf(which: Language): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(which)) ?? which;
}
