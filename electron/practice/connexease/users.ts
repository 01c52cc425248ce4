/**
 * The API users of the practice Connexease, and the rule about them: at most 30 tokens in a day, and whoever generates
 * one more is banned until support lifts it. A day is any 24 hours, the strictest reading of the documentation.
 */
import { practiceCredentials } from '../../../shared/practice-credentials.ts';

const { connexease } = practiceCredentials;

export interface ApiUser {
  readonly username: string;
  readonly email: string;
  readonly id: string;
  /** `second-factor`: a token comes, but it opens nothing before a code is entered elsewhere. */
  state: 'active' | 'second-factor' | 'banned' | 'inactive';
}

const dayMs = 24 * 60 * 60 * 1000;
const mostInADay = 30;

export class ApiUsers {
  readonly #generatedAtMs = new Map<string, number[]>();
  /** How many there were when support lifted the ban: those count no more, even within one millisecond. */
  readonly #forgiven = new Map<string, number>();
  readonly #users: readonly ApiUser[] = [
    user(connexease.username, '1', 'active'),
    user(connexease.secondFactorUsername, '2', 'second-factor'),
    user(connexease.bannedUsername, '3', 'banned'),
    user(connexease.inactiveUsername, '4', 'inactive'),
  ];

  find(username: string): ApiUser | undefined {
    return this.#users.find((one) => one.username === username);
  }

  isPassword(text: string | undefined): boolean {
    return text === connexease.password;
  }

  /** How many tokens were generated for a user in the 24 hours before. */
  generations(username: string, nowMs: number): number {
    const counted = this.#of(username).slice(this.#forgiven.get(username) ?? 0);
    return counted.filter((atMs) => atMs > nowMs - dayMs).length;
  }

  /** How many there have ever been. */
  allGenerations(username: string): number {
    return this.#of(username).length;
  }

  /** Enters a generation; the 31st in a day bans instead. */
  enter(one: ApiUser, nowMs: number): void {
    if (this.generations(one.username, nowMs) >= mostInADay) one.state = 'banned';
    else this.#generatedAtMs.set(one.username, [...this.#of(one.username), nowMs]);
  }

  /** What support does; the day begins anew. */
  liftBan(username: string): void {
    const one = this.find(username);
    if (one?.state !== 'banned') return;
    one.state = 'active';
    this.#forgiven.set(username, this.allGenerations(username));
  }

  #of(username: string): readonly number[] {
    return this.#generatedAtMs.get(username) ?? [];
  }
}

function user(username: string, digit: string, state: ApiUser['state']): ApiUser {
  const id = `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`;
  return { username, email: `${username}@connexease.example`, id, state };
}
