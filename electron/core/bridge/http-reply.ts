/** A reply on the HTTP face: JSON and events pass as they come, our own answers are plain JSON. */
import type { ServerResponse } from 'node:http';
import { breakOff, closing } from './guard.ts';
import { onOneLine } from './lines.ts';
import type { Reply } from './reply.ts';
import type { SseEvent } from './sse.ts';

const eventStream = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' };

export class HttpReply implements Reply {
  readonly #response: ServerResponse;
  readonly #headers: () => Record<string, string>;
  #isStream = false;

  /** `headers` are asked when the head is written: the session's id is known then. */
  constructor(response: ServerResponse, headers: () => Record<string, string> = () => ({})) {
    this.#response = response;
    this.#headers = headers;
  }

  json(status: number, length: string | undefined): void {
    if (this.#isOver) return;
    if (this.#response.headersSent) {
      // A stream has begun: a JSON body inside it would be neither.
      breakOff(this.#response);
      return;
    }
    this.#response.writeHead(status, {
      'content-type': 'application/json',
      ...(length === undefined ? {} : { 'content-length': length }),
      ...this.#headers(),
    });
  }

  chunk(bytes: Buffer): boolean {
    return this.#isOver || this.#response.write(bytes);
  }

  finish(): void {
    if (!this.#isOver) this.#response.end();
  }

  /** Begins the stream before the first event has come, so that the host knows it is open. */
  open(): void {
    if (this.#isOver || this.#response.headersSent) return;
    this.#isStream = true;
    this.#response.writeHead(200, { ...eventStream, ...this.#headers() });
    this.#response.flushHeaders();
  }

  event(event: SseEvent): boolean {
    if (this.#isOver) return true;
    this.open();
    return this.#response.write(event.raw);
  }

  answer(message: object | Buffer, status = 200): void {
    if (this.#isOver) return;
    const json = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
    if (this.#response.headersSent) {
      // In the middle of a stream the answer is one more event; in the middle of a JSON body nothing can be said.
      if (this.#isStream) this.#response.end(asEvent(json));
      else breakOff(this.#response);
      return;
    }
    this.json(status, String(json.length));
    this.#response.end(json);
  }

  end(): void {
    if (this.#isOver) return;
    this.open();
    this.#response.end();
  }

  onDrain(resume: () => void): void {
    const response = this.#response;
    if (this.#isOver || !response.writableNeedDrain) {
      resume();
      return;
    }
    const go = () => {
      response.off('drain', go).off('close', go);
      resume();
    };
    response.once('drain', go).once('close', go);
  }

  /** Answered, or the host has gone: whatever a service still sends for it is dropped. */
  get #isOver(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }
}

/** A whole answer of our own. What a program still sends with it is not waited for. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const json = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    'x-content-type-options': 'nosniff',
    ...closing(response.req),
  });
  response.end(json);
}

/** One line of JSON in every case: an answer of the service may stand on several. */
function asEvent(json: Buffer): Buffer {
  return Buffer.concat([Buffer.from('data: '), onOneLine(json), Buffer.from('\n\n')]);
}
