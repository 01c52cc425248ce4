/**
 * The built desktop app at a desk of the test's own, driven by Playwright: its window, what its main process says, and
 * how it ended. Every process that it started is known by its number, and gone afterwards.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { vi } from 'vitest';
import type {
  WindowAnswer,
  WindowArgument,
  WindowBridge,
  WindowMethod,
  WindowResult,
  WindowState,
} from '../../../shared/window.ts';
import type { Desk } from '../../fakes/desk.ts';
import { electron, partMissing } from '../../fakes/parts.ts';
import { until } from '../terminal.ts';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Why the desktop app cannot be shown here; undefined when it can. */
export const desktopMissing = (['electron', 'display', 'tray', 'keychain'] as const)
  .map(partMissing)
  .find((reason) => reason !== undefined);

/** The app opens its window once the driver is there. */
const holdReady = ['-r', fileURLToPath(new URL('hold-ready.cjs', import.meta.url))];

/** As root Chromium does not start otherwise. */
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Many times what it takes. */
const launchMs = 30_000;

// A start takes a second, and many times that where everything runs at once.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

declare global {
  /** In the page. */
  var conexor: WindowBridge;
  /** In the main process, of `hold-ready.cjs`. */
  var letGo: (() => void) | undefined;
}

export interface DesktopApp {
  readonly app: ElectronApplication;
  readonly dataDir: string;
  readonly pid: number;
  /** The window's page; waits for it. */
  page(): Promise<Page>;
  /** As the page asks, by the preload script. Rejects with the fault's code. */
  ask<M extends WindowMethod>(method: M, argument: WindowArgument<M>): Promise<WindowResult<M>>;
  state(): Promise<WindowState>;
  /** Whether a window can be seen. */
  isShown(): Promise<boolean>;
  /** The lines of the log so far. */
  log(): Promise<string>;
  /** Another start of the same app over the same folder. */
  startAgain(...words: readonly string[]): Promise<number | null>;
  /** Fulfilled with the exit code once the app and everything it started have gone. */
  readonly ended: Promise<number | null>;
  /** Ends it if it still runs, and removes its folder. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly desk: Desk;
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Over a folder that another start of this test has left; it is not removed. */
  readonly dataDir?: string;
}

export async function startApp(options: StartOptions): Promise<DesktopApp> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'cx-desktop-')));
  const env = { ...options.desk.env, CONEXOR_DATA_DIR: dataDir, ...options.env };
  const program = electron() ?? '';
  const first = [...asRoot, repository];
  const words = [...first, ...(options.words ?? [])];
  const app = await _electron.launch({
    executablePath: program,
    args: [...holdReady, ...words],
    env: env as Record<string, string>,
    timeout: launchMs,
  });
  await app.evaluate(() => {
    Object.assign(globalThis, { driverIsThere: true });
    globalThis.letGo?.();
  });
  const main = app.process();
  const pid = main.pid ?? 0;
  const family = new Set<number>([pid]);
  const ended = new Promise<number | null>((resolve) => main.once('exit', resolve)).then(async (code) => {
    await until(() => [...family].every((one) => !isAlive(one)), 'the end of every process of the app');
    return code;
  });
  // Whoever is started is noticed while its parent lives.
  const watch = setInterval(() => addDescendants(family), 100);
  void ended.finally(() => clearInterval(watch));
  const others: ChildProcess[] = [];
  const page = async () => app.windows()[0] ?? (await app.firstWindow({ timeout: launchMs }));

  const ask = async <M extends WindowMethod>(method: M, argument: WindowArgument<M>) => {
    const answer = await (await page()).evaluate(
      ([name, value]) => globalThis.conexor.ask(name, value) as Promise<WindowAnswer>,
      [method, argument] as const,
    );
    if (!answer.ok) throw new Error(answer.fault.fault);
    return answer.result as WindowResult<M>;
  };

  return {
    app,
    dataDir,
    pid,
    page,
    ask,
    state: () => ask('state', {}),
    isShown: () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible())),
    log: () => readFile(join(dataDir, 'conexor.log'), 'utf8').catch(() => ''),
    startAgain(...more) {
      const child = spawn(program, [...first, ...more], { env, stdio: 'ignore' });
      others.push(child);
      return new Promise((resolve) => child.once('exit', resolve));
    },
    ended,
    async stop() {
      addDescendants(family);
      for (const child of others) if (child.exitCode === null) child.kill('SIGKILL');
      if (main.exitCode === null && main.signalCode === null) main.kill('SIGKILL');
      await ended;
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Adds to `family` the children of whoever is in it. Linux only. */
function addDescendants(family: Set<number>): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The program's name stands in brackets and may hold anything.
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
      if (family.has(Number(parent))) family.add(Number(name));
    } catch {
      // It has ended meanwhile.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A start that is not expected to go well, without a driver: what it said on standard error. It is ended. */
export async function startPlainly(desk: Desk, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(electron() ?? '', [...asRoot, repository], {
    env: { ...desk.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(() => /^[A-Z].*\.$/m.test(said), 'a plain sentence').finally(() => child.kill('SIGKILL'));
  return said;
}
