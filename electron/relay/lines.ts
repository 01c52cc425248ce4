/**
 * Bytes cut into whole lines, each with its line end: half a message could not be taken back when the broker dies in
 * the middle of one. Nothing is decoded, and a chunk that is one line is handed on as it came.
 */
const newline = 0x0a;

export class Lines {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #skipping = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that this chunk completes. `tooLong` is told once for each line over the limit, which is dropped. */
  push(chunk: Buffer, tooLong: () => void): readonly Buffer[] {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const part = chunk.subarray(from, end + 1);
      from = end + 1;
      if (this.#skipping) this.#skipping = false;
      else if (this.#size === 0) lines.push(part);
      else lines.push(Buffer.concat([...this.#parts, part]));
      this.#forget();
    }
    if (from < chunk.length && !this.#skipping) {
      this.#parts.push(from === 0 ? chunk : chunk.subarray(from));
      this.#size += chunk.length - from;
      if (this.#size > this.#maxBytes) {
        this.#forget();
        this.#skipping = true;
        tooLong();
      }
    }
    return lines;
  }

  #forget(): void {
    this.#parts = [];
    this.#size = 0;
  }
}
