/**
 * Taking a token back at the server that issued it (RFC 7009).
 */
import * as oauth from 'oauth4webapi';
import type { Secret } from '../vault/secret.ts';
import { jsonBody, refusalOf, strangerOf } from './answers.ts';
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
    /** For whom a client assertion is made; the endpoint's origin unless given. */
    readonly issuer?: string;
    readonly client: OAuthClient;
    readonly token: Secret;
    readonly hint: 'refresh_token' | 'access_token';
  },
  now?: () => number,
): Promise<void> {
  const endpoint = requireSecureEndpoint(request.endpoint);
  const response = await oauth.revocationRequest(
    { issuer: request.issuer ?? endpoint.origin, revocation_endpoint: endpoint.href },
    libraryClient(request.client),
    clientAuthentication(request.client),
    request.token.open(),
    { ...libraryOptions(http), additionalParameters: { token_type_hint: request.hint } },
  );
  const { status } = response;
  // 204 is not in the standard and plainly a yes. A page is no answer of this endpoint: somebody else may have sent it.
  const confirmed =
    status === 204 || (status === 200 && !(strangerOf(response, endpoint.host) && (await hasPage(response))));
  if (confirmed) return;
  const body = await jsonBody(response);
  throw refusalOf(response, body, { host: endpoint.host, otherwise: 'token-refused', now });
}

/** Not only the type, which frameworks give to an empty answer too. */
async function hasPage(response: Response): Promise<boolean> {
  return (await response.clone().text()).trimStart().startsWith('<');
}
