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
/** No field that means anything has a longer name. */
const longestName = 'event'.length;

/** Cuts a stream into events, with work in proportion to its bytes however it comes in chunks and lines. */
export class SseSplitter {
  /** What has come of the event that is not complete, in a buffer that has room behind it where it is our own. */
  #rest: Buffer = Buffer.alloc(0);
  #room: Buffer | undefined;
  /** Where in the rest the current line begins, and where reading goes on. */
  #lineStart = 0;
  #at = 0;
  #first = true;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Gives every event that is complete with this chunk. Throws `RangeError` where one event grows over the limit. */
  push(chunk: Buffer, emit: (event: SseEvent) => void): void {
    let bytes = this.#joined(chunk);
    if (this.#first && bytes.length > 0) {
      this.#first = false;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    const ends = new LineEnds(bytes, this.#at);
    let from = 0;
    let lineStart = this.#lineStart;
    let at = this.#at;
    for (;;) {
      const end = ends.next(at);
      // A CR that ends the chunk may be half of a CRLF: wait for what follows.
      if (end < 0 || (bytes[end] === carriageReturn && end + 1 === bytes.length)) {
        at = end < 0 ? bytes.length : end;
        break;
      }
      const isBlank = end === lineStart;
      at = afterLineEnd(bytes, end);
      lineStart = at;
      if (!isBlank) continue;
      const event = parse(bytes.subarray(from, at));
      from = at;
      // The event keeps its bytes; what follows goes on in a buffer of its own.
      this.#room = undefined;
      if (event) emit(event);
    }
    this.#rest = bytes.subarray(from);
    this.#lineStart = lineStart - from;
    this.#at = at - from;
    if (this.#rest.length > this.#maxBytes) throw new RangeError('event too large');
  }

  /** The rest and the chunk as one; the room doubles when it is used up, so that no byte is copied often. */
  #joined(chunk: Buffer): Buffer {
    const size = this.#rest.length + chunk.length;
    if (this.#rest.length === 0) return chunk;
    if (!this.#room || this.#room.length < size) {
      this.#room = Buffer.allocUnsafeSlow(size * 2);
      this.#rest.copy(this.#room);
    }
    chunk.copy(this.#room, this.#rest.length);
    return this.#room.subarray(0, size);
  }
}

/** Finds line ends one after the other; each kind is looked for once per place, for either may be absent for long. */
class LineEnds {
  readonly #bytes: Buffer;
  #feed: number;
  #back: number;

  constructor(bytes: Buffer, from: number) {
    this.#bytes = bytes;
    this.#feed = bytes.indexOf(lineFeed, from);
    this.#back = bytes.indexOf(carriageReturn, from);
  }

  /** The first LF or CR at or after `from`, which never goes back; -1 where there is none. */
  next(from: number): number {
    if (this.#feed >= 0 && this.#feed < from) this.#feed = this.#bytes.indexOf(lineFeed, from);
    if (this.#back >= 0 && this.#back < from) this.#back = this.#bytes.indexOf(carriageReturn, from);
    if (this.#feed < 0) return this.#back;
    return this.#back < 0 ? this.#feed : Math.min(this.#feed, this.#back);
  }
}

function afterLineEnd(bytes: Buffer, end: number): number {
  return bytes[end] === carriageReturn && bytes[end + 1] === lineFeed ? end + 2 : end + 1;
}

/** `raw` is a whole event: its last line is blank. */
function parse(raw: Buffer): SseEvent {
  let id: string | undefined;
  let event: string | undefined;
  let retryMs: number | undefined;
  const data = new DataLines(raw);
  const ends = new LineEnds(raw, 0);
  let from = 0;
  for (let end = ends.next(0); end >= 0; end = ends.next(from)) {
    const nameEnd = endOfName(raw, from, end);
    const valueStart = nameEnd + (raw[nameEnd] !== colon ? 0 : raw[nameEnd + 1] === space ? 2 : 1);
    switch (nameEnd - from > longestName ? '' : raw.toString('latin1', from, nameEnd)) {
      case 'data':
        data.add(valueStart, end);
        break;
      case 'id':
        if (!raw.subarray(valueStart, end).includes(0)) id = raw.toString('utf8', valueStart, end);
        break;
      case 'event':
        event = raw.toString('utf8', valueStart, end);
        break;
      case 'retry': {
        const digits = raw.toString('latin1', valueStart, Math.min(end, valueStart + 10));
        if (/^\d{1,9}$/.test(digits)) retryMs = Number(digits);
        break;
      }
      default:
    }
    from = afterLineEnd(raw, end);
  }
  return {
    raw,
    ...(id === undefined ? {} : { id }),
    ...(event === undefined ? {} : { event }),
    ...(data.joined === undefined ? {} : { data: data.joined }),
    ...(retryMs === undefined ? {} : { retryMs }),
  };
}

/** The colon of a line, or its end; a place beyond the longest name where neither comes before. */
function endOfName(raw: Buffer, from: number, end: number): number {
  const last = Math.min(end, from + longestName + 1);
  for (let at = from; at < last; at += 1) if (raw[at] === colon) return at;
  return last;
}

/** The values of `data` lines joined by line feeds: one is a view, more are copied, without an object for each. */
class DataLines {
  readonly #raw: Buffer;
  #only: Buffer | undefined;
  #all: Buffer | undefined;
  #size = 0;

  constructor(raw: Buffer) {
    this.#raw = raw;
  }

  add(from: number, end: number): void {
    if (!this.#only) {
      this.#only = this.#raw.subarray(from, end);
      return;
    }
    if (!this.#all) {
      // Names and line ends are longer than what joins the values.
      this.#all = Buffer.allocUnsafeSlow(this.#raw.length);
      this.#size = this.#only.copy(this.#all);
    }
    this.#all[this.#size] = lineFeed;
    this.#size += 1 + this.#raw.copy(this.#all, this.#size + 1, from, end);
  }

  get joined(): Buffer | undefined {
    return this.#all ? this.#all.subarray(0, this.#size) : this.#only;
  }
}

const shortestRetryMs = 250;
const longestRetryMs = 60_000;

/** The pause before a stream is opened anew: what a service asks for, within what is good for both. */
export function retryPauseMs(wantedMs: number): number {
  return Math.min(longestRetryMs, Math.max(shortestRetryMs, wantedMs));
}

/** The same event with other data. */
export function withData({ raw: _, data: __, ...fields }: SseEvent, data: Buffer): SseEvent {
  const { id, event, retryMs } = fields;
  const head = [
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(retryMs === undefined ? [] : [`retry: ${retryMs}`]),
  ];
  // Outside of strings a line end is a space to JSON, and inside there is none.
  const lines = [
    ...head,
    ...data
      .toString()
      .split(/\r\n|\r|\n/)
      .map((line) => `data: ${line}`),
  ];
  return { ...fields, raw: Buffer.from(`${lines.join('\n')}\n\n`), data };
}

/** A message of our own as an event. `json` must not contain line ends. */
export function sseEventOf(json: string): SseEvent {
  const data = Buffer.from(json);
  return { raw: Buffer.concat([Buffer.from('event: message\ndata: '), data, Buffer.from('\n\n')]), data };
}
