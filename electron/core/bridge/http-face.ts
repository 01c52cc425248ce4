/**
 * 127.0.0.1 for programs that speak HTTP: MCP at `/mcp/<connection>` (Streamable HTTP, both eras), web APIs at
 * `/api/<connection>/…`. Nothing here answers 401 with a challenge or passes one on: a local host would begin a sign-in
 * with us.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault, type Fault, type FaultCode } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import type { BridgeContext } from './bridge-context.ts';
import { invalidRequestCode, parseErrorCode, plainError } from './fault-answers.ts';
import { breakOff, type Caller, closing, readBody, requireClient, requireLocal, requireNoPage } from './guard.ts';
import { formRefusal, refuseInWords, takeAbsoluteForm } from './http-form.ts';
import { listen, timeBody } from './http-listen.ts';
import { HttpReply } from './http-reply.ts';
import { HttpSessions } from './http-sessions.ts';
import { HttpTurns } from './http-turns.ts';
import { type HostRequest, legacyVersions, readHostMessage } from './message.ts';
import type { OwnServersDoor } from './own-servers/door.ts';
import { ownServerOf } from './own-servers/own-server.ts';
import { readLocalPlace } from './rest-address.ts';
import { answerOfFault, sendOwn } from './rest-answers.ts';
import { RestForward } from './rest-forward.ts';

export interface HttpFaceOptions {
  readonly context: BridgeContext;
  readonly log: Log;
  readonly ownServers: OwnServersDoor;
  /** Tried first; where it is taken any free one is used. 0 for any. */
  readonly port: number;
  readonly maxBodyBytes?: number;
  /** A session that nobody uses ends after this time. */
  readonly idleMs?: number;
  /** A program that has not sent its request's head by then is let go of. */
  readonly headersTimeoutMs?: number;
  /** Takes requests that are no program's, such as the window's own; asked once Host and Origin are known to be local. */
  readonly pages?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface HttpFace {
  readonly port: number;
  close(): Promise<void>;
}

/** A host has few; a program that opens ever more takes none of our memory. */
const maxConnections = 512;

const statusOfFault: Partial<Record<FaultCode, number>> = {
  'client-key-wrong': 401,
  'host-refused': 403,
  'connection-unknown': 404,
  'connection-ambiguous': 404,
  'too-large': 413,
  'keychain-locked': 503,
};

