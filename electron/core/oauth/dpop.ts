/**
 * Proof that a request comes from whoever the access was issued to (RFC 9449): a P-256 key per grant, a signature per
 * request, and the nonces that servers ask for. A proof is on the way of every call, so it is signed in place, with
 * everything that stays the same prepared once per key.
 */
import { createHash, createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { Fault } from '../../../shared/faults.ts';
import { Secret } from '../vault/secret.ts';
import { jsonBody } from './answers.ts';
import type { AuthorizationServerInfo } from './authorization-server.ts';
import { asksForNonce } from './challenge.ts';
import type { OAuthFetch } from './http.ts';

/** The last nonce of each origin, updated by every answer (section 8.2). Lives as long as the program runs. */
export interface DpopNonces {
  of(url: string): string | undefined;
  heard(url: string, nonce: string | null | undefined): void;
}

export function createDpopNonces(): DpopNonces {
  const byOrigin = new Map<string, string>();
  return {
    of: (url) => byOrigin.get(new URL(url).origin),
    heard(url, nonce) {
      if (nonce && /^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/.test(nonce)) byOrigin.set(new URL(url).origin, nonce);
    },
  };
}

export interface DpopProver {
  /** The private key as a JWK, for the vault. */
  readonly key: Secret;
  /** RFC 7638, for `dpop_jkt`. */
  readonly thumbprint: string;
  /** Good for one request; with the token it is for, at the resource (`ath`). */
  proof(request: { readonly method: string; readonly url: string }, token?: Secret): string;
  heard: DpopNonces['heard'];
}

/** Whether the server binds tokens to keys of the kind that we make. */
export function offersDpop(server: AuthorizationServerInfo): boolean {
  return server.metadata.dpop_signing_alg_values_supported?.includes('ES256') ?? false;
}

export async function newDpopKey(): Promise<Secret> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return new Secret(JSON.stringify(await exportJWK(privateKey)));
}

/** Throws `sign-in-needed` for a key that cannot be read: what is bound to it is lost. */
export function dpopProver(key: Secret, nonces: DpopNonces, now: () => number): DpopProver {
  const { signer, header, thumbprint } = materialOf(key);
  return {
    key,
    thumbprint,
    proof({ method, url }, token) {
      const { origin, pathname } = new URL(url);
      const nonce = nonces.of(url);
      const payload = encoded({
        jti: randomUUID(),
        htm: method,
        // Without query and fragment (section 4.2).
        htu: origin + pathname,
        iat: Math.floor(now() / 1000),
        ...(token === undefined ? {} : { ath: digestOf(token) }),
        ...(nonce === undefined ? {} : { nonce }),
      });
      const input = `${header}.${payload}`;
      const signature = sign('sha256', Buffer.from(input), { key: signer, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    },
    heard: nonces.heard,
  };
}

interface Material {
  readonly signer: KeyObject;
  readonly header: string;
  readonly thumbprint: string;
}

const materials = new WeakMap<Secret, Material>();

function materialOf(secret: Secret): Material {
  const known = materials.get(secret);
  if (known) return known;
  try {
    const signer = createPrivateKey({ key: JSON.parse(secret.open()), format: 'jwk' });
    const { kty, crv, x, y } = signer.export({ format: 'jwk' });
    const jwk = { crv, kty, x, y };
    const header = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk });
    const thumbprint = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
    const material = { signer, header, thumbprint };
    materials.set(secret, material);
    return material;
  } catch {
    throw new Fault('sign-in-needed', { reason: 'the key of this access cannot be read' });
  }
}

const digests = new WeakMap<Secret, string>();

function digestOf(token: Secret): string {
  const known = digests.get(token);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(token.open()).digest('base64url');
  digests.set(token, digest);
  return digest;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/**
 * One request, with a proof where there is a prover (for `token`, at a resource), and once more where the server asks
 * for its nonce (sections 8 and 9). `send` makes the whole request anew, since a client assertion too is good for one use.
 */
export async function sendProven(
  http: OAuthFetch,
  prover: DpopProver | undefined,
  send: (http: OAuthFetch) => Promise<Response>,
  token?: Secret,
): Promise<Response> {
  if (!prover) return send(http);
  const proven: OAuthFetch = async (url, init) => {
    const dpop = prover.proof({ method: init.method, url }, token);
    const response = await http(url, { ...init, headers: { ...init.headers, dpop } });
    prover.heard(url, response.headers.get('dpop-nonce'));
    return response;
  };
  const first = await send(proven);
  return (await wantsNonce(first)) ? send(proven) : first;
}

async function wantsNonce(response: Response): Promise<boolean> {
  if ((response.status !== 400 && response.status !== 401) || !response.headers.has('dpop-nonce')) return false;
  if (asksForNonce(response.headers.get('www-authenticate') ?? undefined)) return true;
  return (await jsonBody(response.clone()))?.['error'] === 'use_dpop_nonce';
}
