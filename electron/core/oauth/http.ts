/**
 * The one way OAuth requests leave this program: bounded in time and size, https unless loopback, redirects handed
 * back instead of followed (RFC 9700 s4.12, RFC 9728 s7.7). Usable as oauth4webapi's `customFetch`.
 */
import type { Dispatcher } from 'undici';
import { Fault } from '../../../shared/faults.ts';
import { networkTrouble } from './network-trouble.ts';
import { requireSecureEndpoint } from './urls.ts';

export interface OAuthRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type OAuthFetch = (url: string, init: OAuthRequest) => Promise<Response>;

const defaultTimeoutMs = 15_000;
const defaultMaxBytes = 256 * 1024;
const bodylessStatuses = new Set([101, 204, 205, 304]);

/**
 * Requests through the host's connections. An answer of any status is a `Response`, its body read already; an event
 * stream is answered without its body, because it may never end.
 * Throws `address-invalid`, `address-insecure`, `unreachable` and the other troubles on the way, `too-large`,
 * `service-answer-invalid`.
 */
export function oauthFetch(
  dispatcher: Dispatcher,
  limits: { readonly timeoutMs?: number; readonly maxBytes?: number } = {},
): OAuthFetch {
  const timeoutMs = limits.timeoutMs ?? defaultTimeoutMs;
  const maxBytes = limits.maxBytes ?? defaultMaxBytes;
  return async (text, init) => {
    const url = requireSecureEndpoint(text);
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: init.method as Dispatcher.HttpMethod,
        headers: { 'accept-encoding': 'identity', ...init.headers },
        body: init.body === undefined ? null : init.body.toString(),
        signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const headers = headersOf(answer.headers);
      if (answer.statusCode < 200 || answer.statusCode > 599) {
        answer.body.on('error', () => undefined).destroy();
        throw new Fault('service-answer-invalid', { reason: `status ${answer.statusCode}`, subject: url.host });
      }
      if (isEventStream(headers) || bodylessStatuses.has(answer.statusCode)) {
        answer.body.on('error', () => undefined).destroy();
        return new Response(null, { status: answer.statusCode, headers });
      }
      const body = await readBounded(answer.body, maxBytes, url.host);
      return new Response(body, { status: answer.statusCode, headers });
    } catch (error) {
      throw error instanceof Fault ? error : faultOfFailure(error, url.host);
    }
  };
}

function headersOf(raw: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
  }
  return headers;
}

function isEventStream(headers: Headers): boolean {
  return headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') ?? false;
}

async function readBounded(body: AsyncIterable<Uint8Array>, maxBytes: number, host: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > maxBytes) throw new Fault('too-large', { reason: `answer over ${maxBytes} bytes`, subject: host });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const notSent = 'not sent';

/**
 * True if the request certainly never reached the server (no route, refused connection, refused certificate), so that
 * sending it again cannot use a refresh token or a code twice. A reset, a timeout after sending and any other failure of
 * TLS give false.
 */
export function wasNotSent(fault: Fault): boolean {
  return fault.detail.reason?.startsWith(notSent) ?? false;
}

/** The reason of a fault after which `wasNotSent` is to be true. */
export function notSentReason(reason: string): string {
  return `${notSent}: ${reason}`;
}

/** What an error of a request means, as a fault. */
export function faultOfFailure(error: unknown, host: string): Fault {
  const trouble = networkTrouble(error);
  const reason = trouble.notSent ? notSentReason(trouble.reason) : trouble.reason;
  return new Fault(trouble.code, { reason, subject: host });
}
