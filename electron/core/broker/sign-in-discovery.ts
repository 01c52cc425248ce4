/** The authorization server of a connection: named by hand, or found by asking the resource without a token. */
import { asFault, Fault, isOnTheWay } from '../../../shared/faults.ts';
import type { WayInId } from '../../../shared/ways-in.ts';
import type { Target } from '../credentials/way-in.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { requirePkce } from '../oauth/authorization-server.ts';
import { discoverAuthorizationServer } from '../oauth/authorization-server-metadata.ts';
import { type Challenge, parseChallenge } from '../oauth/challenge.ts';
import { discover, probeResource } from '../oauth/discovery.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import { zoneGuardFor } from '../oauth/network-zones.ts';
import { scopesOf } from '../oauth/scopes.ts';
import type { Service } from '../services/service.ts';
import type { ConnectionRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';

export interface ConnectionDiscovery {
  /** The resource answers without any sign-in. */
  isOpen(): Promise<boolean>;
  readonly discover: Target['server'];
}

type ByHand = NonNullable<ConnectionRecord['authorizationServer']>;

/** Asks the resource at most once, and only when somebody wants to know. */
export function discoverFor(
  { http, vault }: { readonly http: OAuthFetch; readonly vault: Vault },
  connection: ConnectionRecord,
  service: Service,
  wayIn: WayInId,
): ConnectionDiscovery {
  const { authorizationServer: named } = connection;
  /** Whether a person is sent to the server's page, which has to be safe against stolen codes then (RFC 9700 s4.8). */
  const needsPage = wayIn === 'authorization-code';
  const ask = (): Promise<Probed> =>
    service.speaks === 'rest' ? probeApi(http, connection, service) : probeServer(http, connection);
  let asked: Promise<Probed> | undefined;
  const probe = () => {
    asked ??= ask();
    return asked;
  };

  async function byHand(wanted: ByHand): ReturnType<Target['server']> {
    const server = await serverByHand(http, wanted);
    requireSameEndpoints(vault, connection, server);
    if (needsPage) requirePkce(server);
    // What it wants is good to know; a resource that is silent about it, or away, is none of the server's trouble.
    const { challenge } = await probe().catch(() => ({ challenge: undefined }));
    const scopes = scopesOf(challenge?.scope);
    return {
      server,
      resource: connection.resource,
      scopes: scopes.length > 0 ? scopes : service.defaultScopes,
      namesResource: service.sendsResource,
    };
  }

  async function published(): ReturnType<Target['server']> {
    const { challenge } = await probe();
    const { resource } = connection;
    try {
      const found = await discover(http, { resource, challenge, service, needsPage });
      const namesResource = found.isNamedByResource || service.sendsResource;
      return { server: found.server, resource: found.resource, scopes: found.suggestedScopes, namesResource };
    } catch (thrown) {
      // Few web APIs publish where their access comes from; their own origin is the usual place.
      const isSilent = asFault(thrown).code === 'discovery-failed' && service.speaks === 'rest' && !service.facts;
      if (!isSilent) throw thrown;
      const url = new URL(resource);
      const server = await discoverAuthorizationServer(http, zoneGuardFor(url), url.origin).catch(() => {
        throw thrown;
      });
      if (needsPage) requirePkce(server);
      const scopes = scopesOf(challenge?.scope);
      return {
        server,
        resource,
        scopes: scopes.length > 0 ? scopes : service.defaultScopes,
        namesResource: service.sendsResource,
      };
    }
  }

  return {
    // What a web API answers at one place says nothing about the others: whoever chose a way in means it.
    isOpen: async () => service.speaks === 'mcp' && (await probe()).isOpen,
    discover: () => (named && service.asksServer ? byHand(named) : published()),
  };
}

interface Probed {
  readonly isOpen: boolean;
  readonly challenge: Challenge | undefined;
}

async function probeServer(http: OAuthFetch, { resource }: ConnectionRecord): Promise<Probed> {
  const answer = await probeResource(http, resource);
  return { isOpen: answer.access === 'none', challenge: answer.access === 'protected' ? answer.challenge : undefined };
}

/** Throws the troubles on the way there. Any answer will do, of any length; only a 401 says more. */
async function probeApi(http: OAuthFetch, { resource }: ConnectionRecord, service: Service): Promise<Probed> {
  const url = service.probePath === undefined ? resource : new URL(service.probePath, resource).href;
  const answer = await http(url, { method: 'GET', headers: { accept: 'application/json' } }).catch(
    (thrown: unknown) => {
      if (asFault(thrown).code !== 'too-large') throw thrown;
      return undefined;
    },
  );
  const header = answer?.status === 401 ? answer.headers.get('www-authenticate') : null;
  return { isOpen: false, challenge: header === null ? undefined : parseChallenge(header) };
}

/**
 * What its issuer publishes, with the given endpoints on top; those alone where it publishes nothing. Whoever names the
 * page by hand answers for it, as a preset does: metadata that is silent about PKCE is completed, never contradicted.
 */
async function serverByHand(http: OAuthFetch, { issuer, endpoints }: ByHand): Promise<AuthorizationServerInfo> {
  const isPageGiven = endpoints.authorization_endpoint !== undefined;
  try {
    const { metadata, ...found } = await discoverAuthorizationServer(http, zoneGuardFor(new URL(issuer)), issuer);
    const pkce = isPageGiven ? { code_challenge_methods_supported: ['S256'] } : {};
    return { ...found, metadata: { ...pkce, ...metadata, ...endpoints } };
  } catch (thrown) {
    const isGiven = endpoints.token_endpoint !== undefined;
    // What it publishes may well matter where it is only away.
    if (!isGiven || !(thrown instanceof Fault) || isOnTheWay(thrown)) throw thrown;
    return {
      issuer,
      source: 'preset',
      metadata: {
        issuer,
        ...endpoints,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
      },
    };
  }
}

/**
 * An issuer's accounts and clients are one for all connections, so its endpoints are too: nobody brings in another place
 * for what was issued for somebody else's (MCP M-C 7). Throws `issuer-mismatch`.
 */
function requireSameEndpoints(
  vault: Vault,
  connection: ConnectionRecord,
  { issuer, metadata }: AuthorizationServerInfo,
) {
  const stored = vault.get('authorizationServer', issuer)?.metadata;
  const isShared = vault
    .list('grant')
    .some((grant) => grant.issuer === issuer && vault.get('account', grant.accountId)?.connectionId !== connection.id);
  const names = ['token_endpoint', 'revocation_endpoint'] as const;
  if (stored && isShared && names.some((name) => metadata[name] !== stored[name])) {
    throw new Fault('issuer-mismatch', { reason: 'other endpoints by hand', subject: new URL(issuer).host });
  }
}
