/**
 * The two kinds of access to the practice Connexease, each with the word that it wants before it in `Authorization`:
 * `Bearer` and an account's access token, which lives until it is taken back; `JWT` and a token of 24 hours.
 */
import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { practiceCredentials } from '../../../shared/practice-credentials.ts';
import { SignedTokens } from '../signed-tokens.ts';
import type { ApiUser, ApiUsers } from './users.ts';

const tokenLifeMs = 24 * 60 * 60 * 1000;

export class ConnexeaseAccess {
  readonly #users: ApiUsers;
  readonly #tokens: SignedTokens;
  readonly #accountTokens = new Set<string>([practiceCredentials.connexease.accessToken]);

  constructor(users: ApiUsers, now: () => number) {
    this.#users = users;
    this.#tokens = new SignedTokens(now);
  }

  /** Another account token, as support would issue it. */
  issueAccountToken(): string {
    const token = `connexease_practice_${randomBytes(12).toString('base64url')}`;
    this.#accountTokens.add(token);
    return token;
  }

  revokeAccountToken(token: string): void {
    this.#accountTokens.delete(token);
  }

  /** Every JWT so far is refused. */
  rejectTokens(): void {
    this.#tokens.rejectAll();
  }

  generate({ id, username, email }: ApiUser): Promise<string> {
    return this.#tokens.sign(id, { user_id: id, username, email }, tokenLifeMs);
  }

  /** Stands in front of everything that wants access. */
  readonly check: RequestHandler = async (request, response, next) => {
    const header = request.get('authorization');
    if (header === undefined) return refuse(response, 'Authentication credentials were not provided.');
    const [, scheme, token = ''] = /^(Bearer|JWT) (\S+)$/.exec(header) ?? [];
    if (scheme === 'Bearer' && this.#accountTokens.has(token)) return next();
    const claims = scheme === 'JWT' ? await this.#tokens.verify(token) : undefined;
    const state = claims && this.#users.find(String(claims['username']))?.state;
    if (state === 'active') next();
    else if (state === 'banned') response.status(403).json({ message: 'This agent has been banned!' });
    else refuse(response, 'Invalid token.');
  };
}

function refuse(response: Response, detail: string): void {
  response.status(401).set('WWW-Authenticate', 'JWT realm="api"').json({ detail });
}
