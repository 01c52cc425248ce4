/**
 * Start at login on Linux: a file in the person's autostart folder (XDG autostart specification). Always in the
 * background: nobody asked for a window.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { Fault } from '../../shared/faults.ts';
import type { WindowState } from '../../shared/window.ts';

type Status = WindowState['app']['startAtLogin'];

export interface Autostart {
  status(): Status;
  /** Throws `data-folder-unusable`. */
  set(on: boolean): void;
}

/** Understood by main.ts: no window before the person asks for one. */
export const hiddenWord = '--hidden';

/** An AppImage's own path is inside a mount that is gone at the next start. */
export function startCommand(env: NodeJS.ProcessEnv, execPath: string, appFolder?: string): readonly string[] {
  const image = env['APPIMAGE'];
  if (image) return [image];
  return appFolder === undefined ? [execPath] : [execPath, appFolder];
}

/** The file of this person. */
export function autostartPath(env: NodeJS.ProcessEnv, home: string): string {
  const config = env['XDG_CONFIG_HOME'];
  return join(config && isAbsolute(config) ? config : join(home, '.config'), 'autostart', 'conexor.desktop');
}

/** `command` starts this program by a path that outlives an update; its first word is the program. */
export function autostartFile(path: string, command: readonly string[]): Autostart {
  const content = desktopEntry(command);
  return {
    status() {
      if (content === undefined) return 'unavailable';
      try {
        return isSwitchedOn(readFileSync(path, 'utf8')) ? 'on' : 'off';
      } catch {
        return 'off';
      }
    },
    set(on) {
      try {
        if (!on) rmSync(path, { force: true });
        else if (content !== undefined) {
          mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
          writeFileSync(path, content);
        }
      } catch (cause) {
        throw new Fault('data-folder-unusable', { subject: dirname(path), reason: 'the autostart file', cause });
      }
    },
  };
}

/** Undefined where the path cannot be written in such a file. */
export function desktopEntry(command: readonly string[]): string | undefined {
  if (command.some((word) => /[\p{Cc}]/u.test(word))) return undefined;
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Conexor',
    `Exec=${[...command, hiddenWord].map(quoted).join(' ')}`,
    'Icon=conexor-desktop',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/**
 * A word of `Exec` (Desktop Entry specification, "The Exec key"): quoted, then escaped once more as every string of the
 * file is, and with `%` doubled, which stands for a field otherwise.
 */
function quoted(word: string): string {
  if (/^[\w@+=:,./-]+$/.test(word)) return word;
  const inQuotes = word.replaceAll(/["`$\\]/g, '\\$&');
  return `"${inQuotes.replaceAll('\\', '\\\\').replaceAll('%', '%%')}"`;
}

/** Settings programs switch an entry off by either of two keys and leave the file. */
function isSwitchedOn(content: string): boolean {
  return !/^Hidden\s*=\s*true\s*$/m.test(content) && !/^X-GNOME-Autostart-enabled\s*=\s*false\s*$/m.test(content);
}
