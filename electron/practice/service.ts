/**
 * The practice service: one program on 127.0.0.1 that behaves as Conexor's documentation says (consent page, token and
 * revocation endpoints, errors) and serves MCP with made-up sales data. For practising, the demo and tests; everything
 * is in memory and gone when it stops.
 */
import type { ServerResponse } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { serverPaths } from './accounts.ts';
import { needsAgentKey, registerAgent } from './agents.ts';
import { apiError, postOnly } from './answers.ts';
import { OAuthClients } from './clients.ts';
import { consentRoutes } from './consent.ts';
import { createControl, type PracticeControl, type PracticeRoute } from './control.ts';
import { Grants } from './grants.ts';
import { login } from './login.ts';
import { lastResort, listenOnLoopback, onlyLoopback } from './loopback.ts';
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
  const { server, baseUrl, stop } = await listenOnLoopback(options.port ?? 0);
  const stopping = new AbortController();
  const state = await createState(baseUrl, options);
  const misbehaviour = new Misbehaviour<PracticeRoute>(stopping.signal);
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
  serveJson(app, state, misbehaviour);
  app.use((_request, response) => apiError(response, 404, 'There is nothing at this address'));
  app.use(lastResort);
  server.on('request', app);

  return {
    baseUrl: state.baseUrl,
    resource: resourceAddress(state.baseUrl, serverPaths[0] ?? ''),
    clientId: practiceCredentials.conexor.publicClientId,
    confidential: {
      clientId: practiceCredentials.conexor.clientId,
      clientSecret: practiceCredentials.conexor.clientSecret,
    },
    seen: state.seen,
    control: createControl(state, misbehaviour, mcp, openAnswers),
    stop: () =>
      stop(() => {
        stopping.abort();
        return Promise.all([mcp.sessions.expire(), mcp.modern.close()]);
      }),
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
    acceptsKeys: true,
    clients: new OAuthClients(options.exactRedirects ?? false),
    grants: new Grants(),
    signer: await createSigner(baseUrl, now),
    seen: new PracticeSeen(),
    isResource: (address) => isResourceOf(baseUrl, address),
  };
}

function serveTokens(app: Express, state: PracticeState, misbehaviour: Misbehaviour<PracticeRoute>): void {
  const readForm = express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' });
  const count: RequestHandler = (_request, response, next) => {
    onAnswer(response, (status) => state.seen.enterTokenAnswer(status));
    next();
  };
  app.post('/api/oauth/token', count, misbehaviour.at('token'), readForm, tokenEndpoint(state));
  app.post('/api/oauth/revoke', misbehaviour.at('revoke'), readForm, revocation(state));
  app.all(['/api/oauth/token', '/api/oauth/revoke'], postOnly);
}

/** Everything that is asked for in JSON. */
function serveJson(app: Express, state: PracticeState, misbehaviour: Misbehaviour<PracticeRoute>): void {
  const readText = express.text({ type: 'application/json', limit: '64kb' });
  app.post('/api/auth/login', misbehaviour.at('login'), readText, login(state));
  app.all('/api/auth/login', postOnly);
  app.use('/api/plugins/register', misbehaviour.at('agent'), needsAgentKey(state));
  app.post('/api/plugins/register', readText, registerAgent(state));
  app.all('/api/plugins/register', postOnly);
}
