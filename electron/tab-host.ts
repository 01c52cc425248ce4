/** What a host without a screen of its own can do or know for the window: its pages are tabs of the person's browser. */
import type { FaceHost } from './core/control/face.ts';

export interface TabHostOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly quit: () => void;
}

export function tabHost({ env, platform, quit }: TabHostOptions): FaceHost {
  return {
    kind: 'tab',
    system: platform === 'darwin' ? 'mac' : platform === 'win32' ? 'windows' : 'linux',
    systemLanguages: systemLanguages(env),
    // Programs come while nobody has a window open: whoever wants to be asked says so in the settings.
    newPrograms: 'allow',
    hasTray: () => false,
    startAtLogin: () => 'unavailable',
    quit,
  };
}

/** As gettext looks for them: a list in LANGUAGE, then the one language of messages. `C` is none. */
function systemLanguages(env: NodeJS.ProcessEnv): readonly string[] {
  const one = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'];
  const known = [...(env['LANGUAGE'] ?? '').split(':'), ...(one ? [one] : [])].filter((tag) => /^[a-z]{2,3}/.test(tag));
  return known.length > 0 || one ? known : [Intl.DateTimeFormat().resolvedOptions().locale];
}
