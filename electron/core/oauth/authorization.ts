/**
 * The front channel: what the browser is sent to, and what may come back from it (RFC 6749 s4.1.1 and s4.1.2,
 * RFC 7636, RFC 8707, RFC 9126, RFC 9207). Stateless: an attempt is a value, and only an answer that is its own is believed.
 */
import { timingSafeEqual } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { Fault } from '../../../shared/faults.ts';
import { Secret } from '../vault/secret.ts';
import { errorCode, faultCodeOfError } from './answers.ts';
import { type AuthorizationServerInfo, endpointOf, hostOf, requirePkce } from './authorization-server.ts';
import { libraryClient, type OAuthClient } from './client-authentication.ts';
import type { DpopProver } from './dpop.ts';
import { type Pushing, pushAuthorization, requiresPushing } from './pushed-authorization.ts';

export interface AuthorizationAttempt {
  /** What the browser opens. */
  readonly url: URL;
  /** Of a pushed request: the address is good once, and until then (RFC 9126 s4). */
  readonly urlEndsAtMs?: number;
  /** The address once more, for another opening: a pushed request is pushed again. Throws as `beginAuthorization`. */
  readonly again: () => Promise<{ readonly url: URL; readonly urlEndsAtMs?: number }>;
  /** Recorded before the browser is sent away (RFC 9207 s2.4). */
  readonly issuer: string;
  readonly state: string;
  readonly codeVerifier: Secret;
  /** Present where an ID token was asked for (OpenID Connect s3.1.2.1). */
  readonly nonce?: string;
  readonly redirectUri: string;
  readonly resource: string;
  readonly sendsResource: boolean;
  /** What was asked for; empty where the server chooses. */
  readonly scopes: readonly string[];
  /** The key that the code and what it brings are bound to (RFC 9449 s10). */
  readonly dpop?: DpopProver;
}

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly resource: string;
  readonly scopes: readonly string[] | undefined;
  /** Of the consent page's URL only. */
  readonly scopeSeparator: ' ' | ',';
  readonly prompt?: 'select_account' | 'consent' | 'login';
  /** Default true. */
  readonly sendsResource?: boolean;
  readonly dpop?: DpopProver | undefined;
}

/**
 * What an endpoint's own query (RFC 6749 s3.1) may not say: ours to say or to leave unsaid. A server's metadata could
 * otherwise ask for a scope, a silent answer or a whole request of its own, even of another server (RFC 9101, RFC 9126).
 */
const reservedParameters: readonly string[] = [
  ...['response_type', 'client_id', 'redirect_uri', 'state', 'code_challenge', 'code_challenge_method', 'scope'],
  ...['resource', 'prompt', 'nonce', 'response_mode', 'request', 'request_uri', 'authorization_details', 'claims'],
  ...['login_hint', 'id_token_hint', 'max_age', 'dpop_jkt', 'client_secret', 'client_assertion'],
  'client_assertion_type',
];

/**
 * With `pushing` the request is handed to the server first where it wants or offers that.
 * Throws `pkce-unsupported`, `discovery-failed`, `address-invalid`, `address-insecure`, and those of pushing.
 */
export async function beginAuthorization(
  server: AuthorizationServerInfo,
  client: OAuthClient,
  request: AuthorizationRequest,
  pushing?: Omit<Pushing, 'dpop'>,
): Promise<AuthorizationAttempt> {
  requirePkce(server);
  const endpoint = endpointOf(server, 'authorization_endpoint');
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const scopes = scopesToAsk(server, request.scopes ?? []);
  const nonce = scopes.includes('openid') ? oauth.generateRandomNonce() : undefined;
  const sendsResource = request.sendsResource ?? true;
  const { dpop } = request;
  const codeChallenge = await oauth.calculatePKCECodeChallenge(codeVerifier);
  const parametersWith = (separator: string): Readonly<Record<string, string>> =>
    withoutUndefined({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: request.redirectUri,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
      scope: scopes.length > 0 ? scopes.join(separator) : undefined,
      resource: sendsResource ? request.resource : undefined,
      prompt: promptOf(request.prompt, scopes),
      nonce,
      dpop_jkt: dpop?.thumbprint,
    });
  const again = async () => {
    const pushed = pushing && (await pushAuthorization({ ...pushing, dpop }, server, client, parametersWith(' ')));
    if (!pushed && requiresPushing(server)) throw new Fault('internal', { reason: 'a required push was left out' });
    const parameters = pushed
      ? { client_id: client.clientId, request_uri: pushed.requestUri }
      : parametersWith(request.scopeSeparator);
    return { url: addressOf(endpoint, parameters), ...(pushed ? { urlEndsAtMs: pushed.endsAtMs } : {}) };
  };
  return {
    ...(await again()),
    again,
    issuer: server.issuer,
    state,
    codeVerifier: new Secret(codeVerifier),
    ...(nonce === undefined ? {} : { nonce }),
    redirectUri: request.redirectUri,
    resource: request.resource,
    sendsResource,
    scopes,
    ...(dpop ? { dpop } : {}),
  };
}

