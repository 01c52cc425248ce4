/**
 * `POST /api/oauth/revoke` (RFC 7009): an access token alone, or a refresh token with everything its grant ever gave.
 * A token that nobody knows is answered 200 like any other.
 */
import type { Request, Response } from 'express';
import { neverCached, oauthError } from './answers.ts';
import type { PracticeState } from './state.ts';
import { authenticateClient, readForm } from './token-endpoint.ts';

export const revocation = (state: PracticeState) => async (request: Request, response: Response) => {
  const { seen, grants, signer } = state;
  seen.revocations += 1;
  const form = readForm(request, response);
  if (form === undefined) return;
  const client = await authenticateClient(state, form, request, response);
  if (client === undefined) return;
  const token = form.get('token');
  if (token === undefined) return oauthError(response, 'invalid_request', 'token is missing.');

  const refreshToken = grants.findRefreshToken(token);
  const access = refreshToken === undefined ? await signer.verify(token) : undefined;
  const owner = refreshToken?.grant.clientId ?? (access && grants.clientOfAccessToken(access.id));
  // RFC 7009 s2.1: a client may only give back what it was given.
  if (owner !== undefined && owner !== client.clientId) {
    return oauthError(response, 'invalid_grant', 'The token is another client’s.');
  }
  if (refreshToken !== undefined) {
    seen.revoked.refreshTokens += 1;
    refreshToken.grant.revoked = true;
  } else if (access !== undefined) {
    seen.revoked.accessTokens += 1;
    grants.revokeAccessToken(access.id);
  } else {
    seen.revoked.unknown += 1;
  }
  neverCached(response).status(200).end();
};
