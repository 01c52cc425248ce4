/**
 * Registering this app at an authorization server that lets anyone do so (RFC 7591): as a native app with one loopback
 * redirect, and without a scope, which some servers would take for the most it may ever ask for.
 */
import { z } from 'zod';
import { Fault, isOnTheWay } from '../../../shared/faults.ts';
import { Secret } from '../vault/secret.ts';
import { type JsonObject, jsonBody, refusalOf, strangerOf } from './answers.ts';
import { type AuthorizationServerInfo, endpointOf } from './authorization-server.ts';
import type { OAuthClient } from './client-authentication.ts';
import type { OAuthFetch } from './http.ts';
import { managementAddress } from './management-address.ts';

export type { OAuthClient } from './client-authentication.ts';

export interface RegisteredClient extends OAuthClient {
  readonly secretExpiresAtMs?: number;
  /** RFC 7592: for reading, changing and deleting the registration. */
  readonly registrationAccessToken?: Secret;
  readonly registrationClientUri?: string;
}

const text = z.string().min(1);

/** What we use of RFC 7591 s3.2.1; servers send null for what they leave out. */
const registrationAnswer = z.object({
  client_id: text,
  client_secret: text.nullish(),
  client_secret_expires_at: z.coerce.number().nonnegative().nullish(),
  token_endpoint_auth_method: text.nullish(),
  registration_access_token: text.nullish(),
  registration_client_uri: text.nullish(),
});

export interface RegistrationRequest {
  /** Absent for a client that signs in by device codes alone. */
  readonly redirectUri?: string;
  readonly clientName: string;
}

/** What we say about ourselves. */
export function registrationBody(
  { redirectUri, clientName }: RegistrationRequest,
  authMethod: OAuthClient['authMethod'],
): JsonObject {
  const grant = redirectUri === undefined ? deviceGrant : 'authorization_code';
  return {
    client_name: clientName,
    application_type: 'native',
    redirect_uris: redirectUri === undefined ? [] : [redirectUri],
    grant_types: [grant, 'refresh_token'],
    response_types: redirectUri === undefined ? [] : ['code'],
    token_endpoint_auth_method: authMethod,
  };
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * Registers, and uses the values the server returns rather than those asked for. Answered with 201, by some with 200.
 * Throws `registration-refused` (with the server's code), `service-answer-invalid`, `service-down`, `rate-limited`,
 * and those of `oauthFetch`.
 */
export async function registerClient(
  http: OAuthFetch,
  server: AuthorizationServerInfo,
  request: RegistrationRequest,
): Promise<RegisteredClient> {
  const endpoint = endpointOf(server, 'registration_endpoint');
  const response = await http(endpoint.href, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(registrationBody(request, preferredMethod(server))),
  });
  const body = await jsonBody(response);
  if (response.status !== 201 && response.status !== 200) {
    const refusal = refusalOf(response, body, { host: endpoint.host, otherwise: 'registration-refused' });
    // Whatever the code, it is the registration that was refused; what may pass stays what it is.
    const passing = refusal.code === 'rate-limited' || refusal.code === 'service-down' || isOnTheWay(refusal);
    const refused = response.status >= 400 && !passing;
    throw refused ? new Fault('registration-refused', refusal.detail) : refusal;
  }
  if (!body && strangerOf(response, endpoint.host)) {
    throw refusalOf(response, body, { host: endpoint.host, otherwise: 'registration-refused' });
  }
  const { registrationClientUri, registrationAccessToken, ...client } = readRegistration(body, endpoint.host);
  const address = await managementAddress(registrationClientUri, [server.issuer, endpoint.href]);
  if (address === undefined || !registrationAccessToken) return client;
  return { ...client, registrationAccessToken, registrationClientUri: address };
}

/** Its address for managing is as it was said: whoever uses it has it checked. Throws `service-answer-invalid`, `registration-refused`. */
export function readRegistration(body: JsonObject | undefined, host: string): RegisteredClient {
  const answer = registrationAnswer.safeParse(body);
  if (!answer.success) throw new Fault('service-answer-invalid', { reason: 'registration answer', subject: host });
  return registeredClient(answer.data, host);
}

/** A program on a person's computer keeps no secret, so `none` where the server takes it (RFC 8252 s8.4). */
function preferredMethod(server: AuthorizationServerInfo): OAuthClient['authMethod'] {
  const supported = server.metadata.token_endpoint_auth_methods_supported;
  const ours = ['none', 'client_secret_basic', 'client_secret_post'] as const;
  return ours.find((method) => supported?.includes(method)) ?? 'none';
}

function registeredClient(answer: z.output<typeof registrationAnswer>, host: string): RegisteredClient {
  const authMethod = authMethodOf(answer.token_endpoint_auth_method, answer.client_secret, host);
  const expiresAtSeconds = answer.client_secret_expires_at ?? 0;
  return {
    clientId: answer.client_id,
    authMethod,
    ...(answer.client_secret && authMethod !== 'none' ? { clientSecret: new Secret(answer.client_secret) } : {}),
    // Zero means never (RFC 7591 s3.2.1).
    ...(expiresAtSeconds > 0 ? { secretExpiresAtMs: Math.round(expiresAtSeconds * 1000) } : {}),
    ...(answer.registration_access_token && answer.registration_client_uri
      ? {
          registrationAccessToken: new Secret(answer.registration_access_token),
          registrationClientUri: answer.registration_client_uri,
        }
      : {}),
  };
}

function authMethodOf(
  method: string | null | undefined,
  secret: string | null | undefined,
  host: string,
): OAuthClient['authMethod'] {
  // Left out, it is the standard's default, if there is a secret to use it with.
  const chosen = method ?? (secret ? 'client_secret_basic' : 'none');
  if (chosen === 'none') return chosen;
  if ((chosen === 'client_secret_basic' || chosen === 'client_secret_post') && secret) return chosen;
  throw new Fault('registration-refused', { reason: 'registered with a method we do not have', subject: host });
}
