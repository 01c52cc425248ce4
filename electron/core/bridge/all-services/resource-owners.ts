/**
 * Whose a resource is, in one conversation. Addresses stay what they are, and a request goes to the service that named the
 * address to the host. What another service has named before, or what one of its templates may mean, is marked by its
 * service's name (`conexor.<service>+<address>`; `ui://conexor.<service>+…`, for hosts know pages of tools by their
 * scheme), which is taken off again on the way there. Nothing that a host was shown plainly changes hands while both
 * services are there, and what cannot be remembered is marked, so that no service can push out another one's.
 */

export interface Owned {
  readonly connectionId: string;
  /** As the service has it. */
  readonly uri: string;
}

/** Of one service; beyond these it has marked addresses alone. */
const mostAddresses = 5_000;
const mostTemplates = 100;
const longestAddress = 2 * 1024;
const longestTemplate = 2 * 1024;

interface Template {
  readonly literals: readonly string[];
  readonly isMarked: boolean;
}

interface Shower {
  /** In its marks, whatever it is called later. */
  readonly name: string;
  addresses: number;
  readonly marked: Set<string>;
  readonly templates: Map<string, Template>;
}

export class ResourceOwners {
  /** By address: who has shown it plainly. */
  readonly #owned = new Map<string, string>();
  readonly #showers = new Map<string, Shower>();
  /** By name in marks. */
  readonly #named = new Map<string, string>();

  /** The address under which the host finds what this service names, in a list, a result or a notification. */
  shown(connectionId: string, prefix: string, uri: string, isTemplate = false): string {
    const shower = this.#shower(connectionId, prefix);
    const isMarked = isTemplate
      ? this.#isMarkedTemplate(connectionId, shower, uri)
      : this.#isMarked(connectionId, shower, uri);
    return isMarked ? marked(shower.name, uri) : uri;
  }

  /** Undefined where no service has named it. */
  find(uri: string): Owned | undefined {
    const owner = this.#owned.get(uri);
    if (owner !== undefined) return { connectionId: owner, uri };
    const mark = readMark(uri);
    const named = mark && this.#named.get(mark.name);
    if (mark) return named === undefined ? undefined : { connectionId: named, uri: mark.uri };
    for (const [connectionId, { templates }] of this.#showers) {
      const template = templates.get(uri);
      if (template && !template.isMarked) return { connectionId, uri };
    }
    // Those that are not marked begin differently: no address is meant by those of two services.
    for (const [connectionId, { templates }] of this.#showers) {
      if (fits(templates, uri) === 'plain') return { connectionId, uri };
    }
    return undefined;
  }

  forget(connectionId: string): void {
    for (const [uri, owner] of this.#owned) if (owner === connectionId) this.#owned.delete(uri);
    for (const [name, owner] of this.#named) if (owner === connectionId) this.#named.delete(name);
    this.#showers.delete(connectionId);
  }

  #isMarked(connectionId: string, shower: Shower, uri: string): boolean {
    const owner = this.#owned.get(uri);
    if (owner === connectionId) return false;
    if (uri.length > longestAddress || shower.marked.has(uri)) return true;
    const isOthers = owner !== undefined || readMark(uri) !== undefined || this.#mayBeOthers(connectionId, uri);
    const own = isOthers ? 'marked' : fits(shower.templates, uri);
    // The host may have made it of the template.
    if (own === 'plain') return false;
    const isFull = shower.addresses >= mostAddresses;
    if (own === undefined && !isFull) {
      shower.addresses += 1;
      this.#owned.set(uri, connectionId);
      return false;
    }
    if (!isFull) {
      shower.addresses += 1;
      shower.marked.add(uri);
    }
    return true;
  }

  #isMarkedTemplate(connectionId: string, shower: Shower, uri: string): boolean {
    const known = shower.templates.get(uri);
    if (known) return known.isMarked;
    if (shower.templates.size >= mostTemplates || uri.length > longestTemplate) return true;
    const literals = uri.split(/\{[^{}]*\}/);
    const [first = ''] = literals;
    const isMarked = readMark(uri) !== undefined || this.#mayMeanOthers(connectionId, first);
    shower.templates.set(uri, { literals, isMarked });
    return isMarked;
  }

  #mayBeOthers(connectionId: string, uri: string): boolean {
    for (const [other, { templates }] of this.#showers) {
      if (other === connectionId) continue;
      for (const { literals, isMarked } of templates.values()) if (!isMarked && isOf(literals, uri)) return true;
    }
    return false;
  }

  /** Whether an address that begins so is another service's, or one that its templates may mean. */
  #mayMeanOthers(connectionId: string, first: string): boolean {
    for (const [other, { templates }] of this.#showers) {
      if (other === connectionId) continue;
      for (const { literals, isMarked } of templates.values()) {
        const [theirs = ''] = literals;
        if (!isMarked && (theirs.startsWith(first) || first.startsWith(theirs))) return true;
      }
    }
    for (const [uri, owner] of this.#owned) if (owner !== connectionId && uri.startsWith(first)) return true;
    return false;
  }

  #shower(connectionId: string, prefix: string): Shower {
    const known = this.#showers.get(connectionId);
    if (known) return known;
    let name = prefix;
    for (let more = 2; this.#named.has(name); more += 1) name = `${prefix}-${more}`;
    const shower = { name, addresses: 0, marked: new Set<string>(), templates: new Map<string, Template>() };
    this.#showers.set(connectionId, shower);
    this.#named.set(name, connectionId);
    return shower;
  }
}

function marked(name: string, uri: string): string {
  const [, scheme = '', rest = uri] = /^(ui:\/\/)(.*)$/is.exec(uri) ?? [];
  return `${scheme}conexor.${name}+${rest}`;
}

/** By whose name an address is marked, and what is marked; undefined where it is a plain one. */
export function readMark(uri: string): { readonly name: string; readonly uri: string } | undefined {
  const [, scheme = '', name, rest] = /^(ui:\/\/)?conexor\.([A-Za-z0-9-]+)\+(.*)$/is.exec(uri) ?? [];
  return name === undefined || rest === undefined ? undefined : { name, uri: `${scheme}${rest}` };
}

/** Whether an address may be made of one of these (RFC 6570), and how the host knows that; a plain one counts first. */
function fits(templates: ReadonlyMap<string, Template>, uri: string): 'plain' | 'marked' | undefined {
  let found: 'marked' | undefined;
  for (const { literals, isMarked } of templates.values()) {
    if ((isMarked && found) || !isOf(literals, uri)) continue;
    if (!isMarked) return 'plain';
    found = 'marked';
  }
  return found;
}

/** In linear time. */
function isOf(literals: readonly string[], uri: string): boolean {
  const [first = ''] = literals;
  const last = literals.at(-1) ?? '';
  if (literals.length === 1) return first === uri;
  if (!uri.startsWith(first) || uri.length < first.length + last.length || !uri.endsWith(last)) return false;
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at);
    if (found < 0 || found + literal.length > uri.length - last.length) return false;
    at = found + literal.length;
  }
  return true;
}
