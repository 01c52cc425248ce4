/**
 * Bytes cut at line ends: half a message could not be taken back when the broker dies in the middle of one. Nothing is
 * decoded or copied; lines that came whole are handed on together as they came, a long one as the chunks it came in.
 */
const newline = 0x0a;

export interface Cut {
  /** A line that began in an earlier chunk. */
  readonly long?: readonly Buffer[];
  /** One line or more, whole. */
  readonly block?: Buffer;
}

export class Lines {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #skipping = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What this chunk completes. `tooLong` is told once for each line over the limit, which is dropped. */
  push(chunk: Buffer, tooLong: () => void): Cut {
    const last = chunk.lastIndexOf(newline) + 1;
    if (last === chunk.length && this.#size === 0 && !this.#skipping) return { block: chunk };
    if (last === 0) {
      this.#keep(chunk, tooLong);
      return {};
    }
    let from = 0;
    let long: readonly Buffer[] | undefined;
    if (this.#size > 0 || this.#skipping) {
      from = chunk.indexOf(newline) + 1;
      if (!this.#skipping) long = [...this.#parts, chunk.subarray(0, from)];
      this.#parts = [];
      this.#size = 0;
      this.#skipping = false;
    }
    if (last < chunk.length) this.#keep(chunk.subarray(last), tooLong);
    const block = from === 0 && last === chunk.length ? chunk : chunk.subarray(from, last);
    return { ...(long ? { long } : {}), ...(block.length > 0 ? { block } : {}) };
  }

  #keep(part: Buffer, tooLong: () => void): void {
    if (this.#skipping) return;
    this.#parts.push(part);
    this.#size += part.length;
    if (this.#size <= this.#maxBytes) return;
    this.#parts = [];
    this.#size = 0;
    this.#skipping = true;
    tooLong();
  }
}

/** One by one. */
export function* linesOf(block: Buffer): Generator<Buffer> {
  for (let from = 0, end = 0; from < block.length; from = end) {
    end = block.indexOf(newline, from) + 1 || block.length;
    yield block.subarray(from, end);
  }
}

/** The lines of a block that hold this text, each once. */
export function* linesWith(block: Buffer, text: Buffer): Generator<Buffer> {
  for (let hit = block.indexOf(text), end = 0; hit >= 0; hit = block.indexOf(text, end)) {
    end = block.indexOf(newline, hit) + 1 || block.length;
    yield block.subarray(block.lastIndexOf(newline, hit) + 1, end);
  }
}
