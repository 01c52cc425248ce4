/**
 * What services send, before a host of several hears it (JSON-RPC 2.0): each text has to be one message that no reader can
 * take for another one. A message with a member twice, in other letters, or with a second one behind it could be the
 * answer to another service's call to some readers, and something else to those who looked at it here.
 */
import { isObject, type MessageId, parseJson } from '../message.ts';
import { type Member, membersOf } from './json-places.ts';

const known = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'] as const;
type Known = (typeof known)[number];

/** By name; undefined where it is no object, or not plain what it says. */
function plainMembers(all: readonly Member[] | undefined): ReadonlyMap<Known, Member> | undefined {
  const found = new Map<Known, Member>();
  for (const member of all ?? []) {
    const folded = member.name.toUpperCase().toLowerCase();
    const name = known.find((one) => one === folded);
    if (name === undefined) continue;
    if (member.name !== name || found.has(name)) return undefined;
    found.set(name, member);
  }
  return all && found;
}

/** A request or notification of a service; undefined where a host must not hear it. */
export function saidBesides(json: Buffer): Readonly<Record<string, unknown>> | undefined {
  const members = plainMembers(membersOf(json));
  if (!members?.has('method') || members.has('result') || members.has('error')) return undefined;
  const message = parseJson(json);
  return isObject(message) && typeof message['method'] === 'string' ? message : undefined;
}

/** The id of an answer that is plain; null where it names none. Undefined: it is no plain answer. */
export function answeredId(json: Buffer): MessageId | null | undefined {
  const members = plainMembers(membersOf(json));
  if (!members || members.has('method') || !(members.has('result') || members.has('error'))) return undefined;
  const id = members.get('id');
  const value = id && parseJson(json.subarray(...id.value));
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/**
 * The answer to the request of this id: the same bytes where they say so, else its result or error under that id; undefined
 * where there is neither.
 */
export function answerTo(id: MessageId, written: Buffer, json: Buffer): Buffer | undefined {
  if (isExact(id) && answeredId(json) === id) return json;
  const all = membersOf(json) ?? [];
  const part = all.findLast(({ name }) => name === 'result') ?? all.findLast(({ name }) => name === 'error');
  if (!part) return undefined;
  const head = Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":'), written, Buffer.from(`,"${part.name}":`)]);
  return Buffer.concat([head, json.subarray(...part.value), Buffer.from('}')]);
}

/** Numbers that JavaScript cannot hold may be equal to it alone. */
function isExact(id: MessageId): boolean {
  return typeof id === 'string' || Number.isSafeInteger(id) || !Number.isInteger(id);
}
