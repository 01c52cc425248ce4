/**
 * An authorization server as we know it: its metadata, published (RFC 8414, OpenID Discovery) or stated by a preset.
 */
import type * as oauth from 'oauth4webapi';
import { Fault } from '../../../shared/faults.ts';
import { requireSecureEndpoint } from './urls.ts';

export interface AuthorizationServerInfo {
  /** Exactly as the server calls itself; compared as a string, never normalised. */
  readonly issuer: string;
  readonly source: 'discovered' | 'preset';
  /** Members of RFC 8414 under their own names. */
  readonly metadata: oauth.AuthorizationServer;
}

type Endpoint =
  | 'authorization_endpoint'
  | 'token_endpoint'
  | 'registration_endpoint'
  | 'revocation_endpoint'
  | 'introspection_endpoint'
  | 'device_authorization_endpoint'
  | 'pushed_authorization_request_endpoint';

/** Throws `discovery-failed` where the server has no such endpoint, `address-invalid`, `address-insecure`. */
export function endpointOf(server: AuthorizationServerInfo, name: Endpoint): URL {
  const address = server.metadata[name];
  if (address === undefined) throw new Fault('discovery-failed', { reason: `no ${name}`, subject: hostOf(server) });
  return requireSecureEndpoint(address);
}

/**
 * Discovered metadata has to say S256, or an attacker could have stripped PKCE (MCP, RFC 9700 s4.8). A preset states
 * it on the service's word. Throws `pkce-unsupported`.
 */
export function requirePkce(server: AuthorizationServerInfo): void {
  if (server.metadata.code_challenge_methods_supported?.includes('S256')) return;
  throw new Fault('pkce-unsupported', { reason: 'S256 is not in the metadata', subject: hostOf(server) });
}

/** For people and logs. */
export function hostOf(server: AuthorizationServerInfo): string {
  return URL.canParse(server.issuer) ? new URL(server.issuer).host : server.issuer;
}
