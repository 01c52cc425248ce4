/**
 * How sign-ins ended, whoever began them: an attempt that is no longer in the state has an outcome, which is asked for
 * once. Nothing waits on an open request: a browser allows a tab few of those.
 */
import { useSyncExternalStore } from 'react';
import type { WindowResult } from '../../shared/window.ts';
import { ask, asWindowFault } from '../client/client.ts';
import { listenState, stateNow } from '../client/state.ts';

export type SignInOutcome = WindowResult<'signInOutcome'>;
export interface Ended {
  readonly attempt: string;
  readonly connection: string;
  readonly outcome: SignInOutcome;
}

/** Attempt → connection. */
const seen = new Map<string, string>();
const endedListeners = new Set<(ended: Ended) => void>();
/** Connection → how its last sign-in ended, until that was read. */
let unread: ReadonlyMap<string, Ended> = new Map();
const unreadListeners = new Set<() => void>();

/** Once, before the first state. */
export function followSignIns(): void {
  listenState(() => {
    const waiting = new Map(
      (stateNow()?.snapshot.connections ?? []).flatMap(({ id, signIn }) => (signIn ? [[signIn.attempt, id]] : [])),
    );
    for (const [attempt, connection] of waiting) {
      if (!seen.has(attempt)) forget(connection);
      seen.set(attempt, connection);
    }
    for (const [attempt, connection] of seen) if (!waiting.has(attempt)) void end(attempt, connection);
  });
}

/** For an attempt that has nothing to wait for, and so never is in the state. */
export async function end(attempt: string, connection: string): Promise<void> {
  seen.delete(attempt);
  const outcome = await ask('signInOutcome', { attempt }).catch((thrown: unknown): SignInOutcome => {
    const { fault, what, next } = asWindowFault(thrown);
    return { kind: 'failed', fault, what, next };
  });
  const ended: Ended = { attempt, connection, outcome };
  for (const listener of endedListeners) listener(ended);
}

export function onEnded(listener: (ended: Ended) => void): void {
  endedListeners.add(listener);
}

/** To be shown beside the service until it is read. */
export function keepUnread(ended: Ended): void {
  setUnread(new Map(unread).set(ended.connection, ended));
}

export function forget(connection: string): void {
  if (!unread.has(connection)) return;
  const rest = new Map(unread);
  rest.delete(connection);
  setUnread(rest);
}

export function useUnread(): ReadonlyMap<string, Ended> {
  return useSyncExternalStore(listenUnread, () => unread);
}

function listenUnread(listener: () => void): () => void {
  unreadListeners.add(listener);
  return () => unreadListeners.delete(listener);
}

function setUnread(next: ReadonlyMap<string, Ended>): void {
  unread = next;
  for (const listener of unreadListeners) listener();
}
