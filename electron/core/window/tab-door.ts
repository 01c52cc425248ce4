/**
 * The window in a tab of the person's browser, on the broker's own local address (`shared/window-paths.ts`): an address
 * with a key for one opening becomes a cookie and a claim, the page trades the claim for its key, and cookie and key
 * together may ask and listen. Where the system tells, other users' connections get nothing at all.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault, Fault, type FaultCode } from '../../../shared/faults.ts';
import { type Language, languageOf } from '../../../shared/settings.ts';
import { claimFragment, pageKeyHeader, tabPaths, windowPolicy } from '../../../shared/window-paths.ts';
import type { Face } from '../control/face.ts';
import type { Log } from '../platform.ts';
import { createOneTimeKeys } from './one-time-keys.ts';
import { type PageFile, readPageFiles } from './page-files.ts';
import { isOwnPeer } from './peer.ts';
import { cookieName, cookiesOf, readJson, requireHost, requireOwnPage } from './tab-guard.ts';
import { createTabSessions, type TabSession } from './tab-sessions.ts';
import { createTabStreams } from './tab-streams.ts';

export interface TabDoorNeeds {
  readonly face: Face;
  /** The folder of the built window. */
  readonly files: string;
  /** The port that was had in the end; asked for when it is needed. */
  readonly port: () => number;
  readonly now: () => number;
  readonly log: Log;
  /** What a browser without a key is shown, whole, and the headers that go with it. */
  readonly closedPage: (language: Language) => ClosedPage;
}

export interface ClosedPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TabDoor {
  /** Whether the request was for the window; then it is or will be answered. Host is to be checked before. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** An address that opens the window once, within ten minutes. */
  address(): string;
  /** Ends what listens; the pages try again, and find another broker or none. */
  close(): void;
}

/** The longest thing that a page sends is what a person pasted. */
const mostBytes = 2 * 1024 * 1024;
/** Cookies of earlier openings that a browser is told to forget at once. */
const mostForgotten = 40;

const statusOf: Partial<Record<FaultCode, number>> = {
  'session-unknown': 401,
  'host-refused': 403,
  'too-large': 413,
  'input-invalid': 400,
  'rate-limited': 429,
};

