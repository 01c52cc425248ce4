/** The authorization server of a grant as it was when the person signed in, and what must be cancelled there (RFC 7009). */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import type { OAuthClient } from '../oauth/client-authentication.ts';
import { revocationEndpoint } from '../oauth/revocation.ts';
import type { GrantRecord, RevocationRecord } from '../vault/records.ts';
import type { Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';

/** Throws `sign-in-needed` if it is no longer known. */
export function storedServer(vault: Vault, issuer: string): AuthorizationServerInfo {
  const record = vault.get('authorizationServer', issuer);
  if (!record) throw new Fault('sign-in-needed', { reason: 'authorization server unknown' });
  return { issuer, source: record.source, metadata: { ...record.metadata, issuer } };
}

/** The refresh token first, so that it brings nothing new; empty where the server offers no way. */
export function cancellationsAt(
  server: AuthorizationServerInfo,
  client: OAuthClient,
  grant: GrantRecord,
  subject: string,
  nowMs: number,
): readonly RevocationRecord[] {
  const endpoint = revocationEndpoint(server);
  if (!endpoint) return [];
  const one = (token: Secret, hint: RevocationRecord['hint']): RevocationRecord => ({
    id: randomUUID(),
    issuer: grant.issuer,
    endpoint,
    subject,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    privateKey: client.privateKey,
    authMethod: client.authMethod,
    token,
    hint,
    requestedAtMs: nowMs,
    attempts: 0,
    nextAttemptAtMs: nowMs,
  });
  const access = one(grant.accessToken, 'access_token');
  // Also a spent one: servers that end with it all that came of the same sign-in (RFC 7009 s2.1) end what it brought.
  const refreshToken = grant.refreshToken ?? grant.endedRefreshToken?.token;
  return refreshToken ? [one(refreshToken, 'refresh_token'), access] : [access];
}
