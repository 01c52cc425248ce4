/**
 * Where the answer to one request of a host goes. The stdio door writes lines, the HTTP face a response; what the
 * service sent passes through as it came.
 */
import type { SseEvent } from './sse.ts';

/** Where events go, at the pace of whoever reads them. */
export interface EventSink {
  /** An event of the service or of our own; the first one makes a reply a stream. False: wait for `onDrain`. */
  event(event: SseEvent): boolean;
  /** Calls back when there is room again, or nobody left to make room for. */
  onDrain(resume: () => void): void;
}

export interface Reply extends EventSink {
  /** A JSON body of the service follows in chunks, then `finish`. */
  json(status: number, length: string | undefined): void;
  /** False: the host is slow, wait for `onDrain`. */
  chunk(bytes: Buffer): boolean;
  finish(): void;
  /** The final answer, where it did not pass through: a message of ours, or bytes of JSON. Ends the reply. */
  answer(message: object | Buffer, status?: number): void;
  /** Nothing more comes: the end of a stream, or of a body that broke off. */
  end(): void;
}
