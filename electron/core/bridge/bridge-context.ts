/** What all conversations of a bridge share, and learn for each other. */
import type { Dispatcher } from 'undici';
import type { Access, BridgeBroker } from '../broker/broker.ts';
import type { MirroredTools } from './modern-headers.ts';
import type { ConnectionEra, Era } from './modern-session.ts';

export interface BridgeContext {
  readonly broker: BridgeBroker;
  readonly http: Dispatcher;
  readonly now: () => number;
  readonly version: string;
  /** Which era a connection was seen to speak. */
  readonly eras: Map<string, Era>;
  /** What `tools/list` said, per connection and account. */
  readonly tools: Map<string, MirroredTools>;
}

/** What `tools/list` has said for this access's account; empty at first. */
export function toolsOf({ tools }: BridgeContext, access: Access): MirroredTools {
  const key = JSON.stringify([access.connectionId, access.accountId]);
  const known = tools.get(key) ?? new Map();
  tools.set(key, known);
  return known;
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
