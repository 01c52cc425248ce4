/**
 * `/mcp/<organisation>/<server>`: every request shows an accepted access token or API key, has the scopes its methods need and is
 * within the plan; only then does it reach the SDK, which speaks both eras of the protocol on this one address.
 */
import { toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest, type McpHttpHandler, type McpServer } from '@modelcontextprotocol/server';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { serverPaths } from './accounts.ts';
import { apiError } from './answers.ts';
import { checkAccess, forbidden, unauthorized } from './bearer.ts';
import { type AuthorizedRequest, jsonRpcError, McpSessions } from './mcp-sessions.ts';
import { onAnswer } from './misbehaviour.ts';
import type { Scope } from './scopes.ts';
import type { PracticeState } from './state.ts';

export interface McpEndpoint {
  readonly router: Router;
  readonly sessions: McpSessions;
  readonly modern: McpHttpHandler;
}

/** What one request carries from step to step, in `response.locals`. */
interface McpLocals {
  /** JSON-RPC methods of the body, or the HTTP method of a session operation. */
  methods: readonly string[];
  /** The parsed body; undefined where it is not JSON. */
  body: unknown;
  tokenId?: string;
  organisation?: string;
}

/** `misbehave` stands between counting a request and looking at it. */
export function mcpEndpoint(
  state: PracticeState,
  createServer: () => McpServer,
  misbehave: RequestHandler,
): McpEndpoint {
  const sessions = new McpSessions(createServer, state.seen);
  const modern = createMcpHandler(createServer, { legacy: 'reject' });
  const handleModern = toNodeHandler(modern);

  const serve = (serverPath: string) => async (request: Request, response: Response) => {
    const locals = response.locals as McpLocals;
    const { methods, body } = locals;
    const shown = await checkAccess(state, serverPath, request);
    if (shown.kind !== 'none' && shown.id !== undefined) locals.tokenId = shown.id;
    if (shown.kind !== 'accepted') return unauthorized(state, serverPath, shown, response);
    const { account, clientId } = shown;
    locals.organisation = account.organisation;

    const missing = methods.map(scopeFor).find((scope) => scope !== undefined && !shown.scopes.includes(scope));
    if (missing !== undefined) return forbidden(state, serverPath, missing, response);
    if (!withinPlan(state, methods.filter((method) => method === 'tools/call').length)) {
      return apiError(response, 402, 'Query limit exceeded. Please upgrade your plan.');
    }
    if (request.method === 'POST' && body === undefined) return jsonRpcError(response, 400, -32_700, 'Parse error');

    // The SDK wants a token in here; nothing behind this point needs the real one.
    const auth = {
      token: shown.id ?? clientId,
      clientId,
      scopes: [...shown.scopes],
      extra: { subject: account.subject },
    };
    const authorized: AuthorizedRequest = Object.assign(request, { auth });
    const legacy = request.method !== 'POST' || (await isLegacyRequest(await toWebRequest(request, body), body));
    if (legacy) await sessions.handle(authorized, response, body);
    else await handleModern(authorized, response, body);
  };

  const router = Router();
  for (const serverPath of serverPaths) {
    const readBody = express.raw({ type: () => true, limit: '4mb' });
    router.all(`/mcp/${serverPath}`, readBody, enter(state), misbehave, serve(serverPath));
  }
  return { router, sessions, modern };
}

/** Scope by method; what is not listed (initialize, ping, prompts, notifications) needs a valid token and no more. */
function scopeFor(method: string): Scope | undefined {
  if (method === 'tools/list') return 'mcp:tools:read';
  if (method === 'tools/call') return 'mcp:tools:execute';
  return method.startsWith('resources/') ? 'mcp:resources:read' : undefined;
}

function withinPlan(state: PracticeState, calls: number): boolean {
  if (calls === 0 || state.callsLeft === undefined) return true;
  const within = state.callsLeft >= calls;
  // A refused call counts as well, as the documentation says of its burst limit.
  state.callsLeft = Math.max(0, state.callsLeft - calls);
  return within;
}

/** Reads which messages came, and enters them as seen as soon as the answer begins. */
function enter({ seen }: PracticeState): RequestHandler {
  return (request, response, next) => {
    const body = parsed(request.body);
    const methods = request.method === 'POST' ? methodsOf(body) : [request.method];
    const locals: McpLocals = Object.assign(response.locals, { methods, body });
    onAnswer(response, (status) => {
      const { tokenId, organisation } = locals;
      const who = { ...(tokenId && { tokenId }), ...(organisation && { organisation }) };
      for (const method of methods) seen.enterMcpRequest({ method, status, ...who });
      if (request.method !== 'GET' || status !== 200) return;
      seen.getStreams.opened += 1;
      seen.getStreams.alive += 1;
      response.once('close', () => {
        seen.getStreams.alive -= 1;
      });
    });
    next();
  };
}

function parsed(body: unknown): unknown {
  try {
    return Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

function methodsOf(body: unknown): string[] {
  return (Array.isArray(body) ? body : [body]).map((message: unknown) => {
    if (typeof message !== 'object' || message === null) return 'invalid';
    if ('method' in message) return typeof message.method === 'string' ? message.method : 'invalid';
    return 'response';
  });
}
