/** The connection that a person means. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { ControlError } from '../core/control/client.ts';

/** Where no connection is named, the only one that has such an account. */
export function connectionWith(
  connections: readonly ConnectionView[],
  account: string | undefined,
  named: string | undefined,
): string | undefined {
  if (named !== undefined || account === undefined || connections.length < 2) return named;
  const having = connections.filter((connection) => hasAccount(connection, account));
  return having.length === 1 ? having[0]?.id : undefined;
}

/** Where an account is expected: the service of this name, if nobody's account begins so and no other service is named. */
export function serviceNamed(
  connections: readonly ConnectionView[],
  name: string | undefined,
  named: string | undefined,
): string | undefined {
  if (name === undefined || named !== undefined) return undefined;
  if (connections.some((connection) => hasAccount(connection, name))) return undefined;
  return connections.find((one) => one.id === name || one.name === name.toLowerCase())?.id;
}

/** In place of the question which service is meant, where an account was named that several have or none. */
export function noSuchAccount(thrown: unknown, account: string): unknown {
  if (!(thrown instanceof ControlError) || thrown.words.fault !== 'connection-ambiguous') return thrown;
  const what = `"${account}" is neither the name of a service nor of an account that only one service has.`;
  const next = 'Name the service with -c <name>; "npx conexor accounts" shows all of them.';
  return new ControlError({ ...thrown.words, what, next });
}

function hasAccount({ accounts }: ConnectionView, reference: string): boolean {
  const wanted = reference.toLowerCase();
  return accounts.some((one) =>
    [one.id, one.label, one.email, one.organisation].some((name) => name?.toLowerCase().startsWith(wanted)),
  );
}
