/** The part of the catalogue that the window needs, in one language; what only the tray and notices say is not in it. */
import type { Language } from '../settings.ts';
import { containerWords } from './containers.ts';
import { faultTexts } from './faults.ts';
import { activityWords } from './pages-activity.ts';
import { addWords } from './pages-add.ts';
import { clientWords } from './pages-clients.ts';
import { diagnosticsWords } from './pages-diagnostics.ts';
import { firstRunWords } from './pages-first-run.ts';
import { foundWords } from './pages-found.ts';
import { helpWords } from './pages-help.ts';
import { programWords } from './pages-programs.ts';
import { settingsWords } from './pages-settings.ts';
import { takeOverWords } from './pages-take-over.ts';
import { pseudo, type Section } from './section.ts';
import { stateWords } from './states.ts';
import { waysInWords } from './ways-in.ts';
import { windowWords } from './window.ts';
import { serviceWords } from './window-services.ts';
import { signInWords } from './window-sign-in.ts';

export const windowSections = {
  states: stateWords,
  faults: faultTexts,
  firstRun: firstRunWords,
  add: addWords,
  found: foundWords,
  programs: programWords,
  containers: containerWords,
  clients: clientWords,
  takeOver: takeOverWords,
  activity: activityWords,
  settings: settingsWords,
  help: helpWords,
  diagnostics: diagnosticsWords,
  window: windowWords,
  services: serviceWords,
  signIn: signInWords,
  waysIn: waysInWords,
} as const;

type Sections = Readonly<Record<string, Section<unknown>>>;

export type Catalogue<S extends Sections> = { readonly [N in keyof S]: S[N]['en'] } & {
  readonly language: Language;
  /** For Intl. */
  readonly locale: string;
};

export type WindowWords = Catalogue<typeof windowSections>;

export function windowWordsOf(language: Language | 'pseudo'): WindowWords {
  return inLanguage(windowSections, language);
}

/** `pseudo` marks every text of the catalogue, for the test that finds texts that are not in it. */
export function inLanguage<S extends Sections>(sections: S, language: Language | 'pseudo'): Catalogue<S> {
  const real = language === 'pseudo' ? 'en' : language;
  const entries = Object.entries(sections).map(([name, texts]) => [
    name,
    language === 'pseudo' ? pseudo(texts[real]) : texts[real],
  ]);
  return { ...Object.fromEntries(entries), language: real, locale: real } as Catalogue<S>;
}
