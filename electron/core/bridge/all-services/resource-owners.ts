/**
 * Whose a resource is, in one conversation: addresses stay what they are, and a request goes to the service that named
 * the address. Where two services have the same one, the first keeps it and the other's is marked by its name
 * (`conexor.<service>+<address>`), which is taken off again on the way there.
 */
import { isObject, parseJson } from '../message.ts';
import { type Path, withValue } from './json-places.ts';

export interface Owned {
  readonly connectionId: string;
  /** As the service has it. */
  readonly uri: string;
}

const mostKnown = 20_000;

export class ResourceOwners {
  /** By address as the host knows it. */
  readonly #owned = new Map<string, Owned>();
  readonly #templates = new Map<string, Owned>();
  /** By connection: address there → marked address. */
  readonly #marks = new Map<string, Map<string, string>>();

  /** The address under which the host finds what this service has listed. */
  shown(connectionId: string, prefix: string, uri: string, isTemplate = false): string {
    const owned = isTemplate ? this.#templates : this.#owned;
    const marked = this.#marks.get(connectionId)?.get(uri);
    if (marked !== undefined) return marked;
    const owner = owned.get(uri);
    if (owner === undefined) remember(owned, uri, { connectionId, uri });
    if (owner === undefined || owner.connectionId === connectionId) return uri;
    const mark = `conexor.${prefix}+${uri}`;
    remember(owned, mark, { connectionId, uri });
    const marks = this.#marks.get(connectionId) ?? new Map<string, string>();
    this.#marks.set(connectionId, marks.set(uri, mark));
    return mark;
  }

  /** An address that a service has named beside its lists; it takes none from another. */
  named(connectionId: string, uri: string): void {
    if (!this.#owned.has(uri)) remember(this.#owned, uri, { connectionId, uri });
  }

  /** Undefined where no service has named it. */
  find(uri: string): Owned | undefined {
    const exact = this.#owned.get(uri) ?? this.#templates.get(uri);
    if (exact) return exact;
    let best: { readonly owned: Owned; readonly literal: number } | undefined;
    for (const [template, { connectionId, uri: inner }] of this.#templates) {
      const literal = matched(template, uri);
      if (literal === undefined || (best && best.literal >= literal)) continue;
      const mark = template.length - inner.length;
      best = { owned: { connectionId, uri: uri.slice(mark) }, literal };
    }
    return best?.owned;
  }

  /** The address by which the host knows this one of this service. */
  toHost(connectionId: string, uri: string): string {
    return this.#marks.get(connectionId)?.get(uri) ?? uri;
  }

  hasMarks(connectionId: string): boolean {
    return this.#marks.has(connectionId);
  }

  forget(connectionId: string): void {
    for (const owned of [this.#owned, this.#templates]) {
      for (const [uri, owner] of owned) if (owner.connectionId === connectionId) owned.delete(uri);
    }
    this.#marks.delete(connectionId);
  }

  /** A result with the addresses that the host knows, where some of them are other ones; remembered as by `read`. */
  rewritten(connectionId: string, answer: Buffer): Buffer {
    let told = answer;
    for (const { path, uri } of addressesIn(answer)) {
      this.named(connectionId, uri);
      const shown = this.toHost(connectionId, uri);
      if (shown !== uri) told = withValue(told, ['result', ...path], JSON.stringify(shown));
    }
    return told;
  }

  /** Remembers the addresses in a result: what a tool points to need not be in any list. */
  read(connectionId: string, answer: Buffer): void {
    if (!answer.includes('"uri"')) return;
    for (const { uri } of addressesIn(answer)) this.named(connectionId, uri);
  }
}

/** Resources in the results of tools, prompts and readings (MCP: resource links, embedded resources, contents). */
function addressesIn(answer: Buffer): readonly { readonly path: Path; readonly uri: string }[] {
  const message = parseJson(answer);
  const result = isObject(message) ? message['result'] : undefined;
  if (!isObject(result)) return [];
  const found: { path: Path; uri: string }[] = [];
  const look = (value: unknown, path: Path): void => {
    if (!isObject(value)) return;
    if (typeof value['uri'] === 'string') found.push({ path: [...path, 'uri'], uri: value['uri'] });
    const inner = value['resource'];
    if (isObject(inner) && typeof inner['uri'] === 'string')
      found.push({ path: [...path, 'resource', 'uri'], uri: inner['uri'] });
  };
  for (const list of ['content', 'contents']) {
    const parts = result[list];
    if (Array.isArray(parts)) for (const [index, part] of parts.entries()) look(part, [list, index]);
  }
  const messages = result['messages'];
  if (Array.isArray(messages)) {
    for (const [index, one] of messages.entries())
      if (isObject(one)) look(one['content'], ['messages', index, 'content']);
  }
  return found;
}

/** How much of an address is the template's own text (RFC 6570); undefined where it cannot be one of its addresses. In linear time. */
function matched(template: string, uri: string): number | undefined {
  const literals = template.split(/\{[^{}]*\}/);
  const [first = ''] = literals;
  const last = literals.at(-1) ?? '';
  if (literals.length === 1) return template === uri ? template.length : undefined;
  if (!uri.startsWith(first) || uri.length < first.length + last.length || !uri.endsWith(last)) return undefined;
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at);
    if (found < 0 || found + literal.length > uri.length - last.length) return undefined;
    at = found + literal.length;
  }
  return literals.reduce((length, literal) => length + literal.length, 0);
}

function remember(owned: Map<string, Owned>, uri: string, owner: Owned): void {
  owned.set(uri, owner);
  const [oldest] = owned.keys();
  if (owned.size > mostKnown && oldest !== undefined) owned.delete(oldest);
}