/** Throws `port-taken` where no port at all can be had. */
export async function openHttpFace(options: HttpFaceOptions): Promise<HttpFace> {
  const { context, log } = options;
  const sessions = new HttpSessions(context, options.idleMs ?? 30 * 60_000);
  // Looked through once a minute only: idle means no timer faster than that. What a connection says first is timed by
  // a timer of its own.
  const rest = new RestForward(context);
  const turns = new HttpTurns();
  const server = createServer({ connectionsCheckingInterval: 60_000 }, (request, response) => {
    firstHead.get(request.socket)?.();
    // Without a listener an error of one response would end the whole program.
    response.on('error', () => response.destroy());
    turns.take(response, () => {
      serve(request, response).catch((thrown) => {
        if (request.url?.startsWith('/api/')) sendOwn(response, answerOfFault(asFault(thrown)), context.now());
        else refuse(response, asFault(thrown));
      });
    });
  });
  refuseInWords(server, turns);
  // Each request's body is timed by itself: what is uploaded to a web API may take as long as answers may.
  server.requestTimeout = 0;
  const headersTimeoutMs = options.headersTimeoutMs ?? 10_000;
  server.headersTimeout = headersTimeoutMs;
  const firstHead = new WeakMap<Socket, () => void>();
  server.on('connection', (socket: Socket) => {
    const timer = setTimeout(() => socket.destroy(), headersTimeoutMs).unref();
    const arrived = () => clearTimeout(timer);
    firstHead.set(socket, arrived);
    socket.once('close', arrived);
  });
  server.maxConnections = maxConnections;
  const port = await listen(server, options.port);
  if (port !== options.port && options.port !== 0) log('warn', 'http: port taken', { wanted: options.port, port });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const inTime = timeBody(request);
    const malformed = formRefusal(request);
    if (malformed) return sendOwn(response, malformed, context.now());
    takeAbsoluteForm(request, port);
    const place = readLocalPlace(request.url ?? '/');
    const caller = admitted(request, response, place !== undefined);
    if (caller === undefined) return;
    if (place) {
      inTime();
      return rest.serve(request, response, place, caller);
    }
    const connection = connectionOf(request.url ?? '/');
    if (connection === undefined)
      return send(response, 404, { error: 'not-found', message: 'Nothing is at this address.' });
    const served = ownServerOf(context.broker, connection);
    if (served !== undefined) return options.ownServers.http(request, response, caller, served);
    // A name that leads nowhere is said at once, before any message of it is read.
    const { id } = context.broker.findConnection(connection);
    const where = { ...caller, connection, id };
    switch (request.method) {
      case 'POST':
        return post(request, response, where);
      case 'GET':
        return get(request, response, where);
      case 'DELETE':
        return end(request, response, where);
      default:
        response.setHeader('allow', 'GET, POST, DELETE');
        return send(response, 405, { error: 'method-not-allowed', message: 'Use POST, GET or DELETE.' });
    }
  }

  /** Undefined where the request is no program's and has been answered. Who is not let in keeps no connection. */
  function admitted(request: IncomingMessage, response: ServerResponse, isWebApi: boolean): Caller | undefined {
    try {
      requireLocal(request, port);
      if (options.pages?.(request, response)) return undefined;
      if (isWebApi) requireNoPage(request, port);
      return requireClient(request, (key) => context.broker.clientOfKey(key));
    } catch (thrown) {
      response.shouldKeepAlive = false;
      throw thrown;
    }
  }

  interface Where extends Caller {
    readonly connection: string;
    readonly id: string;
  }

  async function post(request: IncomingMessage, response: ServerResponse, where: Where): Promise<void> {
    const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (type !== 'application/json') {
      return send(response, 415, { error: 'input-invalid', message: 'The body has to be application/json.' });
    }
    const message = readHostMessage(await readBody(request, options.maxBodyBytes ?? 16 * 1024 * 1024, where));
    if (message.kind === 'malformed')
      return send(response, 400, plainError(null, parseErrorCode, 'This is not valid JSON.'));
    if (message.kind === 'invalid' || message.kind === 'batch') {
      return send(response, 400, plainError(null, invalidRequestCode, 'One JSON-RPC 2.0 message is wanted.'));
    }
    const gone = whenGone(response);
    if (message.kind === 'request' && (message.modernVersion !== undefined || message.method === 'server/discover')) {
      const session = sessions.stateless(where, where.id);
      return session.request(message, new HttpReply(response), gone, mirroredHeaders(request));
    }
    if (message.kind === 'request' && message.method === 'initialize') {
      const begun = sessions.begin(where, where.connection);
      return begun.session.request(message, new HttpReply(response, () => ({ 'mcp-session-id': begun.id })), gone);
    }
    if (message.kind === 'notification' && message.modernVersion !== undefined) return accept(response);
    const found = sessionOf(request, response, where, message.kind === 'request' ? message : undefined);
    if (!found) return;
    if (message.kind === 'request') return found.session.request(message, new HttpReply(response), gone);
    found.session.notify(message);
    accept(response);
  }

  async function get(request: IncomingMessage, response: ServerResponse, where: Where): Promise<void> {
    if (!request.headers.accept?.includes('text/event-stream')) {
      return send(response, 406, { error: 'input-invalid', message: 'Only text/event-stream is served here.' });
    }
    const found = sessionOf(request, response, where, undefined);
    if (!found) return;
    const reply = new HttpReply(response);
    const lastEventId = request.headers['last-event-id'];
    const gone = whenGone(response);
    reply.open();
    if (typeof lastEventId === 'string' && lastEventId !== '') {
      await found.session.resume(lastEventId, reply, gone);
      reply.end();
      return;
    }
    found.streams.push(reply);
    gone.addEventListener('abort', () => {
      const at = found.streams.indexOf(reply);
      if (at >= 0) found.streams.splice(at, 1);
    });
    found.session.listen();
  }

  async function end(request: IncomingMessage, response: ServerResponse, where: Where): Promise<void> {
    const found = sessionOf(request, response, where, undefined);
    if (!found) return;
    await sessions.end(found.id);
    response.writeHead(200).end();
  }

  function sessionOf(request: IncomingMessage, response: ServerResponse, where: Where, asked: HostRequest | undefined) {
    const version = request.headers['mcp-protocol-version'];
    if (version !== undefined && !legacyVersions.includes(String(version))) {
      send(response, 400, plainError(asked?.id ?? null, -32000, 'This MCP-Protocol-Version is not supported.'));
      return undefined;
    }
    const id = request.headers['mcp-session-id'];
    if (typeof id !== 'string') {
      send(response, 400, plainError(asked?.id ?? null, -32000, 'Mcp-Session-Id is missing; begin with initialize.'));
      return undefined;
    }
    const found = sessions.find(id, where.client, where.connection);
    if (!found) send(response, 404, plainError(asked?.id ?? null, -32001, 'Session not found'));
    return found;
  }

  return {
    port,
    async close() {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      rest.close();
      await sessions.close();
      server.closeAllConnections();
      await stopped;
    },
  };
}

function connectionOf(url: string): string | undefined {
  const name = /^\/mcp\/([^/?#]+)\/?(?:\?.*)?$/.exec(url)?.[1];
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** A modern host mirrors its body into headers itself; they go on as they are, and the service checks them. */
function mirroredHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    const mirrored =
      name === 'mcp-protocol-version' || name === 'mcp-method' || name === 'mcp-name' || name.startsWith('mcp-param-');
    if (mirrored && typeof value === 'string') headers[name] = value;
  }
  return headers;
}

/** Only the response that owns the connection is told of its end: see http-turns.ts. */
function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  return gone.signal;
}

function accept(response: ServerResponse): void {
  response.writeHead(202).end();
}

function send(response: ServerResponse, status: number, body: object): void {
  const json = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    'x-content-type-options': 'nosniff',
    ...closing(response.req),
  });
  response.end(json);
}

function refuse(response: ServerResponse, fault: Fault): void {
  if (response.headersSent) {
    breakOff(response);
    return;
  }
  const { what, next } = faultWords(fault);
  send(response, statusOfFault[fault.code] ?? 500, { error: fault.code, message: `${what} ${next}` });
}
