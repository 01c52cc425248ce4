/** What a program wants to do: the same in the window, in the tray's notice and wherever it is asked. */
import { programTitle } from '../client-titles.ts';
import type { Question } from '../snapshot.ts';
import type { WayInId } from '../ways-in.ts';
import { permissionOf } from './permissions.ts';
import type { WindowWords } from './window-catalogue.ts';

/** In one line. */
export function questionTitle(question: Question, service: string, { waysIn }: Pick<WindowWords, 'waysIn'>): string {
  const { what, account, another } = question;
  const program = programTitle(question.program);
  const { question: own } = waysIn;
  if (what === 'sign-in' && another) return own['sign-in'].asksAnother(program, service);
  if ((what === 'sign-in' || what === 'revoke') && account !== undefined) {
    return own[what].asksFor(program, service, account);
  }
  return own[what].asks(program, service);
}

/**
 * What follows from a yes. `page`: whose page it is about, as it is called before it opens. `wayIn`: of the account, where
 * it is about one.
 */
export function questionText(
  question: Question,
  service: string,
  page: string,
  words: WindowWords,
  wayIn?: WayInId,
): string {
  const { what, by } = question;
  const program = programTitle(question.program);
  const { question: own } = words.waysIn;
  if (what === 'revoke') return `${own.revoke.text} ${words.waysIn.afterSignOut(wayIn, service)}`;
  if (what !== 'sign-in') return own[what].text;
  const { text, address, code, registers } = own['sign-in'];
  const follows = by === 'address' ? address(program, page) : by === 'code' ? code(program, service) : text(page);
  return [follows, questionScopes(question, words), registers].filter((one) => one !== undefined).join(' ');
}

/** Which permissions are asked for besides the usual; undefined where none are. */
export function questionScopes({ scopes = [] }: Question, words: WindowWords): string | undefined {
  if (scopes.length === 0) return undefined;
  const permissions = scopes.map((scope) => permissionOf(scope, words.language) ?? scope);
  const list = new Intl.ListFormat(words.locale, { type: 'conjunction' }).format(permissions);
  return words.waysIn.question['sign-in'].scopes(list);
}
