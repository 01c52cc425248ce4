/** What services are called on the screen. */

import { serviceNames } from '../../shared/service-names.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { stateNow, useSelected } from '../client/state.ts';
import { wordsNow } from '../words/words-now.ts';

let made:
  | { readonly of: readonly ConnectionView[]; readonly words: WindowWords; readonly names: ReadonlyMap<string, string> }
  | undefined;

/** Connection id → name; the same map for as long as the connections are the same. */
export function useServiceNames(): ReadonlyMap<string, string> {
  return useSelected(({ snapshot }) => namesFor(snapshot.connections));
}

/** Empty for a connection that is not there. */
export function serviceNameNow(connection: string): string {
  return namesFor(stateNow()?.snapshot.connections ?? []).get(connection) ?? '';
}

function namesFor(connections: readonly ConnectionView[]): ReadonlyMap<string, string> {
  const words = wordsNow();
  if (made?.of !== connections || made.words !== words) {
    made = { of: connections, words, names: serviceNames(connections, words) };
  }
  return made.names;
}
