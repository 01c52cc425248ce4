/**
 * The token endpoint: a code or a refresh token for an access token (RFC 6749 s4.1.3 and s6, RFC 7636, RFC 8707).
 * Stateless; who may send which refresh token, and how often, is decided by the broker.
 */
import * as oauth from 'oauth4webapi';
import { Fault } from '../../../shared/faults.ts';
import { Secret } from '../vault/secret.ts';
import { type JsonObject, jsonBody, refusalOf, strangerOf } from './answers.ts';
import type { AuthorizationAttempt, ValidatedCallback } from './authorization.ts';
import { type AuthorizationServerInfo, endpointOf, hostOf } from './authorization-server.ts';
import { clientAuthentication, libraryClient, libraryOptions, type OAuthClient } from './client-authentication.ts';
import { type DpopProver, sendProven } from './dpop.ts';
import type { OAuthFetch } from './http.ts';
import type { KeySets } from './jwks.ts';
import { revocationEndpoint, revokeToken } from './revocation.ts';
import { type AnswerContext, type IdTokenExpectation, readTokenSet, type TokenSet } from './token-answer.ts';

export type { TokenSet } from './token-answer.ts';

/**
 * Exchanges the code of a validated callback, once; codes are good for one use.
 * Throws `sign-in-needed` (the code is no longer good), `client-refused`, `target-refused`, `scope-refused`,
 * `token-refused`, `account-disabled`, `plan-limit`, `service-down` and `rate-limited` (with `retryAtMs`),
 * `service-answer-invalid`, `clock-wrong`, `captive-portal`, `issuer-mismatch`, and those of `oauthFetch`.
 */
export async function exchangeCode(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  attempt: AuthorizationAttempt,
  parameters: ValidatedCallback,
  now: () => number,
  keySets?: KeySets,
): Promise<TokenSet> {
  // RFC 9700 s4.4.2: code and verifier go to the issuer that was recorded, and to no other.
  if (server.issuer !== attempt.issuer) throw new Fault('issuer-mismatch', { subject: hostOf(server) });
  const endpoint = endpointOf(server, 'token_endpoint');
  const response = await sendProven(http, attempt.dpop, (proven) =>
    oauth.authorizationCodeGrantRequest(
      server.metadata,
      libraryClient(client),
      clientAuthentication(client),
      parameters,
      attempt.redirectUri,
      attempt.codeVerifier.open(),
      { ...libraryOptions(proven), additionalParameters: attempt.sendsResource ? { resource: attempt.resource } : {} },
    ),
  );
  const idToken: IdTokenExpectation =
    attempt.nonce === undefined ? { kind: 'unrequested' } : { kind: 'requested', nonce: attempt.nonce };
  const context = { host: endpoint.host, otherwise: 'token-refused', now } as const;
  return readTokenAnswer(response, server, client, context, {
    idToken,
    proven: attempt.dpop !== undefined,
    keySets,
    giveBackBy: http,
  });
}

/**
 * Spends a refresh token; the answer may bring another in its place. Scopes, where given, must lie within the grant.
 * Throws `sign-in-needed` where the server refuses the token, and otherwise as `exchangeCode`.
 */
export async function refreshTokens(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  request: {
    readonly refreshToken: Secret;
    readonly resource: string;
    readonly scopes?: readonly string[];
    /** Default true. */
    readonly sendsResource?: boolean;
    /** By the key that the grant is bound to. */
    readonly dpop?: DpopProver | undefined;
  },
  now: () => number,
): Promise<TokenSet> {
  const endpoint = endpointOf(server, 'token_endpoint');
  const scope = request.scopes?.join(' ') ?? '';
  const response = await sendProven(http, request.dpop, (proven) =>
    oauth.refreshTokenGrantRequest(
      server.metadata,
      libraryClient(client),
      clientAuthentication(client),
      request.refreshToken.open(),
      {
        ...libraryOptions(proven),
        additionalParameters: {
          ...((request.sendsResource ?? true) ? { resource: request.resource } : {}),
          ...(scope === '' ? {} : { scope }),
        },
      },
    ),
  );
  // A 401 without a standard error is how a service says "invalid or expired token" in its own way.
  const context = { host: endpoint.host, otherwise: 'token-refused', unauthorized: 'sign-in-needed', now } as const;
  const proven = request.dpop !== undefined;
  return readTokenAnswer(response, server, client, context, { idToken: { kind: 'ignored' }, proven });
}

interface Expected extends Pick<AnswerContext, 'idToken' | 'proven' | 'keySets'> {
  /** Returns what an answer holds that cannot be used. Not of a refresh, where it may be what is in use. */
  readonly giveBackBy?: OAuthFetch;
}

/** An answer of the token endpoint, whichever grant was asked for. Throws as `exchangeCode`. */
export async function readTokenAnswer(
  response: Response,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  context: Parameters<typeof refusalOf>[2] & { readonly now: () => number },
  { giveBackBy, ...expected }: Expected,
): Promise<TokenSet> {
  const body = await jsonBody(response);
  // A page of somebody's in place of a token answer.
  const refuses = typeof body?.['error'] === 'string' && body['access_token'] === undefined;
  // Some say that they have created the token.
  const isAnswer = response.status === 200 || response.status === 201;
  if (!isAnswer || refuses || (!body && strangerOf(response, context.host))) {
    throw refusalOf(response, body, context);
  }
  const serverNowMs = Date.parse(response.headers.get('date') ?? '');
  try {
    return await readTokenSet(body, {
      server,
      client,
      host: context.host,
      nowMs: context.now(),
      ...(Number.isNaN(serverNowMs) ? {} : { serverNowMs }),
      ...expected,
    });
  } catch (thrown) {
    if (giveBackBy) void giveBack(giveBackBy, server, client, body);
    throw thrown;
  }
}

/** Tokens that nobody here will ever use are good for whoever finds them: once, as far as the server takes them back. */
async function giveBack(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  body: JsonObject | undefined,
): Promise<void> {
  const endpoint = revocationEndpoint(server);
  if (endpoint === undefined) return;
  for (const hint of ['refresh_token', 'access_token'] as const) {
    const token = body?.[hint];
    if (typeof token !== 'string' || token === '') continue;
    const request = { endpoint, issuer: server.issuer, client, token: new Secret(token), hint };
    await revokeToken(http, request).catch(() => undefined);
  }
}
