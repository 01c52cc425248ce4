/** Start at login, the way of each system: the autostart folder, the login items of macOS, the Run key of Windows. */
import { homedir } from 'node:os';
import { app } from 'electron';
import { type Autostart, autostartFile, autostartPath, hiddenWord } from './autostart.ts';

/** `command` starts this program by a path that outlives an update; its first word is the program. */
export function startAtLogin(command: readonly string[]): Autostart {
  switch (process.platform) {
    case 'linux':
      return autostartFile(autostartPath(process.env, homedir()), command);
    case 'win32':
      return runKey(command);
    case 'darwin':
      return loginItem();
    default:
      return { status: () => 'unavailable', set: () => undefined };
  }
}

function runKey([path = process.execPath, ...words]: readonly string[]): Autostart {
  const item = { path, args: [...words, hiddenWord] };
  return {
    // Asked with the same path and words as it was set with; the Task Manager can switch it off on its own.
    status: () => (app.getLoginItemSettings(item).openAtLogin ? 'on' : 'off'),
    set: (on) => app.setLoginItemSettings({ ...item, openAtLogin: on, enabled: on }),
  };
}

function loginItem(): Autostart {
  return {
    status() {
      // It is the bundle that macOS starts.
      if (!app.isPackaged) return 'unavailable';
      const { status } = app.getLoginItemSettings();
      return status === 'enabled' ? 'on' : status === 'requires-approval' ? 'needs-approval' : 'off';
    },
    set: (on) => app.setLoginItemSettings({ openAtLogin: on }),
  };
}
