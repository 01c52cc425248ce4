/**
 * An MCP server over HTTP that does what a test tells it (MCP 2025-11-25 and, by switch, 2026-07-28): JSON or events,
 * streams cut short, refusals, requests of its own. Written on node:http by hand, so that it can misbehave in ways
 * that the SDK's servers do not. It keeps what it saw.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly message: Message | undefined;
}

interface Message {
  readonly jsonrpc?: string;
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown> & { readonly name?: string; readonly protocolVersion?: string };
  readonly result?: unknown;
  readonly error?: unknown;
}

export interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly message: Message;
  readonly session: string | undefined;
  /** Answers with JSON. */
  json(body: unknown, status?: number, headers?: Record<string, string>): void;
  /** Begins (or goes on with) a stream of events. */
  event(message: unknown, id?: string): void;
}

type Handler = (turn: Turn) => void | Promise<void>;

const events = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

export class FakeMcpServer {
  readonly seen: SeenRequest[] = [];
  readonly sessionsOpened: string[] = [];
  readonly sessionsDeleted: string[] = [];
  /** Tokens that are accepted; undefined: everybody is. */
  tokens: Set<string> | undefined;
  /** Answers to anything but `initialize`, by method; `tools/call` by `tools/call <name>` first. */
  readonly on = new Map<string, Handler>();
  /** Comes before everything else; true: it has answered. */
  intercept: ((turn: Turn) => boolean | Promise<boolean>) | undefined;
  /** No answer to `initialize` before this has come. */
  initializeHeld: Promise<void> | undefined;
  usesSessions = true;
  answersByEvents = false;
  protocolVersion = '2025-11-25';
  capabilities: object = { tools: { listChanged: true }, resources: {}, prompts: {} };
  /** What a GET without Last-Event-ID gets: no stream, or one that stays open. */
  get: 'none' | 'stream' | 'silent' = 'stream';
  /** What a GET with Last-Event-ID gets. */
  onResume: ((lastEventId: string, response: ServerResponse) => void) | undefined;
  readonly streams = new Set<ServerResponse>();
  readonly #known = new Set<string>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #port = 0;

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const stopped = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await stopped;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/mcp/acme/sales`;
  }

  get port(): number {
    return this.#port;
  }

  /** All sessions are forgotten, as after a restart. */
  forget(): void {
    this.#known.clear();
  }

  get sessionsLeft(): number {
    return this.sessionsOpened.length - this.sessionsDeleted.length;
  }

  posts(method: string): SeenRequest[] {
    return this.seen.filter((one) => one.message?.method === method);
  }

  /** A message on the standalone streams. */
  push(message: object, id?: string): void {
    for (const stream of this.streams) stream.write(asEvent(message, id));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const message: Message | undefined = body === '' ? undefined : JSON.parse(body);
    this.seen.push({ method: request.method ?? '', headers: request.headers, body, message });
    const session = request.headers['mcp-session-id'] as string | undefined;
    const turn: Turn = {
      request,
      response,
      message: message ?? {},
      session,
      json: (value, status = 200, headers = {}) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof value === 'string' ? value : JSON.stringify(value));
      },
      event: (value, id) => {
        if (!response.headersSent) response.writeHead(200, events);
        response.write(asEvent(value, id));
      },
    };
    if (this.intercept && (await this.intercept(turn))) return;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (this.tokens && !(token && this.tokens.has(token))) {
      turn.json({ error: 'Unauthorized', message: 'Invalid or expired token', statusCode: 401 }, 401, {
        'www-authenticate': 'Bearer error="invalid_token"',
      });
      return;
    }
    if (message?.method === 'initialize') {
      await this.#initialize(turn);
      return;
    }
    if (this.usesSessions && session !== undefined && !this.#known.has(session)) {
      return turn.json({ jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }, 404);
    }
    if (this.usesSessions && session === undefined) {
      return turn.json(
        { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'Bad Request: Server not initialized' } },
        400,
      );
    }
    if (request.method === 'DELETE') {
      this.#known.delete(session ?? '');
      this.sessionsDeleted.push(session ?? '');
      response.writeHead(200).end();
      return;
    }
    if (request.method === 'GET') return this.#stream(request, response);
    if (message?.id === undefined || message.method === undefined) {
      response.writeHead(202).end();
      return;
    }
    const handler = this.on.get(`${message.method} ${message.params?.name}`) ?? this.on.get(message.method);
    if (handler) {
      await handler(turn);
      return;
    }
    this.#answer(turn, resultOf(message));
  }

  async #initialize(turn: Turn): Promise<void> {
    await this.initializeHeld;
    const id = `s-${this.sessionsOpened.length + 1}`;
    if (this.usesSessions) {
      this.sessionsOpened.push(id);
      this.#known.add(id);
      turn.response.setHeader('mcp-session-id', id);
    }
    this.#answer(turn, {
      protocolVersion: this.protocolVersion,
      capabilities: this.capabilities,
      serverInfo: { name: 'fake', version: '1' },
    });
  }

  #answer(turn: Turn, result: unknown): void {
    const message = { jsonrpc: '2.0', id: turn.message.id, ...(result === undefined ? unknownMethod : { result }) };
    if (!this.answersByEvents) {
      turn.json(message);
      return;
    }
    turn.event(message);
    turn.response.end();
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    const lastEventId = request.headers['last-event-id'];
    if (typeof lastEventId === 'string' && this.onResume) {
      this.onResume(lastEventId, response);
      return;
    }
    if (this.get === 'none') {
      response.writeHead(405).end();
      return;
    }
    if (this.get === 'silent') return;
    response.writeHead(200, events).flushHeaders();
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }
}

const unknownMethod = { error: { code: -32601, message: 'Method not found' } };

export function asEvent(message: unknown, id?: string): string {
  const data = message === '' ? '' : JSON.stringify(message);
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;
}

function resultOf(message: Message): unknown {
  switch (message.method) {
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: [{ name: 'echo', description: 'Echo', inputSchema: { type: 'object' } }] };
    case 'tools/call':
      return { content: [{ type: 'text', text: JSON.stringify(message.params) }] };
    case 'resources/list':
      return { resources: [] };
    case 'prompts/list':
      return { prompts: [] };
    default:
      return undefined;
  }
}
