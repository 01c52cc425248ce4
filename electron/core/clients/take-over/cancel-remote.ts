/**
 * Cancelling at their service what `mcp-remote` has left lying open: the refresh token first, so that it brings nothing
 * new, then the access token (RFC 7009), then its own registration there (RFC 7592). Nothing is claimed beyond what the
 * service has confirmed.
 */
import type { Dispatcher } from 'undici';
import { asFault, type Fault, isOnTheWay } from '../../../../shared/faults.ts';
import { proveRevoked } from '../../broker/resource-call.ts';
import type { Proof } from '../../broker/revocations.ts';
import { isFinal, isUncancellable, type Told, together } from '../../broker/service-answers.ts';
import { headerCredential } from '../../credentials/credential.ts';
import type { AuthorizationServerInfo } from '../../oauth/authorization-server.ts';
import { discoverAuthorizationServer } from '../../oauth/authorization-server-metadata.ts';
import type { OAuthClient } from '../../oauth/client-authentication.ts';
import { discover, probeResource } from '../../oauth/discovery.ts';
import type { OAuthFetch } from '../../oauth/http.ts';
import { zoneGuardFor } from '../../oauth/network-zones.ts';
import { deleteClient } from '../../oauth/registration-management.ts';
import { revocationEndpoint, revokeToken } from '../../oauth/revocation.ts';
import { parseResourceUrl, requireSecureEndpoint } from '../../oauth/urls.ts';
import { serviceFor } from '../../services/catalogue.ts';
import type { StoredClient, TokenFiles } from './token-files.ts';

export interface CancelNeeds {
  readonly http: Dispatcher;
  /** A connection of its own for each request. */
  readonly oauth: OAuthFetch;
  readonly now: () => number;
}

export interface ToCancel extends Pick<TokenFiles, 'tokens' | 'client' | 'issuer'> {
  /** The server that the access is for, where it is known. */
  readonly target?: string | undefined;
  /** The client that the entry has brought along, where none was written down with the tokens. */
  readonly givenClient?: StoredClient | undefined;
  /** Nobody else's files speak of the same registration. */
  readonly ownsRegistration: boolean;
}

export interface Cancelled {
  readonly service: 'cancelled' | 'unreachable' | 'refused' | 'no-way' | 'not-asked';
  readonly nothing?: boolean;
  readonly proof?: Proof;
  readonly accessUntilMs?: number;
  readonly registration?: 'deleted' | 'left';
  /** What stood in the way of anything better than `cancelled`. */
  readonly fault?: Fault;
}

/** Throws nothing but what is a mistake of ours. */
export async function cancelRemote(needs: CancelNeeds, wish: ToCancel): Promise<Cancelled> {
  const { tokens, target, issuer } = wish;
  const hasTokens = tokens?.accessToken !== undefined || tokens?.refreshToken !== undefined;
  const isManaged = wish.client?.registrationAccessToken !== undefined;
  if (!hasTokens && !isManaged) return { service: 'not-asked', nothing: true };
  if (target === undefined && issuer === undefined) return { service: 'not-asked' };
  let server: AuthorizationServerInfo;
  try {
    server = await serverOf(needs.oauth, target, issuer);
  } catch (thrown) {
    const fault = known(thrown);
    return { service: isPassing(fault) ? 'unreachable' : 'no-way', fault };
  }
  const told = hasTokens ? await tell(needs, server, wish) : { service: 'not-asked' as const, nothing: true };
  // With the registration it could be asked again; without it, nobody could.
  const registration = told.service === 'unreachable' ? undefined : await unregister(needs.oauth, server, wish);
  return { ...told, ...(registration === undefined ? {} : { registration }) };
}

/** Who issued them, as it was written down; else as the resource says today. Throws as `discover`. */
async function serverOf(
  http: OAuthFetch,
  target: string | undefined,
  issuer: string | undefined,
): Promise<AuthorizationServerInfo> {
  const resource = target === undefined ? undefined : parseResourceUrl(target);
  if (issuer !== undefined) {
    return discoverAuthorizationServer(http, zoneGuardFor(resource ?? requireSecureEndpoint(issuer)), issuer);
  }
  if (resource === undefined) throw new TypeError('neither target nor issuer');
  try {
    const challenge = await challengeOf(http, resource);
    const service = serviceFor(resource);
    return (await discover(http, { resource: resource.href, challenge, service, needsPage: false })).server;
  } catch (thrown) {
    if (known(thrown).code !== 'discovery-failed') throw thrown;
    // Before MCP knew of metadata of resources (revision 2025-03-26), the server signed people in itself.
    return discoverAuthorizationServer(http, zoneGuardFor(resource), resource.origin).catch((second: unknown) => {
      throw isPassing(known(second)) ? second : thrown;
    });
  }
}

