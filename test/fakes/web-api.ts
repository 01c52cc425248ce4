/**
 * A web API that does what a test tells it, and keeps what it saw. It takes the tokens it is given, in the field it is
 * told; without any, everybody is served.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface SeenCall {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  body: string;
  /** The caller went before the answer was whole. */
  aborted: boolean;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, seen: SeenCall) => unknown;

export class FakeWebApi {
  readonly seen: SeenCall[] = [];
  /** Values of `authorization` that are taken; undefined: everybody is. */
  takes: Set<string> | undefined;
  /** Comes before everything else, as soon as the head is there; true: it answers. */
  intercept: ((request: IncomingMessage, response: ServerResponse, seen: SeenCall) => boolean) | undefined;
  answer: Answer = (_, response, { method, target, body }) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, target, body }));
  };
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));
  readonly #sockets = new Set<Socket>();

  async start(): Promise<this> {
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const seen: SeenCall = { method, target: url, headers, body: '', aborted: false };
    this.seen.push(seen);
    response.on('close', () => {
      seen.aborted = !response.writableFinished;
    });
    request.on('error', () => undefined);
    if (this.intercept?.(request, response, seen)) return;
    if (this.takes && !this.takes.has(headers.authorization ?? '')) {
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="api"', 'content-type': 'application/json' });
      response.end('{"detail":"Invalid token."}');
      return;
    }
    try {
      for await (const chunk of request) seen.body += chunk;
    } catch {
      return;
    }
    await this.answer(request, response, seen);
  }
}
