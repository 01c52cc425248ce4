/**
 * Whether pages are opened by this browser: in a tab, once the computer's own browser could not be opened. Known for as
 * long as the tab is there, so that nobody presses the same button in vain again.
 */
import { useSyncExternalStore } from 'react';
import { stateNow } from '../client/state.ts';

const key = 'conexor-opens-here';
const listeners = new Set<() => void>();
let here = readKept();

export function opensHere(): boolean {
  return here;
}

export function useOpensHere(): boolean {
  return useSyncExternalStore(listenHere, opensHere);
}

/** What the broker answered when it was asked to open a page. */
export function noteOpened(browserOpened: boolean): void {
  const next = !browserOpened && stateNow()?.app.kind === 'tab';
  if (next === here) return;
  here = next;
  try {
    if (next) sessionStorage.setItem(key, 'yes');
    else sessionStorage.removeItem(key);
  } catch {
    // Without storage it is found out once more after a reload.
  }
  for (const listener of listeners) listener();
}

function readKept(): boolean {
  try {
    return sessionStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

function listenHere(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
