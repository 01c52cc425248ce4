/** The whole catalogue in one language. */
import type { Language } from '../settings.ts';
import { menuWords } from './menu.ts';
import { noticeWords } from './notices.ts';
import { trayWords } from './tray.ts';
import { type Catalogue, inLanguage, windowSections } from './window-catalogue.ts';

const sections = { ...windowSections, tray: trayWords, notices: noticeWords, menu: menuWords } as const;

export type Words = Catalogue<typeof sections>;

/** `pseudo` marks every text of the catalogue, for the test that finds texts that are not in it. */
export function wordsOf(language: Language | 'pseudo'): Words {
  return inLanguage(sections, language);
}
