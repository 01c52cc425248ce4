/** The end of a sign-in for people who do not look at it: said in the live region, and focus on the service's item. */
import { pageNow, showPage } from '../frame/page-store.ts';
import { announce } from '../parts/announcer.tsx';
import { serviceNameNow } from '../services/names.ts';
import { wordsNow } from '../words/words-now.ts';
import { type Ended, type SignInOutcome, timedOutText } from './outcomes.ts';

export function tellOutcome({ connection, outcome, byCode }: Ended, shownInSheet: boolean): void {
  announce(outcomeWords(outcome, serviceNameNow(connection), byCode));
  // Somebody who is in the middle of a dialog or of typing is left there.
  const busy = document.querySelector('[role="dialog"], [role="alertdialog"]') !== null || isTyping();
  if (!shownInSheet && !busy && outcome.kind === 'done') focusService(connection);
}

export function outcomeWords(outcome: SignInOutcome, service: string, byCode: boolean): string {
  const all = wordsNow();
  const words = all.signIn;
  switch (outcome.kind) {
    case 'done':
      return `${words.done.title(service)}. ${words.done.as(outcome.account)}`;
    case 'open':
      return words.open.title(service);
    case 'denied':
      return `${words.denied.title}. ${words.denied.text}`;
    case 'cancelled':
      return `${words.cancelled.title}. ${words.cancelled.text}`;
    case 'timed-out':
      return `${words.timedOut.title}. ${timedOutText(byCode, all)}`;
    case 'failed':
      return `${outcome.what} ${outcome.next}`;
  }
}

/** Where the service stands: its row in the list, or its own page's title. */
export function focusService(connection: string): void {
  const page = pageNow();
  const onItsPage = page.name === 'service' && page.connection === connection;
  if (!onItsPage && page.name !== 'services') showPage({ name: 'services' });
  // A closing dialog gives focus back in the next frame; this comes after it.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => document.getElementById(onItsPage ? 'page-title' : serviceItemId(connection))?.focus()),
  );
}

export function serviceItemId(connection: string): string {
  return `service-${connection}`;
}

function isTyping(): boolean {
  return document.activeElement?.matches('input:not([type="radio"], [type="checkbox"]), textarea, select') ?? false;
}
