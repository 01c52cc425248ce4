/**
 * The check of an access token at an MCP server (RFC 6750 s2.1, in the header only): signature, issuer, audience,
 * expiry, revocation; and the documented bodies of 401 and 403, with challenges as RFC 6750 s3 and RFC 9728 s5.1 want
 * them where metadata is published.
 */
import type { Response } from 'express';
import { apiError } from './answers.ts';
import type { Grant } from './grants.ts';
import { resourceMetadataAddress } from './metadata.ts';
import { isScope, type Scope } from './scopes.ts';
import { type PracticeState, resourceAddress } from './state.ts';

export type ShownToken =
  | { readonly kind: 'none' }
  /** `id` is there where the signature was ours. */
  | { readonly kind: 'refused'; readonly id?: string }
  | { readonly kind: 'accepted'; readonly id: string; readonly grant: Grant; readonly scopes: readonly Scope[] };

/** Judges an `Authorization` header for `/mcp/<serverPath>`. */
export async function checkBearer(
  state: PracticeState,
  serverPath: string,
  header: string | undefined,
): Promise<ShownToken> {
  if (header === undefined) return { kind: 'none' };
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1];
  const verified = token === undefined ? undefined : await state.signer.verify(token);
  if (verified === undefined) return { kind: 'refused' };
  const { id, audience, scope } = verified;
  const forThisServer = audience === resourceAddress(state.baseUrl, serverPath) || audience === state.baseUrl;
  const grant = forThisServer ? state.grants.liveGrant(id, state.now()) : undefined;
  if (grant === undefined) return { kind: 'refused', id };
  return { kind: 'accepted', id, grant, scopes: scope.split(' ').filter(isScope) };
}

/** A request that showed no token is told no error code (RFC 6750 s3.1). */
export function unauthorized(state: PracticeState, serverPath: string, shown: ShownToken, response: Response): void {
  const facts = shown.kind === 'none' ? [] : ['error="invalid_token"'];
  if (state.publishMetadata) facts.push(`resource_metadata="${resourceMetadataAddress(state.baseUrl, serverPath)}"`);
  response.set('WWW-Authenticate', `Bearer ${facts.join(', ')}`.trim());
  apiError(response, 401, 'Invalid or expired token');
}

export function forbidden(state: PracticeState, serverPath: string, scope: Scope, response: Response): void {
  if (state.publishMetadata) {
    const metadata = resourceMetadataAddress(state.baseUrl, serverPath);
    const challenge = `Bearer error="insufficient_scope", scope="${scope}", resource_metadata="${metadata}"`;
    response.set('WWW-Authenticate', challenge);
  }
  apiError(response, 403, 'Insufficient permissions');
}
