/** Which of the two has happened at a sign-out: gone here, or gone there too. Nothing unconfirmed is claimed (rule 8). */
import type { SignOutAnswer } from '../../shared/window.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { hourOf } from '../words/use-words.ts';

interface Answered {
  readonly service: string;
  readonly answer: SignOutAnswer;
}

export function signedOutText(
  { service, answer }: Answered,
  words: WindowWords,
): { readonly title: string; readonly text: string } {
  const { signedOut } = words.services;
  const confirmed = isConfirmed(answer);
  const title = confirmed ? signedOut.title(answer.account) : signedOut.titleHere(answer.account);
  const left = words.waysIn.staysGood(answer.wayIn, service);
  const staysGood = left === '' ? '' : ` ${left}`;
  const ending = answer.accessUntilMs === undefined ? '' : ` ${signedOut.until(hourOf(answer.accessUntilMs, words))}`;
  switch (answer.service) {
    case 'cancelled':
      return { title, text: cancelledText({ service, answer }, words) };
    case 'waiting':
      return { title, text: signedOut.waiting(service) + ending };
    case 'refused':
      return { title, text: signedOut.refused(service) + ending };
    case 'no-way':
      return { title, text: signedOut.noWay(service) + staysGood + ending };
    case 'may-live':
      return { title, text: signedOut.mayLive(service) };
    case 'nothing':
      return { title, text: signedOut.nothing };
  }
}

/** The service said so, and nothing speaks against it. */
export function isConfirmed({ service, proof }: SignOutAnswer): boolean {
  return service === 'nothing' || (service === 'cancelled' && proof !== 'still-accepted');
}

function cancelledText({ service, answer }: Answered, words: WindowWords): string {
  const { signedOut } = words.services;
  if (answer.proof === 'refused') return signedOut.proven(service);
  if (answer.proof === 'not-checked') return signedOut.cancelled(service);
  return answer.accessUntilMs === undefined
    ? signedOut.stillAcceptedUnknown(service)
    : signedOut.stillAccepted(service, hourOf(answer.accessUntilMs, words));
}
