/**
 * Servers of our own, served on the official SDK: over HTTP in both eras, and to hosts behind the relay. The guard has
 * looked at Host, Origin and key before anything comes here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { Fault } from '../../../../shared/faults.ts';
import { type Door, programName } from '../../broker/programs.ts';
import type { BridgeContext } from '../bridge-context.ts';
import { invalidRequestCode, parseErrorCode, plainError } from '../fault-answers.ts';
import { type Caller, closing, readBody } from '../guard.ts';
import { parseJson } from '../message.ts';
import { oauthConversations } from '../oauth-tools/tools-server.ts';
import { RestRequests } from '../rest-requests.ts';
import { webApiConversation } from '../web-api-tools/web-api-server.ts';
import { HttpConversations } from './http-conversations.ts';
import { type LineTransport, maxMessageBytes } from './line-transport.ts';
import { isServed, type OwnConversation, type OwnProgram, type OwnServer, oauthToolsName } from './own-server.ts';

/** Before hosts give up, which is usually after a minute. */
const usualWaitMs = 50_000;
/** Of MCP (Streamable HTTP), in either era. */
const methods = ['GET', 'POST', 'DELETE'];
/** Of programs that need no session, the one that has been quiet for longest is met anew. */
const mostRemembered = 256;

export interface OwnHost {
  readonly client: string;
  readonly own?: boolean;
  /** A `tools/list` was answered with a result. */
  readonly listed?: () => void;
  /** `stdio` unless given. */
  readonly door?: Door;
  /** The key with which it began still holds; absent where there is none. */
  readonly isLet?: () => boolean;
}

export interface OwnServing {
  http(request: IncomingMessage, response: ServerResponse, caller: Caller, served: string): Promise<void>;
  /** Serves a host behind the relay until its stream ends. */
  stdio(transport: LineTransport, host: OwnHost, served: string): Promise<void>;
  close(): Promise<void>;
}

interface ModernServer extends McpHttpHandler {
  /** Text that changes with what its tools depend on. */
  footing: string;
  readonly handle: ReturnType<typeof toNodeHandler>;
}

/** `waitMs`: how long a call waits, of the OAuth tools for the person and of a web API’s for its service. */
export function serveOwn(context: BridgeContext, waitMs = usualWaitMs): OwnServing {
  const { broker } = context;
  const requests = new RestRequests(context);
  const oauth = oauthConversations(context, waitMs);
  const sessions = new HttpConversations();
  const atStreams = new Map<LineTransport, { readonly served: string; own: OwnServer | undefined }>();
  const modern = new Map<string, ModernServer>();
  const remembered = new Map<string, OwnConversation>();
  const callers = new WeakMap<AuthInfo, Caller>();

  const converse = (served: string, program: OwnProgram): OwnConversation =>
    served === oauthToolsName ? oauth(program) : webApiConversation({ context, requests, program, id: served, waitMs });
  const programOf = ({ client }: Pick<Caller, 'client'>): OwnProgram => ({ client: programName(client), door: 'http' });

  function footingOf(served: string): string {
    const view = broker.snapshot().connections.find(({ id }) => id === served);
    const accounts = view?.accounts.map(({ id, state, current }) => [id, state, current]);
    return JSON.stringify([accounts, view?.clients.map(({ name, door, access }) => [name, door, access])]);
  }

  const unsubscribe = broker.subscribe(({ vault }) => {
    // A locked keychain knows no key for the moment; that takes none away.
    if (vault.kind === 'locked') return;
    const goesOn = (served: string) => isServed(broker, served);
    sessions.changed(goesOn);
    for (const [transport, { served, own }] of atStreams) {
      if (goesOn(served)) own?.changed();
      // The relay comes again, and finds who serves it now.
      else void transport.close();
    }
    for (const [served, server] of modern) {
      if (goesOn(served)) {
        const footing = footingOf(served);
        if (footing !== server.footing) server.notify.toolsChanged();
        server.footing = footing;
      } else {
        modern.delete(served);
        void server.close();
      }
    }
  });

  function modernServer(served: string): ModernServer {
    const known = modern.get(served);
    if (known) return known;
    const handler = createMcpHandler(
      ({ authInfo }) => {
        const caller = authInfo && callers.get(authInfo);
        if (!caller) throw new Fault('internal', { reason: 'a request without a program' });
        return rememberedFor(caller, served).server(caller.isLet).server;
      },
      { legacy: 'reject' },
    );
    const server = { ...handler, handle: toNodeHandler(handler), footing: footingOf(served) };
    modern.set(served, server);
    return server;
  }

  /** Requests that stand alone are one conversation for each program. */
  function rememberedFor(caller: Caller, served: string): OwnConversation {
    const key = JSON.stringify([caller.client, served]);
    const conversation = remembered.get(key) ?? converse(served, programOf(caller));
    remembered.delete(key);
    remembered.set(key, conversation);
    const [oldest] = remembered.keys();
    if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
    return conversation;
  }

  return {
    async http(request, response, caller, served) {
      if (!methods.includes(request.method ?? '')) {
        response.writeHead(405, { allow: methods.join(', '), 'content-type': 'application/json', ...closing(request) });
        response.end(JSON.stringify({ error: 'method-not-allowed', message: 'Use POST, GET or DELETE.' }));
        return;
      }
      const body = request.method === 'POST' ? parseJson(await readBody(request, maxMessageBytes, caller)) : undefined;
      const refuse = (status: number, code: number, message: string) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(plainError(null, code, message)));
      };
      if (request.method === 'POST' && body === undefined) {
        return refuse(400, parseErrorCode, 'This is not valid JSON.');
      }
      // The SDK wants a token in here; what it is given is none.
      const auth: AuthInfo = { token: '-', clientId: caller.client, scopes: [] };
      callers.set(auth, caller);
      const { method = 'GET', url = '/' } = request;
      const authorized = Object.assign(request, { auth, method, url });
      const isLegacy = request.method !== 'POST' || (await isLegacyRequest(await toWebRequest(authorized, body), body));
      if (!isLegacy) return modernServer(served).handle(authorized, response, body);
      const id = request.headers['mcp-session-id'];
      if (id === undefined && isInitializeRequest(body)) {
        const own = converse(served, programOf(caller)).server(caller.isLet);
        return (await sessions.begin(caller, served, own)).handleRequest(authorized, response, body);
      }
      if (typeof id !== 'string')
        return refuse(400, invalidRequestCode, 'Mcp-Session-Id is missing; begin with initialize.');
      const transport = sessions.find(id, caller, served);
      if (!transport) return refuse(404, -32001, 'Session not found');
      await transport.handleRequest(authorized, response, body);
    },
    async stdio(transport, { client, own, door = 'stdio', isLet = () => true }, served) {
      const conversation = converse(served, { client: programName(client), door: own ? undefined : door });
      const stream: { readonly served: string; own: OwnServer | undefined } = { served, own: undefined };
      atStreams.set(transport, stream);
      const over = new Promise<void>((resolve) => transport.whenClosed(resolve));
      const handle = serveStdio(
        () => {
          stream.own = conversation.server(isLet);
          return stream.own.server;
        },
        { transport },
      );
      await over;
      atStreams.delete(transport);
      await handle.close();
    },
    async close() {
      unsubscribe();
      requests.close();
      await sessions.close();
      await Promise.all([...modern.values()].map((server) => server.close()));
    },
  };
}
