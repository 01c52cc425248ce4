/**
 * The window's real page in a real browser, with a broker that says what the test wants: `window.conexor` is in it as
 * the preload script puts it there. Every state can be shown.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import {
  type WindowAnswer,
  type WindowArgument,
  type WindowEvent,
  type WindowMethod,
  type WindowResult,
  type WindowState,
  windowTable,
} from '../../shared/window.ts';
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

export interface OpenOptions {
  readonly state: WindowState;
  readonly answers?: Answers;
  readonly context?: BrowserContextOptions;
  /** Marks every text of the catalogue. */
  readonly pseudo?: boolean;
  /** Such as `#/settings`. */
  readonly at?: string;
}

/** One window, of those served at `url`. It is open when its first heading or dialog is there. */
export async function openWindow(browser: Browser, url: string, options: OpenOptions): Promise<ScriptedWindow> {
  const context = await browser.newContext({
    viewport: { width: 960, height: 720 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options.context,
  });
  const page = await context.newPage();
  const complaints = complaintsOf(page, context, url);
  const asked: { method: WindowMethod; argument: unknown }[] = [];
  let answers: Answers = options.answers ?? {};
  let state = options.state;

  await page.exposeFunction('scriptedAsk', async (method: WindowMethod, argument: unknown): Promise<WindowAnswer> => {
    asked.push({ method, argument });
    return answerTo(method, argument, answers, state);
  });
  await page.exposeFunction('scriptedState', () => state);
  await page.addInitScript(installBridge);
  await page.goto(`${url}${options.pseudo ? '?words=pseudo' : ''}${options.at ?? ''}`);
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
  if (method === 'clients') return { clients: [] };
  if (method === 'findTakeOvers') return { entries: [], tokens: [] };
  if (method === 'showClientFile') return { shown: true };
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

function complaintsOf(page: Page, context: BrowserContext, url: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  context.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  return complaints;
}