function addressOf(endpoint: URL, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(endpoint);
  for (const name of reservedParameters) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

function withoutUndefined(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/**
 * `offline_access` is added where the server lists it, since without it such servers issue no refresh token (MCP:
 * refresh tokens). Never on its own: a lone scope would replace the server's default.
 */
export function scopesToAsk(server: AuthorizationServerInfo, scopes: readonly string[]): readonly string[] {
  const offline = 'offline_access';
  if (scopes.length === 0 || scopes.includes(offline)) return scopes;
  return server.metadata.scopes_supported?.includes(offline) ? [...scopes, offline] : scopes;
}

/** OpenID Connect s11: `offline_access` is ignored without `prompt=consent`. */
function promptOf(wanted: string | undefined, scopes: readonly string[]): string | undefined {
  if (!scopes.includes('offline_access') || wanted === 'consent') return wanted;
  return wanted === undefined ? 'consent' : `${wanted} consent`;
}

declare const validated: unique symbol;

/** Parameters that have passed `judgeCallback`; nothing else can be exchanged. */
export type ValidatedCallback = URLSearchParams & { readonly [validated]: true };

export type CallbackJudgement =
  /** Not this attempt's answer: the attempt goes on waiting. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'failed'; readonly fault: Fault }
  | { readonly kind: 'granted'; readonly parameters: ValidatedCallback };

/** Parameters that mean something to us; others are ignored, repeated or not (RFC 6749 s3.1, s4.1.2). */
const knownParameters = ['state', 'iss', 'code', 'error', 'error_description', 'error_uri', 'response', 'id_token'];

/**
 * Whether these parameters are the answer to this attempt: state first, then issuer, then error, then code. Faults of
 * `failed`: `issuer-mismatch`, `scope-refused`, `target-refused`, `client-refused`, `service-down`, `token-refused`,
 * `service-answer-invalid`.
 */
export function judgeCallback(
  attempt: AuthorizationAttempt,
  server: AuthorizationServerInfo,
  client: OAuthClient,
  parameters: URLSearchParams,
): CallbackJudgement {
  const repeated = knownParameters.find((name) => parameters.getAll(name).length > 1);
  if (repeated) return { kind: 'ignored', reason: `repeated parameter: ${repeated}` };
  const state = parameters.get('state');
  if (state === null) return { kind: 'ignored', reason: 'no state' };
  if (!sameText(state, attempt.state)) return { kind: 'ignored', reason: 'wrong state' };
  if (!parameters.get('error') && !parameters.get('code')) return { kind: 'ignored', reason: 'neither code nor error' };

  const subject = hostOf(server);
  const mismatch = issuerMismatch(attempt, server, parameters.get('iss'));
  if (mismatch) return failed(new Fault('issuer-mismatch', { reason: mismatch, subject }));
  if (parameters.has('error')) return refusal(parameters.get('error'), subject);
  try {
    const checked = oauth.validateAuthResponse(server.metadata, libraryClient(client), parameters, attempt.state);
    return { kind: 'granted', parameters: checked as ValidatedCallback };
  } catch {
    return failed(new Fault('service-answer-invalid', { reason: 'authorization response', subject }));
  }
}

/** RFC 9207 s2.4: compared as strings; wanted where the server says that it sends it. */
function issuerMismatch(
  attempt: AuthorizationAttempt,
  server: AuthorizationServerInfo,
  iss: string | null,
): string | undefined {
  if (server.issuer !== attempt.issuer) return 'another issuer than the attempt began with';
  if (iss === null) {
    return server.metadata.authorization_response_iss_parameter_supported ? 'iss is missing' : undefined;
  }
  return iss === attempt.issuer ? undefined : 'iss is another';
}

function refusal(error: string | null, subject: string): CallbackJudgement {
  if (error === 'access_denied') return { kind: 'denied' };
  const code = errorCode(error);
  return failed(
    new Fault(faultCodeOfError(code, 'token-refused'), {
      reason: `authorization response: ${code ?? 'unknown error'}`,
      subject,
      ...(code === undefined ? {} : { upstream: { code } }),
    }),
  );
}

function failed(fault: Fault): CallbackJudgement {
  return { kind: 'failed', fault };
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
