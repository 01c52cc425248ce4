/** What a program wants to do, in one line: the same in the window, in the tray's notice and wherever it is asked. */
import type { Question } from '../snapshot.ts';
import type { WindowWords } from './window-catalogue.ts';

export function questionTitle(question: Question, service: string, { waysIn }: WindowWords): string {
  const { program, what, account } = question;
  if (what === 'revoke' && account !== undefined) return waysIn.question.revoke.asksFor(program, service, account);
  return waysIn.question[what].asks(program, service);
}
