/**
 * The way in of people: authorization code with PKCE, renewed by refresh token (RFC 6749 sections 4.1 and 6) and
 * cancelled by RFC 7009. The authorization server and our registration with it come from the vault, so that a renewal
 * after a restart costs one request.
 */
import { Fault } from '../../../shared/faults.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { dpopProver } from '../oauth/dpop.ts';
import type { OAuthClient } from '../oauth/registration.ts';
import { refreshTokens, type TokenSet } from '../oauth/token.ts';
import { serviceById } from '../services/catalogue.ts';
import type { GrantRecord, RegistrationRecord } from '../vault/records.ts';
import type { Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { issuedCredential } from './dpop.ts';
import { renewalDueMs } from './renewal.ts';
import { cancellationsAt, storedServer } from './stored-server.ts';
import type { WayIn, WayInNeeds } from './way-in.ts';

export interface GrantFacts {
  readonly wayIn: GrantRecord['wayIn'];
  readonly accountId: string;
  readonly issuer: string;
  readonly resource: string;
  readonly clientId: string;
  readonly requestedScopes: readonly string[];
  /** Requests named the resource, and renewals go on doing so (RFC 8707). */
  readonly namesResource?: boolean | undefined;
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
    namesResource: facts.namesResource,
  };
}

/** Whether each use needs a proof. A bound token can also be presented without one, where the resource knows no proofs. */
export function isBound({ tokenType, dpopKey }: Pick<GrantRecord, 'tokenType' | 'dpopKey'>): boolean {
  return tokenType === 'DPoP' && dpopKey !== undefined;
}

/**
 * Also that of device codes: they differ only in how the first token comes (RFC 8628). `serverOf`: where a grant is
 * renewed and cancelled; where the person signed in, unless given.
 */
export function authorizationCode(
  id: 'authorization-code' | 'device-code',
  { vault, http, now, nonces }: WayInNeeds,
  serverOf: (grant: GrantRecord) => AuthorizationServerInfo = ({ issuer }) => storedServer(vault, issuer),
): WayIn {
  const proverOf = ({ dpopKey }: GrantRecord) => dpopKey && dpopProver(dpopKey, nonces, now);
  return {
    id,
    keepsTyped: false,
    isIssued: true,
    fields: () => [],
    credential: (grant) => issuedCredential(grant, isBound(grant) ? proverOf(grant) : undefined),

    renewFromMs: renewalDueMs,
    canRenew: (grant) => grant.refreshToken !== undefined,
    // Only where this service has been seen to keep the refresh token is a second use of it harmless.
    mayRepeat: (grant) => grant.rotatesRefreshToken === false,

    async renew(grant) {
      if (!grant.refreshToken) throw new Fault('sign-in-needed', { reason: 'no refresh token' });
      const tokens = await refreshTokens(
        http,
        serverOf(grant),
        unendedClient(vault, grant, now()),
        {
          refreshToken: grant.refreshToken,
          resource: grant.resource,
          sendsResource: sendsResource(vault, grant),
          dpop: proverOf(grant),
        },
        now,
      );
      return {
        ...grant,
        ...grantFrom(grant, tokens),
        // The refresh token stays bound to the key; a resource that takes no proofs goes on getting none.
        dpopKey: grant.dpopKey,
        tokenType: isBound(grant) ? tokens.tokenType : grant.tokenType,
        // A refresh answer without a scope means: as before (RFC 6749 section 6).
        grantedScopes: [...(tokens.grantedScopes ?? grant.grantedScopes)],
        // No new refresh token means: keep the old one (P-43).
        refreshToken: tokens.refreshToken ?? grant.refreshToken,
        rotatesRefreshToken: tokens.refreshToken !== undefined && !sameSecret(tokens.refreshToken, grant.refreshToken),
      };
    },

    cancellations: (grant, subject) =>
      cancellationsAt(serverOf(grant), storedClient(vault, grant), grant, subject, now()),
  };
}

function sameSecret(a: Secret, b: Secret): boolean {
  return a.open() === b.open();
}

/** As at the sign-in: not every server knows the parameter (RFC 8707). Older versions went by the service alone. */
function sendsResource(vault: Vault, grant: GrantRecord): boolean {
  if (grant.namesResource !== undefined) return grant.namesResource;
  const connectionId = vault.get('account', grant.accountId)?.connectionId;
  const connection = connectionId === undefined ? undefined : vault.get('connection', connectionId);
  return (connection && serviceById(connection.service)?.sendsResource) ?? true;
}

export function storedClient(vault: Vault, grant: Pick<GrantRecord, 'issuer' | 'clientId'>): OAuthClient {
  const record = findRegistration(vault, grant.issuer, grant.clientId);
  if (!record) return { clientId: grant.clientId, authMethod: 'none' };
  return clientOf(record);
}

/** Why nothing is sent any more. */
export const secretHasEnded = 'our client secret has ended';

/** Throws `client-refused` where the secret has ended: nothing is sent with it any more (RFC 7591 section 3.2.1). */
function unendedClient(vault: Vault, grant: GrantRecord, nowMs: number): OAuthClient {
  const record = findRegistration(vault, grant.issuer, grant.clientId);
  if (record && hasSecretEnded(record, nowMs)) {
    throw new Fault('client-refused', { reason: secretHasEnded, subject: new URL(grant.issuer).host });
  }
  return storedClient(vault, grant);
}

export function hasSecretEnded({ secretExpiresAtMs }: RegistrationRecord, nowMs: number): boolean {
  return secretExpiresAtMs !== undefined && secretExpiresAtMs > 0 && nowMs >= secretExpiresAtMs;
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

/** Whatever key it has: older versions had others. */
export function findRegistration(vault: Vault, issuer: string, clientId: string): RegistrationRecord | undefined {
  return vault.list('registration').find((record) => record.issuer === issuer && record.clientId === clientId);
}
