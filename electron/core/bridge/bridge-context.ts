/** What all conversations of a bridge share, and learn for each other. */
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Access, BridgeBroker } from '../broker/broker.ts';
import type { Host } from './host.ts';
import type { MirroredTools } from './modern-headers.ts';
import type { ConnectionEra, Era } from './modern-session.ts';
import type { ToolHints } from './tool-hints.ts';

export interface BridgeContext {
  readonly broker: BridgeBroker;
  readonly http: Dispatcher;
  readonly now: () => number;
  readonly version: string;
  /** Of the HTTP face, such as `http://127.0.0.1:4747`. */
  readonly localOrigin: () => string;
  /** Which era a connection was seen to speak. */
  readonly eras: Map<string, Era>;
  /** What `tools/list` said, per connection and account. */
  readonly tools: Map<string, MirroredTools>;
  /** What it said of tools that only read, per connection and account. */
  readonly hints: Map<string, ToolHints>;
  /** Serves a program at this stream by a server of our own (`own-servers/`), until the stream ends. Never throws. */
  readonly ownServer: (
    stream: Duplex,
    host: Pick<Host, 'client' | 'own' | 'door' | 'isLet'>,
    served: string,
  ) => Promise<void>;
}

/** What `tools/list` has said for this access's account; empty at first. */
export function toolsOf({ tools }: BridgeContext, access: Access): MirroredTools {
  const key = keyOf(access);
  const known = tools.get(key) ?? new Map();
  tools.set(key, known);
  return known;
}

/** What is known of the tools of this access's account; nothing at first. */
export function hintsOf({ hints }: BridgeContext, access: Access): ToolHints {
  const key = keyOf(access);
  const known = hints.get(key) ?? { reads: new Map(), asked: undefined };
  hints.set(key, known);
  return known;
}

function keyOf({ connectionId, accountId }: Access): string {
  return JSON.stringify([connectionId, accountId]);
}

/** The era of one connection; it is remembered once there is a connection. */
export function eraOf({ eras }: BridgeContext, connectionId: () => string | undefined): ConnectionEra {
  return {
    get: () => eras.get(connectionId() ?? ''),
    set(era) {
      const id = connectionId();
      if (id !== undefined) eras.set(id, era);
    },
  };
}
