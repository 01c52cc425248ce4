/**
 * The doors for local programs, opened together: the socket that relays and the command line use, and the HTTP face.
 * The socket decides who is the broker; without it no other door is opened.
 */
import type { Socket } from 'node:net';
import type { BridgeBroker } from '../broker/broker.ts';
import type { Platform } from '../platform.ts';
import { type Arrivals, type ProgramSources, watchArrivals } from './arrivals.ts';
import type { BridgeContext } from './bridge-context.ts';
import { type HttpFace, type HttpFaceOptions, openHttpFace } from './http-face.ts';
import { type OwnServersDoor, openOwnServersDoor } from './own-servers/door.ts';
import { ownServerOf } from './own-servers/own-server.ts';
import { openSocketDoor } from './socket-door.ts';
import { serveStdio } from './stdio-door.ts';

export const defaultHttpPort = 4747;
/** How long `close` waits for services to hear that their sessions have ended. */
const closeWaitMs = 2_000;

export interface BridgeOptions {
  /** A function is called once the socket is ours: nobody else opens the vault by then. */
  readonly broker: BridgeBroker | (() => Promise<BridgeBroker>);
  readonly platform: Pick<Platform, 'http' | 'now' | 'log'>;
  readonly socketPath: string;
  /** The port to try first; 0 for any. */
  readonly httpPort?: number;
  readonly maxBodyBytes?: number;
  readonly idleMs?: number;
  /** How long a call of our own tools waits for the person's answer, or for that of a web API. */
  readonly questionWaitMs?: number;
  /** Shown to hosts. */
  readonly version?: string;
  /** How it is told where programs come from; without it, their names count alone. */
  readonly programs?: ProgramSources;
  /** See `HttpFaceOptions`. */
  readonly pages?: HttpFaceOptions['pages'];
  readonly networks?: HttpFaceOptions['networks'];
  /** A program at the control door; listeners are to be there when this returns. */
  readonly onControl: (stream: Socket) => void;
}

export type Bridge =
  | { readonly socket: 'already-running' }
  | {
      readonly socket: 'listening';
      /** The port that was had in the end. */
      readonly httpPort: number;
      readonly containers: HttpFace['containers'];
      /** Frees socket and port and ends the sessions at the services, within two seconds. */
      close(): Promise<void>;
    };

/** Throws `data-folder-unusable` (socket), `port-taken` (no port at all), and what `broker` throws. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { platform } = options;
  let context: BridgeContext;
  let ownServers: OwnServersDoor;
  let arrivals: Arrivals;
  let httpPort = options.httpPort ?? defaultHttpPort;
  let open: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    open = resolve;
  });
  const serving = new Set<Promise<void>>();
  const door = await openSocketDoor({
    path: options.socketPath,
    log: platform.log,
    ready,
    onControl: options.onControl,
    onMcp: async (stream, hello) => {
      const { connection, own = false } = hello;
      const host = { ...(await arrivals.meet(stream, hello)), own };
      // Gone while it waited: nobody would tell us again.
      if (stream.destroyed) return;
      const ours = ownServerOf(context.broker, connection);
      const served =
        ours === undefined
          ? serveStdio(context, stream, { ...host, reference: connection })
          : ownServers.stdio(stream, host, ours);
      serving.add(served);
      void served.finally(() => serving.delete(served));
    },
  });
  if (door.kind === 'already-running') return { socket: 'already-running' };
  try {
    context = {
      broker: typeof options.broker === 'function' ? await options.broker() : options.broker,
      http: platform.http,
      now: platform.now,
      version: options.version ?? '0',
      localOrigin: () => `http://127.0.0.1:${httpPort}`,
      eras: new Map(),
      tools: new Map(),
      hints: new Map(),
      ownServer: (stream, host, served) => ownServers.stdio(stream, host, served),
    };
    ownServers = openOwnServersDoor(context, options.questionWaitMs);
    arrivals = watchArrivals(context.broker, options.programs);
    const face = await openHttpFace({
      context,
      ownServers,
      log: platform.log,
      port: httpPort,
      ...(options.maxBodyBytes === undefined ? {} : { maxBodyBytes: options.maxBodyBytes }),
      ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
      ...(options.pages === undefined ? {} : { pages: options.pages }),
      ...(options.networks === undefined ? {} : { networks: options.networks }),
    });
    httpPort = face.port;
    open();
    return {
      socket: 'listening',
      httpPort,
      containers: face.containers,
      async close() {
        arrivals.close();
        const closed = Promise.all([door.close(), face.close(), ownServers.close()]).then(() => Promise.all(serving));
        await atMost(closed, closeWaitMs);
      },
    };
  } catch (thrown) {
    await door.close();
    throw thrown;
  }
}

async function atMost(work: Promise<unknown>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([work, tooLate]);
  clearTimeout(timer);
}
