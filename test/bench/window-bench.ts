/**
 * The second half of `npm run bench`: the window. Start of the desktop app beside an empty Electron window, a list of
 * 200 services scrolled and changed in a real browser, the size of what is loaded, memory, and what wakes up an idle
 * app. build/bench.mjs says in the environment which Electron and which browser there are.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { _electron, chromium, type ElectronApplication, type Page } from '@playwright/test';
import type { WindowState } from '../../shared/window.ts';
import { windowPolicy } from '../../shared/window-paths.ts';
import { inState, service, stateOf } from '../e2e/window/scenes.ts';
import { startDesk } from '../fakes/desk.ts';
import { median, ratio, row } from './rows.ts';

const dist = fileURLToPath(new URL('.', import.meta.url));
const windowDir = join(dist, 'window');
const starts = 5;
const idleMs = 70_000;
const rootSwitches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

const { CONEXOR_BENCH_ELECTRON: electronPath, CONEXOR_BENCH_BROWSER: browserPath } = process.env;
await size();
if (browserPath) await list(browserPath);
else row('the list of 200 services', 'no browser here', '', '', '');
if (electronPath) await desktop(electronPath);
else row('the desktop app', 'no Electron or no screen here', '', '', '');

async function size(): Promise<void> {
  // What the page names; files of earlier builds may lie beside.
  const page = await readFile(join(windowDir, 'index.html'), 'utf8');
  let bytes = 0;
  for (const [name] of page.matchAll(/assets\/[\w.-]+\.(?:js|css)/g)) {
    bytes += gzipSync(await readFile(join(windowDir, name))).length;
  }
  row('window: scripts and styles, gzipped', `${(bytes / 1000).toFixed(0)} kB`, '', '', 'at most 250 kB');
}

/** 200 services; the page is the product's, its broker is played. */
async function list(executablePath: string): Promise<void> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    readFile(join(windowDir, path === '/' ? 'index.html' : path)).then(
      (bytes) => {
        const type = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
        const extension = extname(path === '/' ? '.html' : path) || '.html';
        response.writeHead(200, {
          'content-type': type[extension as keyof typeof type] ?? 'text/html',
          'content-security-policy': windowPolicy,
        });
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath, args: rootSwitches });
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
    await page.addInitScript(playBroker, many());
    const from = performance.now();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.getByText('Service 199').first().waitFor({ state: 'attached' });
    row('200 services: page to list', `${(performance.now() - from).toFixed(0)} ms`, '', '', '');
    const changes = await page.evaluate(measureChanges, many());
    row('200 services: change to what is seen, p50', `${changes.p50.toFixed(0)} ms`, '', '', 'under 100 ms');
    row('200 services: change to what is seen, worst', `${changes.worst.toFixed(0)} ms`, '', '', 'under 100 ms');
    const still = await page.evaluate(measureFrames, { state: undefined, scroll: false });
    const moving = await page.evaluate(measureFrames, { state: many(), scroll: true });
    const each = (frames: { average: number }) => `${frames.average.toFixed(0)} fps`;
    row('200 services: scrolled and changed', each(moving), each(still), ratio(moving.average / still.average), '');
    row('200 services: slowest half second', `${moving.slowest.toFixed(0)} fps`, '', '', 'at least 30 fps');
    await shift(page);
    row('click on Sign in again to its dialog', `${(await measureClick(page)).toFixed(0)} ms`, '', '', 'under 100 ms');
  } finally {
    await browser.close();
    server.close();
  }
}

/** Cumulative layout shift (web.dev/cls) while the page came up. */
async function shift(page: Page): Promise<void> {
  await page.reload();
  await page.getByText('Service 199').first().waitFor({ state: 'attached' });
  const jumped = await page.evaluate<number>(
    `new Promise((resolve) => { let sum = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: 'layout-shift', buffered: true }); setTimeout(() => resolve(sum), 500); })`,
  );
  row('layout shift while it comes up', jumped.toFixed(3), '', '', 'none');
}

function many(): WindowState {
  const states = ['connected', 'sign-in-again', 'paused', 'unreachable', 'plan-limit'] as const;
  return stateOf(
    Array.from({ length: 200 }, (_, n) =>
      n % 10 === 0 ? inState(states[(n / 10) % states.length] ?? 'connected', `Service ${n}`) : service(`Service ${n}`),
    ),
  );
}

interface Played {
  tellWindow(event: { kind: 'state'; state: WindowState }): void;
}

