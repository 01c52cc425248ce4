/**
 * 127.0.0.1 for programs that speak HTTP: MCP at `/mcp/<connection>` (Streamable HTTP, both eras), web APIs at
 * `/api/<connection>/…`. Nothing here answers 401 with a challenge or passes one on: a local host would begin a sign-in
 * with us.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault, Fault, type FaultCode } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import type { BridgeContext } from './bridge-context.ts';
import { ContainerDoor } from './container-door.ts';
import { breakOff, type Caller, requireClient, requireNoPage } from './guard.ts';
import { formRefusal, refuseInWords, takeAbsoluteForm } from './http-form.ts';
import { listen, timeBody } from './http-listen.ts';
import { HttpMcp, type HttpMcpLimits } from './http-mcp.ts';
import { sendJson } from './http-reply.ts';
import { HttpTurns } from './http-turns.ts';
import { allServicesName } from './open-conversation.ts';
import type { OwnServersDoor } from './own-servers/door.ts';
import { oauthToolsName, ownServerOf } from './own-servers/own-server.ts';
import { readLocalPlace } from './rest-address.ts';
import { answerOfFault, sendOwn } from './rest-answers.ts';
import { RestForward } from './rest-forward.ts';

export interface HttpFaceOptions extends HttpMcpLimits {
  readonly context: BridgeContext;
  readonly log: Log;
  readonly ownServers: OwnServersDoor;
  /** Tried first; where it is taken any free one is used. 0 for any. */
  readonly port: number;
  /** A program that has not sent its request's head by then is let go of. */
  readonly headersTimeoutMs?: number;
  /** Takes requests that are no program's, such as the window's own; asked once Host and Origin are known to be local. */
  readonly pages?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** This computer's networks; asked for where containers are let in. */
  readonly networks?: typeof networkInterfaces;
}

export interface HttpFace {
  readonly port: number;
  /** Nobody comes by it until it is set. */
  readonly containers: Pick<ContainerDoor, 'set' | 'view'>;
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
  const mcp = new HttpMcp(context, options);
  const rest = new RestForward(context);
  const turns = new HttpTurns();
  // Looked through once a minute only: idle means no timer faster than that. What a connection says first is timed by
  // a timer of its own.
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
  const networks = options.networks ?? networkInterfaces;
  const containers = new ContainerDoor({ server, port: () => port, networks, log });
  const port = await listen(server, options.port);
  if (port !== options.port && options.port !== 0) log('warn', 'http: port taken', { wanted: options.port, port });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const inTime = timeBody(request);
    const malformed = formRefusal(request);
    if (malformed) return sendOwn(response, malformed, context.now());
    takeAbsoluteForm(request, containers);
    const place = readLocalPlace(request.url ?? '/');
    const caller = admitted(request, response, place !== undefined);
    if (caller === undefined) return;
    if (place) {
      inTime();
      return rest.serve(request, response, place, caller);
    }
    const connection = connectionOf(request.url ?? '/');
    if (connection === undefined)
      return sendJson(response, 404, { error: 'not-found', message: 'Nothing is at this address.' });
    if (connection === allServicesName) return mcp.serve(request, response, { ...caller, connection, id: connection });
    const served = ownServerOf(context.broker, connection);
    // Where nobody but the program can say what a person saw, no sign-in begins and none ends.
    if (served === oauthToolsName && caller.from === 'container')
      throw new Fault('host-refused', { reason: 'container' });
    if (served !== undefined) return options.ownServers.http(request, response, caller, served);
    // A name that leads nowhere is said at once, before any message of it is read.
    const { id } = context.broker.findConnection(connection);
    return mcp.serve(request, response, { ...caller, connection, id });
  }

  /** Undefined where the request is no program's and has been answered. Who is not let in keeps no connection. */
  function admitted(request: IncomingMessage, response: ServerResponse, isWebApi: boolean): Caller | undefined {
    try {
      const from = containers.placeOf(request);
      if (from === 'here' && options.pages?.(request, response)) return undefined;
      if (from === 'here' && isWebApi) requireNoPage(request, port);
      return requireClient(request, from, context.broker);
    } catch (thrown) {
      response.shouldKeepAlive = false;
      throw thrown;
    }
  }

  return {
    port,
    containers,
    async close() {
      await containers.close();
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      rest.close();
      await mcp.close();
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

function refuse(response: ServerResponse, fault: Fault): void {
  if (response.headersSent) {
    breakOff(response);
    return;
  }
  const { what, next } = faultWords(fault);
  sendJson(response, statusOfFault[fault.code] ?? 500, { error: fault.code, message: `${what} ${next}` });
}
