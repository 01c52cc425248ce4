/** What services said to sign-outs that this window asked for, until it was read. */
import { useSyncExternalStore } from 'react';
import type { SignOutAnswer } from '../../shared/window.ts';
import { announce } from '../parts/announcer.tsx';
import { wordsNow } from '../words/words-now.ts';
import { signedOutText } from './signed-out-words.ts';

export interface SignedOut {
  readonly id: number;
  readonly connection: string;
  /** The service's name at that time: it may be gone. */
  readonly service: string;
  readonly answer: SignOutAnswer;
}

let notes: readonly SignedOut[] = [];
let count = 0;
const listeners = new Set<() => void>();

export function noteSignedOut(connection: string, service: string, answer: SignOutAnswer): void {
  count += 1;
  const note = { id: count, connection, service, answer };
  set([...notes.filter((one) => one.answer.account !== answer.account || one.connection !== connection), note]);
  const { title, text } = signedOutText(note, wordsNow());
  announce(`${title}. ${text}`);
}

export function forgetSignedOut(id: number): void {
  set(notes.filter((note) => note.id !== id));
}

export function useSignedOut(): readonly SignedOut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notes,
  );
}

function set(next: readonly SignedOut[]): void {
  notes = next;
  for (const listener of listeners) listener();
}
