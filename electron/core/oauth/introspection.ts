/**
 * Asking the server that issued a token whether it is still good (RFC 7662). `active` decides, with the end and the
 * audience that the answer itself names; nothing is remembered.
 */
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { Fault } from '../../../shared/faults.ts';
import type { Secret } from '../vault/secret.ts';
import { jsonBody, refusalOf, strangerOf } from './answers.ts';
import { type AuthorizationServerInfo, endpointOf } from './authorization-server.ts';
import { clientAuthentication, libraryClient, libraryOptions, type OAuthClient } from './client-authentication.ts';
import type { OAuthFetch } from './http.ts';
import { scopesOf } from './scopes.ts';

export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      /** Absent where the server does not say. */
      readonly scopes?: readonly string[];
      readonly expiresAtMs?: number;
      /** Whom it is for; absent where the server does not say. */
      readonly audience?: readonly string[];
    };

const seconds = z.number().nonnegative().optional().catch(undefined);

const introspectionAnswer = z.looseObject({
  active: z.boolean(),
  scope: z.string().optional().catch(undefined),
  exp: seconds,
  nbf: seconds,
  aud: z
    .union([z.string().transform((one) => [one]), z.array(z.string())])
    .optional()
    .catch(undefined),
});

/** Clocks may differ by so much. */
const toleranceMs = 60_000;

/**
 * Throws `client-refused` (we may not ask), `token-refused`, `service-down` and `rate-limited`, `discovery-failed` where
 * there is no such endpoint, `service-answer-invalid`, `captive-portal`, and those of `oauthFetch`.
 */
export async function introspectToken(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  request: { readonly token: Secret; readonly hint: 'refresh_token' | 'access_token' },
  now: () => number,
): Promise<Introspection> {
  const endpoint = endpointOf(server, 'introspection_endpoint');
  const response = await oauth.introspectionRequest(
    server.metadata,
    libraryClient(client),
    clientAuthentication(client),
    request.token.open(),
    { ...libraryOptions(http), additionalParameters: { token_type_hint: request.hint } },
  );
  const body = await jsonBody(response);
  const context = { host: endpoint.host, otherwise: 'token-refused', unauthorized: 'client-refused', now } as const;
  if (response.status !== 200 || (!body && strangerOf(response, endpoint.host))) {
    throw refusalOf(response, body, context);
  }
  const answer = introspectionAnswer.safeParse(body);
  if (!answer.success) {
    throw new Fault('service-answer-invalid', { reason: 'introspection answer', subject: endpoint.host });
  }
  const { active, scope, exp, nbf, aud } = answer.data;
  const ended = exp !== undefined && exp * 1000 + toleranceMs <= now();
  const notYet = nbf !== undefined && nbf * 1000 - toleranceMs > now();
  if (!active || ended || notYet) return { active: false };
  return {
    active: true,
    ...(scope === undefined ? {} : { scopes: scopesOf(scope) }),
    ...(exp === undefined ? {} : { expiresAtMs: Math.round(exp * 1000) }),
    ...(aud === undefined ? {} : { audience: aud }),
  };
}
