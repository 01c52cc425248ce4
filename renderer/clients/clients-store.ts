/**
 * The apps to which Conexor can add itself, as they were looked at last. Looked at when somebody needs them, when one
 * comes back to the window, and when a program has come by or an entry has gone: their files change outside of Conexor.
 */
import { useEffect, useSyncExternalStore } from 'react';
import type { ClientId, ClientView } from '../../shared/clients.ts';
import type { WindowState } from '../../shared/window.ts';
import { ask } from '../client/client.ts';
import { keepingIdentity } from '../client/identity.ts';
import { listenState, stateNow } from '../client/state.ts';

/** Undefined before the first look. */
let clients: readonly ClientView[] | undefined;
let looks = 0;
const listeners = new Set<() => void>();

/** Rejects where Conexor cannot be asked; what was known stays. */
export async function lookForClients(): Promise<void> {
  looks += 1;
  const mine = looks;
  const answer = await ask('clients', {});
  // Of two at once, the later one has seen the newer files.
  if (mine === looks) set(answer.clients);
}

/** One of them, looked at by itself. */
export function takeClient(view: ClientView): void {
  const known = clients ?? [];
  const isKnown = known.some(({ id }) => id === view.id);
  set(isKnown ? known.map((one) => (one.id === view.id ? view : one)) : [...known, view]);
}

function set(next: readonly ClientView[]): void {
  const kept = keepingIdentity(clients, next);
  if (kept === clients) return;
  clients = kept;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What is known, without looking. */
export function useKnownClient(id: ClientId | undefined): ClientView | undefined {
  return useSyncExternalStore(listen, () => clients?.find((one) => one.id === id));
}

/** For as long as the component is there, what it shows is looked at again. */
export function useClients(): readonly ClientView[] | undefined {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') lookForClients().catch(() => undefined);
    };
    look();
    let before = programsIn(stateNow());
    const stop = listenState(() => {
      const now = programsIn(stateNow());
      if (now === before) return;
      before = now;
      look();
    });
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      stop();
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return useSyncExternalStore(listen, () => clients);
}

/** Who has come by and with which leave, and whose entry has gone. */
function programsIn(state: WindowState | undefined): string {
  const programs = state?.snapshot.connections.flatMap(({ id, clients: uses }) =>
    uses.map(({ name, access }) => [id, name, access]),
  );
  return JSON.stringify([programs, state?.missing]);
}
