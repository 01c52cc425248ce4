/**
 * What has been allowed, and everything issued from it. Codes, refresh tokens and access tokens all hang on one grant,
 * so that revoking it, or meeting a code or refresh token for the second time (RFC 9700 s4.14.2), ends them together.
 * Codes and refresh tokens are kept as digests only.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Account } from './accounts.ts';
import type { Scope } from './scopes.ts';

export interface Grant {
  /** Empty where a person signed in with e-mail and password. */
  readonly clientId: string;
  readonly account: Account;
  readonly scopes: readonly Scope[];
  /** The MCP server the tokens are for (RFC 8707); absent means every server of this service. */
  readonly resource: string | undefined;
  revoked: boolean;
}

export interface Code {
  readonly grant: Grant;
  readonly redirectUri: string;
  /** The S256 challenge (RFC 7636 s4.2). */
  readonly challenge: string;
  readonly expiresAtMs: number;
  used: boolean;
}

export interface RefreshToken {
  readonly grant: Grant;
  /** Already exchanged for its successor. */
  used: boolean;
}

interface AccessToken {
  readonly grant: Grant;
  readonly expiresAtMs: number;
  revoked: boolean;
}

const digest = (token: string) => createHash('sha256').update(token).digest('base64url');
const freshToken = () => randomBytes(32).toString('base64url');

export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, RefreshToken>();
  readonly #accessTokens = new Map<string, AccessToken>();

  issueCode(code: Omit<Code, 'used'>): string {
    const text = freshToken();
    this.#codes.set(digest(text), { ...code, used: false });
    return text;
  }

  findCode(text: string): Code | undefined {
    return this.#codes.get(digest(text));
  }

  issueRefreshToken(grant: Grant): string {
    const text = freshToken();
    this.#refreshTokens.set(digest(text), { grant, used: false });
    return text;
  }

  findRefreshToken(text: string): RefreshToken | undefined {
    return this.#refreshTokens.get(digest(text));
  }

  /** Enters an access token that is about to be signed; gives its `jti`. */
  enterAccessToken(grant: Grant, expiresAtMs: number): string {
    const id = randomUUID();
    this.#accessTokens.set(id, { grant, expiresAtMs, revoked: false });
    return id;
  }

  /** The grant behind an access token that is neither expired nor revoked. */
  liveGrant(id: string, nowMs: number): Grant | undefined {
    const token = this.#accessTokens.get(id);
    if (token === undefined || token.revoked || token.grant.revoked || token.expiresAtMs <= nowMs) return undefined;
    return token.grant;
  }

  /** The client an access token was issued to, whether or not it is still good. */
  clientOfAccessToken(id: string): string | undefined {
    return this.#accessTokens.get(id)?.grant.clientId;
  }

  revokeAccessToken(id: string): void {
    const token = this.#accessTokens.get(id);
    if (token !== undefined) token.revoked = true;
  }

  /** Refresh tokens stay good: the next refresh repairs everything. */
  revokeAllAccessTokens(): void {
    for (const token of this.#accessTokens.values()) token.revoked = true;
  }

  revokeEverything(): void {
    for (const { grant } of [
      ...this.#codes.values(),
      ...this.#refreshTokens.values(),
      ...this.#accessTokens.values(),
    ]) {
      grant.revoked = true;
    }
  }
}
