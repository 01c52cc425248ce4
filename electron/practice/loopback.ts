/**
 * What every practice service needs to be a program of this computer: a port on 127.0.0.1, a door that pages of other
 * sites cannot use, an end that frees the port, and answers in place of thrown errors.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localhostAllowedHostnames, validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { Fault } from '../../shared/faults.ts';
import { apiError } from './answers.ts';

export interface Listening {
  readonly server: Server;
  readonly baseUrl: string;
  /** Ends what is under way and frees the port; `before` runs while connections still live. */
  readonly stop: (before?: () => Promise<unknown>) => Promise<void>;
}

/** 0 lets the operating system choose. Faults: `port-taken`. */
export async function listenOnLoopback(port: number): Promise<Listening> {
  // It lives inside the broker, which has no timer faster than a minute while it is idle.
  const server = createServer({ connectionsCheckingInterval: 60_000 });
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const taken = code === 'EADDRINUSE' || code === 'EACCES';
    throw new Fault(taken ? 'port-taken' : 'internal', {
      reason: `listen: ${code}`,
      subject: String(port),
      cause,
    });
  }
  let stopping = false;
  return {
    server,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async (before) => {
      if (!stopping) {
        stopping = true;
        server.close();
        await before?.();
        server.closeAllConnections();
      }
      await closed;
    },
  };
}

/** A page elsewhere cannot reach a service under a name of its own (DNS rebinding), nor from its own origin. */
export const onlyLoopback: RequestHandler = (request, response, next) => {
  const hosts = localhostAllowedHostnames();
  const allowed =
    validateHostHeader(request.headers.host, hosts).ok &&
    // `null` is what a browser sends where it hides the page; the consent form compares for itself.
    (request.path === '/oauth/consent' || validateOriginHeader(request.headers.origin, hosts).ok);
  if (allowed) next();
  else apiError(response, 403, 'Only programs on this computer may ask');
};

/** Nothing thrown is shown or printed; a body that is too large or broken is the caller's fault. */
export const lastResort: ErrorRequestHandler = (error: { status?: unknown }, _request, response, _next) => {
  const status = typeof error.status === 'number' ? error.status : 500;
  if (response.headersSent) response.socket?.destroy();
  else if (status === 413) apiError(response, 413, 'The request is too large');
  else if (status < 500) apiError(response, 400, 'The request could not be read');
  else apiError(response, 500, 'The practice service failed');
};
