/** What a person changes is only that; a language is the first of this computer's that there is. */
import { describe, expect, it } from 'vitest';
import { languageOf, settingsChangeSchema, settingsSchema } from '../../shared/settings.ts';

describe('settings', () => {
  it('change nothing but what is named', () => {
    expect(settingsChangeSchema.parse({})).toEqual({});
    expect(settingsChangeSchema.parse({ theme: 'dark' })).toEqual({ theme: 'dark' });
    expect(settingsSchema.parse({ theme: 'dark' })).toMatchObject({ theme: 'dark', language: 'system' });
  });

  it.each([
    ['system', ['es-MX', 'en'], 'es'],
    ['system', ['tr_TR.UTF-8', 'es_ES.UTF-8'], 'es'],
    ['system', ['C.UTF-8'], 'en'],
    ['system', [], 'en'],
    ['en', ['es'], 'en'],
  ] as const)('%s with %j is %s', (choice, system, language) => {
    expect(languageOf(choice, system)).toBe(language);
  });
});
