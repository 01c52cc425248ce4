/** What a person can choose about Conexor itself. Not secret: it lies in `settings.json` of the data folder. */
import { z } from 'zod';

export const languages = ['en', 'es'] as const;
export type Language = (typeof languages)[number];

const choices = z.object({
  /** `system`: the first language of this computer that Conexor has, else English. */
  language: z.enum(['system', ...languages]),
  theme: z.enum(['system', 'light', 'dark']),
  /** The port of the local address; another one is taken where it is in use. Valid from the next start on. */
  httpPort: z.number().int().min(1024).max(65535).optional(),
  /**
   * A program that asks for a service for the first time: the person is asked, or it is let in. Absent until somebody
   * chose: then the host decides, because a broker without a window has nobody to ask.
   */
  newPrograms: z.enum(['ask', 'allow']).optional(),
  /** Programs in containers on this computer may use Conexor, each with a key made for that. */
  containers: z.boolean(),
  /** The first-run pages were finished or skipped. */
  firstRunDone: z.boolean(),
  /** The one notice that closing the window leaves Conexor in the tray has been given. */
  trayNoticeGiven: z.boolean(),
});

export const settingsSchema = choices.extend({
  language: choices.shape.language.default('system'),
  theme: choices.shape.theme.default('system'),
  containers: choices.shape.containers.default(false),
  firstRunDone: choices.shape.firstRunDone.default(false),
  trayNoticeGiven: choices.shape.trayNoticeGiven.default(false),
});

export type Settings = z.infer<typeof settingsSchema>;

/** What is changed; everything else stays. Made of the choices without their defaults, which would come back with it. */
export const settingsChangeSchema = choices.partial();
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

/** The first of these languages (BCP 47 tags, best first) that we have. */
export function languageOf(choice: Settings['language'], systemLanguages: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const tag of systemLanguages) {
    const wanted = tag.split(/[-_.@]/)[0]?.toLowerCase();
    const found = languages.find((language) => language === wanted);
    if (found) return found;
  }
  return 'en';
}
