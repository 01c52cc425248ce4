/**
 * How sign-ins ended, whoever began them: an attempt that is no longer in the state has an outcome, which is asked for
 * once. Nothing waits on an open request: a browser allows a tab few of those.
 */
import { useSyncExternalStore } from 'react';
import type { WindowResult } from '../../shared/window.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { ask, asWindowFault } from '../client/client.ts';
import { listenState, stateNow } from '../client/state.ts';

export type SignInOutcome = WindowResult<'signInOutcome'>;
export interface Ended {
  readonly attempt: string;
  readonly connection: string;
  readonly outcome: SignInOutcome;
  /** It waited for a code to be typed, which is good for as long as the service says. */
  readonly byCode: boolean;
}

/** Attempt → what it waited for, and where. */
const seen = new Map<string, Pick<Ended, 'connection' | 'byCode'>>();
const endedListeners = new Set<(ended: Ended) => void>();
/** Connection → how its last sign-in ended, until that was read. */
let unread: ReadonlyMap<string, Ended> = new Map();
const unreadListeners = new Set<() => void>();

/** Once, before the first state. */
export function followSignIns(): void {
  listenState(() => {
    const waiting = new Map(
      (stateNow()?.snapshot.connections ?? []).flatMap(({ id, signIn }) =>
        signIn ? [[signIn.attempt, { connection: id, byCode: signIn.device !== undefined }]] : [],
      ),
    );
    for (const [attempt, at] of waiting) {
      if (!seen.has(attempt)) forget(at.connection);
      seen.set(attempt, at);
    }
    for (const [attempt, { connection, byCode }] of seen) {
      if (!waiting.has(attempt)) void end(attempt, connection, byCode);
    }
  });
}

/** For an attempt that has nothing to wait for, and so never is in the state. */
export async function end(attempt: string, connection: string, byCode = false): Promise<void> {
  seen.delete(attempt);
  const outcome = await ask('signInOutcome', { attempt }).catch((thrown: unknown): SignInOutcome => {
    const { fault, what, next } = asWindowFault(thrown);
    return { kind: 'failed', fault, what, next };
  });
  const ended: Ended = { attempt, connection, outcome, byCode };
  for (const listener of endedListeners) listener(ended);
}

/** Why nothing came of it: said in the sheet, beside the service, and aloud. */
export function timedOutText(byCode: boolean, { signIn, waysIn }: WindowWords): string {
  return byCode ? waysIn.device.timedOut : signIn.timedOut.text;
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
