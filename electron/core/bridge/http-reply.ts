/** A reply on the HTTP face: JSON and events pass as they come, our own answers are plain JSON. */
import type { ServerResponse } from 'node:http';
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
    this.#response.writeHead(status, {
      'content-type': 'application/json',
      ...(length === undefined ? {} : { 'content-length': length }),
      ...this.#headers(),
    });
  }

  chunk(bytes: Buffer): boolean {
    return this.#response.write(bytes);
  }

  finish(): void {
    this.#response.end();
  }

  /** Begins the stream before the first event has come, so that the host knows it is open. */
  open(): void {
    if (this.#response.headersSent) return;
    this.#isStream = true;
    this.#response.writeHead(200, { ...eventStream, ...this.#headers() });
    this.#response.flushHeaders();
  }

  event(event: SseEvent): boolean {
    if (this.#response.writableEnded) return true;
    this.open();
    return this.#response.write(event.raw);
  }

  answer(message: object | Buffer, status = 200): void {
    const json = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
    if (this.#response.headersSent) {
      // In the middle of a stream the answer is one more event; in the middle of a JSON body nothing can be said.
      if (this.#isStream) this.#response.end(Buffer.concat([Buffer.from('data: '), json, Buffer.from('\n\n')]));
      else this.#response.destroy();
      return;
    }
    this.json(status, String(json.length));
    this.#response.end(json);
  }

  end(): void {
    if (this.#response.writableEnded) return;
    this.open();
    this.#response.end();
  }

  onDrain(resume: () => void): void {
    if (this.#response.writableNeedDrain) this.#response.once('drain', resume);
    else resume();
  }
}