/** In the page: stands where the preload script puts its bridge. */
function playBroker(state: WindowState): void {
  type Listener = (event: { kind: 'state'; state: WindowState }) => void;
  let listener: Listener = () => undefined;
  Object.assign(globalThis, {
    tellWindow: (event: Parameters<Listener>[0]) => listener(event),
    conexor: {
      ask: (method: string) =>
        method === 'startSignIn'
          ? new Promise(() => undefined)
          : Promise.resolve({ ok: true, result: method === 'state' ? state : { entries: [] } }),
      listen: (given: Listener) => {
        listener = given;
        setTimeout(() => given({ kind: 'state', state }), 0);
        return () => undefined;
      },
    },
  });
}

/** From the person's click to the frame after the one that has the dialog, whose broker has not answered yet; in ms. */
async function measureClick(page: Page): Promise<number> {
  const took = page.evaluate<number>(
    `new Promise((resolve) => document.addEventListener('pointerup', () => {
      const from = performance.now();
      const look = () => document.querySelector('[role="dialog"]')
        ? requestAnimationFrame(() => resolve(performance.now() - from))
        : requestAnimationFrame(look);
      look();
    }, { capture: true, once: true }))`,
  );
  await page
    .getByRole('button', { name: /Sign in again/ })
    .first()
    .click();
  return took;
}

/** In the page: from the broker's word to the frame that shows it. */
async function measureChanges(state: WindowState): Promise<{ p50: number; worst: number }> {
  const { tellWindow } = globalThis as unknown as Played;
  const body = (globalThis as unknown as { document: { body: { textContent: string } } }).document.body;
  const frame = () =>
    new Promise((resolve) =>
      (globalThis as unknown as { requestAnimationFrame(done: (atMs: number) => void): void }).requestAnimationFrame(
        resolve,
      ),
    );
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const label = `changed-${round}@acme.example`;
    const connections = state.snapshot.connections.map((one, n) =>
      n === 1 ? { ...one, accounts: one.accounts.map((account) => ({ ...account, label })) } : { ...one },
    );
    const from = performance.now();
    tellWindow({
      kind: 'state',
      state: { ...state, snapshot: { ...state.snapshot, generation: round + 2, connections } },
    });
    while (!body.textContent.includes(label) && performance.now() - from < 5_000) await frame();
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  return { p50: times[10] ?? Number.NaN, worst: times.at(-1) ?? Number.NaN };
}

/** In the page: frames a second over four seconds, scrolling from end to end with a change every quarter second. */
async function measureFrames(options: {
  readonly state: WindowState | undefined;
  readonly scroll: boolean;
}): Promise<{ average: number; slowest: number }> {
  interface Scrollable {
    scrollTop: number;
    readonly scrollHeight: number;
    readonly clientHeight: number;
  }
  const surroundings = globalThis as unknown as Played & {
    requestAnimationFrame(done: (atMs: number) => void): void;
    document: { querySelectorAll(what: string): Iterable<Scrollable>; scrollingElement: Scrollable };
  };
  const { document, tellWindow } = surroundings;
  const scroller =
    [...document.querySelectorAll('*')].find(
      (one) => one.scrollHeight > one.clientHeight * 4 && one.clientHeight > 300,
    ) ?? document.scrollingElement;
  const frames: number[] = [];
  const from = performance.now();
  let toldMs = from;
  let generation = 100;
  while (performance.now() - from < 4_000) {
    const atMs = await new Promise<number>((resolve) => surroundings.requestAnimationFrame(resolve));
    frames.push(atMs);
    if (options.scroll)
      scroller.scrollTop = ((scroller.scrollTop + 60) % (scroller.scrollHeight - scroller.clientHeight)) | 0;
    if (options.state && atMs - toldMs > 250) {
      toldMs = atMs;
      generation += 1;
      const { snapshot } = options.state;
      const connections = snapshot.connections.map((one, n) =>
        n % 20 === generation % 20 ? { ...one, paused: !one.paused, state: 'paused' as const } : { ...one },
      );
      tellWindow({ kind: 'state', state: { ...options.state, snapshot: { ...snapshot, generation, connections } } });
    }
  }
  const first = frames[0] ?? 0;
  let slowest = Number.POSITIVE_INFINITY;
  for (let startMs = first; startMs + 500 <= (frames.at(-1) ?? 0); startMs += 100) {
    slowest = Math.min(slowest, frames.filter((atMs) => atMs >= startMs && atMs < startMs + 500).length * 2);
  }
  return { average: (frames.length - 1) / (((frames.at(-1) ?? 0) - first) / 1000), slowest };
}

