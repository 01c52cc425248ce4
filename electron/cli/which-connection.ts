/** The connection that a person means. */
import type { ConnectionView } from '../../shared/snapshot.ts';

/** Where no connection is named, the only one that has such an account. */
export function connectionWith(
  connections: readonly ConnectionView[],
  account: string | undefined,
  named: string | undefined,
): string | undefined {
  if (named !== undefined || account === undefined || connections.length < 2) return named;
  const wanted = account.toLowerCase();
  const having = connections.filter((connection) =>
    connection.accounts.some((one) =>
      [one.id, one.label, one.email, one.organisation].some((name) => name?.toLowerCase().startsWith(wanted)),
    ),
  );
  return having.length === 1 ? having[0]?.id : undefined;
}
