/**
 * What services list (tools, prompts, resources, templates; MCP, "Listing"), item by item in the services' own bytes. Only
 * what has to be told apart is exchanged: names, addresses, and the words that a person reads.
 */
import { oneLine } from '../../../../shared/one-line.ts';
import { isObject, parseJson } from '../message.ts';
import { elementsOf, placeOf, withValue } from './json-places.ts';
import { labelled } from './words.ts';

export const listMethods = {
  tools: 'tools/list',
  prompts: 'prompts/list',
  resources: 'resources/list',
  resourceTemplates: 'resources/templates/list',
} as const;

export type ListKind = keyof typeof listMethods;
export const listKinds = Object.keys(listMethods) as readonly ListKind[];

/** The member by which one is asked for. */
const keyMember = { tools: 'name', prompts: 'name', resources: 'uri', resourceTemplates: 'uriTemplate' } as const;

export function listKindOf(method: string): ListKind | undefined {
  return listKinds.find((kind) => listMethods[kind] === method);
}

export interface ListedItem {
  readonly bytes: Buffer;
  /** Name, address or template, as the service has it. */
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

export interface ListedPage {
  readonly items: readonly ListedItem[];
  readonly next: string | undefined;
}

/**
 * One answer of a service, its first `most` items; undefined where it is none. What a host could not read is left out, for
 * it would take the whole list for wrong.
 */
export function pageIn(answer: Buffer, kind: ListKind, most: number): ListedPage | undefined {
  const message = parseJson(answer);
  const result = isObject(message) ? message['result'] : undefined;
  if (!isObject(result)) return undefined;
  const place = placeOf(answer, ['result', kind]);
  const values = result[kind];
  const parts = place && Array.isArray(values) ? elementsOf(answer, place, most) : [];
  const items = parts.flatMap((bytes): ListedItem[] => {
    const value = parseJson(bytes);
    const key = isObject(value) ? value[keyMember[kind]] : undefined;
    return isObject(value) && typeof key === 'string' && key !== '' && isReadable(value, kind)
      ? [{ bytes, key, value }]
      : [];
  });
  const next = result['nextCursor'];
  return { items, next: typeof next === 'string' ? next : undefined };
}

/** The least that MCP asks of an item. */
function isReadable(value: Readonly<Record<string, unknown>>, kind: ListKind): boolean {
  const texts = [value['name'], value['title'] ?? '', value['description'] ?? ''];
  const objects = [value['annotations'] ?? {}, value['_meta'] ?? {}];
  const lists = [value['icons'] ?? [], kind === 'prompts' ? (value['arguments'] ?? []) : []];
  const schemas = kind === 'tools' ? [value['inputSchema'], value['outputSchema'] ?? { type: 'object' }] : [];
  return (
    texts.every((text) => typeof text === 'string') &&
    objects.every(isObject) &&
    lists.every(Array.isArray) &&
    schemas.every((schema) => isObject(schema) && schema['type'] === 'object')
  );
}

/** The same item under the name or address that the host knows it by, with whose it is in its title and description. */
export function shownItem({ bytes, key, value }: ListedItem, kind: ListKind, shown: string, label: string): Buffer {
  const annotations = isObject(value['annotations']) ? value['annotations'] : {};
  const title = [value['title'], annotations['title'], value['name']].find(
    (one): one is string => typeof one === 'string' && one !== '',
  );
  const description = typeof value['description'] === 'string' ? value['description'] : '';
  let item = key === shown ? bytes : withValue(bytes, [keyMember[kind]], JSON.stringify(shown));
  item = withValue(item, ['title'], JSON.stringify(labelled(oneLine(title ?? key), label)));
  return withValue(item, ['description'], JSON.stringify(labelled(description, label)));
}

/** Where a tool names a page of its own, which no list need name (MCP Apps; the older form with a slash in its name). */
const pagePlaces = [
  ['_meta', 'ui', 'resourceUri'],
  ['_meta', 'ui/resourceUri'],
] as const;

/** `told`, the bytes of this tool, with its pages at the addresses by which the host knows them. */
export function withShownPages(told: Buffer, { value }: ListedItem, shown: (uri: string) => string): Buffer {
  return pagePlaces.reduce((bytes, place) => {
    const uri = place.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
    const address = typeof uri === 'string' ? shown(uri) : undefined;
    return address === undefined || address === uri ? bytes : withValue(bytes, place, JSON.stringify(address));
  }, told);
}
