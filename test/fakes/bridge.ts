/** A bridge with its doors in a folder of its own, for one test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { type Bridge, type BridgeOptions, startBridge } from '../../electron/core/bridge/start-bridge.ts';
import type { BridgeBroker } from '../../electron/core/broker/broker.ts';
import { LineHost } from './line-host.ts';

export interface TestBridge {
  readonly dataDir: string;
  readonly socketPath: string;
  readonly httpPort: number;
  readonly containers: Extract<Bridge, { readonly socket: 'listening' }>['containers'];
  readonly logged: string[];
  /** A host at the socket, as if behind a relay. */
  host(connection?: string, client?: string): LineHost & { readonly socket: Socket };
  url(connection?: string): string;
  close(): Promise<void>;
  stop(): Promise<void>;
}

export async function testBridge(broker: BridgeBroker, options: Partial<BridgeOptions> = {}): Promise<TestBridge> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cx-'));
  const socketPath = join(dataDir, 'broker.sock');
  const http = new Agent();
  const logged: string[] = [];
  const bridge = await startBridge({
    broker,
    platform: {
      http,
      now: Date.now,
      log: (level, message, facts) => void logged.push(JSON.stringify({ level, message, facts })),
    },
    socketPath,
    httpPort: 0,
    onControl: (stream) => stream.end(),
    ...options,
  });
  if (bridge.socket !== 'listening') throw new Error('another bridge is there');
  const sockets: Socket[] = [];
  return {
    dataDir,
    socketPath,
    httpPort: bridge.httpPort,
    containers: bridge.containers,
    logged,
    host(connection, client = 'line-host') {
      const socket = connect({ path: socketPath, allowHalfOpen: true });
      sockets.push(socket);
      socket.on('error', () => undefined);
      const hello = { conexor: 1, door: 'mcp', client, ...(connection ? { connection } : {}) };
      socket.write(`${JSON.stringify(hello)}\n`);
      return Object.assign(new LineHost(socket, socket), { socket });
    },
    url: (connection = 'sales') => `http://127.0.0.1:${bridge.httpPort}/mcp/${connection}`,
    close: () => bridge.close(),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await bridge.close();
      await http.destroy();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
