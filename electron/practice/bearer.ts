/**
 * The check of access at an MCP server: an access token (RFC 6750 s2.1, in the header only) by signature, issuer,
 * audience, expiry and revocation, or an API key; and the documented bodies of 401 and 403, with challenges as
 * RFC 6750 s3 and RFC 9728 s5.1 want them where metadata is published.
 */
import type { Request, Response } from 'express';
import { practiceCredentials } from '../../shared/practice-credentials.ts';
import { type Account, machineAccount } from './accounts.ts';
import { apiError } from './answers.ts';
import { resourceMetadataAddress } from './metadata.ts';
import { allScopes, isScope, type Scope } from './scopes.ts';
import { type PracticeState, resourceAddress } from './state.ts';

export type ShownAccess =
  | { readonly kind: 'none' }
  /** `id` is there where the signature was ours. */
  | { readonly kind: 'refused'; readonly id?: string }
  | {
      readonly kind: 'accepted';
      /** Of a token; keys have none. */
      readonly id?: string;
      readonly account: Account;
      readonly clientId: string;
      readonly scopes: readonly Scope[];
    };

/** Judges what a request to `/mcp/<serverPath>` shows. */
export async function checkAccess(state: PracticeState, serverPath: string, request: Request): Promise<ShownAccess> {
  const header = request.get('authorization');
  const key = request.get('x-api-key');
  if (header === undefined && key !== undefined) return checkKey(state, key);
  if (header === undefined) return { kind: 'none' };
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1];
  const verified = token === undefined ? undefined : await state.signer.verify(token);
  if (verified === undefined) return { kind: 'refused' };
  const { id, audience, scope } = verified;
  const forThisServer = audience === resourceAddress(state.baseUrl, serverPath) || audience === state.baseUrl;
  const grant = forThisServer ? state.grants.liveGrant(id, state.now()) : undefined;
  if (grant === undefined) return { kind: 'refused', id };
  return { kind: 'accepted', id, ...grant, scopes: scope.split(' ').filter(isScope) };
}

function checkKey(state: PracticeState, key: string): ShownAccess {
  if (!state.acceptsKeys || key !== practiceCredentials.conexor.apiKey) return { kind: 'refused' };
  return { kind: 'accepted', account: machineAccount, clientId: 'api-key', scopes: allScopes };
}

/** A request that showed no token is told no error code (RFC 6750 s3.1). */
export function unauthorized(state: PracticeState, serverPath: string, shown: ShownAccess, response: Response): void {
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
