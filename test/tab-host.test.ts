/** What the host without a screen knows of this computer. */
import { describe, expect, it } from 'vitest';
import { tabHost } from '../electron/tab-host.ts';
import { languageOf } from '../shared/settings.ts';

const host = (env: NodeJS.ProcessEnv) => tabHost({ env, platform: 'linux', quit: () => undefined });

describe('the host without a screen', () => {
  it.each([
    [{ LANG: 'es_ES.UTF-8' }, 'es'],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'es_AR' }, 'es'],
    [{ LANG: 'en_GB.UTF-8', LC_MESSAGES: 'es_AR' }, 'es'],
    [{ LANG: 'en_GB.UTF-8', LANGUAGE: 'ca:es:en' }, 'es'],
    [{ LANG: 'C.UTF-8' }, 'en'],
    [{ LANG: 'POSIX', LC_ALL: '' }, 'en'],
  ])('speaks, with %j, %s', (env, language) => {
    expect(languageOf('system', host(env).systemLanguages)).toBe(language);
  });

  it('has neither tray nor screen, and lets programs in until somebody wants to be asked', () => {
    expect(host({})).toMatchObject({ kind: 'tab', system: 'linux', newPrograms: 'allow' });
    expect(host({}).hasTray()).toBe(false);
    expect(host({}).startAtLogin()).toBe('unavailable');
    expect(host({}).showWindow).toBeUndefined();
  });
});
