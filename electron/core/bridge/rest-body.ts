/**
 * The body of a program's request on its way to a web API: a small one is kept, so that it can be sent once more; a
 * large or endless one streams at the service's pace.
 */
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { Fault } from '../../../shared/faults.ts';
import { readBody } from './guard.ts';

/** More than this is not kept. */
const keptBodyBytes = 1024 * 1024;

export interface RequestBody {
  /** For the first sending; absent where the request has none. */
  readonly first?: Buffer | Readable;
  /** As the request told it, where it streams. */
  readonly length?: string;
  /** For one more sending; false where it is not there any more. */
  again(): { readonly body?: Buffer } | false;
  /** Nobody reads it any more: what still comes is dropped. */
  release(): void;
}

/** One that is there whole, or none. */
export function keptBody(body: Buffer | undefined): RequestBody {
  const sent = body === undefined ? {} : { body };
  return { ...(body === undefined ? {} : { first: body }), again: () => sent, release: () => undefined };
}

/** Rejects where the request breaks off, or has broken off. */
export async function takeBody(request: IncomingMessage, maxKeptBytes = keptBodyBytes): Promise<RequestBody> {
  const length = request.headers['content-length'];
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  if (!isChunked && (length === undefined || Number(length) === 0)) return keptBody(undefined);
  // Gone while access was got: nothing would ever come of its body.
  if (request.destroyed) throw new Fault('answer-lost', { reason: 'the program has gone' });
  if (!isChunked && Number(length) <= maxKeptBytes) {
    return keptBody(await readBody(request, maxKeptBytes));
  }
  return streaming(request, isChunked ? undefined : length, maxKeptBytes);
}

function streaming(request: IncomingMessage, length: string | undefined, maxKeptBytes: number): RequestBody {
  // In between, because whoever gives a request up destroys its body, and with ours the answer to the program.
  const through = new PassThrough();
  through.on('error', () => undefined);
  let kept: Buffer[] | undefined = length === undefined ? [] : undefined;
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxKeptBytes) kept = undefined;
    kept?.push(chunk);
  });
  request.on('error', () => undefined);
  request.once('close', () => {
    if (!request.complete) through.destroy(new Error('the program has gone'));
  });
  request.pipe(through);
  return {
    first: through,
    ...(length === undefined ? {} : { length }),
    again: () => (kept && request.complete ? { body: Buffer.concat(kept) } : false),
    release() {
      request.unpipe(through);
      through.destroy();
      request.resume();
    },
  };
}
