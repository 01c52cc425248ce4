/** A sign-in that somebody wants, which account it is about, and by which way in it begins: pure. */
import type { AccountView, ConnectionView } from '../../shared/snapshot.ts';
import type { WayInId } from '../../shared/ways-in.ts';

export interface SignInWanted {
  /** The connection's id. */
  readonly connection: string;
  /** The account that has to sign in again, by id; without it the one in use. */
  readonly account?: string;
  /** Another account than those already here. */
  readonly another?: boolean;
  /** Asked for besides what the account has: what a program was refused for. */
  readonly scopes?: readonly string[];
  /** Where it is not the way of the account, or the one that the service suggests. */
  readonly wayIn?: WayInId;
}

/** The account that would sign in: the wanted one, else the one in use, unless another one is wanted. */
export function accountOf({ account, another }: SignInWanted, connection: ConnectionView): AccountView | undefined {
  if (another) return undefined;
  return connection.accounts.find(({ id, current }) => (account === undefined ? current : id === account));
}

/** Of any service of their kind, only the way that was found to lead in there is known to do so. */
const anyOfItsKind = new Set(['mcp', 'web-api', 'client-credentials-api']);

/** The account's own way; for another account the service's suggestion, and never one that it advises against. */
export function wayInOf(wanted: SignInWanted, connection: ConnectionView): WayInId {
  const own = wanted.wayIn ?? accountOf(wanted, connection)?.wayIn;
  if (own !== undefined || !wanted.another) return own ?? connection.wayIn;
  const { wayIn, waysIn } = connection;
  if (anyOfItsKind.has(connection.service)) return wayIn;
  return waysIn.find(({ legacy }) => !legacy)?.id ?? wayIn;
}
