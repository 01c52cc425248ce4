/** What the tools are given, and who is calling them. */
import type { ServerContext } from '@modelcontextprotocol/server';
import { type Account, accountOfSubject } from './accounts.ts';
import type { SalesBooks } from './sales-data.ts';

export interface SalesServerParts {
  readonly books: SalesBooks;
  readonly now: () => number;
  /** Ends running tools when the service stops. */
  readonly stopped: AbortSignal;
}

/** The account behind a request; the endpoint has verified its token before anything reaches a tool. */
export function callingAccount(context: ServerContext): Account {
  const subject = context.http?.authInfo?.extra?.['subject'];
  const account = typeof subject === 'string' ? accountOfSubject(subject) : undefined;
  if (account === undefined) throw new Error('The request carries no account.');
  return account;
}
