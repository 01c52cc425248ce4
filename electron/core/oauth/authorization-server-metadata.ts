/**
 * An issuer's published metadata: RFC 8414 first, then OpenID Discovery in both its places, each only believed if it
 * names the issuer we asked for (RFC 8414 s3.3) and addresses we may use.
 */
import type * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { Fault } from '../../../shared/faults.ts';
import type { JsonObject } from './answers.ts';
import type { AuthorizationServerInfo } from './authorization-server.ts';
import type { OAuthFetch } from './http.ts';
import { fetchMetadata, worstOf } from './metadata-fetch.ts';
import type { ZoneGuard } from './network-zones.ts';
import { isSameHouse, requireSecureEndpoint } from './urls.ts';

const list = z.array(z.string()).optional().catch(undefined);
const address = z.string().optional().catch(undefined);

const flag = z.boolean().optional().catch(undefined);

/**
 * A member of the wrong type counts as absent; without an issuer and a token endpoint it is no such document. A server
 * for programs and devices alone has no page to authorize at.
 */
const metadataDocument = z.looseObject({
  issuer: z.string().min(1),
  authorization_endpoint: address,
  token_endpoint: z.string().min(1),
  registration_endpoint: address,
  revocation_endpoint: address,
  userinfo_endpoint: address,
  introspection_endpoint: address,
  device_authorization_endpoint: address,
  pushed_authorization_request_endpoint: address,
  jwks_uri: address,
  scopes_supported: list,
  grant_types_supported: list,
  code_challenge_methods_supported: list,
  token_endpoint_auth_methods_supported: list,
  id_token_signing_alg_values_supported: list,
  dpop_signing_alg_values_supported: list,
  authorization_response_iss_parameter_supported: flag,
  require_pushed_authorization_requests: flag,
});

const neededEndpoints = ['authorization_endpoint', 'token_endpoint'] as const;
const otherEndpoints = [
  'registration_endpoint',
  'revocation_endpoint',
  'userinfo_endpoint',
  'introspection_endpoint',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'jwks_uri',
] as const;

/**
 * Throws `issuer-mismatch` where only documents of another issuer were found or a document could mix two servers up,
 * `address-insecure` where an endpoint
 * may not be used, `service-down`, `rate-limited`, `discovery-failed`, and those of `oauthFetch`.
 */
export async function discoverAuthorizationServer(
  http: OAuthFetch,
  guard: ZoneGuard,
  issuer: string,
): Promise<AuthorizationServerInfo> {
  const identifier = requireSecureEndpoint(issuer);
  const troubles: Fault[] = [];
  for (const url of metadataAddresses(identifier)) {
    const { document, trouble } = await fetchMetadata(http, guard, url);
    if (trouble) troubles.push(trouble);
    const parsed = document && metadataDocument.safeParse(document);
    if (!parsed?.success) continue;
    if (!isIssuer(parsed.data.issuer, issuer, identifier)) {
      troubles.push(new Fault('issuer-mismatch', { reason: 'metadata of another issuer', subject: identifier.host }));
      continue;
    }
    refuseMixUp(parsed.data, identifier);
    return {
      issuer: parsed.data.issuer,
      source: 'discovered',
      metadata: (await withUsableEndpoints(parsed.data, guard)) as unknown as oauth.AuthorizationServer,
    };
  }
  throw (
    worstOf(troubles) ??
    new Fault('discovery-failed', { reason: 'no authorization server metadata', subject: identifier.host })
  );
}

/** MCP: RFC 8414 with the path inserted, OpenID with the path inserted, OpenID with the path before it. */
function metadataAddresses(issuer: URL): readonly URL[] {
  const path = issuer.pathname.replace(/\/$/, '');
  const paths = [`/.well-known/oauth-authorization-server${path}`, `/.well-known/openid-configuration${path}`];
  if (path !== '') paths.push(`${path}/.well-known/openid-configuration`);
  return paths.map((one) => new URL(one + issuer.search, issuer.origin));
}

/**
 * As strings. One exception: where the identifier is a bare origin written with a slash, which URL libraries add
 * unasked, the same origin without it is the same issuer.
 */
function isIssuer(published: string, asked: string, identifier: URL): boolean {
  return published === asked || (asked === `${identifier.origin}/` && published === identifier.origin);
}

/**
 * Mix-up (RFC 9700 s4.4): metadata that sends the person to an honest server and the code to its own token endpoint
 * gets a code and its verifier for nothing. `iss` in the answer would show it (RFC 9207); a server that promises it is
 * held to it. Without that promise the page that the person sees must be the issuer's, or the code's way must at least
 * end where it began. An issuer whose token endpoint alone lies elsewhere is common, and does no harm.
 */
function refuseMixUp(metadata: z.output<typeof metadataDocument>, issuer: URL): void {
  if (metadata.authorization_response_iss_parameter_supported || metadata.authorization_endpoint === undefined) return;
  const page = requireSecureEndpoint(metadata.authorization_endpoint);
  const token = requireSecureEndpoint(metadata.token_endpoint);
  if ([issuer, token].some((one) => one.origin === page.origin || isSameHouse(one.hostname, page.hostname))) return;
  const reason =
    'the authorization endpoint is neither at the issuer nor at the token endpoint, and no iss is promised';
  throw new Fault('issuer-mismatch', { reason, subject: issuer.host });
}

/**
 * The same for device codes: one that an honest server gave must not be handed to another's token endpoint, and nothing
 * that comes back would show it. So both have to be of one house.
 */
function keepsDeviceCodes(metadata: z.output<typeof metadataDocument>): boolean {
  if (metadata.device_authorization_endpoint === undefined) return true;
  if (!URL.canParse(metadata.device_authorization_endpoint)) return false;
  const device = new URL(metadata.device_authorization_endpoint);
  const token = requireSecureEndpoint(metadata.token_endpoint);
  return device.origin === token.origin || isSameHouse(device.hostname, token.hostname);
}

async function withUsableEndpoints(metadata: z.output<typeof metadataDocument>, guard: ZoneGuard): Promise<JsonObject> {
  for (const name of neededEndpoints) {
    const endpoint = metadata[name];
    if (endpoint !== undefined) await guard(requireSecureEndpoint(endpoint));
  }
  const unusable = new Set<string>();
  for (const name of otherEndpoints) {
    const endpoint = metadata[name];
    if (endpoint !== undefined && !(await isUsable(endpoint, guard))) unusable.add(name);
  }
  if (!keepsDeviceCodes(metadata)) unusable.add('device_authorization_endpoint');
  const usable = Object.entries(metadata).filter(([name, value]) => value !== undefined && !unusable.has(name));
  return Object.fromEntries(usable);
}

async function isUsable(endpoint: string, guard: ZoneGuard): Promise<boolean> {
  try {
    await guard(requireSecureEndpoint(endpoint));
    return true;
  } catch {
    return false;
  }
}
