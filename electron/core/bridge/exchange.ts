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
import { ResponseBody, type UpstreamResponse } from './response-body.ts';

export type { UpstreamResponse } from './response-body.ts';

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
    dispatch(http, to, heard, { ...request, headers: { ...besides(request.headers, carried), ...carried } });
  return fields instanceof Promise ? fields.then(send) : send(fields);
}

/** Names that a service may take for one: behind CGI and WSGI every character that is no letter or digit is the same. */
export function foldedName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-');
}

/** All but what stands where the access does, or could be taken for it. */
function besides(headers: HeaderFields, carried: HeaderFields = {}): HeaderFields {
  const taken = new Set(Object.keys(carried).map(foldedName));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !taken.has(foldedName(name))));
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
