/**
 * `POST /api/oauth/token`: authorization code with PKCE (RFC 6749 s4.1.3, RFC 7636 s4.6), refresh with rotation and
 * reuse detection (RFC 9700 s4.14.2), client credentials (RFC 6749 s4.4). Form only, secret in the body, answers and
 * errors as RFC 6749 s5.1 and s5.2; a client that is not let in gets the API's documented 401.
 */
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { machineAccount } from './accounts.ts';
import { apiError, neverCached, type OAuthErrorCode, oauthError } from './answers.ts';
import { type Grant as GrantName, noClient, type OAuthClient } from './clients.ts';
import type { Grant } from './grants.ts';
import { addressParameters, type Parameters, readParameters } from './parameters.ts';
import { allScopes, parseScopes, type Scope } from './scopes.ts';
import type { SeenTokenRequests } from './seen.ts';
import type { PracticeState } from './state.ts';

class Refused extends Error {
  readonly code: OAuthErrorCode;
  constructor(code: OAuthErrorCode, description: string) {
    super(description);
    this.code = code;
  }
}

export interface Issue {
  readonly grant: Grant;
  /** Narrower than the grant's where a refresh asked for less (RFC 6749 s6). */
  readonly scopes: readonly Scope[];
  /** The audience, where the grant or this request names one (RFC 8707 s2.2). */
  readonly resource: string | undefined;
  readonly refreshable: boolean;
}

type Exchange = (state: PracticeState, client: OAuthClient, form: Parameters) => Issue;

const exchangeCode: Exchange = (state, client, form) => {
  const code = state.grants.findCode(form.get('code') ?? '');
  if (code === undefined) throw new Refused('invalid_grant', 'The code is not known.');
  if (code.used) {
    state.seen.codeReuses += 1;
    code.grant.revoked = true;
    throw new Refused('invalid_grant', 'The code was used before; what was issued from it is revoked.');
  }
  if (code.grant.revoked || code.expiresAtMs <= state.now())
    throw new Refused('invalid_grant', 'The code has expired.');
  if (code.grant.clientId !== client.clientId) throw new Refused('invalid_grant', 'The code is another client’s.');
  if (code.redirectUri !== form.get('redirect_uri')) {
    throw new Refused('invalid_grant', 'redirect_uri is not the one the code was sent to.');
  }
  const verifier = form.get('code_verifier') ?? '';
  const wellFormed = /^[\w.~-]{43,128}$/.test(verifier);
  if (!wellFormed || createHash('sha256').update(verifier).digest('base64url') !== code.challenge) {
    throw new Refused('invalid_grant', 'code_verifier does not fit the code_challenge.');
  }
  const resource = resourceOf(state, code.grant, form);
  code.used = true;
  return { grant: code.grant, scopes: code.grant.scopes, resource, refreshable: state.refreshTokens };
};

const refresh: Exchange = (state, client, form) => {
  const token = state.grants.findRefreshToken(form.get('refresh_token') ?? '');
  if (token === undefined) throw new Refused('invalid_grant', 'The refresh token is not known.');
  if (token.grant.clientId !== client.clientId) throw new Refused('invalid_grant', 'The token is another client’s.');
  if (token.used) {
    state.seen.refreshReuses += 1;
    token.grant.revoked = true;
    throw new Refused('invalid_grant', 'The refresh token was used before; the whole grant is revoked.');
  }
  if (token.grant.revoked) throw new Refused('invalid_grant', 'The refresh token was revoked.');
  const asked = form.get('scope') === undefined ? token.grant.scopes : parseScopes(form.get('scope'));
  if (asked === undefined || !asked.every((scope) => token.grant.scopes.includes(scope))) {
    throw new Refused('invalid_scope', 'A refresh cannot widen what was granted.');
  }
  const resource = resourceOf(state, token.grant, form);
  token.used = true;
  return { grant: token.grant, scopes: asked, resource, refreshable: true };
};

const clientCredentials: Exchange = (state, client, form) => {
  const scopes = parseScopes(form.get('scope'));
  if (scopes === undefined) throw new Refused('invalid_scope', `Scopes are: ${allScopes.join(' ')}`);
  const { clientId } = client;
  const grant: Grant = { clientId, account: machineAccount, scopes, resource: undefined, revoked: false };
  return { grant, scopes, resource: resourceOf(state, grant, form), refreshable: false };
};

