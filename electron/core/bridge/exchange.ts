/**
 * One HTTP exchange with a connected service. Access is set here and nowhere else, only on requests to the resource it
 * is for (P-50, P-51): exactly there, or for a web API at its origin and below its path. Redirects are never followed. A
 * running call is never given up for its length; a connection that dies ends in a fault.
 */
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { Fault } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';
import type { HeaderFields } from '../credentials/credential.ts';
import { networkTrouble } from '../oauth/network-trouble.ts';

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal?: AbortSignal | undefined;
}

/** A request to one place of a web API. */
export interface PlaceRequest {
  readonly method: RestMethod;
  /** Path and query, as they go on the wire; whoever gives it has seen that it is below the resource's path. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | Readable;
  readonly signal?: AbortSignal | undefined;
}

export type RestMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

export interface BodyReader {
  data(chunk: Buffer): void;
  end(): void;
  /** The connection was lost in the middle. */
  lost(fault: Fault): void;
}

export interface UpstreamResponse {
  readonly status: number;
  header(name: string): string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** It refuses only how the request was made, and asks for it once more (RFC 9449 s9). */
  readonly asksAgain: boolean;
  /** To be called once; what has arrived before is given at once. */
  read(reader: BodyReader): void;
  /** The whole body, at most `maxBytes` of it. Throws `answer-lost`. */
  collect(maxBytes: number): Promise<Buffer>;
  /** Reads and drops a small rest, so that the connection can be used again. */
  discard(): void;
  pause(): void;
  resume(): void;
  abort(): void;
}

/** What every message to a service is sent with (MCP Streamable HTTP). */
export const postHeaders = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

const origins = new Map<string, { readonly origin: string; readonly path: string; readonly host: string }>();

function addressOf(resource: string): { readonly origin: string; readonly path: string; readonly host: string } {
  const known = origins.get(resource);
  if (known) return known;
  const url = new URL(resource);
  const address = { origin: url.origin, path: url.pathname + url.search, host: url.host };
  if (origins.size > 1000) origins.clear();
  origins.set(resource, address);
  return address;
}

/** The host of an access's resource, for people. */
export function hostOf(access: Access): string {
  return addressOf(access.resource).host;
}

/**
 * Sends one request with this access, and to nowhere but its resource.
 * Throws `unreachable` (nothing was sent), `answer-lost` (it may have been), `tls-refused`, `captive-portal`,
 * `proxy-refused`, `clock-wrong`.
 */
export function exchange(http: Dispatcher, access: Access, request: UpstreamRequest): Promise<UpstreamResponse> {
  const { origin, path, host } = addressOf(access.resource);
  return withCredential(http, access, { origin, path, host, url: access.resource }, request);
}

/** Sends one request with this access to a place of the web API that it is for. Throws as `exchange`. */
export function exchangeAt(http: Dispatcher, access: Access, request: PlaceRequest): Promise<UpstreamResponse> {
  const { origin, host } = addressOf(access.resource);
  const { target } = request;
  return withCredential(http, access, { origin, path: target, host, url: `${origin}${target}` }, request);
}

interface Destination {
  readonly origin: string;
  readonly path: string;
  readonly host: string;
  readonly url: string;
}

type AnyRequest = Omit<PlaceRequest, 'target'>;

function withCredential(
  http: Dispatcher,
  { credential }: Access,
  to: Destination,
  request: AnyRequest,
): Promise<UpstreamResponse> {
  const outgoing = { method: request.method, url: to.url };
  const fields = credential?.headers(outgoing);
  const heard = (response: UpstreamResponse) => credential?.heard?.(response, outgoing) ?? false;
  const send = (carried: HeaderFields | undefined) =>
    dispatch(http, to, heard, { ...request, headers: { ...request.headers, ...carried } });
  return fields instanceof Promise ? fields.then(send) : send(fields);
}

function dispatch(
  http: Dispatcher,
  { origin, path, host }: Destination,
  heard: (response: UpstreamResponse) => boolean,
  request: AnyRequest,
): Promise<UpstreamResponse> {
  return new Promise((resolve, reject) => {
    const body = new ResponseBody(host, heard, resolve, reject);
    const { signal } = request;
    if (signal?.aborted) {
      reject(new Fault('answer-lost', { reason: 'cancelled', subject: host }));
      return;
    }
    const onAbort = () => body.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    body.onDone = () => signal?.removeEventListener('abort', onAbort);
    http.dispatch(
      {
        origin,
        path,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      body,
    );
  });
}

/** undici's handler of one response, and what the bridge sees of it. */
class ResponseBody implements UpstreamResponse, Dispatcher.DispatchHandler {
  status = 0;
  headers: Readonly<Record<string, string | string[] | undefined>> = {};
  asksAgain = false;
  onDone: () => void = () => undefined;
  readonly #host: string;
  readonly #heard: (response: UpstreamResponse) => boolean;
  readonly #resolve: (response: UpstreamResponse) => void;
  readonly #reject: (fault: Fault) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted = false;
  #early: Buffer[] = [];
  #reader: BodyReader | undefined;
  #outcome: 'end' | Fault | undefined;

  constructor(
    host: string,
    heard: (response: UpstreamResponse) => boolean,
    resolve: (response: UpstreamResponse) => void,
    reject: (fault: Fault) => void,
  ) {
    this.#host = host;
    this.#heard = heard;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(new Error('cancelled'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    this.asksAgain = this.#heard(this);
    this.#resolve(this);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // What was on its way when it was given up is nobody's.
    if (this.#aborted) return;
    if (this.#reader) this.#reader.data(chunk);
    else this.#early.push(chunk);
  }

  onResponseEnd(): void {
    this.onDone();
    if (this.#outcome) return;
    this.#outcome = 'end';
    this.#reader?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.onDone();
    if (this.#outcome) return;
    const fault = faultOfLoss(error, this.#host, this.#controller !== undefined);
    this.#outcome = fault;
    if (this.status === 0) this.#reject(fault);
    else this.#reader?.lost(fault);
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  read(reader: BodyReader): void {
    this.#reader = reader;
    const early = this.#early;
    this.#early = [];
    for (const chunk of early) if (!this.#aborted) reader.data(chunk);
    if (this.#outcome === 'end') reader.end();
    else if (this.#outcome) reader.lost(this.#outcome);
  }

  collect(maxBytes: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      this.read({
        data: (chunk) => {
          size += chunk.length;
          if (size <= maxBytes) chunks.push(chunk);
          else if (size - chunk.length <= maxBytes) {
            chunks.push(chunk.subarray(0, chunk.length - (size - maxBytes)));
            // Before the abort, which is told as a loss.
            resolve(Buffer.concat(chunks));
            this.abort();
          }
        },
        end: () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
        lost: reject,
      });
    });
  }

  discard(): void {
    let size = 0;
    this.read({
      data: (chunk) => {
        size += chunk.length;
        if (size > 64 * 1024) this.abort();
      },
      end: () => undefined,
      lost: () => undefined,
    });
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    if (this.#outcome) return;
    if (this.#controller) this.#controller.abort(new Error('cancelled'));
    else if (this.status === 0) this.#reject(new Fault('answer-lost', { reason: 'cancelled', subject: this.#host }));
  }
}

function faultOfLoss(error: Error, host: string, sent: boolean): Fault {
  const { code, reason } = networkTrouble(error);
  if (code !== 'unreachable') return new Fault(code, { reason, subject: host });
  return new Fault(sent ? 'answer-lost' : 'unreachable', { reason, subject: host });
}
