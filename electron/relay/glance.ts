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
const endBytes = 512;
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
const idLast = new RegExp(String.raw`,\s*"id"\s*:\s*${id}\s*\}\s*$`);

/** Several for a batch; none for what is no message, which is the broker's to refuse. */
export function glance(line: Buffer): readonly Glance[] {
  const head = line.toString('latin1', 0, endBytes);
  const first = idFirst.exec(head);
  if (first) return [glanceOf(first[2], first[1])];
  const what = aboutFirst.exec(head);
  if (what) {
    const id =
      what[2] ?? idLast.exec(line.length <= endBytes ? head : line.toString('latin1', line.length - endBytes))?.[1];
    // A notification has none anywhere.
    if (id !== undefined || (what[1] !== undefined && !line.includes('"id"'))) return [glanceOf(what[1], id)];
  }
  return glanceAtAll(line);
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
