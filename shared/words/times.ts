/** Points in time and durations as people say them, by Intl. */
import type { AccountView, Snapshot } from '../snapshot.ts';
import type { WindowWords } from './window-catalogue.ts';

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "5 minutes ago", "yesterday"; "just now" within a minute. `locale` is a BCP 47 tag. */
export function ago(atMs: number, nowMs: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const passedMs = Math.max(0, nowMs - atMs);
  for (const [unit, lengthMs] of steps) {
    if (passedMs >= lengthMs) return format.format(-Math.floor(passedMs / lengthMs), unit);
  }
  // What Intl has for it, "now", reads as if it were going on.
  return locale.startsWith('es') ? 'ahora mismo' : 'just now';
}

/** "3 March", with the year where it is another one. */
export function day(atMs: number, nowMs: number, locale: string): string {
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  const year = sameYear ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', ...year }).format(atMs);
}

/** Exact, for Details. */
export function instant(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(atMs);
}

/** "Sunday, 22 November at 00:00": whole, for sentences that are read at some other time. */
export function weekdayAndHour(atMs: number, locale: string): string {
  const format = { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat(locale, format).format(atMs);
}

/** When a person has to sign in again; no countdown for what Conexor renews by itself (rule 10 of the face). */
export function expiryWords(
  account: AccountView,
  nowMs: number,
  words: WindowWords,
  vault: Snapshot['vault']['kind'] = 'keychain',
): string {
  const { expiry } = words.states;
  if (account.state === 'sign-in-again' || account.state === 'removed-by-service') return expiry.ended;
  if (account.renewsItself) return vault === 'memory' ? expiry.staysMemory : expiry.stays;
  if (account.expiresAtMs === undefined) return vault === 'memory' ? expiry.staysMemory : expiry.unknown;
  if (account.expiresAtMs <= nowMs) return expiry.ended;
  return expiry.until(momentOf(account.expiresAtMs, nowMs, words.locale));
}

/** The day; on the same day the hour as well, because "by today" helps nobody. */
function momentOf(atMs: number, nowMs: number, locale: string): string {
  const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  if (!sameDay) return day(atMs, nowMs, locale);
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(atMs);
}
