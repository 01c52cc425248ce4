/**
 * The OAuth tools served: at `/mcp/_oauth` on the HTTP face (both eras), and to the relay's connection `_oauth`. The guard
 * has looked at Host, Origin and key before anything comes here.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type McpServer,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { programName } from '../../broker/programs.ts';
import type { BridgeContext } from '../bridge-context.ts';
import { invalidRequestCode, parseErrorCode, plainError } from '../fault-answers.ts';
import { type Caller, readBody } from '../guard.ts';
import { parseJson } from '../message.ts';
import { Consents } from './consent.ts';
import type { LineTransport } from './line-transport.ts';
import type { ToolContext } from './tool-context.ts';
import { createToolsServer } from './tools-server.ts';

/** Arguments of these tools are short. */
const maxBodyBytes = 256 * 1024;
/** A program that begins ever new conversations loses its oldest ones. */
const mostSessions = 64;
/** Before hosts give up, which is usually after a minute. */
const usualWaitMs = 50_000;

interface Session {
  readonly client: string;
  readonly isLet: () => boolean;
  readonly server: McpServer;
  readonly transport: NodeStreamableHTTPServerTransport;
}

export interface ToolsServing {
  http(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>;
  /** Serves a host behind the relay until its stream ends. */
  stdio(transport: LineTransport, host: ToolsHost): Promise<void>;
  close(): Promise<void>;
}

export interface ToolsHost {
  readonly client: string;
  readonly own?: boolean;
}

/** `waitMs`: how long a call waits for the person. */
export function serveTools(context: BridgeContext, waitMs = usualWaitMs): ToolsServing {
  const { broker, now, version } = context;
  const consents = new Consents(broker.questions);
  const sessions = new Map<string, Session>();
  let unsubscribe: (() => void) | undefined;
  const toolsFor = (client: string, door: ToolContext['door']) =>
    createToolsServer({ broker, now, version, client: programName(client), door, consents, waitMs });

  const modern = createMcpHandler(({ authInfo }) => toolsFor(authInfo?.clientId ?? '', 'http'), { legacy: 'reject' });
  const handleModern = toNodeHandler(modern);

  async function forget(id: string): Promise<void> {
    const session = sessions.get(id);
    sessions.delete(id);
    if (sessions.size === 0) {
      unsubscribe?.();
      unsubscribe = undefined;
    }
    await session?.server.close();
  }

  async function begin({ client, isLet }: Caller): Promise<NodeStreamableHTTPServerTransport> {
    const own = [...sessions].filter(([, one]) => one.client === client);
    if (own.length >= mostSessions && own[0]) await forget(own[0][0]);
    const server = toolsFor(client, 'http');
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, { client, isLet, server, transport });
        // A removed key takes its conversations with it; a locked keychain takes none away.
        unsubscribe ??= broker.subscribe(({ vault }) => {
          if (vault.kind === 'locked') return;
          for (const [one, session] of sessions) if (!session.isLet()) void forget(one);
        });
      },
      onsessionclosed: (id) => void forget(id),
    });
    await server.connect(transport);
    return transport;
  }

  return {
    async http(request, response, caller) {
      const body = request.method === 'POST' ? parseJson(await readBody(request, maxBodyBytes)) : undefined;
      const refuse = (status: number, code: number, message: string) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(plainError(null, code, message)));
      };
      if (request.method === 'POST' && body === undefined) {
        return refuse(400, parseErrorCode, 'This is not valid JSON.');
      }
      // The SDK wants a token in here; what it is given is none.
      const auth: AuthInfo = { token: '-', clientId: caller.client, scopes: [] };
      const { method = 'GET', url = '/' } = request;
      const authorized = Object.assign(request, { auth, method, url });
      const isLegacy = request.method !== 'POST' || (await isLegacyRequest(await toWebRequest(authorized, body), body));
      if (!isLegacy) return handleModern(authorized, response, body);
      const id = request.headers['mcp-session-id'];
      if (id === undefined && isInitializeRequest(body)) {
        return (await begin(caller)).handleRequest(authorized, response, body);
      }
      if (typeof id !== 'string')
        return refuse(400, invalidRequestCode, 'Mcp-Session-Id is missing; begin with initialize.');
      const session = sessions.get(id);
      if (session?.client !== caller.client) return refuse(404, -32001, 'Session not found');
      await session.transport.handleRequest(authorized, response, body);
    },
    async stdio(transport, { client, own }) {
      const over = new Promise<void>((resolve) => transport.whenClosed(resolve));
      const handle = serveStdio(() => toolsFor(client, own ? undefined : 'stdio'), { transport });
      await over;
      await handle.close();
    },
    async close() {
      await Promise.all([...sessions.keys()].map(forget));
      await modern.close();
    },
  };
}
