/**
 * The two shapes an error has: the API's documented `{error, message, statusCode}`, and RFC 6749 s5.2's
 * `{error, error_description}` at the token and revocation endpoints. Neither is ever cached.
 */
import type { RequestHandler, Response } from 'express';

const apiErrors = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  500: 'Internal Server Error',
} as const;

export type ApiStatus = keyof typeof apiErrors;

export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target';

/** RFC 6749 s5.1: answers that may hold a token are kept by no cache. */
export function neverCached(response: Response): Response {
  return response.set('Cache-Control', 'no-store').set('Pragma', 'no-cache');
}

export function apiError(response: Response, statusCode: ApiStatus, message: string): void {
  neverCached(response).status(statusCode).json({ error: apiErrors[statusCode], message, statusCode });
}

export function oauthError(response: Response, error: OAuthErrorCode, description: string): void {
  neverCached(response).status(400).json({ error, error_description: description });
}

export const postOnly: RequestHandler = (_request, response) => {
  response.set('Allow', 'POST');
  apiError(response, 405, 'Use POST');
};
