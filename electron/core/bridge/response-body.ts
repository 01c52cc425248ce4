/** One response of a service as the bridge sees it: its head, and its body as it comes, at the reader's pace. */
import type { Dispatcher } from 'undici';
import { Fault } from '../../../shared/faults.ts';
import { networkTrouble } from '../oauth/network-trouble.ts';

export interface BodyReader {
  data(chunk: Buffer): void;
  end(): void;
  /** The connection was lost in the middle. */
  lost(fault: Fault): void;
}

export interface UpstreamResponse {
  readonly status: number;
  header(name: string): string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** It refuses only how the request was made, and asks for it once more (RFC 9449 s9). */
  readonly asksAgain: boolean;
  /** To be called once; what has arrived before is given at once. */
  read(reader: BodyReader): void;
  /** The whole body, at most `maxBytes` of it. Throws `answer-lost`. */
  collect(maxBytes: number): Promise<Buffer>;
  /** Reads and drops a small rest, so that the connection can be used again. */
  discard(): void;
  pause(): void;
  resume(): void;
  abort(): void;
}

/** undici's handler of one response, and what the bridge sees of it. */
export class ResponseBody implements UpstreamResponse, Dispatcher.DispatchHandler {
  status = 0;
  headers: Readonly<Record<string, string | string[] | undefined>> = {};
  asksAgain = false;
  onDone: () => void = () => undefined;
  readonly #host: string;
  readonly #heard: (response: UpstreamResponse) => boolean;
  readonly #resolve: (response: UpstreamResponse) => void;
  readonly #reject: (fault: Fault) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted = false;
  #early: Buffer[] = [];
  #reader: BodyReader | undefined;
  #outcome: 'end' | Fault | undefined;

  constructor(
    host: string,
    heard: (response: UpstreamResponse) => boolean,
    resolve: (response: UpstreamResponse) => void,
    reject: (fault: Fault) => void,
  ) {
    this.#host = host;
    this.#heard = heard;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(new Error('cancelled'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    this.asksAgain = this.#heard(this);
    this.#resolve(this);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // What was on its way when it was given up is nobody's.
    if (this.#aborted) return;
    if (this.#reader) this.#reader.data(chunk);
    else this.#early.push(chunk);
  }

  onResponseEnd(): void {
    this.onDone();
    if (this.#outcome) return;
    this.#outcome = 'end';
    this.#reader?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.onDone();
    if (this.#outcome) return;
    const fault = faultOfLoss(error, this.#host, this.#controller !== undefined);
    this.#outcome = fault;
    if (this.status === 0) this.#reject(fault);
    else this.#reader?.lost(fault);
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  read(reader: BodyReader): void {
    this.#reader = reader;
    const early = this.#early;
    this.#early = [];
    for (const chunk of early) if (!this.#aborted) reader.data(chunk);
    if (this.#outcome === 'end') reader.end();
    else if (this.#outcome) reader.lost(this.#outcome);
  }

  collect(maxBytes: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      this.read({
        data: (chunk) => {
          size += chunk.length;
          if (size <= maxBytes) chunks.push(chunk);
          else if (size - chunk.length <= maxBytes) {
            chunks.push(chunk.subarray(0, chunk.length - (size - maxBytes)));
            // Before the abort, which is told as a loss.
            resolve(Buffer.concat(chunks));
            this.abort();
          }
        },
        end: () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
        lost: reject,
      });
    });
  }

  discard(): void {
    let size = 0;
    this.read({
      data: (chunk) => {
        size += chunk.length;
        if (size > 64 * 1024) this.abort();
      },
      end: () => undefined,
      lost: () => undefined,
    });
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    if (this.#outcome) return;
    if (this.#controller) this.#controller.abort(new Error('cancelled'));
    else if (this.status === 0) this.#reject(new Fault('answer-lost', { reason: 'cancelled', subject: this.#host }));
  }
}

function faultOfLoss(error: Error, host: string, sent: boolean): Fault {
  const { code, reason } = networkTrouble(error);
  if (code !== 'unreachable') return new Fault(code, { reason, subject: host });
  return new Fault(sent ? 'answer-lost' : 'unreachable', { reason, subject: host });
}
