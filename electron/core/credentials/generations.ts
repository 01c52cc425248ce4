/**
 * The guard in front of services that ban a user for generating too many tokens in a day. Each request is entered in
 * the vault before it is sent, whatever comes of it, so that neither a crash nor a lost answer can hide one; all of a
 * user's requests take turns, whichever account or connection they are for. What counts is the service's own clock, and
 * where it does not tell, the time that this program has run: nothing that is done to our clock buys another one.
 */
import { Fault } from '../../../shared/faults.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import { isLoopbackHost } from '../oauth/urls.ts';
import { type Generation, generationsKey } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { foldedName } from './given.ts';
import { runningTimeOf } from './running-time.ts';

export interface ApiUser {
  /** Of the service. */
  readonly origin: string;
  readonly username: string;
  /** Tokens in any 24 hours. */
  readonly dailyLimit: number;
}

export interface Generations {
  /**
   * Sends `generate` in this user's turn, once it is entered durably; `left` is how many may follow it today.
   * Throws `generation-limit` with `retryAtMs` (by our clock) where that would be too many; then nothing was sent.
   */
  spend<T>(user: ApiUser, generate: (entered: Generation, left: number) => Promise<T>): Promise<T>;
  /** How long ago one was entered, at the least; asks the service for its time. Throws those of `oauthFetch`. */
  ageMs(origin: string, entered: Generation): Promise<number>;
}

export interface GenerationsNeeds {
  readonly vault: Vault;
  readonly http: OAuthFetch;
  readonly now: () => number;
  /** Never goes back, whatever happens to the clock. */
  readonly uptimeMs?: () => number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Older ones are of no use; more than any limit are of use where clocks contradict each other. */
const longestKept = 100;

/** Of a vault, not of a guard: two guards of one vault must not overtake each other. */
const turnsOf = new WeakMap<Vault, Map<string, Promise<unknown>>>();

export function createGenerations({ vault, http, now, uptimeMs }: GenerationsNeeds): Generations {
  const turns = turnsOf.get(vault) ?? new Map<string, Promise<unknown>>();
  turnsOf.set(vault, turns);
  const running = runningTimeOf(vault, uptimeMs);

  async function enter(user: ApiUser, key: string): Promise<{ readonly entered: Generation; readonly left: number }> {
    const { origin, dailyLimit } = user;
    const time: Time = { serviceMs: await serviceTime(http, origin), ranMs: running.nowMs() };
    const recorded = vault.get('generations', key)?.asked ?? [];
    const asked = recorded.map((one) => corrected(one, time));
    const leftMs = asked
      .map((one) => dayMs - ageAt(one, time))
      .filter((ms) => ms > 0)
      .sort((a, b) => a - b);
    const write = (all: readonly Generation[]) =>
      vault.write([{ kind: 'generations', key, record: { asked: all.slice(-longestKept) } }, running.kept()]);
    if (leftMs.length >= dailyLimit) {
      if (asked.some((one, index) => one !== recorded[index])) await write(asked);
      throw new Fault('generation-limit', {
        reason: `${leftMs.length} in 24 hours`,
        subject: new URL(origin).host,
        retryAtMs: now() + (leftMs[leftMs.length - dailyLimit] ?? dayMs),
      });
    }
    const entered: Generation = {
      ranMs: time.ranMs,
      ...(time.serviceMs === undefined ? {} : { atMs: time.serviceMs }),
    };
    await write([...asked, entered]);
    return { entered, left: dailyLimit - leftMs.length - 1 };
  }

  return {
    spend(user, generate) {
      const key = generationsKey(placeOf(user.origin), foldedName(user.username));
      const turn = (turns.get(key) ?? Promise.resolve()).then(async () => {
        const { entered, left } = await enter(user, key);
        return generate(entered, left);
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
    ageMs: async (origin, entered) =>
      ageAt(entered, { serviceMs: await serviceTime(http, origin), ranMs: running.nowMs() }),
  };
}

/** All names of this computer are one place: what listens there does not ask by which it was called. */
export function placeOf(origin: string): string {
  const url = new URL(origin);
  if (isLoopbackHost(url.hostname)) url.hostname = '127.0.0.1';
  return url.origin;
}

interface Time {
  /** Undefined where the service does not tell. */
  readonly serviceMs: number | undefined;
  readonly ranMs: number;
}

/** By either clock at least so long ago, so the longer one is right. */
function ageAt({ atMs, ranMs }: Generation, time: Time): number {
  const toldMs = atMs === undefined || time.serviceMs === undefined ? 0 : time.serviceMs - atMs;
  return Math.max(0, toldMs, time.ranMs - ranMs);
}

/**
 * One that the service's clock has not seen, or that it had entered ahead of its time, was asked for by now: from here
 * on it counts by that clock, so that it ends some day.
 */
function corrected(one: Generation, { serviceMs }: Time): Generation {
  if (serviceMs === undefined || (one.atMs !== undefined && one.atMs <= serviceMs)) return one;
  return { ...one, atMs: serviceMs };
}

/**
 * The service's own time, by a small request without any credentials. An answer that was kept on the way is as old as it
 * says (RFC 9111 s5.1). Throws those of `oauthFetch`: a service that cannot be reached now need not be asked for a token
 * either.
 */
async function serviceTime(http: OAuthFetch, origin: string): Promise<number | undefined> {
  const { headers } = await http(`${origin}/`, { method: 'HEAD', headers: { 'cache-control': 'no-cache' } });
  const atMs = Date.parse(headers.get('date') ?? '');
  if (!(atMs >= 0)) return undefined;
  const ageSeconds = Number(headers.get('age') ?? 0);
  const ageMs = ageSeconds > 0 && ageSeconds < dayMs / 1000 ? Math.round(ageSeconds * 1000) : 0;
  return atMs + ageMs;
}
