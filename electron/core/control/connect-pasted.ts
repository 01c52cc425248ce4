/** A server that was pasted or found in a file, as a connection: under its own name where that is free. */
import type { ControlResult } from '../../../shared/control.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import type { ConnectHow } from '../clients/take-over/take-entries.ts';
import type { Connectable } from '../services/pasted.ts';
import type { ControlHandlers } from './door.ts';

/** The secret goes straight to the vault. Throws the faults of `addConnection`. */
export async function connectPasted(
  addConnection: ControlHandlers['addConnection'],
  snapshot: Snapshot,
  server: Connectable,
  { service, wayIn, redirectUri }: ConnectHow = {},
): Promise<ControlResult<'addConnection'>> {
  const { target, name, clientId, clientSecret, scopes } = server;
  const isTaken = snapshot.connections.some((connection) => connection.name === name);
  return addConnection({
    target,
    ...(name === undefined || isTaken ? {} : { name }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret: clientSecret.open() }),
    ...(scopes.length === 0 ? {} : { scopes: [...scopes] }),
    ...(service === undefined ? {} : { service }),
    ...(wayIn === undefined ? {} : { wayIn }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
  });
}
