/**
 * The doors to servers of our own, opened with all others; what serves them is loaded when somebody comes, for many people
 * never want them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BridgeContext } from '../bridge-context.ts';
import type { Caller } from '../guard.ts';
import { LineTransport } from './line-transport.ts';
import type { OwnHost, OwnServing } from './serving.ts';

export interface OwnServersDoor {
  /** `served`: which server, by its key. */
  http(request: IncomingMessage, response: ServerResponse, caller: Caller, served: string): Promise<void>;
  /** Serves a host behind the relay until its stream ends; its listeners are there when this returns. Never throws. */
  stdio(stream: Duplex, host: OwnHost, served: string): Promise<void>;
  close(): Promise<void>;
}

/** `waitMs`: how long a call waits for the person or a web API; a little less than hosts do unless given. */
export function openOwnServersDoor(context: BridgeContext, waitMs?: number): OwnServersDoor {
  let loading: Promise<OwnServing> | undefined;
  const serving = () => {
    loading ??= import('./serving.ts').then(({ serveOwn }) => serveOwn(context, waitMs));
    return loading;
  };
  return {
    http: async (request, response, caller, served) => (await serving()).http(request, response, caller, served),
    async stdio(stream, host, served) {
      const transport = new LineTransport(stream, host.listed);
      try {
        await (await serving()).stdio(transport, host, served);
      } catch {
        stream.destroy();
      }
    },
    close: async () => (await loading)?.close(),
  };
}
