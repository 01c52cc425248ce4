/** A server that was pasted or found in a file, as a connection: under its own name, with a number where that is taken. */
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
  return addConnection({
    target,
    ...(name === undefined ? {} : { name: freeName(name, snapshot) }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret: clientSecret.open() }),
    ...(scopes.length === 0 ? {} : { scopes: [...scopes] }),
    ...(service === undefined ? {} : { service }),
    ...(wayIn === undefined ? {} : { wayIn }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
  });
}

/** One that a connection may have; for a service that is here already it says nothing. */
function freeName(name: string, { connections }: Snapshot): string {
  const taken = new Set(connections.map((connection) => connection.name));
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name.slice(0, 39 - `${n}`.length)}-${n}`;
  return free;
}