const everywhere: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': windowPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export function createTabDoor(needs: TabDoorNeeds): TabDoor {
  const { face, port, log } = needs;
  const keys = createOneTimeKeys(needs.now);
  const streams = createTabStreams(face);
  const sessions = createTabSessions(needs.now, streams.endOf);
  let files: Promise<ReadonlyMap<string, PageFile>> | undefined;

  async function serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    for (const [name, value] of Object.entries(everywhere)) response.setHeader(name, value);
    requireHost(request, port());
    if (!(await isOwnPeer(request.socket))) return closed(request, response);
    if (path === tabPaths.claim || path.startsWith(tabPaths.ask)) {
      if (request.method !== 'POST') return notAllowed(response, 'POST');
      return path === tabPaths.claim ? claim(request, response) : ask(request, response, path);
    }
    if (request.method !== 'GET') return notAllowed(response, 'GET');
    if (path === tabPaths.open) return open(request, response);
    if (path === tabPaths.events) return events(request, response);
    return page(request, response, path);
  }

  function open(request: IncomingMessage, response: ServerResponse): void {
    // What a browser fetches in advance is nobody's opening.
    const isAhead = [request.headers['sec-purpose'], request.headers['purpose']].some((one) =>
      one?.includes('prefetch'),
    );
    const key = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('key') ?? '';
    if (isAhead || !keys.take(key)) {
      closed(request, response);
      return;
    }
    const { id, cookie, claim } = sessions.open();
    const ended = new Set(cookiesOf(request, port()).flatMap((one) => (sessions.has(one.id) ? [] : [one.id])));
    response.setHeader('set-cookie', [
      setCookie(id, cookie),
      ...[...ended].slice(0, mostForgotten).map((one) => `${setCookie(one, '')}; Max-Age=0`),
    ]);
    // What stands behind # no browser sends anywhere, unlike the cookie, which all ports of this host are shown.
    response.writeHead(303, { location: `${tabPaths.page}#${claimFragment}${claim}` }).end();
  }

  function setCookie(id: string, value: string): string {
    return `${cookieName(port(), id)}=${value}; HttpOnly; SameSite=Strict; Path=/window`;
  }

  async function page(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const session = sessions.find(cookiesOf(request, port()));
    if (!session) return closed(request, response);
    sessions.touch(session);
    files ??= readPageFiles(needs.files);
    files.catch(() => {
      files = undefined;
    });
    const file = (await files).get(path);
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Nothing is at this address.\n');
      return;
    }
    response.writeHead(200, { 'content-type': file.type, 'content-length': file.content.length }).end(file.content);
  }

  async function claim(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requireOwnPage(request, port());
    const body = await readJson(request, 1024);
    const wanted = typeof body === 'object' && body !== null && 'claim' in body ? body.claim : undefined;
    const key = typeof wanted === 'string' ? sessions.claim(cookiesOf(request, port()), wanted) : undefined;
    if (key === undefined) throw new Fault('session-unknown', { reason: 'no opening waits for a page' });
    json(response, 200, { key });
  }

  async function ask(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const session = requireSession(request);
    const argument = await readJson(request, mostBytes);
    json(response, 200, await face.ask(path.slice(tabPaths.ask.length), argument, session.name));
  }

  function events(request: IncomingMessage, response: ServerResponse): void {
    const session = requireSession(request);
    const owner = { isLive: () => sessions.has(session.id), touch: () => sessions.touch(session) };
    streams.open(session, owner, response);
  }

  function requireSession(request: IncomingMessage): TabSession {
    requireOwnPage(request, port());
    const pageKey = request.headers[pageKeyHeader];
    const session = typeof pageKey === 'string' ? sessions.ofPage(cookiesOf(request, port()), pageKey) : undefined;
    if (!session) throw new Fault('session-unknown', { reason: 'page key or cookie' });
    sessions.touch(session);
    return session;
  }

  function closed(request: IncomingMessage, response: ServerResponse): void {
    const { html, headers } = needs.closedPage(acceptedLanguage(request.headers['accept-language']));
    response.writeHead(401, { ...headers }).end(html);
  }

  function refuse(response: ServerResponse, thrown: unknown): void {
    const fault = asFault(thrown);
    if (fault.code === 'internal') log('error', 'the window could not be served', { reason: String(thrown) });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // What was not read of a body is not waited for.
    if (fault.code === 'too-large') response.setHeader('connection', 'close');
    const body = { ok: false, fault: { fault: fault.code, ...faultWords(fault, face.state().app.language) } };
    json(response, statusOf[fault.code] ?? 500, body);
  }

  return {
    handle(request, response) {
      const [path = ''] = (request.url ?? '').split('?', 1);
      if (path !== '/window' && !path.startsWith('/window/')) return false;
      serve(request, response, path === '/window' ? tabPaths.page : path).catch((thrown) => refuse(response, thrown));
      return true;
    },
    address: () => `http://127.0.0.1:${port()}${tabPaths.open}?key=${keys.make()}`,
    close: streams.endAll,
  };
}

function notAllowed(response: ServerResponse, allow: string): void {
  response.writeHead(405, { allow }).end();
}

function json(response: ServerResponse, status: number, body: object): void {
  const content = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(content),
  });
  response.end(content);
}

/** The best liked of a browser's languages that we have (RFC 9110 section 12.5.4). */
function acceptedLanguage(header: string | undefined): Language {
  const wanted = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((one) => {
      const [tag = '', ...parameters] = one.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    });
  return languageOf(
    'system',
    wanted.sort((a, b) => b.weight - a.weight).map(({ tag }) => tag),
  );
}
