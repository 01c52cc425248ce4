/**
 * The window's real page in a real browser, with a broker that says what the test wants: served from loopback under
 * the product's policy, with `window.conexor` in it as the preload script puts it there. Every state can be shown.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { bundleWindow } from '../../build/window-bundle.mjs';
import {
  type WindowAnswer,
  type WindowArgument,
  type WindowEvent,
  type WindowMethod,
  type WindowResult,
  type WindowState,
  windowTable,
} from '../../shared/window.ts';
import { windowPolicy } from '../../shared/window-paths.ts';
import { sampleServices } from './sample-services.ts';

/** What a method answers; a thrown `ControlFault`-like object is the fault. Methods without one answer `{}`. */
export type Answers = {
  [M in WindowMethod]?: (argument: WindowArgument<M>) => WindowResult<M> | Promise<WindowResult<M>>;
};

export interface FaultAnswer {
  readonly fault: string;
  readonly what: string;
  readonly next: string;
}

export interface WindowSite {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ScriptedWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page asked, in order. */
  readonly asked: readonly { readonly method: WindowMethod; readonly argument: unknown }[];
  /** Console errors and warnings, page errors, violations of the policy, requests to elsewhere. */
  readonly complaints: string[];
  /** Tells the page, as the broker would. */
  tell(event: WindowEvent): Promise<void>;
  show(state: WindowState): Promise<void>;
  answer(answers: Answers): void;
  /** What is answered at present. */
  readonly answers: Answers;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Builds the window as the product is built, and serves it. */
export async function serveWindow(): Promise<WindowSite> {
  const folder = await mkdtemp(join(tmpdir(), 'conexor-window-'));
  await bundleWindow(folder);
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = join(folder, path === '/' ? 'index.html' : path);
    readFile(file).then(
      (bytes) => {
        response.writeHead(200, {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': windowPolicy,
        });
        response.end(bytes);
      },
      () => {
        response.writeHead(404);
        response.end();
      },
    );
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface OpenOptions {
  readonly state: WindowState;
  readonly answers?: Answers;
  readonly context?: BrowserContextOptions;
  /** Marks every text of the catalogue. */
  readonly pseudo?: boolean;
  /** Such as `#/settings`. */
  readonly at?: string;
}

/** One window. It is open when its first heading or dialog is there. */
export async function openWindow(browser: Browser, site: WindowSite, options: OpenOptions): Promise<ScriptedWindow> {
  const context = await browser.newContext({
    viewport: { width: 960, height: 720 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options.context,
  });
  const page = await context.newPage();
  const complaints = complaintsOf(page, context, site);
  const asked: { method: WindowMethod; argument: unknown }[] = [];
  let answers: Answers = options.answers ?? {};
  let state = options.state;

  await page.exposeFunction('scriptedAsk', async (method: WindowMethod, argument: unknown): Promise<WindowAnswer> => {
    asked.push({ method, argument });
    return answerTo(method, argument, answers, state);
  });
  await page.exposeFunction('scriptedState', () => state);
  await page.addInitScript(installBridge);
  await page.goto(`${site.url}${options.pseudo ? '?words=pseudo' : ''}${options.at ?? ''}`);
  await page
    .locator('h1, [role="dialog"]')
    .first()
    .waitFor({ timeout: 10_000 })
    .catch((thrown: unknown) => {
      throw new Error(`The window did not open: ${complaints.join('; ')}`, { cause: thrown });
    });

  const tell = (event: WindowEvent) => page.evaluate(tellBridge, event);
  return {
    page,
    context,
    asked,
    complaints,
    tell,
    async show(next) {
      state = next;
      await tell({ kind: 'state', state: next });
    },
    answer(more) {
      answers = { ...answers, ...more };
    },
    get answers() {
      return answers;
    },
    close: () => context.close(),
  };
}

async function answerTo(
  method: WindowMethod,
  argument: unknown,
  answers: Answers,
  state: WindowState,
): Promise<WindowAnswer> {
  // What does not fit the table would be refused by the broker: the test is to see that.
  const parsed = windowTable[method].argument.parse(argument);
  const answer = answers[method] as ((argument: unknown) => unknown) | undefined;
  try {
    const result = answer ? await answer(parsed) : usual(method, parsed, state);
    return { ok: true, result: windowTable[method].result.parse(result) } as WindowAnswer;
  } catch (thrown) {
    if (isFault(thrown)) return { ok: false, fault: thrown };
    throw thrown;
  }
}

/** Where a test says nothing. */
function usual(method: WindowMethod, argument: unknown, state: WindowState): unknown {
  if (method === 'state' || method === 'setStartAtLogin') return state;
  if (method === 'changeSettings') return { ...state, settings: { ...state.settings, ...(argument as object) } };
  if (method === 'activity') return { entries: [] };
  if (method === 'tools') return { tools: [] };
  if (method === 'services') return { services: sampleServices };
  if (method === 'copyText') return { copied: true };
  if (method === 'openSignIn') return { browserOpened: true };
  if (method === 'setPaused') return { changed: 1 };
  if (method === 'retry' || method === 'useAccount' || method === 'decideProgram') return state.snapshot.connections[0];
  return {};
}

function isFault(thrown: unknown): thrown is FaultAnswer {
  return typeof thrown === 'object' && thrown !== null && 'fault' in thrown && 'what' in thrown && 'next' in thrown;
}

interface BridgePage {
  scriptedAsk(method: string, argument: unknown): Promise<unknown>;
  scriptedState(): Promise<unknown>;
  scriptedTell?: (event: unknown) => void;
  conexor?: unknown;
}

/** Runs in the page, before anything of it. */
function installBridge(): void {
  const page = globalThis as unknown as BridgePage;
  const listeners = new Set<(event: unknown) => void>();
  page.scriptedTell = (event) => {
    for (const listener of listeners) listener(event);
  };
  page.conexor = {
    ask: (method: string, argument: unknown) => page.scriptedAsk(method, argument),
    listen(listener: (event: unknown) => void) {
      listeners.add(listener);
      void page.scriptedState().then((state) => listener({ kind: 'state', state }));
      return () => listeners.delete(listener);
    },
  };
}

/** Runs in the page. */
function tellBridge(event: unknown): void {
  (globalThis as unknown as BridgePage).scriptedTell?.(event);
}

function complaintsOf(page: Page, context: BrowserContext, site: WindowSite): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  context.on('request', (request) => {
    if (!request.url().startsWith(site.url) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  return complaints;
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