/** RFC 8707 s2.2: a token request may name the granted resource again, or one where none was named; not another. */
function resourceOf(state: PracticeState, grant: Grant, form: Parameters): string | undefined {
  const resource = form.get('resource') ?? grant.resource;
  if (resource === undefined) return undefined;
  if (resource !== (grant.resource ?? resource) || !state.isResource(resource)) {
    throw new Refused('invalid_target', 'resource is not the one that was allowed.');
  }
  return resource;
}

const exchanges: Record<GrantName, readonly [Exchange, keyof SeenTokenRequests]> = {
  authorization_code: [exchangeCode, 'authorizationCode'],
  refresh_token: [refresh, 'refreshToken'],
  client_credentials: [clientCredentials, 'clientCredentials'],
};

const isGrantName = (text: string | undefined): text is GrantName =>
  text !== undefined && Object.hasOwn(exchanges, text);

/** The form of a token or revocation request; undefined once it has been refused (RFC 6749 s3.2, s2.3.1). */
export function readForm(request: Request, response: Response): Parameters | undefined {
  if (request.is('application/x-www-form-urlencoded') === false || typeof request.body !== 'string') {
    oauthError(response, 'invalid_request', 'Send the parameters as application/x-www-form-urlencoded.');
    return undefined;
  }
  const form = readParameters(new URLSearchParams(request.body));
  if (form.repeated.length > 0 || addressParameters(request.originalUrl).size > 0) {
    oauthError(response, 'invalid_request', 'Every parameter comes once, and none in the address.');
    return undefined;
  }
  return form;
}

/**
 * The client of a form, by secret in the body; undefined once the request has been refused, in the API's own words. A
 * token from a login with e-mail and password is shown without a client.
 */
export async function authenticateClient(
  state: PracticeState,
  form: Parameters,
  request: Request,
  response: Response,
): Promise<OAuthClient | undefined> {
  const clientId = form.get('client_id');
  const secret = form.get('client_secret');
  const client =
    clientId === undefined && secret === undefined && (await isOfLogin(state, form))
      ? noClient
      : state.clients.authenticate(clientId, secret);
  if (client !== undefined && request.get('authorization') === undefined) return client;
  // RFC 6749 s5.2: whoever tried a header is told which scheme there would be.
  if (request.get('authorization') !== undefined) response.set('WWW-Authenticate', 'Basic realm="practice"');
  apiError(response, 401, 'Invalid or expired token');
  return undefined;
}

/** Whether the token to be exchanged or revoked came from a login. */
async function isOfLogin({ grants, signer }: PracticeState, form: Parameters): Promise<boolean> {
  const token = form.get('refresh_token') ?? form.get('token') ?? '';
  const refreshToken = grants.findRefreshToken(token);
  if (refreshToken !== undefined) return refreshToken.grant.clientId === noClient.clientId;
  const access = await signer.verify(token);
  return access !== undefined && grants.clientOfAccessToken(access.id) === noClient.clientId;
}

export const tokenEndpoint = (state: PracticeState) => async (request: Request, response: Response) => {
  const form = readForm(request, response);
  const name = form?.get('grant_type');
  state.seen.tokenRequests[isGrantName(name) ? exchanges[name][1] : 'other'] += 1;
  if (form === undefined) return;
  if (name === undefined) return oauthError(response, 'invalid_request', 'grant_type is missing.');
  if (!isGrantName(name)) return oauthError(response, 'unsupported_grant_type', 'This grant_type does not exist here.');
  const client = await authenticateClient(state, form, request, response);
  if (client === undefined) return;
  if (!client.grants.includes(name)) {
    return oauthError(response, 'unauthorized_client', 'This client may not use this grant_type.');
  }
  try {
    const issue = exchanges[name][0](state, client, form);
    neverCached(response).json(await tokenAnswer(state, issue));
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    oauthError(response, thrown.code, thrown.message);
  }
};

/** The documented token answer (RFC 6749 s5.1). */
export async function tokenAnswer(state: PracticeState, { grant, scopes, resource, refreshable }: Issue) {
  const expiresAtMs = state.now() + state.accessTokenLifeMs;
  const id = state.grants.enterAccessToken(grant, expiresAtMs);
  return {
    access_token: await state.signer.sign({ ...grant, scopes, resource }, id, expiresAtMs),
    token_type: 'Bearer',
    // Whole seconds, rounded down so as not to promise more; at least 1, as some clients take 0 for "unknown".
    expires_in: Math.max(1, Math.floor(state.accessTokenLifeMs / 1000)),
    scope: scopes.join(' '),
    ...(refreshable ? { refresh_token: state.grants.issueRefreshToken(grant) } : {}),
  };
}
