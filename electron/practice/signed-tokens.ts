/** Tokens as signed JWTs (RFC 7519, HS256) that live for a time by the service's own clock, to the millisecond. */
import { randomBytes } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';

export class SignedTokens {
  readonly #now: () => number;
  #key = randomBytes(32);

  constructor(now: () => number) {
    this.#now = now;
  }

  sign(subject: string, claims: JWTPayload, lifeMs: number): Promise<string> {
    const nowMs = this.#now();
    return (
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(subject)
        .setJti(randomBytes(12).toString('base64url'))
        // A NumericDate may have a fraction (RFC 7519 s2).
        .setIssuedAt(nowMs / 1000)
        .setExpirationTime((nowMs + lifeMs) / 1000)
        .sign(this.#key)
    );
  }

  /** The claims of a token that is ours and still good. */
  async verify(token: string): Promise<JWTPayload | undefined> {
    try {
      // A date before any token's end: the library compares whole seconds.
      const options = { algorithms: ['HS256'], currentDate: new Date(0) };
      const { payload } = await jwtVerify(token, this.#key, options);
      return Math.round((payload.exp ?? 0) * 1000) > this.#now() ? payload : undefined;
    } catch {
      return undefined;
    }
  }

  /** None so far is good any more. */
  rejectAll(): void {
    this.#key = randomBytes(32);
  }
}
