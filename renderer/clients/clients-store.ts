/**
 * The apps to which Conexor can add itself, as they were looked at last. Looked at when somebody needs them, when one
 * comes back to the window, when a program has come by or an entry has gone, and every three seconds while something is
 * expected of one of them: their files change outside of Conexor.
 */
import { useEffect, useSyncExternalStore } from 'react';
import type { ClientId, ClientView } from '../../shared/clients.ts';
import type { WindowState } from '../../shared/window.ts';
import { ask } from '../client/client.ts';
import { keepingIdentity } from '../client/identity.ts';
import { listenState, stateNow } from '../client/state.ts';
import { useLooking } from './use-looking.ts';

const lookEveryMs = 3_000;

/** Undefined before the first look. */
let clients: readonly ClientView[] | undefined;
let looks = 0;
/** How many looks at all of them had begun when one was looked at by itself. */
const taken = new Map<ClientId, number>();
const listeners = new Set<() => void>();

/** Rejects where Conexor cannot be asked; what was known stays. */
export async function lookForClients(): Promise<void> {
  looks += 1;
  const mine = looks;
  const answer = await ask('clients', {});
  // Of two at once, the later one has seen the newer files.
  if (mine !== looks) return;
  const known = clients ?? [];
  set(answer.clients.map((one) => (taken.get(one.id) === mine && known.find(({ id }) => id === one.id)) || one));
}

/** One of them, looked at by itself. */
export function takeClient(view: ClientView): void {
  taken.set(view.id, looks);
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
  const now = useSyncExternalStore(listen, () => clients);
  useLooking(now?.some(isExpected) ?? false, () => (isSeen() ? lookForClients() : Promise.resolve()), lookEveryMs);
  useEffect(() => {
    const look = () => {
      if (isSeen()) lookForClients().catch(() => undefined);
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
  return now;
}

function isSeen(): boolean {
  return document.visibilityState === 'visible';
}

/** It may get better at any moment, and nobody says so. */
function isExpected({ state }: ClientView): boolean {
  return state === 'added' || state === 'missing' || state === 'unusable';
}

/** Who has come by and with which leave, and whose entry has gone. */
function programsIn(state: WindowState | undefined): string {
  const programs = state?.snapshot.connections.flatMap(({ id, clients: uses }) =>
    uses.map(({ name, access }) => [id, name, access]),
  );
  return JSON.stringify([programs, state?.missing]);
}
