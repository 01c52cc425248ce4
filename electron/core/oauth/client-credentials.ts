/** Access for a client itself, by its own credentials (RFC 6749 s4.4): in the body, by Basic, or signed (RFC 7523). */
import * as oauth from 'oauth4webapi';
import { type AuthorizationServerInfo, endpointOf } from './authorization-server.ts';
import { clientAuthentication, libraryClient, libraryOptions, type OAuthClient } from './client-authentication.ts';
import { type DpopProver, sendProven } from './dpop.ts';
import type { OAuthFetch } from './http.ts';
import { readTokenAnswer, type TokenSet } from './token.ts';

/**
 * One request. Throws `client-refused` (also for a 401 that says no more), `scope-refused`, `target-refused`,
 * `token-refused`, `account-disabled`, `plan-limit`, `service-down` and `rate-limited` (with `retryAtMs`),
 * `service-answer-invalid`, `captive-portal`, `input-invalid` for a private key that cannot be read, and those of
 * `oauthFetch`.
 */
export async function requestClientCredentials(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  request: {
    readonly scopes: readonly string[];
    /** Named where the server is known to understand it (RFC 8707). */
    readonly resource?: string | undefined;
    readonly signal?: AbortSignal | undefined;
    /** By the key that the access is to be bound to (RFC 9449 section 5). */
    readonly dpop?: DpopProver | undefined;
  },
  now: () => number,
): Promise<TokenSet> {
  const { host } = endpointOf(server, 'token_endpoint');
  const { scopes, resource, signal, dpop } = request;
  const response = await sendProven(http, dpop, (proven) =>
    oauth.clientCredentialsGrantRequest(
      server.metadata,
      libraryClient(client),
      clientAuthentication(client),
      {
        ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
        ...(resource === undefined ? {} : { resource }),
      },
      { ...libraryOptions(proven), ...(signal ? { signal } : {}) },
    ),
  );
  const context = { host, otherwise: 'token-refused', unauthorized: 'client-refused', now } as const;
  return readTokenAnswer(response, server, client, context, {
    idToken: { kind: 'ignored' },
    proven: dpop !== undefined,
  });
}
