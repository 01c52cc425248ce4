/**
 * The practice service: one program on 127.0.0.1 that behaves as Conexor's documentation says (consent page, token and
 * revocation endpoints, errors) and serves MCP with made-up sales data. For practising, the demo and tests; everything
 * is in memory and gone when it stops.
 */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localhostAllowedHostnames, validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { Fault } from '../../shared/faults.ts';
import { serverPaths } from './accounts.ts';
import { apiError } from './answers.ts';
import { confidentialClientId, OAuthClients, publicClientId } from './clients.ts';
import { consentRoutes } from './consent.ts';
import { createControl, type PracticeControl } from './control.ts';
import { Grants } from './grants.ts';
import { mcpEndpoint } from './mcp-endpoint.ts';
import { metadataRoutes } from './metadata.ts';
import { Misbehaviour, onAnswer } from './misbehaviour.ts';
import { revocation } from './revocation.ts';
import { SalesBooks } from './sales-data.ts';
import { createSalesServer } from './sales-server.ts';
import { PracticeSeen } from './seen.ts';
import { createSigner } from './signing.ts';
import { isResourceOf, type PracticeState, resourceAddress } from './state.ts';
import { tokenEndpoint } from './token-endpoint.ts';

export interface PracticeOptions {
  /** 0, the default, lets the operating system choose. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  /** 60 minutes, as documented, unless given. */
  readonly accessTokenLifeMs?: number;
  /** 60 seconds unless given. */
  readonly codeLifeMs?: number;
  /** Serves RFC 9728 and RFC 8414 documents and names them in challenges; Conexor documents none, so false. */
  readonly publishMetadata?: boolean;
  readonly now?: () => number;
  /** Whether a code is answered with a refresh token; true unless given. */
  readonly refreshTokens?: boolean;
  readonly plan?: { readonly callLimit?: number };
  /** True: a redirect address must be registered to the letter, also on loopback. */
  readonly exactRedirects?: boolean;
}

export interface PracticeService {
  /** `http://127.0.0.1:<port>`, also the tokens' issuer. */
  readonly baseUrl: string;
  /** The MCP server that everything is shown with, `<baseUrl>/mcp/acme/sales-api`. */
  readonly resource: string;
  /** A public client. */
  readonly clientId: string;
  readonly confidential: { readonly clientId: string; readonly clientSecret: string };
  readonly seen: PracticeSeen;
  readonly control: PracticeControl;
  /** Ends running calls, streams and sessions, and frees the port; stopping again waits for the same end. */
  readonly stop: () => Promise<void>;
}

/** Starts the service. Faults: `port-taken`. */
export async function startPractice(options: PracticeOptions = {}): Promise<PracticeService> {
  // It lives inside the broker, which has no timer faster than a minute while it is idle.
  const server = createServer({ connectionsCheckingInterval: 60_000 });
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const stopping = new AbortController();
  const state = await createState(`http://127.0.0.1:${port}`, options);
  const misbehaviour = new Misbehaviour(stopping.signal);
  const sales = { books: new SalesBooks(), now: state.now, stopped: stopping.signal };
  const mcp = mcpEndpoint(state, () => createSalesServer(sales), misbehaviour.at('mcp'));
  const openAnswers = new Set<ServerResponse>();

  const app = express().disable('x-powered-by').disable('etag');
  app.use(onlyLoopback);
  app.use('/mcp', (_request, response, next) => {
    openAnswers.add(response);
    response.once('close', () => openAnswers.delete(response));
    next();
  });
  app.use(mcp.router, consentRoutes(state));
  if (state.publishMetadata) app.use(metadataRoutes(state));
  serveTokens(app, state, misbehaviour);
  app.use((_request, response) => apiError(response, 404, 'There is nothing at this address'));
  app.use(lastResort);
  server.on('request', app);

  return {
    baseUrl: state.baseUrl,
    resource: resourceAddress(state.baseUrl, serverPaths[0] ?? ''),
    clientId: publicClientId,
    confidential: { clientId: confidentialClientId, clientSecret: state.clients.clientSecret },
    seen: state.seen,
    control: createControl(state, misbehaviour, mcp, openAnswers),
    stop: async () => {
      if (!stopping.signal.aborted) {
        stopping.abort();
        server.close();
        await Promise.all([mcp.sessions.expire(), mcp.modern.close()]);
        server.closeAllConnections();
      }
      await closed;
    },
  };
}

async function createState(baseUrl: string, options: PracticeOptions): Promise<PracticeState> {
  const now = options.now ?? Date.now;
  return {
    baseUrl,
    now,
    accessTokenLifeMs: options.accessTokenLifeMs ?? 3_600_000,
    codeLifeMs: options.codeLifeMs ?? 60_000,
    refreshTokens: options.refreshTokens ?? true,
    publishMetadata: options.publishMetadata ?? false,
    callsLeft: options.plan?.callLimit,
    grantable: undefined,
    clients: new OAuthClients(options.exactRedirects ?? false),
    grants: new Grants(),
    signer: await createSigner(baseUrl, now),
    seen: new PracticeSeen(),
    isResource: (address) => isResourceOf(baseUrl, address),
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const taken = code === 'EADDRINUSE' || code === 'EACCES';
    throw new Fault(taken ? 'port-taken' : 'internal', {
      reason: `listen: ${code}`,
      subject: `${host}:${port}`,
      cause,
    });
  }
  return (server.address() as AddressInfo).port;
}

/** A page elsewhere cannot reach this service under a name of its own (DNS rebinding), nor from its own origin. */
const onlyLoopback: RequestHandler = (request, response, next) => {
  const hosts = localhostAllowedHostnames();
  const allowed =
    validateHostHeader(request.headers.host, hosts).ok &&
    // `null` is what a browser sends where it hides the page; the consent form compares for itself.
    (request.path === '/oauth/consent' || validateOriginHeader(request.headers.origin, hosts).ok);
  if (allowed) next();
  else apiError(response, 403, 'Only programs on this computer may ask');
};

function serveTokens(app: Express, state: PracticeState, misbehaviour: Misbehaviour): void {
  const readForm = express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' });
  const count: RequestHandler = (_request, response, next) => {
    onAnswer(response, (status) => state.seen.enterTokenAnswer(status));
    next();
  };
  app.post('/api/oauth/token', count, misbehaviour.at('token'), readForm, tokenEndpoint(state));
  app.post('/api/oauth/revoke', misbehaviour.at('revoke'), readForm, revocation(state));
  app.all(['/api/oauth/token', '/api/oauth/revoke'], (_request, response) => {
    response.set('Allow', 'POST');
    apiError(response, 405, 'Use POST');
  });
}

/** Nothing thrown is shown or printed; a body that is too large or broken is the caller's fault. */
const lastResort: ErrorRequestHandler = (error: { status?: unknown }, _request, response, _next) => {
  const status = typeof error.status === 'number' ? error.status : 500;
  if (response.headersSent) response.socket?.destroy();
  else if (status === 413) apiError(response, 413, 'The request is too large');
  else if (status < 500) apiError(response, 400, 'The request could not be read');
  else apiError(response, 500, 'The practice service failed');
};
