/** The whole catalogue in one language. */
import type { Language } from '../settings.ts';
import { faultTexts } from './faults.ts';
import { menuWords } from './menu.ts';
import { noticeWords } from './notices.ts';
import { activityWords } from './pages-activity.ts';
import { addWords } from './pages-add.ts';
import { diagnosticsWords } from './pages-diagnostics.ts';
import { firstRunWords } from './pages-first-run.ts';
import { helpWords } from './pages-help.ts';
import { programWords } from './pages-programs.ts';
import { settingsWords } from './pages-settings.ts';
import { pseudo } from './section.ts';
import { stateWords } from './states.ts';
import { trayWords } from './tray.ts';
import { waysInWords } from './ways-in.ts';
import { windowWords } from './window.ts';
import { serviceWords } from './window-services.ts';
import { signInWords } from './window-sign-in.ts';

const sections = {
  states: stateWords,
  tray: trayWords,
  notices: noticeWords,
  menu: menuWords,
  faults: faultTexts,
  firstRun: firstRunWords,
  add: addWords,
  programs: programWords,
  activity: activityWords,
  settings: settingsWords,
  help: helpWords,
  diagnostics: diagnosticsWords,
  window: windowWords,
  services: serviceWords,
  signIn: signInWords,
  waysIn: waysInWords,
} as const;

type Sections = typeof sections;

export type Words = { readonly [S in keyof Sections]: Sections[S]['en'] } & {
  readonly language: Language;
  /** For Intl. */
  readonly locale: string;
};

/** `pseudo` marks every text of the catalogue, for the test that finds texts that are not in it. */
export function wordsOf(language: Language | 'pseudo'): Words {
  const real = language === 'pseudo' ? 'en' : language;
  const entries = Object.entries(sections).map(([name, texts]) => [
    name,
    language === 'pseudo' ? pseudo(texts[real]) : texts[real],
  ]);
  return {
    ...(Object.fromEntries(entries) as Omit<Words, 'language' | 'locale'>),
    language: real,
    locale: real,
  } as Words;
}
