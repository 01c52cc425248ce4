/** A listening place on 127.0.0.1, and how long a request may take to come whole. */
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Fault } from '../../../shared/faults.ts';

/** A body has come whole by then, unless it is one that streams on. */
const bodyWaitMs = 30_000;

/** Whoever has been answered and neither reads nor closes has no connection of ours for longer. */
const lingerMs = 2_000;

/** On this port, or on any free one where it is taken. Throws `port-taken`. */
export function listen(server: Server, port: number): Promise<number> {
  server.on('connection', closeGently);
  return new Promise((resolve, reject) => {
    let wanted = port;
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) return;
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      if (!isTaken || wanted === 0) {
        reject(new Fault('port-taken', { subject: String(port), reason: String(error.code) }));
        return;
      }
      wanted = 0;
      server.listen(0, '127.0.0.1');
    });
    server.once('listening', () => resolve((server.address() as AddressInfo).port));
    server.listen(port, '127.0.0.1');
  });
}

/**
 * What a program still sends when we have answered and close is read for a while: a closed socket would meet it with a
 * reset, which takes our answer from whoever has not read it yet (RFC 9112 s9.6). Node closes both ways at once.
 */
function closeGently(socket: Socket): void {
  socket.destroySoon = () => {
    if (socket.destroyed) return;
    // Everything written goes first; when the other side ends too, the socket closes by itself.
    socket.end();
    setTimeout(() => socket.destroy(), lingerMs).unref();
  };
}

/** A slow loris gets no connection of ours for long. Returns how to let it take its time. */
export function timeBody(request: IncomingMessage): () => void {
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, bodyWaitMs).unref();
  const arrived = () => clearTimeout(timer);
  request.once('end', arrived).once('close', arrived);
  return arrived;
}
