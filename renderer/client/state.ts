/**
 * The latest state of the broker, for components. What did not change keeps its identity from one state to the next,
 * so that only what shows something new is rendered.
 */
import { useSyncExternalStore } from 'react';
import type { ConnectionView } from '../../shared/snapshot.ts';
import type { WindowEvent, WindowState } from '../../shared/window.ts';
import { listen } from './client.ts';
import { keepingIdentity } from './identity.ts';
import { currentLink, type Link, listenLink, setLink } from './link.ts';

let state: WindowState | undefined;
const listeners = new Set<() => void>();

/** From now on events are taken in. Page events go to `onPage`. */
export function followState(onPage: (event: Extract<WindowEvent, { kind: 'page' }>) => void): void {
  listen((event) => {
    if (event.kind === 'state') takeState(event.state);
    if (event.kind === 'page') onPage(event);
  });
}

/** Also for answers that hold the new state: the event with the same comes a moment later. */
export function takeState(next: WindowState): void {
  const kept = keepingIdentity(state, next);
  setLink('open');
  if (kept === state) return;
  state = kept;
  for (const listener of listeners) listener();
}

/** Undefined before the first one. */
export function stateNow(): WindowState | undefined {
  return state;
}

export function listenState(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Below the frame there is always a state. Renders again only when what `select` gives has changed. */
export function useSelected<T>(select: (state: WindowState) => T): T {
  return useSyncExternalStore(listenState, () => select(present()));
}

export function useWindowState(): WindowState {
  return useSelected((whole) => whole);
}

export function useConnection(id: string): ConnectionView | undefined {
  return useSelected(({ snapshot }) => snapshot.connections.find((one) => one.id === id));
}

export function useHasState(): boolean {
  return useSyncExternalStore(listenState, () => state !== undefined);
}

export function useLink(): Link {
  return useSyncExternalStore(listenLink, currentLink);
}

function present(): WindowState {
  if (!state) throw new Error('no state yet');
  return state;
}
