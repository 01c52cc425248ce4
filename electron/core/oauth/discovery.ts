/**
 * From a resource's address to the authorization server that guards it: challenge, protected resource metadata
 * (RFC 9728), authorization server metadata (RFC 8414, OpenID Discovery), and a preset's documented endpoints last.
 */
import { Fault, isOnTheWay } from '../../../shared/faults.ts';
import type { Service } from '../services/service.ts';
import { type AuthorizationServerInfo, requirePkce } from './authorization-server.ts';
import { discoverAuthorizationServer } from './authorization-server-metadata.ts';
import type { Challenge } from './challenge.ts';
import type { OAuthFetch } from './http.ts';
import { type Lookup, type ZoneGuard, zoneGuardFor } from './network-zones.ts';
import { discoverResource, type ResourceMetadata } from './resource-metadata.ts';
import { scopesOf } from './scopes.ts';
import { parseResourceUrl } from './urls.ts';

export { probeResource } from './resource-probe.ts';

export interface Discovery {
  /** What is sent as `resource` (RFC 8707): as the metadata publishes it, else as it was given. */
  readonly resource: string;
  readonly server: AuthorizationServerInfo;
  /**
   * The resource's own metadata led there. Then the server is always told whom the access is for: a resource may name
   * any server, and must not get what is good for another one (RFC 8707, RFC 9728 s7.6).
   */
  readonly isNamedByResource: boolean;
  /** Of the challenge, else of the resource's metadata, else of the service (MCP: scope selection). */
  readonly suggestedScopes: readonly string[] | undefined;
}

export interface DiscoveryInput {
  readonly resource: string;
  readonly challenge: Challenge | undefined;
  readonly service: Service;
  /** Whether the person will be sent to the server's page, which has to say S256 then. Default true. */
  readonly needsPage?: boolean;
  /** How names are resolved for the check of inner addresses; the system's way unless given. */
  readonly lookup?: Lookup;
}

/** A resource may name several; more than this many are not tried. */
const maxServers = 4;

/**
 * Throws `resource-mismatch`, `issuer-mismatch`, `pkce-unsupported`, `address-insecure`, `discovery-failed`,
 * `service-down`, and those of `oauthFetch`.
 */
export async function discover(http: OAuthFetch, input: DiscoveryInput): Promise<Discovery> {
  const resource = parseResourceUrl(input.resource);
  const guard = zoneGuardFor(resource, input.lookup);
  const published = await discoverResource(http, guard, resource, input.challenge?.resourceMetadata);
  const server = published.metadata
    ? await firstUsable(http, guard, published.metadata)
    : await serverOfPreset(http, guard, input.service, resource, published.trouble);
  if (input.needsPage ?? true) requirePkce(server);
  return {
    resource: published.metadata?.resource ?? input.resource,
    server,
    isNamedByResource: published.metadata !== undefined,
    suggestedScopes: suggestedScopes(input, published.metadata),
  };
}

async function firstUsable(
  http: OAuthFetch,
  guard: ZoneGuard,
  metadata: ResourceMetadata,
): Promise<AuthorizationServerInfo> {
  let trouble: Fault | undefined;
  for (const issuer of metadata.authorizationServers.slice(0, maxServers)) {
    try {
      return await discoverAuthorizationServer(http, guard, issuer);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      trouble ??= error;
    }
  }
  throw trouble ?? new Fault('discovery-failed', { reason: 'no authorization server is named' });
}

/** Without resource metadata: what the service publishes at its documented issuer, else what its documents state. */
async function serverOfPreset(
  http: OAuthFetch,
  guard: ZoneGuard,
  service: Service,
  resource: URL,
  trouble: Fault | undefined,
): Promise<AuthorizationServerInfo> {
  const facts = service.facts?.(resource);
  if (!facts) {
    throw (
      trouble ?? new Fault('discovery-failed', { reason: 'no protected resource metadata', subject: resource.host })
    );
  }
  try {
    return await discoverAuthorizationServer(http, guard, facts.issuer);
  } catch (error) {
    // Nothing usable is published, so what is documented holds. A host out of reach is another matter: say so.
    if (error instanceof Fault && !isOnTheWay(error)) return facts;
    throw error;
  }
}

function suggestedScopes(input: DiscoveryInput, metadata: ResourceMetadata | undefined): readonly string[] | undefined {
  const challenged = scopesOf(input.challenge?.scope);
  if (challenged.length > 0) return challenged;
  const supported = metadata?.scopes ?? [];
  return supported.length > 0 ? supported : input.service.defaultScopes;
}
