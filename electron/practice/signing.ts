/**
 * Access tokens as signed JWTs (RFC 7519, ES256). The key is made at start and never leaves the process; who signed in
 * can be read from the claims, as at the real service.
 */
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import type { Grant } from './grants.ts';

const algorithm = 'ES256';
const keyId = 'practice';

export interface Signer {
  readonly sign: (grant: Grant, id: string, expiresAtMs: number) => Promise<string>;
  /** The token's `jti`, `aud` and `scope` where its signature and issuer are ours; expiry is the caller's to judge. */
  readonly verify: (token: string) => Promise<{ id: string; audience: string; scope: string } | undefined>;
  readonly publicKey: JWK;
}

/** `issuer` is the service's base address; a grant without a resource gets it as audience too. */
export async function createSigner(issuer: string, now: () => number): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  return {
    publicKey: { ...(await exportJWK(publicKey)), kid: keyId, alg: algorithm, use: 'sig' },
    sign: (grant, id, expiresAtMs) =>
      new SignJWT({
        ...(grant.account.email === '' ? {} : { email: grant.account.email }),
        name: grant.account.name,
        org: grant.account.organisation,
        ...(grant.clientId === '' ? {} : { client_id: grant.clientId }),
        scope: grant.scopes.join(' '),
      })
        .setProtectedHeader({ alg: algorithm, kid: keyId, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(grant.resource ?? issuer)
        .setSubject(grant.account.subject)
        .setJti(id)
        .setIssuedAt(Math.floor(now() / 1000))
        // A NumericDate may have a fraction (RFC 7519 s2), which is what lets a test ask for a life of 300 ms.
        .setExpirationTime(expiresAtMs / 1000)
        .sign(privateKey),
    verify: async (token) => {
      try {
        // A date before any token's expiry: `exp` is compared with milliseconds by whoever needs it.
        const { payload } = await jwtVerify(token, publicKey, {
          issuer,
          algorithms: [algorithm],
          currentDate: new Date(0),
        });
        const { jti, aud, scope } = payload;
        if (typeof jti !== 'string' || typeof aud !== 'string' || typeof scope !== 'string') return undefined;
        return { id: jti, audience: aud, scope };
      } catch {
        return undefined;
      }
    },
  };
}
