/**
 * Taking a token back at the server that issued it (RFC 7009).
 */
import * as oauth from 'oauth4webapi';
import type { Secret } from '../vault/secret.ts';
import { jsonBody, refusalOf } from './answers.ts';
import type { AuthorizationServerInfo } from './authorization-server.ts';
import { clientAuthentication, libraryClient, libraryOptions, type OAuthClient } from './client-authentication.ts';
import type { OAuthFetch } from './http.ts';
import { requireSecureEndpoint } from './urls.ts';

/** Where tokens are revoked; undefined where the server offers no such thing. */
export function revocationEndpoint(server: AuthorizationServerInfo): string | undefined {
  return server.metadata.revocation_endpoint;
}

/**
 * Resolves when the server has confirmed, which it also does for a token it does not know (s2.2). `now` dates a
 * `Retry-After`. Throws `client-refused`, `token-refused`, `service-down` and `rate-limited` (with `retryAtMs`),
 * `service-answer-invalid`, and those of `oauthFetch`.
 */
export async function revokeToken(
  http: OAuthFetch,
  request: {
    readonly endpoint: string;
    readonly client: OAuthClient;
    readonly token: Secret;
    readonly hint: 'refresh_token' | 'access_token';
  },
  now?: () => number,
): Promise<void> {
  const endpoint = requireSecureEndpoint(request.endpoint);
  const response = await oauth.revocationRequest(
    { issuer: endpoint.origin, revocation_endpoint: endpoint.href },
    libraryClient(request.client),
    clientAuthentication(request.client),
    request.token.open(),
    { ...libraryOptions(http), additionalParameters: { token_type_hint: request.hint } },
  );
  // 204 is not in the standard and plainly a yes.
  if (response.status === 200 || response.status === 204) return;
  const body = await jsonBody(response);
  throw refusalOf(response, body, { host: endpoint.host, otherwise: 'token-refused', now });
}
