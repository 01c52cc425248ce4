/**
 * The body of a program's request on its way to a web API: it streams at the service's pace. A small one is kept
 * besides, so that it can be sent once more; all that are kept together are bounded, and one that stalls is given up.
 */
import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { Fault } from '../../../shared/faults.ts';

/** More than this is not kept of one. */
const keptBodyBytes = 1024 * 1024;
/** More than this is not kept of all: those beyond it stream only. */
const keptTogetherBytes = 32 * 1024 * 1024;
/** A program that sends nothing for so long, though it might, does not go on. */
const idleMs = 30_000;

export interface RequestBody {
  /** For the first sending; absent where the request has none. */
  readonly first?: Buffer | Readable;
  /** As the request told it, where it streams. */
  readonly length?: string;
  /** For one more sending, once all of it is here; false where it is not kept. Rejects where the request breaks off. */
  again(): Promise<{ readonly body?: Buffer } | false>;
  /** Nobody reads it any more: what still comes is dropped. */
  release(): void;
}

export interface BodyLimits {
  readonly keptBytes: number;
  readonly keptTogetherBytes: number;
  readonly idleMs: number;
}

/** One that is there whole, or none. */
export function keptBody(body: Buffer | undefined): RequestBody {
  const sent = body === undefined ? {} : { body };
  return { ...(body === undefined ? {} : { first: body }), again: async () => sent, release: () => undefined };
}

/** The bodies of one door. */
export class RequestBodies {
  readonly #limits: BodyLimits;
  #keptBytes = 0;

  constructor(limits: Partial<BodyLimits> = {}) {
    this.#limits = { keptBytes: keptBodyBytes, keptTogetherBytes, idleMs, ...limits };
  }

  /** Rejects where the request has broken off. */
  async take(request: IncomingMessage): Promise<RequestBody> {
    const length = request.headers['content-length'];
    const isChunked = request.headers['transfer-encoding'] !== undefined;
    if (!isChunked && (length === undefined || Number(length) === 0)) return keptBody(undefined);
    // Gone while access was got: nothing would ever come of its body.
    if (request.destroyed) throw new Fault('answer-lost', { reason: 'the program has gone' });
    return this.#streaming(request, isChunked ? undefined : length);
  }

  #streaming(request: IncomingMessage, length: string | undefined): RequestBody {
    // In between, because whoever gives a request up destroys its body, and with ours the answer to the program. Each
    // piece waits until what has arrived was read: a service that answers early and closes is heard before a write
    // would fail, and with it the answer be lost.
    const through = new Transform({ transform: (chunk, _, next) => void setImmediate(next, null, chunk) });
    through.on('error', () => undefined);
    const kept = this.#keeping(Number(length ?? 0));
    const whole = new Promise<void>((resolve, reject) => {
      request.once('end', resolve);
      request.once('close', () => reject(new Fault('answer-lost', { reason: 'the program has gone' })));
    });
    whole.then(
      () => through.end(),
      (fault: Fault) => through.destroy(fault),
    );
    const idle = setTimeout(() => {
      // Held up by the service, not by the program.
      if (request.isPaused()) idle.refresh();
      else request.destroy();
    }, this.#limits.idleMs).unref();
    whole.catch(() => undefined).finally(() => clearTimeout(idle));
    const goOn = () => {
      idle.refresh();
      request.resume();
    };
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => {
      idle.refresh();
      kept.add(chunk);
      if (!through.destroyed && !through.write(chunk)) request.pause();
    });
    through.on('drain', goOn);
    // Nobody takes it any more: the rest is still kept, or dropped.
    through.once('close', goOn);
    return {
      first: through,
      ...(length === undefined ? {} : { length }),
      async again() {
        if (!kept.isWhole()) return false;
        await whole;
        const body = kept.body();
        return body === undefined ? false : { body };
      },
      release() {
        kept.drop();
        through.destroy();
        request.resume();
      },
    };
  }

  /** What is kept of one body; `length` is set aside for it at once, where that is known. */
  #keeping(length: number) {
    const { keptBytes, keptTogetherBytes: together } = this.#limits;
    let chunks: Buffer[] | undefined = [];
    let size = 0;
    let setAside = 0;
    const drop = () => {
      chunks = undefined;
      this.#keptBytes -= setAside;
      setAside = 0;
    };
    const setAsideFor = (bytes: number) => {
      if (chunks === undefined || bytes <= setAside) return;
      const more = bytes - setAside;
      if (bytes > keptBytes || this.#keptBytes + more > together) drop();
      else {
        this.#keptBytes += more;
        setAside = bytes;
      }
    };
    setAsideFor(length);
    return {
      add(chunk: Buffer) {
        size += chunk.length;
        setAsideFor(size);
        chunks?.push(chunk);
      },
      isWhole: () => chunks !== undefined,
      body: () => chunks && Buffer.concat(chunks),
      drop,
    };
  }
}
