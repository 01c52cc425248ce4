/**
 * Proving by a signature that we are a client (RFC 7523 section 2.2): a short-lived JWT for this one request, made with a
 * private key that the person has given.
 */
import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { Fault } from '../../../shared/faults.ts';
import type { Secret } from '../vault/secret.ts';

export interface AssertionKey {
  readonly key: KeyObject;
  readonly alg: 'ES256' | 'ES384' | 'RS256' | 'EdDSA';
  /** Of a JWK: tells the server which of our keys it is. */
  readonly kid?: string;
}

const lifeSeconds = 60;

/** Reads PEM (PKCS #8) or a JWK. Throws `input-invalid` for what is no private key that we can sign with. */
export function readPrivateKey(secret: Secret): AssertionKey {
  const text = secret.open().trim();
  try {
    const jwk: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
    const key = isObject(jwk)
      ? createPrivateKey({ key: jwk, format: 'jwk' })
      : // From an environment variable or JSON, where line breaks are written as two characters.
        createPrivateKey(text.replaceAll('\\n', '\n'));
    const alg = algorithmOf(key);
    const kid = isObject(jwk) && typeof jwk['kid'] === 'string' ? jwk['kid'] : undefined;
    if (alg) return { key, alg, ...(kid === undefined ? {} : { kid }) };
  } catch {
    // Said below, without a word of what it was.
  }
  throw new Fault('input-invalid', { reason: 'private key', subject: 'private-key', thing: 'key-file' });
}

/** The audience is the issuer, so that no other server can use what it gets. */
export async function clientAssertion(
  { key, alg, kid }: AssertionKey,
  clientId: string,
  issuer: string,
): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + lifeSeconds)
    .sign(key);
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): AssertionKey['alg'] | undefined {
  switch (asymmetricKeyType) {
    case 'rsa':
      return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? 'RS256' : undefined;
    case 'ec':
      if (asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
      return asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ES384' : undefined;
    case 'ed25519':
      return 'EdDSA';
    default:
      return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
