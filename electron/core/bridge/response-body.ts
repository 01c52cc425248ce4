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

export type AnswerFields = Readonly<Record<string, string | string[] | undefined>>;

export interface UpstreamResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** Lower-case names; a byte of a value is a character of it (RFC 9110 s5.5), so that it can be passed on as it came. */
  readonly headers: AnswerFields;
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

/** Transfer codings in which undici gives the body as it is. */
const readable = /^\s*(?:chunked|identity)?\s*$/i;

/** Whole with its head, whatever length it tells (RFC 9110 s15.3.5, s15.4.5). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

/** undici's handler of one response, and what the bridge sees of it. */
export class ResponseBody implements UpstreamResponse, Dispatcher.DispatchHandler {
  status = 0;
  headers: AnswerFields = {};
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
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.status = status;
    this.headers = fieldsOf(controller.rawHeaders, headers);
    const coding = this.header('transfer-encoding');
    if (coding !== undefined && !readable.test(coding)) {
      // undici takes the chunks apart and leaves the rest: such a body would pass for what it is not (RFC 9112 s7).
      const fault = new Fault('service-answer-invalid', { reason: 'transfer coding', subject: this.#host });
      this.#outcome = fault;
      this.#reject(fault);
      controller.abort(fault);
      return;
    }
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
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.onDone();
    if (this.#outcome) return;
    // undici misses the body of the length that is told; none belongs to it (RFC 9110 s8.6), so that it is whole.
    if (isBodiless(this.status) && !this.#aborted) {
      this.#end();
      return;
    }
    const fault = faultOfLoss(error, this.#host, this.#controller !== undefined);
    this.#outcome = fault;
    if (this.status === 0) this.#reject(fault);
    else this.#reader?.lost(fault);
  }

  #end(): void {
    if (this.#outcome) return;
    this.#outcome = 'end';
    this.#reader?.end();
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

/** undici reads values as UTF-8, after which bytes that are none are lost. `read`: what it made of them. */
function fieldsOf(raw: Dispatcher.DispatchController['rawHeaders'], read: AnswerFields): AnswerFields {
  if (!Array.isArray(raw)) return read;
  const fields = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = latin1(raw[at]).toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), latin1(raw[at + 1])]);
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

function latin1(bytes: Buffer | string | undefined): string {
  return typeof bytes === 'string' ? bytes : (bytes?.toString('latin1') ?? '');
}

function faultOfLoss(error: Error, host: string, sent: boolean): Fault {
  const { code, reason } = networkTrouble(error);
  if (code !== 'unreachable') return new Fault(code, { reason, subject: host });
  return new Fault(sent ? 'answer-lost' : 'unreachable', { reason, subject: host });
}
