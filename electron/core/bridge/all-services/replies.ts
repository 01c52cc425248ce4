/** Where the answers of services go: to the host as they come, or to ourselves. */
import { isAnswer } from '../message.ts';
import type { Reply } from '../reply.ts';
import type { SseEvent } from '../sse.ts';

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

export interface PassingOptions {
  /** What the host sees of an event that is no answer; undefined: nothing. */
  readonly shown: (event: SseEvent) => SseEvent | undefined;
  /** An event that the host is to take the stream up again by another id after. */
  readonly tagged?: ((event: SseEvent) => SseEvent) | undefined;
  /** Told when the answer has passed. */
  readonly answered: () => void;
  /** Another form of the answer for the host; then it is collected first. */
  readonly rewrite?: ((answer: Buffer) => Buffer) | undefined;
  /** Told the whole answer besides, where it is no larger than `mostRead`. */
  readonly read?: ((answer: Buffer) => void) | undefined;
}

/** What is read besides being passed. */
const mostRead = 256 * 1024;

/** A service's answer on its way to the host: its bytes as they come, unless they have to be told otherwise. */
export class Passing implements Reply {
  readonly #reply: Reply;
  readonly #options: PassingOptions;
  #status = 200;
  #parts: Buffer[] = [];
  #size = 0;
  isAnswered = false;

  constructor(reply: Reply, options: PassingOptions) {
    this.#reply = reply;
    this.#options = options;
  }

  json(status: number, length: string | undefined): void {
    this.#parts = [];
    this.#size = 0;
    this.#status = status;
    if (!this.#options.rewrite) this.#reply.json(status, length);
  }

  chunk(bytes: Buffer): boolean {
    const { rewrite, read } = this.#options;
    this.#size += bytes.length;
    if (rewrite || (read && this.#size <= mostRead)) this.#parts.push(bytes);
    return rewrite !== undefined || this.#reply.chunk(bytes);
  }

  finish(): void {
    const { rewrite, read } = this.#options;
    if (rewrite) {
      this.answer(Buffer.concat(this.#parts), this.#status);
      return;
    }
    if (this.#size <= mostRead) read?.(Buffer.concat(this.#parts));
    this.#reply.finish();
    this.#passed();
  }

  event(event: SseEvent): boolean {
    const { data } = event;
    const { rewrite, tagged = (one) => one } = this.#options;
    // It says by which id the stream is taken up again.
    if (data === undefined || data.length === 0) return rewrite !== undefined || this.#reply.event(tagged(event));
    if (!isAnswer(data)) {
      const shown = this.#options.shown(event);
      return shown === undefined || this.#reply.event(shown);
    }
    if (rewrite) {
      this.answer(Buffer.from(data));
      return true;
    }
    if (data.length <= mostRead) this.#options.read?.(data);
    const room = this.#reply.event(tagged(event));
    this.#passed();
    return room;
  }

  answer(message: object | Buffer, status?: number): void {
    const { rewrite } = this.#options;
    const told = rewrite ? rewrite(Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message))) : message;
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
