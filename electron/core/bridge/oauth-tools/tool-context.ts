/**
 * What the five tools stand on, and whom they serve. They speak of connections, accounts and attempts by their handles;
 * no token, code, secret or verifier is ever part of a result.
 */
import { asFault, Fault } from '../../../../shared/faults.ts';
import type { AccountView, ConnectionView } from '../../../../shared/snapshot.ts';
import type { BridgeBroker } from '../../broker/broker.ts';
import { isRefused, type OwnProgram } from '../own-servers/own-server.ts';
import type { Consents } from './consents.ts';
import type { OwnAttempts } from './own-attempts.ts';

export interface ToolContext extends OwnProgram {
  readonly broker: BridgeBroker;
  readonly now: () => number;
  readonly version: string;
  /** The program's key still holds. */
  readonly isLet: () => boolean;
  readonly consents: Consents;
  readonly attempts: OwnAttempts;
  /** How long a call waits for a person; hosts give up after a minute. */
  readonly waitMs: number;
}

/**
 * The connection, where this program may use it; looked at again whenever a person has been waited for.
 * Throws `connection-unknown`, `client-key-wrong`, `paused`, `program-refused`, ….
 */
export function connectionFor(tools: ToolContext, reference: string | undefined): ConnectionView {
  const { broker, client, door, isLet } = tools;
  const view = found(tools, reference);
  if (!isLet()) throw new Fault('client-key-wrong');
  // Before all else that could be said of it, such as that it is paused.
  if (isRefused(view, tools)) throw new Fault('program-refused', { subject: client });
  broker.accessTokens.admit({ connectionId: view.id, client, ...(door === undefined ? {} : { door }) });
  return view;
}

/** Where none is named, the only one that is open to this program. */
function found(tools: ToolContext, reference: string | undefined): ConnectionView {
  const { broker, client } = tools;
  try {
    return broker.findConnection(reference);
  } catch (thrown) {
    if (asFault(thrown).code !== 'connection-ambiguous') throw thrown;
  }
  const open = broker.snapshot().connections.filter((view) => !isRefused(view, tools));
  const [only, another] = open;
  if (!only) throw new Fault('program-refused', { subject: client });
  if (!another) return only;
  throw new Fault('connection-ambiguous', {
    subject: open.map(({ name }) => name).join(', '),
    next: 'Call this tool again with one of these names as "connection".',
  });
}

/** Whether this program may still use it. A locked keychain takes nothing away: it knows nothing for the moment. */
export function hasLeave(tools: ToolContext, connectionId: string): boolean {
  try {
    connectionFor(tools, connectionId);
    return true;
  } catch (thrown) {
    return asFault(thrown).code === 'keychain-locked';
  }
}

/** By id, name or e-mail; without a word, the one that this program's calls go out as. Throws `account-unknown`, …. */
export function accountFor(
  { broker, client }: ToolContext,
  view: ConnectionView,
  reference: string | undefined,
): AccountView {
  const { accounts } = view;
  if (accounts.length === 0) throw new Fault('sign-in-needed', { subject: view.title });
  const wanted = reference ?? broker.boundAccountId(view.id, client);
  const found = accounts.filter(({ id, label, email }) => [id, label, email].includes(wanted));
  const [only, another] = wanted === undefined ? accounts : found;
  if (another) throw new Fault('account-ambiguous', { subject: accounts.map(({ label }) => label).join(', ') });
  if (!only) throw new Fault('account-unknown', { subject: wanted ?? view.title });
  return only;
}
