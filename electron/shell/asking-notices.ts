/**
 * Notices of programs that ask: the first at once, whoever comes within the next seconds together in one. A program that
 * invents names must not bury the desktop, nor the one that the person waits for.
 */
import type { Snapshot } from '../../shared/snapshot.ts';
import type { Words } from '../../shared/words/words.ts';
import { type Asking, askingIn, askingNotice, begunToAsk, type Notice } from './notices.ts';

export interface AskingNotices {
  /** To be told of every state, in order. */
  follow(before: Snapshot | undefined, after: Snapshot): void;
}

const gatherMs = 10_000;

export function createAskingNotices(words: () => Words, show: (notice: Notice) => void): AskingNotices {
  let gathering = false;
  let waiting: readonly Asking[] = [];
  let latest: Snapshot | undefined;

  function tell(): void {
    // Whoever was answered, or is gone, meanwhile is no news.
    const still = new Set(latest ? askingIn(latest, words()).map(({ key }) => key) : []);
    const notice = askingNotice(
      waiting.filter(({ key }) => still.has(key)),
      words(),
    );
    waiting = [];
    gathering = notice !== undefined;
    if (!notice) return;
    show(notice);
    setTimeout(tell, gatherMs).unref();
  }

  return {
    follow(before, after) {
      latest = after;
      waiting = [...waiting, ...begunToAsk(before, after, words())];
      if (!gathering && waiting.length > 0) tell();
    },
  };
}
