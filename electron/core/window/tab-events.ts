/**
 * Events to one page, one JSON a line, for as long as it stays: the present state first, an empty line now and then so
 * that a dead page is noticed. A page that reads slowly is told the newest state when it has caught up, and nothing of
 * what lay between.
 */
import type { ServerResponse } from 'node:http';
import type { WindowEvent } from '../../../shared/window.ts';
import type { Face } from '../control/face.ts';

const heartbeatMs = 30_000;

export interface EventStream {
  /** Nothing is told from now on. */
  end(): void;
}

/** Whom a stream belongs to. */
export interface StreamOwner {
  /** Asked before anything is told. */
  isLive(): boolean;
  /** Called with every heartbeat. */
  touch(): void;
}

/** The head of the response is to be written by now. */
export function streamEvents(face: Face, response: ServerResponse, owner: StreamOwner): EventStream {
  let isFull = false;
  let hasEnded = false;
  let missed: WindowEvent | undefined;
  const write = (line: string) => {
    // Whoever ends an owner may end this stream at once: asked last.
    if (owner.isLive() && !hasEnded) isFull = !response.write(`${line}\n`);
  };
  const stop = face.subscribe((event) => {
    if (!isFull) write(JSON.stringify(event));
    else if (event.kind === 'state') missed = event;
  });
  response.on('drain', () => {
    isFull = false;
    const newest = missed;
    missed = undefined;
    if (newest) write(JSON.stringify(newest));
  });
  const heartbeat = setInterval(() => {
    // Half a minute without taking anything, or what was left of it: nobody reads there.
    if (isFull || hasEnded) {
      response.destroy();
      return;
    }
    write('');
    if (!hasEnded) owner.touch();
  }, heartbeatMs);
  response.once('close', () => {
    clearInterval(heartbeat);
    stop();
  });
  return {
    end() {
      hasEnded = true;
      stop();
      if (isFull) response.destroy();
      else response.end();
    },
  };
}
