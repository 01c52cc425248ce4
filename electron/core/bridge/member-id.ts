/**
 * The `id` of a message in its own bytes, so that it can be exchanged without writing the rest anew: numbers that
 * JavaScript cannot hold, the order of members and every space stay as they came. Only for bytes that are valid JSON.
 */
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

type Span = readonly [from: number, to: number];

/** The bytes of the `id`, as they were written; undefined where the message has none. */
export function idIn(json: Buffer): Buffer | undefined {
  const span = idSpan(json);
  return span && json.subarray(...span);
}

/** The same message under another id. */
export function withId(json: Buffer, id: Buffer): Buffer {
  const span = idSpan(json);
  return span ? Buffer.concat([json.subarray(0, span[0]), id, json.subarray(span[1])]) : json;
}

/** Of several the last one, which is the one that `JSON.parse` takes. */
function idSpan(json: Buffer): Span | undefined {
  let found: Span | undefined;
  let depth = 0;
  let name: Buffer | undefined;
  /** Where the value of the member begins that is being read. */
  let valueFrom = -1;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) {
      const end = endOfString(json, at);
      if (depth === 1 && valueFrom < 0) name = json.subarray(at, end);
      at = end - 1;
    } else if (byte === colon && depth === 1) valueFrom = at + 1;
    else if (opens(byte)) depth += 1;
    else if (byte === comma ? depth === 1 : closes(byte)) {
      if (depth === 1) {
        if (name && JSON.parse(name.toString()) === 'id') found = trimmed(json, valueFrom, at);
        name = undefined;
        valueFrom = -1;
      }
      if (byte !== comma) depth -= 1;
    }
  }
  return found;
}

const opens = (byte: number | undefined) => byte === 0x7b || byte === 0x5b;
const closes = (byte: number | undefined) => byte === 0x7d || byte === 0x5d;
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

/** The place behind the closing quote. */
function endOfString(json: Buffer, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at + 1;
}

function trimmed(json: Buffer, from: number, to: number): Span {
  let [first, last] = [from, to];
  while (first < last && isSpace(json[first])) first += 1;
  while (last > first && isSpace(json[last - 1])) last -= 1;
  return [first, last];
}
