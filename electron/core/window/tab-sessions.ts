/**
 * Tabs that were let in: each opening is a session of its own, with a cookie under a name of its own, and a claim that
 * its page trades once for the page key. In memory only: they end with the broker, and after twelve hours without use.
 */
import { randomBytes } from 'node:crypto';
import { isSame, newSecret } from './secrets.ts';

const unusedMs = 12 * 3_600_000;
const mostSessions = 20;
/** A page claims its key as soon as it has loaded. */
const claimMs = 60_000;
/** Of one name a browser has as many cookies as a page's path has parts; more are nobody's. */
const mostOfOneName = 40;

/** A cookie of ours as a browser sent it: the session that its name tells, and its value. */
export interface SentCookie {
  readonly id: string;
  readonly value: string;
}

export interface TabSession {
  /** Part of its cookie's name; no secret. */
  readonly id: string;
  /** For counting who asks too much. */
  readonly name: string;
}

export interface Opening extends TabSession {
  readonly cookie: string;
  /** For the page alone: whoever has just the cookie claims nothing. */
  readonly claim: string;
}

export interface TabSessions {
  open(): Opening;
  /** Whether a session of this name is known, whatever the cookie's value. */
  has(id: string): boolean;
  /** The first session that one of these cookies belongs to. */
  find(cookies: readonly SentCookie[]): TabSession | undefined;
  /** The page key, once for each opening; undefined where claim and cookie are not those of one that waits. */
  claim(cookies: readonly SentCookie[], claim: string): string | undefined;
  /** The session of this page key, where its cookie was sent too. */
  ofPage(cookies: readonly SentCookie[], pageKey: string): TabSession | undefined;
  touch(session: TabSession): void;
}

interface Kept extends Opening {
  readonly claimEndsAtMs: number;
  usedAtMs: number;
  pageKey: string | undefined;
}

/** `ended` is called for each session as soon as it is found to be over, or is one too many. */
export function createTabSessions(now: () => number, ended: (session: TabSession) => void): TabSessions {
  /** Least lately used first. */
  let sessions: Kept[] = [];
  let count = 0;

  function live(): readonly Kept[] {
    keep(sessions.filter((one) => now() - one.usedAtMs < unusedMs));
    return sessions;
  }
  function keep(kept: Kept[]): void {
    const dropped = sessions.filter((one) => !kept.includes(one));
    sessions = kept;
    for (const session of dropped) ended(session);
  }
  function touch(session: TabSession): void {
    const one = sessions.find(({ id }) => id === session.id);
    if (!one) return;
    one.usedAtMs = now();
    sessions = [...sessions.filter((other) => other !== one), one];
  }
  /** A page of another port may set cookies of this name too, which a browser sends before ours. */
  function isSent(session: Kept, cookies: readonly SentCookie[]): boolean {
    const named = cookies.filter(({ id }) => id === session.id).slice(0, mostOfOneName);
    return named.some(({ value }) => isSame(session.cookie, value));
  }

  return {
    open() {
      count += 1;
      const session: Kept = {
        id: randomBytes(6).toString('base64url'),
        name: `tab ${count}`,
        cookie: newSecret(),
        claim: newSecret(),
        claimEndsAtMs: now() + claimMs,
        usedAtMs: now(),
        pageKey: undefined,
      };
      keep([...live(), session].slice(-mostSessions));
      return session;
    },
    has: (id) => live().some((one) => one.id === id),
    find: (cookies) => live().find((one) => isSent(one, cookies)),
    claim(cookies, claim) {
      const one = live().find((session) => isSame(session.claim, claim));
      if (!one || one.pageKey !== undefined || now() >= one.claimEndsAtMs || !isSent(one, cookies)) return undefined;
      one.pageKey = newSecret();
      return one.pageKey;
    },
    ofPage(cookies, pageKey) {
      const one = live().find((session) => session.pageKey !== undefined && isSame(session.pageKey, pageKey));
      return one && isSent(one, cookies) ? one : undefined;
    },
    touch,
  };
}
