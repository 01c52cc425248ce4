/**
 * Where a request to `/api/<connection>/…` goes, and what of a service's own addresses leads back there. The path is
 * passed on as it was written, so whatever a server could read as leading out of the connection's own path is refused:
 * dot segments, plain or encoded, encoded slashes, `//` (RFC 3986 s3.3, s5.2.4).
 */
/** A local address, taken apart. */
export interface LocalPlace {
  /** Id, name or address of the connection. */
  readonly connection: string;
  /** As it stands in the address. */
  readonly spelled: string;
  /** What follows: nothing, or a path that begins with a slash. */
  readonly path: string;
  /** With its question mark; nothing where there is none. */
  readonly query: string;
}

const prefix = '/api/';

/** Undefined for what is no address of a web API. `url` is the request's target, as it came. */
export function readLocalPlace(url: string): LocalPlace | undefined {
  const [, spelled, path, query] = /^\/api\/([^/?]+)(\/[^?]*)?(\?.*)?$/s.exec(url) ?? [];
  if (spelled === undefined) return undefined;
  try {
    return { connection: decodeURIComponent(spelled), spelled, path: path ?? '', query: query ?? '' };
  } catch {
    return undefined;
  }
}

/** Visible ASCII without what starts a fragment or is read as a slash by some. */
const plain = /^[!-"$-[\]-~]*$/;
const badEscape = /%(?![0-9a-f]{2})/i;
/** Also escaped more than once: some servers decode what they hand on. */
const hiddenStep = /%(?:25)*(?:2e|2f|5c|00|0a|0d)/i;
/** Some servers take a segment's parameters away before they look at it. */
const dotSegment = /(?:^|\/)\.{1,2}(?:;[^/]*)?(?=\/|$)/;

/** Why an address is not passed on. */
export type AddressRefusal = 'characters' | 'escape' | 'encoded slash or dot' | 'double slash' | 'dot segment';

export type Target = { readonly target: string } | { readonly refused: AddressRefusal };

/**
 * Path and query of the request at the service: below the resource's own path, which is the answer where `path` is
 * empty. Refused is what could lead anywhere else.
 */
export function targetBelow(resource: string, { path, query }: Pick<LocalPlace, 'path' | 'query'>): Target {
  if (!plain.test(path) || !plain.test(query)) return { refused: 'characters' };
  if (badEscape.test(path)) return { refused: 'escape' };
  if (hiddenStep.test(path)) return { refused: 'encoded slash or dot' };
  if (path.startsWith('//')) return { refused: 'double slash' };
  if (dotSegment.test(path)) return { refused: 'dot segment' };
  const { pathname } = new URL(resource);
  return { target: `${path === '' ? pathname : `${withoutSlash(pathname)}${path}`}${query}` };
}

/** The local form of an address that a service gave, where it is one of the connection's; undefined for any other. */
export function localAddress(resource: string, from: string, spelled: string, address: string): string | undefined {
  const below = pathBelow(resource, address, from);
  return below === undefined ? undefined : `${prefix}${spelled}${below}`;
}

/** What of an address is below the resource's own path, to be asked for there; undefined for any other place. */
export function pathBelow(resource: string, address: string, from?: string): string | undefined {
  if (!URL.canParse(address, from)) return undefined;
  const { origin, pathname, search, hash } = new URL(address, from);
  const own = new URL(resource);
  const base = withoutSlash(own.pathname);
  if (origin !== own.origin || (pathname !== base && !pathname.startsWith(`${base}/`))) return undefined;
  return `${pathname.slice(base.length)}${search}${hash}`;
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
