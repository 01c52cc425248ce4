/**
 * The way in of people: authorization code with PKCE, renewed by refresh token (RFC 6749 sections 4.1 and 6) and
 * cancelled by RFC 7009. The authorization server and our registration with it come from the vault, so that a renewal
 * after a restart costs one request.
 */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../../shared/faults.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import type { OAuthClient } from '../oauth/registration.ts';
import { revocationEndpoint } from '../oauth/revocation.ts';
import { refreshTokens, type TokenSet } from '../oauth/token.ts';
import { type GrantRecord, type RegistrationRecord, type RevocationRecord, registrationKey } from '../vault/records.ts';
import type { Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { headerCredential } from './credential.ts';
import type { WayIn, WayInNeeds } from './way-in.ts';

/** At most this long before its end is an access token renewed… */
const longestMarginMs = 60_000;
/** …and at most this share of its life, so that a token of 20 seconds is not renewed for every request (P-47). */
const marginShare = 0.1;

export interface GrantFacts {
  readonly wayIn: GrantRecord['wayIn'];
  readonly accountId: string;
  readonly issuer: string;
  readonly resource: string;
  readonly clientId: string;
  readonly requestedScopes: readonly string[];
}

/** A token answer as the record that is stored. Granted scopes are those of the answer, else those asked for (RFC 6749 section 5.1). */
export function grantFrom(facts: GrantFacts, tokens: TokenSet): GrantRecord {
  return {
    accountId: facts.accountId,
    wayIn: facts.wayIn,
    issuer: facts.issuer,
    resource: facts.resource,
    clientId: facts.clientId,
    tokenType: tokens.tokenType,
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    requestedScopes: [...facts.requestedScopes],
    grantedScopes: [...(tokens.grantedScopes ?? facts.requestedScopes)],
    obtainedAtMs: tokens.obtainedAtMs,
    expiresAtMs: tokens.expiresAtMs,
  };
}

/** Also that of device codes: they differ only in how the first token comes (RFC 8628). */
export function authorizationCode(id: 'authorization-code' | 'device-code', { vault, http, now }: WayInNeeds): WayIn {
  return {
    id,
    keepsTyped: false,
    fields: () => [],
    credential: (grant) => headerCredential('authorization', grant.tokenType, grant.accessToken),

    renewFromMs(grant) {
      if (grant.expiresAtMs === undefined) return undefined;
      const lifeMs = Math.max(0, grant.expiresAtMs - grant.obtainedAtMs);
      return grant.expiresAtMs - Math.min(longestMarginMs, lifeMs * marginShare);
    },

    canRenew: (grant) => grant.refreshToken !== undefined,
    // Only where this service has been seen to keep the refresh token is a second use of it harmless.
    mayRepeat: (grant) => grant.rotatesRefreshToken === false,

    async renew(grant) {
      if (!grant.refreshToken) throw new Fault('sign-in-needed', { reason: 'no refresh token' });
      const tokens = await refreshTokens(
        http,
        storedServer(vault, grant.issuer),
        storedClient(vault, grant),
        { refreshToken: grant.refreshToken, resource: grant.resource },
        now,
      );
      return {
        ...grant,
        ...grantFrom(grant, tokens),
        // A refresh answer without a scope means: as before (RFC 6749 section 6).
        grantedScopes: [...(tokens.grantedScopes ?? grant.grantedScopes)],
        // No new refresh token means: keep the old one (P-43).
        refreshToken: tokens.refreshToken ?? grant.refreshToken,
        rotatesRefreshToken: tokens.refreshToken !== undefined && !sameSecret(tokens.refreshToken, grant.refreshToken),
      };
    },

    cancellations(grant, subject) {
      const endpoint = revocationEndpoint(storedServer(vault, grant.issuer));
      if (!endpoint) return [];
      const client = storedClient(vault, grant);
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
        requestedAtMs: now(),
        attempts: 0,
        nextAttemptAtMs: now(),
      });
      const access = one(grant.accessToken, 'access_token');
      return grant.refreshToken ? [one(grant.refreshToken, 'refresh_token'), access] : [access];
    },
  };
}

function sameSecret(a: Secret, b: Secret): boolean {
  return a.open() === b.open();
}

/** The authorization server as it was when the person signed in. Throws `sign-in-needed` if it is no longer known. */
function storedServer(vault: Vault, issuer: string): AuthorizationServerInfo {
  const record = vault.get('authorizationServer', issuer);
  if (!record) throw new Fault('sign-in-needed', { reason: 'authorization server unknown' });
  return { issuer, source: record.source, metadata: { ...record.metadata, issuer } };
}

function storedClient(vault: Vault, grant: GrantRecord): OAuthClient {
  const record = findRegistration(vault, grant.issuer, grant.clientId);
  if (!record) return { clientId: grant.clientId, authMethod: 'none' };
  return clientOf(record);
}

/** A stored registration as the client that oauth/ works with. */
export function clientOf(
  record: Pick<RegistrationRecord, 'clientId' | 'authMethod' | 'clientSecret' | 'privateKey'>,
): OAuthClient {
  return {
    clientId: record.clientId,
    authMethod: record.authMethod,
    ...(record.clientSecret ? { clientSecret: record.clientSecret } : {}),
    ...(record.privateKey ? { privateKey: record.privateKey } : {}),
  };
}

function findRegistration(vault: Vault, issuer: string, clientId: string): RegistrationRecord | undefined {
  const known = vault.get('registration', registrationKey(issuer, ''));
  if (known?.clientId === clientId) return known;
  return vault.list('registration').find((record) => record.issuer === issuer && record.clientId === clientId);
}
