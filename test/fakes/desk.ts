/**
 * A desk of its own for the desktop app: a screen (Xvfb), a session bus with a real GNOME Keyring, and, where wanted, a
 * real panel with a tray (xfce4-panel). Nothing of the person's own session is seen or touched; every process is ended.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Keyring, startKeyring } from './keyring.ts';

const run = promisify(execFile);

export interface Desk {
  /** The whole environment for a program at this desk. */
  readonly env: NodeJS.ProcessEnv;
  readonly keyring: Keyring;
  /** The panel with its tray comes, or goes. */
  startPanel(): Promise<void>;
  endPanel(): Promise<void>;
  /** `gdbus call --session` with these words; its standard output. */
  bus(...words: readonly string[]): Promise<string>;
  /** The whole screen as a PNG file. */
  picture(path: string): Promise<void>;
  stop(): Promise<void>;
}

const watcher = 'org.kde.StatusNotifierWatcher';

export async function startDesk({ panel = false } = {}): Promise<Desk> {
  const keyring = await startKeyring();
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const env: NodeJS.ProcessEnv = { ...keyring.env, DISPLAY: `:${await displayOf(screen)}`, NO_AT_BRIDGE: '1' };
  const bus = async (...words: readonly string[]) => {
    return (await run('gdbus', ['call', '--session', '--timeout=5', ...words], { env })).stdout;
  };
  let panels: readonly ChildProcess[] = [];
  const endAll = () => {
    for (const child of [...panels, screen]) child.kill('SIGKILL');
  };
  process.once('exit', endAll);

  const desk: Desk = {
    env,
    keyring,
    bus,
    async startPanel() {
      const settings = spawn(await settingsProgram(), [], { env, stdio: 'ignore' });
      panels = [settings];
      await until(() => owns(bus, 'org.xfce.Xfconf'));
      panels = [spawn('xfce4-panel', ['--disable-wm-check'], { env, stdio: 'ignore' }), settings];
      const property = ['-d', watcher, '-o', '/StatusNotifierWatcher', '-m', 'org.freedesktop.DBus.Properties.Get'];
      await until(async () => {
        if (!(await owns(bus, watcher))) return false;
        return (await bus(...property, watcher, 'IsStatusNotifierHostRegistered')).includes('<true>');
      });
    },
    async endPanel() {
      for (const child of panels) await end(child, 'SIGTERM');
      panels = [];
      await until(async () => !(await owns(bus, watcher)));
    },
    async picture(path) {
      await run('import', ['-window', 'root', path], { env });
    },
    async stop() {
      process.removeListener('exit', endAll);
      for (const child of panels) await end(child, 'SIGTERM');
      await end(screen, 'SIGTERM');
      await keyring.stop();
    },
  };
  if (panel) await desk.startPanel();
  return desk;
}

/** Xvfb takes the first number that is free, and says which. */
function displayOf(screen: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const numbers = screen.stdio[3] as Readable;
    numbers.setEncoding('utf8');
    let said = '';
    numbers.on('data', (text: string) => {
      said += text;
      if (said.endsWith('\n')) resolve(said.trim());
    });
    screen.once('error', reject);
    screen.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
}

/** The panel asks a settings service, which this bus does not start by itself. */
async function settingsProgram(): Promise<string> {
  const file = await readFile('/usr/share/dbus-1/services/org.xfce.Xfconf.service', 'utf8');
  return /^Exec=(\S+)$/m.exec(file)?.[1] ?? 'xfconfd';
}

async function owns(bus: Desk['bus'], name: string): Promise<boolean> {
  const dbus = 'org.freedesktop.DBus';
  return (await bus('-d', dbus, '-o', '/org/freedesktop/DBus', '-m', `${dbus}.NameHasOwner`, name)).includes('true');
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 25_000;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error('the desk did not come up');
    await wait(50);
  }
}
