/**
 * The little that the relay has to know of a line: whether it asks or answers, what its id is, and which method it
 * names. Read from the line's two ends, where every common writer of JSON-RPC puts them; only what looks unusual is
 * parsed as a whole.
 */
export interface Glance {
  readonly kind: 'request' | 'notification' | 'response';
  /** As JSON, so that 1 and "1" differ. */
  readonly id?: string;
  readonly method?: string;
}

/** Long enough for an id and a method, short enough to cost nothing. */
const endBytes = 480;
const id = String.raw`(-?\d{1,15}|"[\x20\x21\x23-\x5b\x5d-\x7e]{0,200}")`;
const version = String.raw`(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?`;
const about = String.raw`(?:"method"\s*:\s*"([\x20\x21\x23-\x5b\x5d-\x7e]{1,200})"|"(?:result|error)"\s*:)`;
/** `{"jsonrpc":"2.0","id":1,"method":"…`: the id first. */
const idFirst = new RegExp(String.raw`^\s*\{\s*${version}"id"\s*:\s*${id}\s*,\s*${version}${about}`);
/** `{"method":"…`: what it is about first, and then perhaps the id. */
const aboutFirst = new RegExp(String.raw`^\s*\{\s*${version}${about}(?:\s*,\s*"id"\s*:\s*${id}\s*[,}])?`);
/**
 * `…,"id":1}`: the id last. The brace that closes a JSON object closes the outermost one, and a quote right after a
 * comma opens a name, so this cannot be a member of anything else.
 */
const idLast = new RegExp(String.raw`^,\s*"id"\s*:\s*${id}\s*\}\s*$`);

/** Of a line, or of the chunks of one. Several for a batch; none for what is no message, which is the broker's to refuse. */
export function glance(line: Buffer | readonly Buffer[]): readonly Glance[] {
  if (!Buffer.isBuffer(line)) return glanceAtEnds(...endsOf(line), line);
  if (line.length <= 2 * endBytes) return glanceAtShort(line.toString('latin1'), line);
  return glanceAtEnds(line, line, [line]);
}

/** `text` is the line in Latin-1: what is looked at is ASCII. */
export function glanceAtShort(text: string, line: Buffer): readonly Glance[] {
  const hasId = text.includes('"id"');
  return found(text, hasId ? lastMember(text) : '', hasId) ?? glanceAtAll(line);
}

function glanceAtEnds(start: Buffer, end: Buffer, parts: readonly Buffer[]): readonly Glance[] {
  const head = start.toString('latin1', 0, Math.min(start.length, endBytes));
  const tail = end.toString('latin1', Math.max(0, end.length - endBytes));
  const seen = found(head, lastMember(tail), true);
  if (seen) return seen;
  const line = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  // A notification has none anywhere.
  return (line.includes('"id"') ? undefined : found(head, '', false)) ?? glanceAtAll(line);
}

/** From the last comma before an id on. */
function lastMember(text: string): string {
  const at = text.lastIndexOf('"id"');
  return at < 0 ? '' : text.slice(text.lastIndexOf(',', at));
}

function found(head: string, tail: string, mayHaveId: boolean): readonly Glance[] | undefined {
  const first = mayHaveId ? idFirst.exec(head) : null;
  if (first) return [glanceOf(first[2], first[1])];
  const what = aboutFirst.exec(head);
  if (!what) return undefined;
  if (!mayHaveId) return what[1] === undefined ? undefined : [glanceOf(what[1], undefined)];
  const last = what[2] ?? idLast.exec(tail)?.[1];
  return last === undefined ? undefined : [glanceOf(what[1], last)];
}

/** A message's two ends, each whole. */
function endsOf(parts: readonly Buffer[]): readonly [Buffer, Buffer] {
  const short = parts.length < 2 || (parts[0]?.length ?? 0) < endBytes;
  if (short) {
    const whole = Buffer.concat(parts);
    return [whole, whole];
  }
  const last = parts.slice(-2).map((part) => part.subarray(-endBytes));
  return [parts[0] as Buffer, Buffer.concat(last)];
}

function glanceOf(method: string | undefined, id: string | undefined): Glance {
  if (method === undefined) return { kind: 'response', ...(id === undefined ? {} : { id }) };
  return id === undefined ? { kind: 'notification', method } : { kind: 'request', id, method };
}

function glanceAtAll(line: Buffer): readonly Glance[] {
  const value = parsed(line);
  return (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { id, method } = one as { id?: unknown; method?: unknown };
    const known = typeof id === 'string' || typeof id === 'number' ? JSON.stringify(id) : undefined;
    return typeof method === 'string' || known !== undefined ? [glanceOf(stringIn(method), known)] : [];
  });
}

function stringIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A line as an object's members; none where it is no object. */
export function members(line: Buffer): Readonly<Record<string, unknown>> {
  const value = parsed(line);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}