/** An older server that does not speak today's transport has its metadata all the same. */
async function challengeOf(http: OAuthFetch, resource: URL) {
  try {
    const answer = await probeResource(http, resource.href);
    return answer.access === 'protected' ? answer.challenge : undefined;
  } catch (thrown) {
    if (known(thrown).code === 'discovery-failed') return undefined;
    throw thrown;
  }
}

async function tell(needs: CancelNeeds, server: AuthorizationServerInfo, wish: ToCancel): Promise<Cancelled> {
  const { tokens, target } = wish;
  const untilMs = tokens?.accessUntilMs;
  const isOver = untilMs !== undefined && untilMs <= needs.now();
  const until = isOver || untilMs === undefined ? {} : { accessUntilMs: untilMs };
  const endpoint = revocationEndpoint(server);
  if (endpoint === undefined) return { service: 'no-way', ...until };
  const client = clientAt(server, wish.client ?? wish.givenClient);
  const told: Told[] = [];
  let trouble: Fault | undefined;
  for (const hint of ['refresh_token', 'access_token'] as const) {
    const token = hint === 'refresh_token' ? tokens?.refreshToken : tokens?.accessToken;
    if (token === undefined) continue;
    try {
      await revokeToken(needs.oauth, { endpoint, issuer: server.issuer, client, token, hint }, needs.now);
      told.push({ hint, answer: 'cancelled' });
    } catch (thrown) {
      const fault = known(thrown);
      trouble ??= fault;
      told.push({ hint, answer: isFinal(fault) ? (isUncancellable(fault) ? 'no-way' : 'refused') : 'waiting' });
    }
  }
  const answer = together(told);
  const service =
    answer === 'waiting' ? 'unreachable' : answer === 'cancelled' || answer === 'refused' ? answer : 'no-way';
  if (service !== 'cancelled') return { service, ...until, ...(trouble ? { fault: trouble } : {}) };
  const token = tokens?.accessToken;
  const canProve = token !== undefined && target !== undefined && !isOver;
  const proof = canProve
    ? await proveRevoked(
        needs.http,
        { resource: target, service: serviceFor(new URL(target)) },
        headerCredential('authorization', 'Bearer', token),
      )
    : 'not-checked';
  return { service, proof, ...(proof === 'refused' || token === undefined ? {} : until) };
}

/** As it was registered; else as the SDK that `mcp-remote` stands on chooses (basic before post). */
function clientAt({ metadata }: AuthorizationServerInfo, stored: StoredClient | undefined): OAuthClient {
  if (stored === undefined) return { clientId: '', authMethod: 'none' };
  const { clientId, clientSecret, authMethod } = stored;
  if (clientSecret === undefined) return { clientId, authMethod: 'none' };
  const methods = metadata.revocation_endpoint_auth_methods_supported ?? metadata.token_endpoint_auth_methods_supported;
  const ours = ['client_secret_basic', 'client_secret_post'] as const;
  const registered = ours.find((method) => method === authMethod);
  return {
    clientId,
    clientSecret,
    authMethod: registered ?? ours.find((method) => methods?.includes(method)) ?? 'client_secret_basic',
  };
}

/** Undefined where there is nothing of it that could be deleted. */
async function unregister(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  { client, ownsRegistration }: ToCancel,
): Promise<'deleted' | 'left' | undefined> {
  const { registrationAccessToken, registrationClientUri } = client ?? {};
  if (!client || !registrationAccessToken || !registrationClientUri) return undefined;
  if (!ownsRegistration) return 'left';
  const home = [server.issuer, server.metadata.registration_endpoint].filter((one) => one !== undefined);
  const managed = { ...clientAt(server, client), registrationAccessToken, registrationClientUri, home };
  try {
    return (await deleteClient(http, managed)) === 'not-managed' ? 'left' : 'deleted';
  } catch (thrown) {
    known(thrown);
    return 'left';
  }
}

/** Not reached, busy, or in trouble: another time may be better. */
function isPassing(fault: Fault): boolean {
  const more: readonly Fault['code'][] = ['answer-lost', 'service-down', 'rate-limited'];
  return isOnTheWay(fault) || more.includes(fault.code);
}

/** A mistake of ours is none of the service's answers. */
function known(thrown: unknown): Fault {
  const fault = asFault(thrown);
  if (fault.code === 'internal') throw thrown;
  return fault;
}
