/**
 * Addresses of resources in the results of tools, prompts and readings (MCP: resource links, embedded resources,
 * contents), each exchanged for the one that the host knows; every other byte stays. In one pass.
 */
import { isObject, parseJson } from '../message.ts';
import { hasEscapes } from '../questions.ts';
import { elementsOf, type Path, placeOf, type Span, withValue } from './json-places.ts';

/** A result beyond either is passed as it is: a list of links that nobody reads. */
const mostBytes = 8 * 1024 * 1024;
const mostLinks = 10_000;

const mark = Buffer.from('"uri"');

/** `shown`: the address that the host knows for one of the service's own. The same bytes where nothing is exchanged. */
export function withShownAddresses(answer: Buffer, shown: (uri: string) => string): Buffer {
  if (answer.length > mostBytes || !(answer.includes(mark) || hasEscapes(answer))) return answer;
  const message = parseJson(answer);
  const result = isObject(message) ? message['result'] : undefined;
  if (!isObject(result)) return answer;
  const lists = ['content', 'contents', 'messages'].flatMap((list) => {
    const parts: unknown = result[list];
    const links = Array.isArray(parts) ? parts.map((part) => linksIn(part, list === 'messages')) : [];
    return links.some((one) => one.length > 0) ? [{ list, links }] : [];
  });
  if (lists.reduce((sum, { links }) => sum + links.flat().length, 0) > mostLinks) return answer;
  const changes = lists.flatMap(({ list, links }) => {
    const place = placeOf(answer, ['result', list]);
    const parts = place ? elementsOf(answer, place) : [];
    return parts.flatMap((part, index): readonly Change[] => {
      const told = (links[index] ?? []).reduce((bytes, { path, uri }) => {
        const address = shown(uri);
        return address === uri ? bytes : withValue(bytes, path, JSON.stringify(address));
      }, part);
      const from = part.byteOffset - answer.byteOffset;
      return told === part ? [] : [{ span: [from, from + part.length], told }];
    });
  });
  return changes.length === 0 ? answer : spliced(answer, changes);
}

interface Link {
  readonly path: Path;
  readonly uri: string;
}

/** The at most two of one part; of a prompt's message that of its content. */
function linksIn(part: unknown, isMessage: boolean): readonly Link[] {
  if (!isObject(part)) return [];
  if (isMessage) return linksIn(part['content'], false).map(({ path, uri }) => ({ path: ['content', ...path], uri }));
  const inner = isObject(part['resource']) ? part['resource']['uri'] : undefined;
  return [
    ...(typeof part['uri'] === 'string' ? [{ path: ['uri'], uri: part['uri'] }] : []),
    ...(typeof inner === 'string' ? [{ path: ['resource', 'uri'], uri: inner }] : []),
  ];
}

interface Change {
  readonly span: Span;
  readonly told: Buffer;
}

function spliced(answer: Buffer, changes: readonly Change[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { span, told } of changes.toSorted((one, other) => one.span[0] - other.span[0])) {
    parts.push(answer.subarray(at, span[0]), told);
    at = span[1];
  }
  return Buffer.concat([...parts, answer.subarray(at)]);
}
