/**
 * The requests of one connection, one after the other (RFC 9112 s9.3.2 allows no more for any that change something).
 * So the one that is worked on is the one whose answer is written: what becomes of the connection is told to it, and
 * those behind it, which Node tells nothing, are not begun when nobody is there any more.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Hardly any program sends ahead at all; one that sends this much ahead takes none of our memory. */
const mostWaiting = 64;

type Waiting = readonly [response: ServerResponse, work: () => void];

export class HttpTurns {
  /** Those behind the one that is worked on; absent where none is. */
  readonly #waiting = new WeakMap<Socket, Waiting[]>();

  /** Does this work when all before it have been answered, or never where the connection ends before. */
  take(response: ServerResponse, work: () => void): void {
    const { socket } = response.req;
    // After the last answer (`Connection: close`) nothing is carried out that nobody would hear of.
    if (socket.writableEnded) return;
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) {
      this.#waiting.set(socket, []);
      this.#begin(socket, [response, work]);
    } else if (waiting.push([response, work]) > mostWaiting) socket.destroy();
  }

  isBusy(socket: Socket): boolean {
    return this.#waiting.has(socket);
  }

  #begin(socket: Socket, [response, work]: Waiting): void {
    response.once('close', () => {
      const next = this.#waiting.get(socket)?.shift();
      if (next === undefined || socket.destroyed || socket.writableEnded) this.#waiting.delete(socket);
      else this.#begin(socket, next);
    });
    work();
  }
}
