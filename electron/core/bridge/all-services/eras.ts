/**
 * One request of one era, told to a service of the other (MCP 2026-07-28 changelog): with several services behind one
 * conversation, the host's era is not that of all of them. What the other era has no word for, neither side is offered:
 * no capability is claimed towards the service, so that it asks nothing back.
 */
import { faultErrorCode, plainError } from '../fault-answers.ts';
import { idIn, withId } from '../member-id.ts';
import {
  firstModernVersion,
  type HostRequest,
  isObject,
  legacyVersions,
  type MessageId,
  protocolVersionKey,
  serverInfoKey,
} from '../message.ts';
import { placeOf, withValue } from './json-places.ts';

const clientInfoKey = 'io.modelcontextprotocol/clientInfo';
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const logLevelKey = 'io.modelcontextprotocol/logLevel';
const modernKeys: ReadonlySet<string> = new Set([protocolVersionKey, clientInfoKey, capabilitiesKey, logLevelKey]);

export interface Translated {
  readonly request: HostRequest;
  /** The service's answer as the host has to hear it. */
  readonly answer: (answer: Buffer) => Buffer;
}

/** Results that the newer era has said for how long they may be kept. */
const cacheable: ReadonlySet<string> = new Set(['resources/read']);

/** A request of the newer era for a session of the older one, under an id of ours: hosts that share a conversation count alike. */
export function toLegacy(request: HostRequest, id: MessageId): Translated {
  const hostId = idIn(request.bytes) ?? Buffer.from(JSON.stringify(request.id));
  const meta = isObject(request.params?.['_meta']) ? request.params['_meta'] : {};
  const kept = Object.fromEntries(Object.entries(meta).filter(([key]) => !modernKeys.has(key)));
  const renamed = withId(request.bytes, Buffer.from(JSON.stringify(id)));
  const { modernVersion: _, ...rest } = request;
  const bytes = withValue(renamed, ['params', '_meta'], JSON.stringify(kept));
  return {
    request: { ...rest, id, bytes, params: { ...request.params, _meta: kept } },
    answer: (answer) => complete(withId(answer, hostId), request.method),
  };
}

/** A request of the older era for a service that knows only the newer one. */
export function toModern(request: HostRequest, clientInfo: unknown, logLevel: string | undefined): Translated {
  const meta = { ...modernMeta(clientInfo), ...(logLevel === undefined ? {} : { [logLevelKey]: logLevel }) };
  const before = isObject(request.params?.['_meta']) ? request.params['_meta'] : {};
  const _meta = { ...before, ...meta };
  const bytes = withValue(request.bytes, ['params', '_meta'], JSON.stringify(_meta));
  return {
    request: { ...request, bytes, params: { ...request.params, _meta }, modernVersion: firstModernVersion },
    answer: (answer) => (asksBack(answer) ? notUnderstood(request.id) : answer),
  };
}

export function modernMeta(clientInfo: unknown): Record<string, unknown> {
  return { [protocolVersionKey]: firstModernVersion, [clientInfoKey]: clientInfo, [capabilitiesKey]: {} };
}

/** The handshake of the older era, in the place of a host that has none. */
export function handshakeOf(clientInfo: unknown): object {
  return { protocolVersion: legacyVersions[0], capabilities: {}, clientInfo };
}

/** Who the host says it is. */
export function clientInfoIn({ params }: HostRequest, version: string): unknown {
  const meta = isObject(params?.['_meta']) ? params['_meta'] : {};
  const info = meta[clientInfoKey] ?? params?.['clientInfo'];
  return isObject(info) && typeof info['name'] === 'string' ? info : { name: 'conexor', version };
}

/** What a result of our own has in the newer era. */
export function modernResult(method: string, result: object, version: string): object {
  return {
    resultType: 'complete',
    ...(method === 'ping' || method === 'tools/call' ? {} : { ttlMs: 0, cacheScope: 'private' }),
    ...result,
    _meta: { [serverInfoKey]: { name: 'conexor', title: 'Conexor', version } },
  };
}

function complete(answer: Buffer, method: string): Buffer {
  const place = placeOf(answer, ['result']);
  if (place === undefined || answer[place[0]] !== 0x7b) return answer;
  const lifetime = cacheable.has(method);
  const told = lifetime
    ? withValue(withValue(answer, ['result', 'cacheScope'], '"private"'), ['result', 'ttlMs'], '0')
    : answer;
  return withValue(told, ['result', 'resultType'], '"complete"');
}

const inputRequired = Buffer.from('"input_required"');

function asksBack(answer: Buffer): boolean {
  if (!answer.includes(inputRequired)) return false;
  const place = placeOf(answer, ['result', 'resultType']);
  return place !== undefined && answer.toString('utf8', ...place) === inputRequired.toString();
}

function notUnderstood(id: MessageId): Buffer {
  const words =
    'The service asks a question back in a way that this program does not know. Update the program, then try again.';
  return Buffer.from(JSON.stringify(plainError(id, faultErrorCode, words)));
}
