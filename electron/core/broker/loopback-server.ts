/**
 * A small HTTP server on this computer's loopback only, which strangers can neither fill up nor slow down: one request
 * per connection, little time for it, and room made by dropping whoever has been silent the longest.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Fault } from '../../../shared/faults.ts';

export interface LoopbackServer {
  /** `host:port` as it stands in addresses and in the Host header. */
  readonly authority: string;
  /** Stops listening at once; answers that are being written have this long to get out. */
  close(graceMs: number): Promise<void>;
}

/** Silent connections beyond this many cost the oldest of them its place. */
const maxSilent = 32;

const addressNotHere = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

/**
 * On the first of the addresses that this computer has, at a port of the system's choice.
 * Throws `internal` where it has none of them.
 */
export async function listenOnFirst(addresses: readonly string[], answer: RequestListener): Promise<LoopbackServer> {
  let last: unknown;
  for (const address of addresses) {
    try {
      const server = await listen(address, 0, answer);
      return { authority: `${bracketed(address)}:${portOf(server)}`, close: (graceMs) => closeAll([server], graceMs) };
    } catch (error) {
      if (!addressNotHere.has(codeOf(error))) throw error;
      last = error;
    }
  }
  throw new Fault('internal', { reason: `no loopback address: ${codeOf(last)}` });
}

/**
 * At exactly this port. `localhost` means either address to a browser, so both are taken: nobody else may receive
 * what is meant for us. Throws `port-taken`, its subject the port.
 */
export async function listenOnPort(
  host: '127.0.0.1' | 'localhost',
  port: number,
  answer: RequestListener,
): Promise<LoopbackServer> {
  const servers: Server[] = [];
  for (const address of host === 'localhost' ? ['127.0.0.1', '::1'] : [host]) {
    try {
      servers.push(await listen(address, port, answer));
    } catch (error) {
      if (address === '::1' && addressNotHere.has(codeOf(error))) continue;
      await closeAll(servers, 0);
      if (codeOf(error) !== 'EADDRINUSE' && codeOf(error) !== 'EACCES') throw error;
      throw new Fault('port-taken', { reason: codeOf(error), subject: String(port) });
    }
  }
  return { authority: `${host}:${port}`, close: (graceMs) => closeAll(servers, graceMs) };
}

async function listen(address: string, port: number, answer: RequestListener): Promise<Server> {
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 500, maxHeaderSize: 32 * 1024 },
    answer,
  );
  keepRoom(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

function keepRoom(server: Server): void {
  // In the order of their coming; whoever has sent a whole request is no longer silent.
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
    const [oldest] = silent;
    if (silent.size > maxSilent) oldest?.destroy();
  });
  server.on('request', (request) => silent.delete(request.socket));
}

async function closeAll(servers: readonly Server[], graceMs: number): Promise<void> {
  const closed = Promise.all(
    servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
  );
  const cut = () => {
    for (const server of servers) server.closeAllConnections();
  };
  if (graceMs <= 0) cut();
  const timer = setTimeout(cut, graceMs);
  await closed;
  clearTimeout(timer);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
