/** Keys in the addresses that open the window: good for one opening, for ten minutes, a few of them at most. */
import { isSame, newSecret } from './secrets.ts';

const lifetimeMs = 10 * 60_000;
/** Whoever asks for ever more addresses makes the oldest worthless, not a list that grows. */
const mostOutstanding = 5;

export interface OneTimeKeys {
  make(): string;
  /** Whether it was good; from now on it is not. */
  take(key: string): boolean;
}

export function createOneTimeKeys(now: () => number): OneTimeKeys {
  let outstanding: { readonly key: string; readonly endsAtMs: number }[] = [];
  return {
    make() {
      const key = newSecret();
      outstanding = [...outstanding, { key, endsAtMs: now() + lifetimeMs }].slice(-mostOutstanding);
      return key;
    },
    take(key) {
      const found = outstanding.filter((one) => isSame(one.key, key));
      outstanding = outstanding.filter((one) => !found.includes(one));
      return found.some((one) => now() < one.endsAtMs);
    },
  };
}
