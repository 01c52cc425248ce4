/** Where the answers of services go: to the host as they come, or to ourselves. */
import { isAnswer } from '../message.ts';
import type { Reply } from '../reply.ts';
import { type SseEvent, withData } from '../sse.ts';

/** An answer that we want ourselves, whole. */
export class Collected implements Reply {
  /** Undefined where there was none, or where it was too large. */
  readonly answered: Promise<Buffer | undefined>;
  readonly #mostBytes: number;
  /** What a service says besides. */
  readonly #besides: (event: SseEvent) => void;
  #settle: (answer: Buffer | undefined) => void = () => undefined;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(mostBytes: number, besides: (event: SseEvent) => void = () => undefined) {
    this.#mostBytes = mostBytes;
    this.#besides = besides;
    this.answered = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  json(): void {
    this.#parts = [];
    this.#size = 0;
  }

  chunk(bytes: Buffer): boolean {
    this.#size += bytes.length;
    if (this.#size <= this.#mostBytes) this.#parts.push(bytes);
    else {
      this.#parts = [];
      this.#settle(undefined);
    }
    return true;
  }

  finish(): void {
    if (this.#size <= this.#mostBytes) this.#settle(Buffer.concat(this.#parts));
  }

  event(event: SseEvent): boolean {
    const { data } = event;
    if (data === undefined || data.length === 0) return true;
    if (isAnswer(data)) this.#settle(data.length <= this.#mostBytes ? Buffer.from(data) : undefined);
    else this.#besides(event);
    return true;
  }

  answer(message: object | Buffer): void {
    const json = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
    this.#settle(json.length <= this.#mostBytes ? json : undefined);
  }

  end(): void {
    this.#settle(undefined);
  }

  onDrain(resume: () => void): void {
    resume();
  }
}

/** How an answer has come. */
export type Came = 'whole' | 'event';

export interface PassingOptions {
  /** What the host sees of an event that is no answer; undefined: nothing. */
  readonly shown: (event: SseEvent) => SseEvent | undefined;
  /** An event that the host is to take the stream up again by another id after. */
  readonly tagged?: ((event: SseEvent) => SseEvent) | undefined;
  /** Told when the answer has passed. */
  readonly answered: () => void;
  /** The answer as the host hears it, mostly the same bytes; undefined: it hears none. */
  readonly told: (answer: Buffer, came: Came) => Buffer | undefined;
}

/** A service's answer on its way to the host: looked at as a whole, and in its own bytes unless it has to be told otherwise. */
export class Passing implements Reply {
  readonly #reply: Reply;
  readonly #options: PassingOptions;
  #status = 200;
  #parts: Buffer[] = [];
  isAnswered = false;

  constructor(reply: Reply, options: PassingOptions) {
    this.#reply = reply;
    this.#options = options;
  }

  json(status: number): void {
    this.#parts = [];
    this.#status = status;
  }

  chunk(bytes: Buffer): boolean {
    this.#parts.push(bytes);
    return true;
  }

  finish(): void {
    const [first, ...more] = this.#parts;
    this.#parts = [];
    if (first) this.answer(more.length === 0 ? first : Buffer.concat([first, ...more]), this.#status);
  }

  event(event: SseEvent): boolean {
    const { data } = event;
    const { told, shown, tagged = (one) => one } = this.#options;
    // It says by which id the stream is taken up again.
    if (data === undefined || data.length === 0) return this.#reply.event(tagged(event));
    if (!isAnswer(data)) {
      const heard = shown(event);
      return heard === undefined || this.#reply.event(heard);
    }
    const answer = told(data, 'event');
    if (answer === undefined) return true;
    const room = this.#reply.event(tagged(answer === data ? event : withData(event, answer)));
    this.#passed();
    return room;
  }

  /** Bytes are the service's; what is none of its is ours, under the right id. */
  answer(message: object | Buffer, status?: number): void {
    const json = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
    const told = this.#options.told(json, 'whole');
    if (told === undefined) return;
    this.#reply.answer(told, status);
    this.#passed();
  }

  /** Without an answer it is whoever asked that says why there is none. */
  end(): void {
    if (this.isAnswered) this.#reply.end();
  }

  onDrain(resume: () => void): void {
    this.#reply.onDrain(resume);
  }

  #passed(): void {
    this.isAnswered = true;
    this.#options.answered();
  }
}
