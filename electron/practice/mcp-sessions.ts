/**
 * Sessions of the older protocol revisions (Streamable HTTP, 2025-11-25 and before): an unguessable id bound to one
 * account, kept until DELETE, expiry or stop. An id that is not known, or is another account's, is answered 404, which
 * makes a client begin anew.
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { type AuthInfo, isInitializeRequest, type McpServer } from '@modelcontextprotocol/server';
import type { Request } from 'express';
import type { PracticeSeen } from './seen.ts';

interface Session {
  readonly server: McpServer;
  readonly transport: NodeStreamableHTTPServerTransport;
  readonly subject: unknown;
}

export type AuthorizedRequest = Request & { auth: AuthInfo };

export class McpSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #createServer: () => McpServer;
  readonly #seen: PracticeSeen;

  constructor(createServer: () => McpServer, seen: PracticeSeen) {
    this.#createServer = createServer;
    this.#seen = seen;
  }

  /** Answers one HTTP request of an older revision; its token has been verified. */
  async handle(request: AuthorizedRequest, response: ServerResponse, body: unknown): Promise<void> {
    const id = request.headers['mcp-session-id'];
    if (id === undefined && isInitializeRequest(body)) {
      const opened = await this.#open(request.auth.extra?.['subject']);
      return opened.handleRequest(request, response, body);
    }
    if (typeof id !== 'string') return jsonRpcError(response, 400, -32_000, 'Mcp-Session-Id header is required');
    const session = this.#sessions.get(id);
    if (session === undefined || session.subject !== request.auth.extra?.['subject']) {
      return jsonRpcError(response, 404, -32_001, 'Session not found');
    }
    await session.transport.handleRequest(request, response, body);
  }

  /** Forgets every session at once: their streams end, and every request in them gets 404 from now on. */
  async expire(): Promise<void> {
    const expired = [...this.#sessions.values()];
    this.#sessions.clear();
    this.#seen.sessions.expired += expired.length;
    this.#seen.sessions.alive = 0;
    await Promise.all(expired.map(({ server }) => server.close()));
  }

  announceToolsChanged(): void {
    for (const { server } of this.#sessions.values()) server.sendToolListChanged();
  }

  async #open(subject: unknown): Promise<NodeStreamableHTTPServerTransport> {
    const server = this.#createServer();
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        this.#sessions.set(id, { server, transport, subject });
        this.#seen.sessions.opened += 1;
        this.#seen.sessions.alive += 1;
      },
      onsessionclosed: (id) => {
        if (!this.#sessions.delete(id)) return;
        this.#seen.sessions.closed += 1;
        this.#seen.sessions.alive -= 1;
      },
    });
    await server.connect(transport);
    return transport;
  }
}

export function jsonRpcError(response: ServerResponse, status: number, code: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }));
}
