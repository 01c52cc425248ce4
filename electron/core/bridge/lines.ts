/**
 * MCP over a byte stream: one JSON-RPC message per line, nothing else (MCP transports, stdio). Bytes stay bytes, so
 * that nothing is decoded or written anew on the way.
 */
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** Cuts a stream of chunks into lines without their line ends; empty lines are dropped. */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;
  #skipping = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** `tooLong` is told once for each line over the limit, which is then skipped to its end. */
  push(chunk: Buffer, line: (bytes: Buffer) => void, tooLong: () => void): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(newline, from);
      if (end < 0) break;
      const part = chunk.subarray(from, end);
      from = end + 1;
      if (this.#skipping) {
        this.#skipping = false;
        continue;
      }
      if (this.#size + part.length > this.#maxBytes) {
        this.#reset();
        tooLong();
        continue;
      }
      const whole = this.#size === 0 ? part : Buffer.concat([...this.#parts, part]);
      this.#reset();
      const trimmed = whole.at(-1) === carriageReturn ? whole.subarray(0, -1) : whole;
      if (trimmed.length > 0) line(trimmed);
    }
    if (from >= chunk.length || this.#skipping) return;
    this.#size += chunk.length - from;
    if (this.#size > this.#maxBytes) {
      this.#reset();
      this.#skipping = true;
      tooLong();
      return;
    }
    this.#parts.push(chunk.subarray(from));
  }

  #reset(): void {
    this.#parts = [];
    this.#size = 0;
  }
}

/**
 * JSON text as it may stand in a line: line ends between its tokens become spaces, in place where there are any.
 * (Inside a JSON string there can be none.)
 */
export function onOneLine(json: Buffer): Buffer {
  if (json.indexOf(newline) < 0 && json.indexOf(carriageReturn) < 0) return json;
  const line = Buffer.from(json);
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === newline || line[at] === carriageReturn) line[at] = space;
  }
  return line;
}
