/** What services are called on the screen. */

import { serviceNames } from '../../shared/service-names.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { stateNow, useSelected } from '../client/state.ts';

let made: { readonly of: readonly ConnectionView[]; readonly names: ReadonlyMap<string, string> } | undefined;

/** Connection id → name; the same map for as long as the connections are the same. */
export function useServiceNames(): ReadonlyMap<string, string> {
  return useSelected(({ snapshot }) => namesFor(snapshot.connections));
}

/** Empty for a connection that is not there. */
export function serviceNameNow(connection: string): string {
  return namesFor(stateNow()?.snapshot.connections ?? []).get(connection) ?? '';
}

function namesFor(connections: readonly ConnectionView[]): ReadonlyMap<string, string> {
  if (made?.of !== connections) made = { of: connections, names: serviceNames(connections) };
  return made.names;
}
