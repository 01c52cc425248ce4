/**
 * Protected resource metadata (RFC 9728): found by the challenge, else at the two well-known addresses.
 */
import { Fault } from '../../../shared/faults.ts';
import type { JsonObject } from './answers.ts';
import type { OAuthFetch } from './http.ts';
import { type FetchedMetadata, fetchMetadata, worstOf } from './metadata-fetch.ts';
import type { ZoneGuard } from './network-zones.ts';
import { isScope } from './scopes.ts';
import { requireSecureEndpoint } from './urls.ts';

export interface ResourceMetadata {
  /** Verbatim: it is sent back as it is published. */
  readonly resource: string;
  readonly authorizationServers: readonly string[];
  readonly scopes: readonly string[];
}

const wellKnown = '/.well-known/oauth-protected-resource';

/**
 * The first document that is one. Without any, `trouble` is what stood in the way where that was more than "not
 * there". Throws `resource-mismatch` where a document is about another resource, and those of `oauthFetch`.
 */
export async function discoverResource(
  http: OAuthFetch,
  guard: ZoneGuard,
  resource: URL,
  challenged: string | undefined,
): Promise<{ readonly metadata?: ResourceMetadata; readonly trouble?: Fault }> {
  const troubles: Fault[] = [];
  for (const fetched of documents(http, guard, resource, challenged)) {
    const { document, trouble } = await fetched();
    if (trouble) troubles.push(trouble);
    const metadata = document && metadataOf(document);
    if (!metadata) continue;
    if (!isAbout(metadata.resource, resource)) {
      throw new Fault('resource-mismatch', { reason: 'metadata of another resource', subject: resource.host });
    }
    return { metadata };
  }
  const trouble = worstOf(troubles);
  return trouble ? { trouble } : {};
}

/** In order, and fetched only when asked for. */
function documents(
  http: OAuthFetch,
  guard: ZoneGuard,
  resource: URL,
  challenged: string | undefined,
): readonly (() => Promise<FetchedMetadata>)[] {
  const path = resource.pathname === '/' ? '' : resource.pathname;
  const wellKnowns = new Set([wellKnown + path + resource.search, wellKnown]);
  const own = [...wellKnowns].map((one) => () => fetchMetadata(http, guard, new URL(one, resource.origin)));
  return challenged === undefined ? own : [() => challengedDocument(http, guard, challenged), ...own];
}

/** The challenge may name any address; one that cannot be used is a reason to look where the standard says instead. */
async function challengedDocument(http: OAuthFetch, guard: ZoneGuard, address: string): Promise<FetchedMetadata> {
  try {
    return await fetchMetadata(http, guard, requireSecureEndpoint(address));
  } catch (error) {
    if (error instanceof Fault) return { trouble: error };
    throw error;
  }
}

function metadataOf(document: JsonObject): ResourceMetadata | undefined {
  const { resource, authorization_servers, scopes_supported } = document;
  const authorizationServers = strings(authorization_servers);
  if (typeof resource !== 'string' || !URL.canParse(resource) || authorizationServers.length === 0) return undefined;
  return { resource, authorizationServers, scopes: strings(scopes_supported).filter(isScope) };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : [];
}

/**
 * The document must be about the address we use (RFC 9728 s3.3). Many servers publish one for all that lies under an
 * address, so a parent of the path at the same origin counts, as it does for MCP's own clients.
 */
function isAbout(published: string, resource: URL): boolean {
  const about = new URL(published);
  if (about.origin !== resource.origin || about.hash !== '' || about.username !== '' || about.password !== '') {
    return false;
  }
  if (about.search !== '' && about.search !== resource.search) return false;
  const parent = about.pathname.endsWith('/') ? about.pathname : `${about.pathname}/`;
  return `${resource.pathname}/`.startsWith(parent);
}
