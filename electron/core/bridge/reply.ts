/**
 * Where the answer to one request of a host goes. The stdio door writes lines, the HTTP face a response; what the
 * service sent passes through as it came.
 */
import type { SseEvent } from './sse.ts';

export interface Reply {
  /** A JSON body of the service follows in chunks, then `finish`. */
  json(status: number, length: string | undefined): void;
  /** False: the host is slow, wait for `onDrain`. */
  chunk(bytes: Buffer): boolean;
  finish(): void;
  /** An event of the service or of our own; the first one makes the reply a stream. False as for `chunk`. */
  event(event: SseEvent): boolean;
  /** The final answer, where it did not pass through: a message of ours, or bytes of JSON. Ends the reply. */
  answer(message: object | Buffer, status?: number): void;
  /** Nothing more comes: the end of a stream, or of a body that broke off. */
  end(): void;
  onDrain(resume: () => void): void;
}
