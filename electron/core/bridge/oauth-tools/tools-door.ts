/**
 * The doors to the OAuth tools, opened with all others; what serves them is loaded when somebody comes, for most people
 * never want them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BridgeContext } from '../bridge-context.ts';
import type { Caller } from '../guard.ts';
import { LineTransport } from './line-transport.ts';
import type { ToolsHost, ToolsServing } from './tools-serving.ts';

export interface ToolsDoor {
  http(request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void>;
  /** Serves a host behind the relay until its stream ends; its listeners are there when this returns. Never throws. */
  stdio(stream: Duplex, host: ToolsHost): Promise<void>;
  close(): Promise<void>;
}

/** `waitMs`: how long a call waits for the person's answer; a little less than hosts do unless given. */
export function openToolsDoor(context: BridgeContext, waitMs?: number): ToolsDoor {
  let loading: Promise<ToolsServing> | undefined;
  const serving = () => {
    loading ??= import('./tools-serving.ts').then(({ serveTools }) => serveTools(context, waitMs));
    return loading;
  };
  return {
    http: async (request, response, caller) => (await serving()).http(request, response, caller),
    async stdio(stream, host) {
      const transport = new LineTransport(stream);
      try {
        await (await serving()).stdio(transport, host);
      } catch {
        stream.destroy();
      }
    },
    close: async () => (await loading)?.close(),
  };
}
