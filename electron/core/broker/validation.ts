/**
 * Whether an account's access is still good, asked of whoever can know: the server that issued it (RFC 7662) where it
 * may be asked, else the service itself by a small call; and whether its signature is the server's (RFC 7517).
 */
import { asFault, Fault } from '../../../shared/faults.ts';
import { storedClient } from '../credentials/authorization-code.ts';
import { ownClient } from '../credentials/client-credentials.ts';
import { storedServer } from '../credentials/stored-server.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import { type Introspection, introspectToken } from '../oauth/introspection.ts';
import type { KeySets } from '../oauth/jwks.ts';
import type { Log } from '../platform.ts';
import type { AccountRecord, ConnectionRecord, GrantRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import type { RenewingAccessTokens } from './access-tokens.ts';
import { grantOf } from './accounts.ts';
import type { RevocationNeeds } from './revocations.ts';

export interface Validation {
  readonly account: string;
  readonly active: 'yes' | 'no' | 'unknown';
  /** By introspection (RFC 7662), else by a call to the service. */
  readonly checkedBy: 'introspection' | 'call';
  /** Of the token's own signature, by the server's published keys. */
  readonly signature: 'valid' | 'invalid' | 'not-checked';
  readonly scopes: readonly string[];
  readonly expiresAtMs?: number;
}

export interface ValidationNeeds extends Pick<RevocationNeeds, 'probe'> {
  readonly vault: Vault;
  readonly waysIn: WaysIn;
  readonly http: OAuthFetch;
  readonly keySets: KeySets;
  readonly now: () => number;
  readonly log: Log;
  readonly renewDue: RenewingAccessTokens['renewDue'];
}

/**
 * Of the access that the next call would use, so renewed first where its time has come. Throws what that call would meet:
 * `sign-in-needed` where there is nothing to ask about, and the faults of renewing what has ended.
 */
export async function validateAccess(
  needs: ValidationNeeds,
  connection: ConnectionRecord,
  account: AccountRecord,
): Promise<Validation> {
  const { vault, waysIn, keySets, probe } = needs;
  await needs.renewDue(connection, account);
  const grant = grantOf(vault, account.id);
  if (!grant) throw new Fault('sign-in-needed', { subject: account.label });
  const server = waysIn.of(grant).isIssued ? serverOf(vault, grant) : undefined;
  const signature = server ? await keySets.check(server, grant.accessToken.open()) : 'not-checked';
  const known = { account: account.label, signature } as const;
  const said = server && (await introspected(needs, server, grant));
  if (said) {
    const expiresAtMs = said.active ? (said.expiresAtMs ?? grant.expiresAtMs) : grant.expiresAtMs;
    return {
      ...known,
      active: said.active ? 'yes' : 'no',
      checkedBy: 'introspection',
      scopes: (said.active ? said.scopes : undefined) ?? grant.grantedScopes,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    };
  }
  const proof = await probe(connection, waysIn.of(grant).credential(grant));
  return {
    ...known,
    active: proof === 'refused' ? 'no' : proof === 'still-accepted' ? 'yes' : 'unknown',
    checkedBy: 'call',
    scopes: grant.grantedScopes,
    ...(grant.expiresAtMs === undefined ? {} : { expiresAtMs: grant.expiresAtMs }),
  };
}

/** Undefined where the server cannot or will not say, or speaks of access to something else (RFC 7662 section 4). */
async function introspected(
  { vault, http, now, log }: ValidationNeeds,
  server: AuthorizationServerInfo,
  grant: GrantRecord,
): Promise<Introspection | undefined> {
  if (server.metadata.introspection_endpoint === undefined) return undefined;
  try {
    const request = { token: grant.accessToken, hint: 'access_token' } as const;
    const said = await introspectToken(
      http,
      server,
      ownClient(vault, grant) ?? storedClient(vault, grant),
      request,
      now,
    );
    return said.active && said.audience && !said.audience.includes(grant.resource) ? undefined : said;
  } catch (thrown) {
    const { code, detail } = asFault(thrown);
    log('info', 'the server did not say whether access is good', { fault: code, reason: detail.reason });
    return undefined;
  }
}

/** Absent where it is no longer known. */
function serverOf(vault: Vault, grant: GrantRecord): AuthorizationServerInfo | undefined {
  return vault.get('authorizationServer', grant.issuer) ? storedServer(vault, grant.issuer) : undefined;
}
