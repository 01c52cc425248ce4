/**
 * The little that the bridge has to know of a host's message (JSON-RPC 2.0, MCP): its kind, id, method and era. The
 * bytes themselves travel on as they came.
 */

export type MessageId = string | number;

export interface HostRequest {
  readonly kind: 'request';
  readonly bytes: Buffer;
  readonly id: MessageId;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  /** The revision the message itself claims (`_meta`, MCP 2026-07-28); absent for the era of sessions. */
  readonly modernVersion?: string;
}

export interface HostNotification {
  readonly kind: 'notification';
  readonly bytes: Buffer;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  readonly modernVersion?: string;
}

/** The host's answer to a server's own request. */
export interface HostResponse {
  readonly kind: 'response';
  readonly bytes: Buffer;
  readonly id: MessageId;
}

export interface HostBatch {
  readonly kind: 'batch';
  readonly messages: readonly HostMessage[];
}

/** `malformed` is not JSON; `invalid` is JSON but no JSON-RPC message. */
export interface Unreadable {
  readonly kind: 'malformed' | 'invalid';
  readonly id?: MessageId;
}

export type HostMessage = HostRequest | HostNotification | HostResponse | HostBatch | Unreadable;

export const protocolVersionKey = 'io.modelcontextprotocol/protocolVersion';
export const serverInfoKey = 'io.modelcontextprotocol/serverInfo';
export const subscriptionIdKey = 'io.modelcontextprotocol/subscriptionId';

/** The first revision without sessions. */
export const firstModernVersion = '2026-07-28';

export const legacyVersions: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

export function readHostMessage(bytes: Buffer): HostMessage {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return { kind: 'malformed' };
  }
  if (!Array.isArray(value)) return classify(value, bytes);
  if (value.length === 0) return { kind: 'invalid' };
  return { kind: 'batch', messages: value.map(oneOfBatch) };
}

function oneOfBatch(one: unknown): HostMessage {
  if (Array.isArray(one)) return { kind: 'invalid' };
  try {
    return classify(one, Buffer.from(JSON.stringify(one)));
  } catch {
    // Nested so deep that it can be read but not written: the stack ends.
    return { kind: 'invalid' };
  }
}

function classify(value: unknown, bytes: Buffer): HostMessage {
  if (!isObject(value)) return { kind: 'invalid' };
  const { id, method } = value;
  const known = typeof id === 'string' || typeof id === 'number' ? id : undefined;
  if (typeof method === 'string') {
    const params = isObject(value['params']) ? value['params'] : undefined;
    const version = isObject(params?.['_meta']) ? params['_meta'][protocolVersionKey] : undefined;
    const modern = typeof version === 'string' && version >= firstModernVersion ? { modernVersion: version } : {};
    if (known !== undefined) return { kind: 'request', bytes, id: known, method, params, ...modern };
    if (id === undefined) return { kind: 'notification', bytes, method, params, ...modern };
    return { kind: 'invalid' };
  }
  if (known !== undefined && ('result' in value || 'error' in value)) return { kind: 'response', bytes, id: known };
  return known === undefined ? { kind: 'invalid' } : { kind: 'invalid', id: known };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON, or undefined where it is none. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** A parsed body that is a JSON-RPC error response. */
export function isJsonRpcError(
  body: unknown,
): body is { id?: unknown; error: { code: number; message: string; data?: unknown } } {
  return (
    isObject(body) &&
    body['jsonrpc'] === '2.0' &&
    isObject(body['error']) &&
    typeof body['error']['code'] === 'number' &&
    typeof body['error']['message'] === 'string'
  );
}

/** The same answer under the request's own `id`, which a service that refuses may not have read. */
export function answeredAs(answer: Buffer, id: MessageId): Buffer {
  const message = parseJson(answer);
  if (!isObject(message) || message['id'] === id) return answer;
  return Buffer.from(JSON.stringify({ ...message, id }));
}

const opening =
  /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?(?:"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+|null)\s*,\s*)?"(result|error|method)"\s*:/;
const closing = /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+|null)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/;

/**
 * True if the server's message answers a request (has no `method`). Told from its first bytes wherever the order of
 * members allows; a result of a megabyte is not parsed for this.
 */
export function isAnswer(data: Buffer): boolean {
  const match = opening.exec(data.toString('latin1', 0, 512));
  if (match) return match[2] !== 'method';
  const value = parseJson(data);
  return isObject(value) && !('method' in value);
}

/**
 * False if this answer names another request than that of `id`. Told from its first and last bytes, where all that is known
 * to be written stands; one that names none there, or `null`, is taken for the answer.
 */
export function isAnswerTo(id: MessageId, data: Buffer): boolean {
  const written =
    opening.exec(data.toString('latin1', 0, 512))?.[1] ?? closing.exec(data.subarray(-512).toString('latin1'))?.[1];
  if (written === undefined || written === 'null') return true;
  // Some services answer under the number as a text, which hosts take.
  return String(parseJson(Buffer.from(written, 'latin1'))) === String(id);
}
