/**
 * A successful token answer as a token set (RFC 6749 s5.1): strict where a wrong value would be used, lenient where
 * servers are known to be careless. An ID token is checked by oauth4webapi (OpenID Connect s3.1.3.7).
 */
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { Fault } from '../../../shared/faults.ts';
import { Secret } from '../vault/secret.ts';
import type { JsonObject } from './answers.ts';
import type { AuthorizationServerInfo } from './authorization-server.ts';
import { libraryClient, type OAuthClient } from './client-authentication.ts';
import type { KeySets } from './jwks.ts';
import { scopesOf } from './scopes.ts';

export interface TokenSet {
  readonly accessToken: Secret;
  /** `DPoP`: good only together with a proof by the key that it was asked for with (RFC 9449 s5). */
  readonly tokenType: 'Bearer' | 'DPoP';
  /** Absent: none was issued; after a refresh that means the old one stays good. */
  readonly refreshToken?: Secret;
  /** Absent: exactly what was asked for (RFC 6749 s5.1). */
  readonly grantedScopes: readonly string[] | undefined;
  readonly obtainedAtMs: number;
  /** Absent where neither the answer nor the token says. */
  readonly expiresAtMs?: number;
  readonly idTokenClaims?: Readonly<Record<string, unknown>>;
}

export type IdTokenExpectation =
  /** It has to be right; a wrong one fails the sign-in. */
  | { readonly kind: 'requested'; readonly nonce: string }
  /** Used if it is right. */
  | { readonly kind: 'unrequested' }
  | { readonly kind: 'ignored' };

export interface AnswerContext {
  readonly server: AuthorizationServerInfo;
  readonly client: OAuthClient;
  readonly host: string;
  readonly nowMs: number;
  /** The server's clock, where it told. */
  readonly serverNowMs?: number;
  readonly idToken: IdTokenExpectation;
  /** It was asked for with a proof, so that a bound token can be used. */
  readonly proven?: boolean;
  /** Published keys, to check an ID token's signature by. */
  readonly keySets?: KeySets | undefined;
}

/** What may stand in a header: visible ASCII, so no line break and no blank can get into a request (RFC 6750 s2.1). */
const headerValue = z.string().regex(/^[\x21-\x7e]+$/);

/** Empty, null and absent are one to careless servers. */
const tokenAnswer = z.object({
  access_token: headerValue,
  token_type: z.string(),
  refresh_token: z
    .string()
    .regex(/^[\x20-\x7e]*$/)
    .nullish(),
  expires_in: z.unknown().optional(),
  scope: z
    .union([
      z.string(),
      z.array(z.unknown()).transform((all) => all.filter((one) => typeof one === 'string').join(' ')),
    ])
    .nullish()
    .catch(undefined),
  id_token: z.string().nullish(),
});

/**
 * Throws `service-answer-invalid`, whose reason names the member and never holds its value, and `clock-wrong` for an
 * ID token that is not of our time.
 */
export async function readTokenSet(body: JsonObject | undefined, context: AnswerContext): Promise<TokenSet> {
  const answer = tokenAnswer.safeParse(body);
  if (!answer.success) {
    const members = answer.error.issues.map((issue) => issue.path.join('.') || 'body');
    throw invalid(`token answer: ${members.join(', ')}`, context.host);
  }
  const { access_token, token_type, refresh_token, expires_in, scope, id_token } = answer.data;
  const tokenType = usableType(token_type, context.proven ?? false);
  if (!tokenType) throw invalid('token answer: token_type', context.host);
  const expiresAtMs = expiry(expires_in, access_token, context);
  const idTokenClaims = id_token ? await claimsOfIdToken(id_token, access_token, context) : undefined;
  const grantedScopes = scopesOf(scope);
  return {
    accessToken: new Secret(access_token),
    tokenType,
    ...(refresh_token ? { refreshToken: new Secret(refresh_token) } : {}),
    grantedScopes: grantedScopes.length > 0 ? grantedScopes : undefined,
    obtainedAtMs: context.nowMs,
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(idTokenClaims ? { idTokenClaims } : {}),
  };
}

/** In any case (RFC 6749 s5.1); a bound token without a key of ours is good for nothing. */
function usableType(type: string, proven: boolean): TokenSet['tokenType'] | undefined {
  if (type.toLowerCase() === 'bearer') return 'Bearer';
  return proven && type.toLowerCase() === 'dpop' ? 'DPoP' : undefined;
}

