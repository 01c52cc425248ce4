/**
 * The guard in front of services that ban a user for generating too many tokens in a day. Each request is entered in
 * the vault before it is sent, whatever comes of it, so that neither a crash nor a lost answer can hide one; all of a
 * user's requests take turns, whichever account or connection they are for. What counts is the service's own clock, so
 * that nothing that is done to ours buys another one.
 */
import { Fault } from '../../../shared/faults.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import { generationsKey } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';

export interface ApiUser {
  /** Of the service. */
  readonly origin: string;
  readonly username: string;
  /** Tokens in any 24 hours. */
  readonly dailyLimit: number;
}

export interface Generations {
  /**
   * Sends `generate` in this user's turn, once it is entered durably.
   * Throws `generation-limit` with `retryAtMs` (by our clock) where that would be too many; then nothing was sent.
   */
  spend<T>(user: ApiUser, generate: () => Promise<T>): Promise<T>;
}

export interface GenerationsNeeds {
  readonly vault: Vault;
  readonly http: OAuthFetch;
  readonly now: () => number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Older ones are of no use; more than any limit are of use where clocks contradict each other. */
const longestKept = 100;

/** Of a vault, not of a guard: two guards of one vault must not overtake each other. */
const turnsOf = new WeakMap<Vault, Map<string, Promise<unknown>>>();

export function createGenerations({ vault, http, now }: GenerationsNeeds): Generations {
  const turns = turnsOf.get(vault) ?? new Map<string, Promise<unknown>>();
  turnsOf.set(vault, turns);

  async function enter(user: ApiUser, key: string): Promise<void> {
    const { origin, dailyLimit } = user;
    const time = await timeAt(http, origin, now);
    const recorded = vault.get('generations', key)?.atMs ?? [];
    // Those of a clock that was ahead count as of now. The service's own word on the time puts them right for good, so
    // that they end some day; ours may itself be wrong.
    const before = recorded.map((atMs) => Math.min(atMs, time.nowMs));
    const counted = before.filter((atMs) => atMs > time.nowMs - dayMs).sort((a, b) => a - b);
    const write = (atMs: readonly number[]) =>
      vault.write([{ kind: 'generations', key, record: { atMs: atMs.slice(-longestKept) } }]);
    const kept = time.isService ? before : recorded;
    if (counted.length >= dailyLimit) {
      if (kept.some((atMs, index) => atMs !== recorded[index])) await write(kept);
      const freeAtMs = (counted.at(-dailyLimit) ?? time.nowMs) + dayMs;
      throw new Fault('generation-limit', {
        reason: `${counted.length} in 24 hours`,
        subject: new URL(origin).host,
        retryAtMs: now() + (freeAtMs - time.nowMs),
      });
    }
    await write([...kept, time.nowMs]);
  }

  return {
    spend(user, generate) {
      const key = generationsKey(user.origin, user.username);
      const turn = (turns.get(key) ?? Promise.resolve()).then(async () => {
        await enter(user, key);
        return generate();
      });
      const over = turn.then(
        () => undefined,
        () => undefined,
      );
      turns.set(key, over);
      void over.then(() => {
        if (turns.get(key) === over) turns.delete(key);
      });
      return turn;
    },
  };
}

/**
 * The service's own time, by a small request without any credentials; ours where it does not tell. An answer that was
 * kept on the way is as old as it says (RFC 9111 s5.1). Throws those of `oauthFetch`: a service that cannot be reached
 * now need not be asked for a token either.
 */
async function timeAt(
  http: OAuthFetch,
  origin: string,
  now: () => number,
): Promise<{ readonly nowMs: number; readonly isService: boolean }> {
  const { headers } = await http(`${origin}/`, { method: 'HEAD', headers: { 'cache-control': 'no-cache' } });
  const atMs = Date.parse(headers.get('date') ?? '');
  if (!(atMs >= 0)) return { nowMs: now(), isService: false };
  const ageSeconds = Number(headers.get('age') ?? 0);
  const ageMs = ageSeconds > 0 && ageSeconds < dayMs / 1000 ? Math.round(ageSeconds * 1000) : 0;
  return { nowMs: atMs + ageMs, isService: true };
}
