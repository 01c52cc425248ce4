/**
 * Every request that a server in this process gets, to the byte and in its order, whoever wrote the server: Node itself
 * tells of each, and the server notices nothing.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeptRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Names and values as sent, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As far as it has come. */
  readonly body: string;
}

export interface KeptRequests {
  readonly all: readonly KeptRequest[];
  end(): void;
}

/** Of the servers at these addresses. */
export function keepRequests(...addresses: readonly string[]): KeptRequests {
  const ports = new Set(addresses.map((address) => Number(new URL(address).port)));
  const all: KeptRequest[] = [];
  const keep = (message: unknown) => {
    const { request } = message as { readonly request: IncomingMessage };
    if (ports.has((request.socket.address() as AddressInfo).port)) all.push(kept(request));
  };
  subscribe('http.server.request.start', keep);
  return { all, end: () => unsubscribe('http.server.request.start', keep) };
}

function kept(request: IncomingMessage): KeptRequest {
  const { method = '', url: target = '', rawHeaders } = request;
  const chunks: Buffer[] = [];
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null, ...rest) => {
    if (chunk !== null) chunks.push(chunk);
    return push(chunk, ...rest);
  };
  return {
    method,
    target,
    headers: rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [])),
    get body() {
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}