async function desktop(executablePath: string): Promise<void> {
  const desk = await startDesk({ panel: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'cx-bench-'));
  const bare = await emptyApp();
  const folder = join(dist, '..');
  const launch = (what: string, words: readonly string[] = []) =>
    _electron.launch({
      executablePath,
      args: [...rootSwitches, what, ...words],
      env: { ...desk.env, CONEXOR_DATA_DIR: dataDir } as Record<string, string>,
    });
  try {
    const times = { ours: [] as number[], bare: [] as number[] };
    for (let round = 0; round < starts; round += 1) {
      times.bare.push(
        await shown(
          () => launch(bare),
          (page) => page.getByText('Empty').waitFor(),
        ),
      );
      // Interactive: the first-run page's main button can be pressed.
      times.ours.push(
        await shown(
          () => launch(folder),
          (page) => page.getByRole('button').first().click({ trial: true }),
        ),
      );
    }
    const [ours, empty] = [median(times.ours), median(times.bare)];
    row(
      'desktop: start to interactive window, p50',
      `${ours.toFixed(0)} ms`,
      `${empty.toFixed(0)} ms`,
      ratio(ours / empty),
      'at most 1500 ms; direct: an empty window',
    );
    const [open, openBare] = [await memory(() => launch(folder)), await memory(() => launch(bare))];
    row('desktop: memory with its window', mib(open), mib(openBare), ratio(open / openBare), 'all processes');
    await idle(() => launch(folder, ['--hidden']));
  } finally {
    await desk.stop();
    for (const one of [dataDir, bare]) await rm(one, { recursive: true, force: true });
  }
}

async function emptyApp(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cx-bare-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'bare', version: '1.0.0', main: 'main.mjs' }));
  await writeFile(
    join(folder, 'main.mjs'),
    `import { app, BrowserWindow } from 'electron';
app.setPath('userData', ${JSON.stringify(join(folder, 'data'))});
app.whenReady().then(() => new BrowserWindow({ webPreferences: { sandbox: true } }).loadURL('data:text/html,Empty'));`,
  );
  return folder;
}

async function shown(
  launch: () => Promise<ElectronApplication>,
  ready: (page: Page) => Promise<void>,
): Promise<number> {
  const from = performance.now();
  const app = await launch();
  try {
    await ready(await app.firstWindow());
    return performance.now() - from;
  } finally {
    await app.close();
  }
}

/** Working set of all its processes, in KiB. */
async function memory(launch: () => Promise<ElectronApplication>): Promise<number> {
  const app = await launch();
  try {
    await (await app.firstWindow()).waitForLoadState();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return await app.evaluate(({ app: running }) =>
      running.getAppMetrics().reduce((sum, one) => sum + one.memory.workingSetSize, 0),
    );
  } finally {
    await app.close();
  }
}

/** Hidden, signed in nowhere, nobody asks: every timer of the main process that fires within a good minute. */
async function idle(launch: () => Promise<ElectronApplication>): Promise<void> {
  const app = await launch();
  try {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const fired = await app.evaluate(async (_electronModule, lengthMs) => {
      const { createHook, executionAsyncResource } = process.getBuiltinModule('node:async_hooks');
      const seen: number[] = [];
      const hook = createHook({
        before() {
          const resource = executionAsyncResource() as { _idleTimeout?: number };
          if (typeof resource._idleTimeout === 'number') seen.push(resource._idleTimeout);
        },
      }).enable();
      await new Promise((resolve) => setTimeout(resolve, lengthMs));
      hook.disable();
      return seen.filter((ms) => ms !== lengthMs);
    }, idleMs);
    const fast = fired.filter((ms) => ms < 60_000);
    row(
      `tray only: timers in ${idleMs / 1000} s`,
      `${fired.length}`,
      '',
      '',
      fast.length === 0 ? 'none faster than once a minute' : `FASTER THAN A MINUTE: ${fast.slice(0, 10).join(', ')} ms`,
    );
    const kib = await app.evaluate(({ app: running }) =>
      running.getAppMetrics().reduce((sum, one) => sum + one.memory.workingSetSize, 0),
    );
    row('tray only: memory', mib(kib), '', '', 'all processes');
  } finally {
    await app.evaluate(({ app: running }) => running.exit(0)).catch(() => undefined);
    await app.close().catch(() => undefined);
  }
}

function mib(kib: number): string {
  return `${(kib / 1024).toFixed(0)} MiB`;
}
