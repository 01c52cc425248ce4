/**
 * The keys that an authorization server publishes (RFC 7517), and whether what it signed was signed by one of them.
 * Kept per issuer; asked for anew once where a key is not among them, since servers replace their keys.
 */
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { jsonBody } from './answers.ts';
import type { AuthorizationServerInfo } from './authorization-server.ts';
import type { OAuthFetch } from './http.ts';

/**
 * `not-checked`: it is no JWT, the server publishes no keys (or far too many) or they cannot be had now, or it is signed
 * in a way that no published key could tell.
 */
export type SignatureVerdict = 'valid' | 'invalid' | 'not-checked';

export interface KeySets {
  /** Never throws. */
  check(server: AuthorizationServerInfo, jwt: string): Promise<SignatureVerdict>;
}

/** A key that was taken out of the set must not be believed for long. */
const longestUseMs = 10 * 60_000;
/** Between two questions because of a key that was not there: whoever makes such tokens up must not make us ask on and on. */
const coolDownMs = 30_000;

interface KnownKeys {
  readonly keys: ReturnType<typeof createLocalJWKSet>;
  readonly fetchedAtMs: number;
}

/**
 * More than any server needs while it replaces its keys. Each one may have to be tried where a token does not say which
 * it was signed with, so a set of thousands would be a way to keep us busy.
 */
const mostKeys = 64;

const keySetDocument = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(mostKeys) });

export function createKeySets({ http, now }: { readonly http: OAuthFetch; readonly now: () => number }): KeySets {
  const known = new Map<string, KnownKeys>();
  const askedAgainAtMs = new Map<string, number>();
  const running = new Map<string, Promise<KnownKeys | undefined>>();

  async function fetchKeys(address: string): Promise<KnownKeys | undefined> {
    try {
      const response = await http(address, { method: 'GET', headers: { accept: 'application/json' } });
      const document = keySetDocument.safeParse(response.status === 200 ? await jsonBody(response) : undefined);
      if (!document.success) return undefined;
      return { keys: createLocalJWKSet(document.data as JSONWebKeySet), fetchedAtMs: now() };
    } catch {
      return undefined;
    }
  }

  /** One request at a time per address; keys from before stay where none can be had. */
  function ask(address: string): Promise<KnownKeys | undefined> {
    const present = running.get(address);
    if (present !== undefined) return present;
    const asked = fetchKeys(address)
      .then((fetched) => {
        if (fetched) known.set(address, fetched);
        return fetched ?? known.get(address);
      })
      .finally(() => running.delete(address));
    running.set(address, asked);
    return asked;
  }

  function mayAskAgain(address: string): boolean {
    const sinceMs = now() - (askedAgainAtMs.get(address) ?? Number.NEGATIVE_INFINITY);
    return sinceMs < 0 || sinceMs >= coolDownMs;
  }

  return {
    async check(server, jwt) {
      const address = server.metadata.jwks_uri;
      const alg = algorithmOf(jwt);
      if (alg?.toLowerCase() === 'none') return 'invalid';
      if (address === undefined || alg === undefined || alg.startsWith('HS')) return 'not-checked';
      const present = known.get(address);
      const ageMs = present ? now() - present.fetchedAtMs : undefined;
      const isFresh = ageMs !== undefined && ageMs >= 0 && ageMs < longestUseMs;
      const first = isFresh ? present : await ask(address);
      if (!first) return 'not-checked';
      const verdict = await verdictOf(jwt, first.keys);
      if (verdict !== 'invalid' || !isFresh || !mayAskAgain(address)) return verdict;
      askedAgainAtMs.set(address, now());
      const second = await ask(address);
      return second && second !== first ? verdictOf(jwt, second.keys) : verdict;
    },
  };
}

function algorithmOf(jwt: string): string | undefined {
  try {
    return decodeProtectedHeader(jwt).alg;
  } catch {
    return undefined;
  }
}

async function verdictOf(jwt: string, keys: KnownKeys['keys']): Promise<SignatureVerdict> {
  try {
    await compactVerify(jwt, keys);
    return 'valid';
  } catch (thrown) {
    if (thrown instanceof errors.JWKSMultipleMatchingKeys) return anyOf(jwt, thrown);
    // An algorithm that nobody here can check proves nothing either way.
    return thrown instanceof errors.JOSENotSupported ? 'not-checked' : 'invalid';
  }
}

/** Where the token does not say which key it was. */
async function anyOf(jwt: string, candidates: errors.JWKSMultipleMatchingKeys): Promise<SignatureVerdict> {
  for await (const key of candidates) {
    const good = await compactVerify(jwt, key).then(
      () => true,
      () => false,
    );
    if (good) return 'valid';
  }
  return 'invalid';
}
