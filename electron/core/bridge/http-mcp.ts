/**
 * MCP at `/mcp/<connection>`: Streamable HTTP of both eras, for a program that is known by its key. A session of the older
 * one lives until it is ended or nobody uses it; the newer one has none.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BridgeContext } from './bridge-context.ts';
import { invalidRequestCode, parseErrorCode, plainError } from './fault-answers.ts';
import { type Caller, readBody } from './guard.ts';
import { HttpReply, sendJson } from './http-reply.ts';
import { HttpSessions } from './http-sessions.ts';
import { type HostRequest, legacyVersions, readHostMessage } from './message.ts';

export interface HttpMcpLimits {
  readonly maxBodyBytes?: number;
  /** A session that nobody uses ends after this time. */
  readonly idleMs?: number;
}

/** Who asks, and for which connection: by the name in the address, and by its id. */
export interface Where extends Caller {
  readonly connection: string;
  readonly id: string;
}

export class HttpMcp {
  readonly #sessions: HttpSessions;
  readonly #maxBodyBytes: number;

  constructor(context: BridgeContext, { idleMs = 30 * 60_000, maxBodyBytes = 16 * 1024 * 1024 }: HttpMcpLimits) {
    this.#sessions = new HttpSessions(context, idleMs);
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Throws the faults of reading the body. */
  async serve(request: IncomingMessage, response: ServerResponse, where: Where): Promise<void> {
    switch (request.method) {
      case 'POST':
        return this.#post(request, response, where);
      case 'GET':
        return this.#get(request, response, where);
      case 'DELETE':
        return this.#end(request, response, where);
      default:
        response.setHeader('allow', 'GET, POST, DELETE');
        return sendJson(response, 405, { error: 'method-not-allowed', message: 'Use POST, GET or DELETE.' });
    }
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  async #post(request: IncomingMessage, response: ServerResponse, where: Where): Promise<void> {
    const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (type !== 'application/json') {
      return sendJson(response, 415, { error: 'input-invalid', message: 'The body has to be application/json.' });
    }
    const message = readHostMessage(await readBody(request, this.#maxBodyBytes, where));
    if (message.kind === 'malformed')
      return sendJson(response, 400, plainError(null, parseErrorCode, 'This is not valid JSON.'));
    if (message.kind === 'invalid' || message.kind === 'batch') {
      return sendJson(response, 400, plainError(null, invalidRequestCode, 'One JSON-RPC 2.0 message is wanted.'));
    }
    const gone = whenGone(response);
    if (message.kind === 'request' && (message.modernVersion !== undefined || message.method === 'server/discover')) {
      const session = this.#sessions.stateless(where, where.id);
      return session.request(message, new HttpReply(response), gone, mirroredHeaders(request));
    }
    if (message.kind === 'request' && message.method === 'initialize') {
      const begun = this.#sessions.begin(where, where.connection);
      return begun.session.request(message, new HttpReply(response, () => ({ 'mcp-session-id': begun.id })), gone);
    }
    if (message.kind === 'notification' && message.modernVersion !== undefined) return accept(response);
    const found = this.#sessionOf(request, response, where, message.kind === 'request' ? message : undefined);
    if (!found) return;
    if (message.kind === 'request') return found.session.request(message, new HttpReply(response), gone);
    found.session.notify(message);
    accept(response);
  }

  async #get(request: IncomingMessage, response: ServerResponse, where: Where): Promise<void> {
    if (!request.headers.accept?.includes('text/event-stream')) {
      return sendJson(response, 406, { error: 'input-invalid', message: 'Only text/event-stream is served here.' });
    }
    const found = this.#sessionOf(request, response, where, undefined);
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

  async #end(request: IncomingMessage, response: ServerResponse, where: Where): Promise<void> {
    const found = this.#sessionOf(request, response, where, undefined);
    if (!found) return;
    await this.#sessions.end(found.id);
    response.writeHead(200).end();
  }

  #sessionOf(request: IncomingMessage, response: ServerResponse, where: Where, asked: HostRequest | undefined) {
    const version = request.headers['mcp-protocol-version'];
    if (version !== undefined && !legacyVersions.includes(String(version))) {
      sendJson(response, 400, plainError(asked?.id ?? null, -32000, 'This MCP-Protocol-Version is not supported.'));
      return undefined;
    }
    const id = request.headers['mcp-session-id'];
    if (typeof id !== 'string') {
      sendJson(
        response,
        400,
        plainError(asked?.id ?? null, -32000, 'Mcp-Session-Id is missing; begin with initialize.'),
      );
      return undefined;
    }
    const found = this.#sessions.find(id, where.client, where.connection);
    if (!found) sendJson(response, 404, plainError(asked?.id ?? null, -32001, 'Session not found'));
    return found;
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