/** Longer than any access token lives, and far inside what a record can hold. */
const longestLifeMs = 10 * 365 * 24 * 60 * 60 * 1000;

/** A token that would have ended when it arrives would be renewed for every request. */
const shortestLifeMs = 100;

/**
 * `expires_in`, as a number or as digits in a string; where it is absent, nothing, negative or not a number, the token's
 * own `exp` if it is a JWT. With `iat` beside it, its length of life counts, which no difference of clocks can falsify;
 * else what is over by our clock may not be by the server's.
 */
function expiry(expiresIn: unknown, accessToken: string, context: AnswerContext): number | undefined {
  const { nowMs, serverNowMs = nowMs } = context;
  const { exp, iat } = claimsOfJwt(accessToken) ?? {};
  const seconds = typeof expiresIn === 'string' ? Number.parseFloat(expiresIn) : expiresIn;
  const lives = [inMs(seconds), inMs(exp) - inMs(iat), inMs(exp) - nowMs, inMs(exp) - serverNowMs];
  const lifeMs = lives.find((ms) => ms >= shortestLifeMs);
  return lifeMs === undefined ? undefined : Math.round(nowMs + Math.min(lifeMs, longestLifeMs));
}

/** NaN, with which nothing is true, for what is no number. */
function inMs(seconds: unknown): number {
  return typeof seconds === 'number' ? seconds * 1000 : Number.NaN;
}

/** The claims of a token of ours, unverified: good for what we show or plan ourselves, never for a decision of trust. */
export function claimsOfJwt(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/**
 * Issuer, audience, times, algorithm, nonce and, where keys are published, the signature. It came over TLS from the
 * token endpoint itself, so keys that cannot be had just now stop nobody (OpenID Connect s3.1.3.7, 6).
 */
async function claimsOfIdToken(
  idToken: string,
  accessToken: string,
  context: AnswerContext,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { server, client, host, idToken: expected } = context;
  if (expected.kind === 'ignored') return undefined;
  try {
    if (decodeProtectedHeader(idToken).alg?.toLowerCase() === 'none') throw new Error('unsigned');
    const answer = { access_token: accessToken, token_type: 'bearer', id_token: idToken };
    const checked = await oauth.processAuthorizationCodeResponse(
      server.metadata,
      libraryClient(client),
      Response.json(answer),
      expected.kind === 'requested' ? { expectedNonce: expected.nonce, requireIdToken: true } : {},
    );
    if ((await signatureOf(idToken, context)) === 'invalid') throw new Error('signature');
    return { ...oauth.getValidatedIdTokenClaims(checked) };
  } catch (thrown) {
    if (expected.kind !== 'requested') return undefined;
    const outOfTime = thrown instanceof Error && 'code' in thrown && thrown.code === oauth.JWT_TIMESTAMP_CHECK;
    if (outOfTime && isFresh(idToken, context)) throw new Fault('clock-wrong', { reason: 'ID token', subject: host });
    throw invalid('ID token', host);
  }
}

async function signatureOf(
  idToken: string,
  { server, client, keySets }: AnswerContext,
): Promise<'valid' | 'invalid' | 'not-checked'> {
  if (!decodeProtectedHeader(idToken).alg?.startsWith('HS')) {
    return (await keySets?.check(server, idToken)) ?? 'not-checked';
  }
  // Signed with our own secret (OpenID Connect s10.1), so without one it cannot be meant for us.
  if (!client.clientSecret) return 'invalid';
  const secret = new TextEncoder().encode(client.clientSecret.open());
  return compactVerify(idToken, secret).then(
    () => 'valid' as const,
    () => 'invalid' as const,
  );
}

const clockToleranceMs = 60_000;

/** Made this moment by the server's own clock: what is wrong with its times is the difference of our clocks. */
function isFresh(idToken: string, { serverNowMs }: AnswerContext): boolean {
  const { iat } = claimsOfJwt(idToken) ?? {};
  if (typeof iat !== 'number' || serverNowMs === undefined) return false;
  return Math.abs(iat * 1000 - serverNowMs) <= clockToleranceMs;
}

function invalid(reason: string, host: string): Fault {
  return new Fault('service-answer-invalid', { reason, subject: host });
}
