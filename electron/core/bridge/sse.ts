/**
 * Server-sent events (HTML standard, section 9.2) cut out of a stream of bytes: each event with its fields and with
 * the very bytes it came in, so that the HTTP face can pass it on unchanged.
 */
export interface SseEvent {
  /** The event as it came, with the blank line that ends it. */
  readonly raw: Buffer;
  readonly id?: string;
  readonly event?: string;
  /** The `data` lines joined by line feeds; absent where there were none. */
  readonly data?: Buffer;
  readonly retryMs?: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;
const space = 0x20;
const joint = Buffer.from('\n');

export class SseSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #first = true;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Gives every event that is complete with this chunk. Throws `RangeError` where one event grows over the limit. */
  push(chunk: Buffer, emit: (event: SseEvent) => void): void {
    let bytes = chunk;
    if (this.#restBytes > 0) {
      // Only a chunk that can hold the end of the event makes joining worth its copy.
      const mayEnd = chunk.indexOf(lineFeed) >= 0 || chunk.indexOf(carriageReturn) >= 0;
      if (!mayEnd) {
        this.#keep(chunk);
        return;
      }
      bytes = Buffer.concat([...this.#rest, chunk]);
      this.#rest = [];
      this.#restBytes = 0;
    }
    if (this.#first && bytes.length > 0) {
      this.#first = false;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    let from = 0;
    for (;;) {
      const end = endOfEvent(bytes, from);
      if (end < 0) break;
      const event = parse(bytes.subarray(from, end));
      from = end;
      if (event) emit(event);
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from));
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
    if (this.#restBytes > this.#maxBytes) throw new RangeError('event too large');
  }
}

/** The index after the blank line that ends the event beginning at `from`; -1 where it has not come yet. */
function endOfEvent(bytes: Buffer, from: number): number {
  if (bytes.indexOf(carriageReturn, from) < 0) {
    if (bytes[from] === lineFeed) return from + 1;
    const end = bytes.indexOf('\n\n', from);
    return end < 0 ? -1 : end + 2;
  }
  let lineStart = from;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== lineFeed && byte !== carriageReturn) continue;
    const empty = at === lineStart;
    if (byte === carriageReturn) {
      // A CR that ends the chunk may be half of a CRLF: wait for what follows.
      if (at + 1 === bytes.length) return -1;
      if (bytes[at + 1] === lineFeed) at += 1;
    }
    if (empty) return at + 1;
    lineStart = at + 1;
  }
  return -1;
}

function parse(raw: Buffer): SseEvent | undefined {
  let id: string | undefined;
  let event: string | undefined;
  let retryMs: number | undefined;
  const data: Buffer[] = [];
  let known = false;
  for (const line of linesOf(raw)) {
    const split = line.indexOf(colon);
    const nameEnd = split < 0 ? line.length : split;
    if (nameEnd === 0) {
      known = true;
      continue;
    }
    const valueStart = split < 0 ? line.length : line[split + 1] === space ? split + 2 : split + 1;
    const value = line.subarray(valueStart);
    switch (line.toString('latin1', 0, nameEnd)) {
      case 'data':
        data.push(value);
        break;
      case 'id':
        if (!value.includes(0)) id = value.toString();
        break;
      case 'event':
        event = value.toString();
        break;
      case 'retry':
        if (/^\d{1,9}$/.test(value.toString('latin1'))) retryMs = Number(value.toString('latin1'));
        break;
      default:
    }
    known = true;
  }
  if (!known) return undefined;
  const first = data[0];
  return {
    raw,
    ...(id === undefined ? {} : { id }),
    ...(event === undefined ? {} : { event }),
    ...(first === undefined ? {} : { data: data.length === 1 ? first : joined(data) }),
    ...(retryMs === undefined ? {} : { retryMs }),
  };
}

function* linesOf(raw: Buffer): Generator<Buffer> {
  let from = 0;
  for (let at = 0; at < raw.length; at += 1) {
    // Long data lines are skipped by indexOf instead of byte by byte.
    const feed = raw.indexOf(lineFeed, at);
    const back = raw.indexOf(carriageReturn, at);
    const end = feed < 0 ? back : back < 0 ? feed : Math.min(feed, back);
    if (end < 0) break;
    yield raw.subarray(from, end);
    at = raw[end] === carriageReturn && raw[end + 1] === lineFeed ? end + 1 : end;
    from = at + 1;
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [joint, part])));
}

/** A message of our own as an event. `json` must not contain line ends. */
export function sseEventOf(json: string): SseEvent {
  const data = Buffer.from(json);
  return { raw: Buffer.concat([Buffer.from('event: message\ndata: '), data, Buffer.from('\n\n')]), data };
}
