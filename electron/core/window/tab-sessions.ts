/**
 * Browsers that were let in. A session is known by its cookie, each page in it by a key of its own, which it claims
 * once after an opening. In memory only: they end with the broker, and after twelve hours without use.
 */
import { isSame, newSecret } from './secrets.ts';

const unusedMs = 12 * 3_600_000;
const mostSessions = 20;
const mostPages = 20;
/** A page claims its key as soon as it has loaded. */
const claimMs = 60_000;

export interface TabSession {
  readonly cookie: string;
  /** For counting who asks too much. */
  readonly name: string;
}

export interface TabSessions {
  /** An opening: in the session of this cookie where there is one, else in a new one. */
  open(cookie: string | undefined): TabSession;
  find(cookie: string | undefined): TabSession | undefined;
  /** A new page's key; undefined where no opening waits for its page. */
  claim(session: TabSession): string | undefined;
  owns(session: TabSession, pageKey: string | undefined): boolean;
  touch(session: TabSession): void;
}

interface Kept extends TabSession {
  usedAtMs: number;
  claimsEndAtMs: number[];
  pageKeys: string[];
}

export function createTabSessions(now: () => number): TabSessions {
  /** Least lately used first. */
  let sessions: Kept[] = [];
  let count = 0;

  function kept(session: TabSession | undefined): Kept | undefined {
    return sessions.find((one) => one === session);
  }
  function touch(session: TabSession): void {
    const one = kept(session);
    if (!one) return;
    one.usedAtMs = now();
    sessions = [...sessions.filter((other) => other !== one), one];
  }
  function find(cookie: string | undefined): Kept | undefined {
    sessions = sessions.filter((one) => now() - one.usedAtMs < unusedMs);
    return cookie === undefined ? undefined : sessions.find((one) => isSame(one.cookie, cookie));
  }

  return {
    open(cookie) {
      let session = find(cookie);
      if (!session) {
        count += 1;
        session = { cookie: newSecret(), name: `tab ${count}`, usedAtMs: now(), claimsEndAtMs: [], pageKeys: [] };
        sessions = [...sessions, session].slice(-mostSessions);
      }
      session.claimsEndAtMs = [...session.claimsEndAtMs, now() + claimMs].slice(-mostPages);
      touch(session);
      return session;
    },
    find,
    claim(session) {
      const one = kept(session);
      const waiting = one?.claimsEndAtMs.filter((endsAtMs) => now() < endsAtMs) ?? [];
      if (!one || waiting.length === 0) return undefined;
      one.claimsEndAtMs = waiting.slice(1);
      const key = newSecret();
      one.pageKeys = [...one.pageKeys, key].slice(-mostPages);
      return key;
    },
    owns(session, pageKey) {
      return pageKey !== undefined && (kept(session)?.pageKeys.some((key) => isSame(key, pageKey)) ?? false);
    },
    touch,
  };
}
