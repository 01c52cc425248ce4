/**
 * The names under which a host finds the tools and prompts of several services: `<service>__<name>`, in the letters and
 * the length that every host takes (`^[a-zA-Z0-9_-]{1,64}$`). What does not fit, and what could be taken for another,
 * ends in a hash of the whole name, so that a name never changes its meaning and never means two things.
 */
import { createHash } from 'node:crypto';

const longest = 64;
const between = '__';
const longestPrefix = 40;
/** Of names that are remembered, in one conversation; those of a service that invents ever new ones go first. */
const mostKnown = 20_000;

/** How a service's names begin. `taken`: another service's names begin so. */
export function prefixFor(name: string, connectionId: string, taken: (prefix: string) => boolean): string {
  const clean = name.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, longestPrefix) || 'service';
  if (!taken(clean)) return clean;
  return `${clean.slice(0, longestPrefix - 5)}-${hashOf(connectionId).slice(0, 4)}`;
}

/** `isAlike`: another of the service's names differs from it by upper and lower case alone. */
export function shownName(prefix: string, name: string, isAlike = false): string {
  const clean = name.replace(/[^A-Za-z0-9_-]/gu, '_');
  const plain = `${prefix}${between}${clean}`;
  if (clean === name && plain.length <= longest && !endsInHash(name) && !isAlike) return plain;
  const hash = `_${hashOf(name)}`;
  return `${plain.slice(0, longest - hash.length)}${hash}`;
}

/** The same for all names of one service, in their order. One in lower case stays plain beside another spelling of it. */
export function shownNames(prefix: string, names: readonly string[]): readonly string[] {
  const spellings = new Map<string, Set<string>>();
  for (const name of names) {
    const folded = name.toLowerCase();
    const known = spellings.get(folded);
    if (known) known.add(name);
    else spellings.set(folded, new Set([name]));
  }
  return names.map((name) => {
    const folded = name.toLowerCase();
    return shownName(prefix, name, name !== folded && (spellings.get(folded)?.size ?? 0) > 1);
  });
}

/** What a shown name says by itself: whose it is, and the name there; undefined where that has to be looked up. */
export function readShownName(
  shown: string,
): { readonly prefix: string; readonly name: string | undefined } | undefined {
  const at = shown.indexOf(between);
  if (at <= 0) return undefined;
  const name = shown.slice(at + between.length);
  return { prefix: shown.slice(0, at), name: name === '' || endsInHash(name) ? undefined : name };
}

export interface Named {
  readonly connectionId: string;
  /** As the service has it. */
  readonly name: string;
}

/** What the names mean that one conversation was shown, of tools or of prompts. */
export class KnownNames {
  readonly #known = new Map<string, Named>();

  remember(shown: string, named: Named): void {
    this.#known.delete(shown);
    this.#known.set(shown, named);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
  }

  find(shown: string): Named | undefined {
    return this.#known.get(shown);
  }

  forget(connectionId: string): void {
    for (const [shown, named] of this.#known) if (named.connectionId === connectionId) this.#known.delete(shown);
  }
}

function endsInHash(name: string): boolean {
  return /_[0-9a-f]{8}$/i.test(name);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
