/**
 * The window's real page in a real browser, with a broker that says what the test wants: `window.conexor` is in it as
 * the preload script puts it there. Every state can be shown.
 */
import type { Browser, BrowserContext, BrowserContextOptions, ConsoleMessage, Page, Request } from '@playwright/test';
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
  const script: Script = { asked: [], answers: options.answers ?? {}, state: options.state };
  const { page, leave } = await freePage(browser, options.context ?? {}, script);
  const { context, complaints, silence } = { context: page.context(), ...complaintsOf(page, url) };
  await page.goto(`${url}${options.pseudo ? '?words=pseudo' : ''}${options.at ?? ''}`);
  await page
    .locator('h1, [role="dialog"]')
    .first()
    .waitFor({ timeout: 30_000 })
    .catch((thrown: unknown) => {
      throw new Error(`The window did not open: ${complaints.join('; ')}`, { cause: thrown });
    });

  const tell = (event: WindowEvent) => page.evaluate(tellBridge, event);
  return {
    page,
    context,
    asked: script.asked,
    complaints,
    tell,
    async show(next) {
      script.state = next;
      await tell({ kind: 'state', state: next });
    },
    answer(more) {
      script.answers = { ...script.answers, ...more };
    },
    get answers() {
      return script.answers;
    },
    async close() {
      silence();
      await leave();
    },
  };
}

/** What the broker that is played says, and was asked. */
interface Script {
  readonly asked: { readonly method: WindowMethod; readonly argument: unknown }[];
  answers: Answers;
  state: WindowState;
}

interface PlayedPage {
  readonly page: Page;
  /** Undefined while nobody looks at it. */
  script: Script | undefined;
}

const usualViewport = { width: 960, height: 720 };
/** A page with its scripts loaded opens five times as fast as a new one, so that pages are used again, by their context. */
const pagesOf = new WeakMap<Browser, Map<string, PlayedPage[]>>();

async function freePage(
  browser: Browser,
  { viewport = usualViewport, ...own }: BrowserContextOptions,
  script: Script,
): Promise<{ readonly page: Page; leave(): Promise<void> }> {
  const key = JSON.stringify(own);
  const byContext = pagesOf.get(browser) ?? new Map<string, PlayedPage[]>();
  pagesOf.set(browser, byContext);
  const pages = byContext.get(key) ?? [];
  byContext.set(key, pages);
  let played = pages.find((one) => one.script === undefined);
  if (!played) {
    played = await newPage(browser, own);
    pages.push(played);
  }
  played.script = script;
  const { page } = played;
  const used = played;
  await page.setViewportSize(viewport ?? usualViewport);
  return {
    page,
    async leave() {
      // As a new one is: nothing kept, the pointer nowhere, the usual colours.
      await page.evaluate('localStorage.clear(); sessionStorage.clear()').catch(() => undefined);
      await page.goto('about:blank');
      await page.mouse.move(0, 0);
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', reducedMotion: 'reduce' });
      used.script = undefined;
    },
  };
}

async function newPage(browser: Browser, own: BrowserContextOptions): Promise<PlayedPage> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...own });
  const page = await context.newPage();
  const played: PlayedPage = { page, script: undefined };
  await page.exposeFunction('scriptedAsk', async (method: WindowMethod, argument: unknown): Promise<WindowAnswer> => {
    const { script } = played;
    // A page that was left asks nobody.
    if (!script) return new Promise(() => undefined);
    script.asked.push({ method, argument });
    return answerTo(method, argument, script.answers, script.state);
  });
  await page.exposeFunction('scriptedState', () => played.script?.state);
  await page.addInitScript(installBridge);
  return played;
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
  if (method === 'containers' || method === 'setContainers') {
    return { on: state.settings.containers, url: 'http://host.docker.internal:4747', networks: [] };
  }
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

function complaintsOf(page: Page, url: string): { readonly complaints: string[]; silence(): void } {
  const complaints: string[] = [];
  const said = (message: ConsoleMessage) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  };
  const failed = (error: Error) => complaints.push(String(error));
  const asked = (request: Request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(request.url());
  };
  page.on('console', said).on('pageerror', failed);
  page.context().on('request', asked);
  return {
    complaints,
    silence() {
      page.off('console', said).off('pageerror', failed);
      page.context().off('request', asked);
    },
  };
}
