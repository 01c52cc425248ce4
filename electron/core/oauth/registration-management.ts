/**
 * A registration of ours that is there already: read, changed, deleted (RFC 7592). Each answer may bring another token
 * for the next time, and another secret; whoever asks stores them before anything else.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Secret } from '../vault/secret.ts';
import { type JsonObject, jsonBody, refusalOf, strangerOf } from './answers.ts';
import type { OAuthFetch } from './http.ts';
import { managementAddress } from './management-address.ts';
import {
  type OAuthClient,
  type RegisteredClient,
  type RegistrationRequest,
  readRegistration as readAnswer,
  registrationBody,
} from './registration.ts';

export interface ManagedClient extends OAuthClient {
  readonly registrationAccessToken: Secret;
  readonly registrationClientUri: string;
  /** Addresses of the server that made it: its issuer, and its registration endpoint where it is known. */
  readonly home: readonly string[];
}

export type ManagedAnswer =
  | {
      readonly kind: 'present';
      readonly client: RegisteredClient & Pick<ManagedClient, 'registrationAccessToken' | 'registrationClientUri'>;
      /** As the server has them; empty where it does not say. */
      readonly redirectUris: readonly string[];
    }
  /** It was deleted there, or the token for it is no longer good: which of the two, nobody can tell from here. */
  | { readonly kind: 'gone' }
  /** The server does not let it be managed in this way. */
  | { readonly kind: 'not-managed' };

/**
 * Throws `address-insecure`, `service-down`, `rate-limited`, `service-answer-invalid`, `captive-portal`, and those of
 * `oauthFetch`.
 */
export async function readClient(http: OAuthFetch, client: ManagedClient): Promise<ManagedAnswer> {
  return present(client, await send(http, client, 'GET'));
}

/** Says everything anew, because what is left out is taken away (section 2.2). Throws as `readClient`. */
export async function updateClient(
  http: OAuthFetch,
  client: ManagedClient,
  request: RegistrationRequest,
): Promise<ManagedAnswer> {
  const body = {
    client_id: client.clientId,
    ...(client.clientSecret ? { client_secret: client.clientSecret.open() } : {}),
    ...registrationBody(request, client.authMethod),
  };
  return present(client, await send(http, client, 'PUT', body));
}

/** Throws as `readClient`. */
export async function deleteClient(
  http: OAuthFetch,
  client: ManagedClient,
): Promise<'deleted' | 'gone' | 'not-managed'> {
  const response = await send(http, client, 'DELETE');
  if (response.status === 204 || response.status === 200) {
    if (strangerOf(response, hostOf(client))) throw await trouble(client, response);
    return 'deleted';
  }
  return absence(client, response);
}

/** Throws `address-insecure` for an address that is not the server's own, whoever wrote it down. */
async function send(http: OAuthFetch, client: ManagedClient, method: string, body?: JsonObject): Promise<Response> {
  const address = await managementAddress(client.registrationClientUri, client.home);
  if (address === undefined) {
    throw new Fault('address-insecure', { reason: 'managed at another server', subject: hostOf(client) });
  }
  return http(address, {
    method,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${client.registrationAccessToken.open()}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function present(client: ManagedClient, response: Response): Promise<ManagedAnswer> {
  if (response.status !== 200) return { kind: await absence(client, response) };
  const body = await jsonBody(response.clone());
  if (!body) throw await trouble(client, response);
  const answer = readAnswer({ ...asBefore(client), ...said(body) }, hostOf(client));
  if (answer.clientId !== client.clientId) {
    throw new Fault('service-answer-invalid', { reason: 'registration of another client', subject: hostOf(client) });
  }
  const { redirect_uris: uris } = body;
  const movedTo = await managementAddress(answer.registrationClientUri, client.home);
  return {
    kind: 'present',
    client: {
      ...answer,
      registrationAccessToken: answer.registrationAccessToken ?? client.registrationAccessToken,
      registrationClientUri: movedTo ?? client.registrationClientUri,
    },
    redirectUris: Array.isArray(uris) ? uris.filter((one): one is string => typeof one === 'string') : [],
  };
}

/** What an answer leaves out stays as it was: few servers show a secret again. */
function asBefore(client: ManagedClient): JsonObject {
  return {
    token_endpoint_auth_method: client.authMethod,
    registration_access_token: client.registrationAccessToken.open(),
    registration_client_uri: client.registrationClientUri,
    ...(client.clientSecret ? { client_secret: client.clientSecret.open() } : {}),
  };
}

function said(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

async function absence(client: ManagedClient, response: Response): Promise<'gone' | 'not-managed'> {
  switch (response.status) {
    case 401:
    case 404:
    case 410:
      return 'gone';
    case 400:
    case 403:
    case 405:
    case 501:
      return 'not-managed';
    default:
      throw await trouble(client, response);
  }
}

async function trouble(client: ManagedClient, response: Response): Promise<Fault> {
  const context = { host: hostOf(client), otherwise: 'registration-refused' } as const;
  return refusalOf(response, await jsonBody(response), context);
}

function hostOf({ registrationClientUri }: ManagedClient): string {
  return new URL(registrationClientUri).host;
}
