/** A listening place on 127.0.0.1, and how long a request may take to come whole. */
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '../../../shared/faults.ts';

/** A body has come whole by then, unless it is one that streams on. */
const bodyWaitMs = 30_000;

/** On this port, or on any free one where it is taken. Throws `port-taken`. */
export function listen(server: Server, port: number): Promise<number> {
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

/** A slow loris gets no connection of ours for long. Returns how to let it take its time. */
export function timeBody(request: IncomingMessage): () => void {
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, bodyWaitMs).unref();
  const arrived = () => clearTimeout(timer);
  request.once('end', arrived).once('close', arrived);
  return arrived;
}
