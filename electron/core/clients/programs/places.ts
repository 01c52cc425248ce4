/** Where systems keep settings, as bases of places (XDG Base Directory Specification; Known Folders; File System Basics). */
import type { Base } from '../client-program.ts';

export const home: Base = { belowHome: '' };
export const applicationSupport: Base = { belowHome: 'Library/Application Support' };
export const applications: Base = { root: '/Applications' };
export const roaming: Base = { variable: 'APPDATA', belowHome: 'AppData/Roaming' };
export const local: Base = { variable: 'LOCALAPPDATA', belowHome: 'AppData/Local' };
export const xdgConfig: Base = { variable: 'XDG_CONFIG_HOME', belowHome: '.config' };

/** The same on every system. */
export function everywhere<T>(one: T): { readonly darwin: T; readonly win32: T; readonly linux: T } {
  return { darwin: one, win32: one, linux: one };
}

/** The folder that each system has for this, and one path below it. */
export function inSettings(path: string) {
  return {
    darwin: [{ base: applicationSupport, path }],
    win32: [{ base: roaming, path }],
    linux: [{ base: xdgConfig, path }],
  } as const;
}
