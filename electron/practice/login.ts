/**
 * `POST /api/auth/login` with `{email, password}` as JSON: a JWT to be used as Bearer and a refresh token for the token
 * endpoint. Whatever is wrong about the two, the answer is the documented 401.
 */
import type { Request, Response } from 'express';
import { findAccountByLogin } from './accounts.ts';
import { apiError, neverCached } from './answers.ts';
import { noClient } from './clients.ts';
import { readJson } from './parameters.ts';
import { allScopes } from './scopes.ts';
import type { PracticeState } from './state.ts';
import { tokenAnswer } from './token-endpoint.ts';

export const login = (state: PracticeState) => async (request: Request, response: Response) => {
  const { logins } = state.seen;
  const given = readJson(request.body);
  const account = findAccountByLogin(given?.get('email') ?? '', given?.get('password') ?? '');
  if (account === undefined) {
    logins.refused += 1;
    if (given === undefined) return apiError(response, 400, 'Send email and password as JSON');
    return apiError(response, 401, 'Invalid or expired token');
  }
  logins.accepted += 1;
  const scopes = allScopes;
  const grant = { clientId: noClient.clientId, account, scopes, resource: undefined, revoked: false };
  const issue = { grant, scopes, resource: undefined, refreshable: state.refreshTokens };
  neverCached(response).json(await tokenAnswer(state, issue));
};
