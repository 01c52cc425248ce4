/**
 * The loopback address that a browser comes back to, open for one sign-in and no longer (RFC 8252 s7.3 and s8.3).
 * It takes one answer, lets the code leave the browser's history by sending it on to a clean address, and shows the
 * outcome there once. Nothing a stranger sends can end, finish or hold up the attempt.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Language } from '../../../shared/settings.ts';
import { type LoopbackServer, listenOnFirst, listenOnPort } from './loopback-server.ts';
import { type OutcomePage, type PlainPage, pageHeaders, plainPage, renderPage } from './redirect-pages.ts';

export type { OutcomePage } from './redirect-pages.ts';

export interface RedirectListener {
  /** The same string for the authorization and the token request (RFC 6749 s4.1.3). */
  readonly redirectUri: string;
  /**
   * Frees the port: at once while nothing was taken, else when the page has reached the browser, within a second.
   * Not to be awaited inside `onCallback`'s promise, whose page it may be waiting for.
   */
  close(): Promise<void>;
}

export interface RedirectListenerOptions {
  /** For servers that insist on an exact redirect URI; otherwise port and path are new for every attempt. */
  readonly redirect?: { readonly host: '127.0.0.1' | 'localhost'; readonly port: number; readonly path: string };
  /**
   * Decides at once whether these parameters are this attempt's answer. A promise means taken: the browser waits for
   * the page of its outcome.
   */
  onCallback(parameters: URLSearchParams): 'ignored' | Promise<OutcomePage>;
  /** The person's language, asked for each page; English unless given. */
  readonly language?: () => Language;
}

/** How long the page may take to reach the browser once the outcome is there. */
const deliveryMs = 700;
/** How long `close` waits for an outcome that is under way before the browser is told that it was stopped. */
const patienceMs = 300;
/** How long the last bytes may take once the port is closed. */
const graceMs = 100;

/** Throws `port-taken`, its subject the port; `internal` where there is no loopback address to be had. */
export async function openRedirectListener(options: RedirectListenerOptions): Promise<RedirectListener> {
  const path = options.redirect?.path ?? `/callback/${randomName()}`;
  const outcome = new Outcome();
  const answer = answerer(path, outcome, options);
  const server = options.redirect
    ? await listenOnPort(options.redirect.host, options.redirect.port, (request, response) =>
        answer(server.authority, request, response),
      )
    : await listenOnFirst(['127.0.0.1', '::1'], (request, response) => answer(server.authority, request, response));
  const closed = closeWhenDone(server, outcome);
  return {
    redirectUri: `http://${server.authority}${path}`,
    close() {
      outcome.stop();
      return closed;
    },
  };
}

type Page = OutcomePage | PlainPage;

/** What becomes of the one answer: taken, then a page, then shown. */
class Outcome {
  readonly path = `/done/${randomName()}`;
  #page: Promise<Page> | undefined;
  #taken = false;
  #stopped = false;
  #ended = () => {};
  #interrupted: (page: Page) => void = () => {};
  /** Resolves when there is nothing left to do for this listener. */
  readonly ended = new Promise<void>((resolve) => {
    this.#ended = resolve;
  });

  get isOpen(): boolean {
    return !this.#taken && !this.#stopped;
  }

  take(page: Promise<Page>): void {
    this.#taken = true;
    const interrupted = new Promise<Page>((resolve) => {
      this.#interrupted = resolve;
    });
    const settled = Promise.race([page.catch(() => 'broken' as const), interrupted]);
    this.#page = settled;
    // A browser that does not come for its page must not keep the port open.
    void settled.then(() => setTimeout(this.#ended, deliveryMs).unref());
  }

  get page(): Promise<Page> | undefined {
    return this.#page;
  }

  /** True for the one answer that shows the page; who comes after it, by reloading or otherwise, gets another. */
  claim(): boolean {
    const claimed = this.#page !== undefined;
    this.#page = undefined;
    return claimed;
  }

  shown(): void {
    this.#ended();
  }

  stop(): void {
    this.#stopped = true;
    // A moment later, because whoever is just taking the answer may be the one who stops.
    queueMicrotask(() => {
      if (!this.#taken) this.#ended();
    });
    setTimeout(() => this.#interrupted('stopped'), patienceMs).unref();
    setTimeout(this.#ended, patienceMs + graceMs + deliveryMs / 2).unref();
  }
}

async function closeWhenDone(server: LoopbackServer, outcome: Outcome): Promise<void> {
  await outcome.ended;
  await server.close(graceMs);
}

type Send = (
  response: ServerResponse,
  status: number,
  page: Page | undefined,
  headers?: Readonly<Record<string, string>>,
) => void;

type Answerer = (authority: string, request: IncomingMessage, response: ServerResponse) => void;

function answerer(path: string, outcome: Outcome, options: RedirectListenerOptions): Answerer {
  const send: Send = (response, status, page, headers = {}) => {
    response.writeHead(status, { ...pageHeaders, ...headers });
    response.end(page === undefined ? '' : htmlOf(page, options.language?.() ?? 'en'));
  };
  return (authority, request, response) => {
    // Another name for this computer means that a page elsewhere steers the browser (DNS rebinding).
    if (request.headers.host !== authority) return send(response, 421, 'notOurs');
    const [target = '', query = ''] = splitOnce(request.url ?? '', '?');
    if (target !== path && target !== outcome.path) return send(response, 404, 'notOurs');
    if (request.method !== 'GET') return send(response, 405, 'notOurs', { allow: 'GET' });
    if (target === outcome.path) return void show(response, outcome, send);
    if (!outcome.isOpen) return send(response, 410, 'alreadyUsed');
    const verdict = verdictOf(query, options.onCallback);
    if (verdict === 'ignored') return send(response, 400, 'notOurs');
    outcome.take(verdict);
    send(response, 303, undefined, { location: outcome.path });
  };
}

async function show(response: ServerResponse, outcome: Outcome, send: Send): Promise<void> {
  const page = await outcome.page;
  // A browser that has gone leaves the page to its next visit.
  if (response.destroyed) return;
  if (!page || !outcome.claim()) return send(response, 410, 'alreadyUsed');
  response.once('close', () => outcome.shown());
  send(response, 200, page);
}

function verdictOf(query: string, onCallback: RedirectListenerOptions['onCallback']): 'ignored' | Promise<OutcomePage> {
  if (query === '') return 'ignored';
  try {
    return onCallback(new URLSearchParams(query));
  } catch (error) {
    return Promise.reject(error);
  }
}

function htmlOf(page: Page, language: Language): string {
  return renderPage(typeof page === 'string' ? plainPage(page, language) : page, language);
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function randomName(): string {
  return randomBytes(16).toString('base64url');
}
