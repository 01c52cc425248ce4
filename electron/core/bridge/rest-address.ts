/**
 * Where a request to `/api/<connection>/…` goes, and what of a service's own addresses leads back there. The path is
 * passed on as it was written, so whatever a server could read as leading out of the connection's own path is refused,
 * however often it decodes: dot segments, encoded dots and slashes, `//` (RFC 3986 s3.3, s5.2.4).
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
/** Once decoded: what ends or makes a segment, and what some take for the end of all. `%uXXXX` is IIS' own form. */
const hiddenStep = /%(?:2e|2f|5c|00|0a|0d|u[0-9a-f]{4})/i;
/** More bytes than needed (RFC 3629 s10): a lax reader gets a dot or slash out of them. In no UTF-8 text there is. */
const overlong = /[\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]|\xf8[\x80-\x87]|\xfc[\x80-\x83]/;
/** Some servers take parameters away before they look at a segment, or read only so far, or trim it. */
const dotSegment = /(?:^|[\\/])[\s\p{Cc}\p{Cf}]*\.{1,2}[\s\p{Cc}\p{Cf}]*(?:[;?#][^\\/]*)?(?=[\\/]|$)/u;
/** An address that is part of the path is a usual thing: `/web/https://…`. */
const doubleSlash = /(?:^|[^:])\/\//;
/** Deeper than this nobody writes. */
const maxDecodings = 8;

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
  if (doubleSlash.test(path)) return { refused: 'double slash' };
  // Each time as bytes, which is what servers decode.
  let decodings = 0;
  for (let bytes = path, last = ''; bytes !== last; decodings += 1) {
    if (decodings > maxDecodings) return { refused: 'escape' };
    if (hiddenStep.test(bytes) || overlong.test(bytes)) return { refused: 'encoded slash or dot' };
    if (dotSegment.test(bytes) || dotSegment.test(folded(bytes))) return { refused: 'dot segment' };
    last = bytes;
    bytes = bytes.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  const { pathname } = new URL(resource);
  return { target: `${path === '' ? pathname : `${withoutSlash(pathname)}${path}`}${query}` };
}

/** As text in which characters that some systems take for each other are one, such as wide dots and dots. */
function folded(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString().normalize('NFKC');
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
