/**
 * The sheet of a sign-in, as steps: prepare, say what will happen, wait for the browser, tell how it ended. The broker
 * holds the attempt; the sheet can be hidden, and joins an attempt that waits already instead of starting another.
 */
import { useSyncExternalStore } from 'react';
import type { WaitingSignIn } from '../../shared/snapshot.ts';
import { ask, asWindowFault, type WindowFault } from '../client/client.ts';
import { listenState, stateNow } from '../client/state.ts';
import { type Ended, end, forget, keepUnread, onEnded, type SignInOutcome } from './outcomes.ts';

export interface SignInWanted {
  /** The connection's id. */
  readonly connection: string;
  /** The account that has to sign in again, by id; without it the one in use. */
  readonly account?: string;
  /** Another account than those already here. */
  readonly another?: boolean;
  /** Asked for besides what the account has: what a program was refused for. */
  readonly scopes?: readonly string[];
}

export type Step =
  | { readonly kind: 'preparing' }
  /** Nothing is open yet: the person is told what will happen. */
  | { readonly kind: 'ready'; readonly attempt: string; readonly host: string }
  | { readonly kind: 'waiting'; readonly attempt: string; readonly host: string; readonly notOpened: boolean }
  | { readonly kind: 'ended'; readonly outcome: SignInOutcome }
  | { readonly kind: 'fault'; readonly fault: WindowFault };

export interface Sheet {
  readonly wanted: SignInWanted;
  readonly step: Step;
}

/** What every step's component is told. */
export interface StepProps {
  readonly sheet: Sheet;
  /** The service's name on the screen. */
  readonly service: string;
}

let sheet: Sheet | undefined;
const listeners = new Set<() => void>();
/** Cancelled here: their end is no news. */
const cancelled = new Set<string>();

/**
 * Opens the sheet that explains, asks and waits. A sign-in of this connection that waits already is joined; `begun` is
 * one that the caller has just started, of which the state may not tell yet.
 */
export function openSignIn(wanted: SignInWanted, begun?: { readonly attempt: string; readonly host: string }): void {
  if (sheet?.wanted.connection === wanted.connection && isUnderWay(sheet.step)) return;
  forget(wanted.connection);
  if (begun) {
    set({ wanted, step: { kind: 'ready', ...begun } });
    return;
  }
  const waiting = waitingNow(wanted.connection);
  if (waiting && waiting.another === (wanted.another ?? false)) {
    set({ wanted, step: stepOf(waiting) });
    return;
  }
  set({ wanted, step: { kind: 'preparing' } });
  void prepare(wanted);
}

/** The one press that opens the browser. A second one finds another step. */
export function continueInBrowser(): void {
  if (sheet?.step.kind !== 'ready') return;
  const { attempt, host } = sheet.step;
  setStep({ kind: 'waiting', attempt, host, notOpened: false });
  void openPage(attempt);
}

/** The attempt's page once more; also from the list. */
export async function openPage(attempt: string): Promise<boolean> {
  try {
    const { browserOpened } = await ask('openSignIn', { attempt });
    const step = sheet?.step;
    if (step?.kind === 'waiting' && step.attempt === attempt) setStep({ ...step, notOpened: !browserOpened });
    return browserOpened;
  } catch (thrown) {
    const step = sheet?.step;
    if (step?.kind === 'waiting' && step.attempt === attempt) {
      setStep({ kind: 'fault', fault: asWindowFault(thrown) });
      return false;
    }
    throw thrown;
  }
}

/** Ends the attempt, or the preparation of one, and the sheet with it. */
export function cancelSignIn(): void {
  if (!sheet) return;
  const { step, wanted } = sheet;
  set(undefined);
  if (step.kind === 'ready' || step.kind === 'waiting') cancelled.add(step.attempt);
  const attempt = step.kind === 'ready' || step.kind === 'waiting' ? step.attempt : wanted.connection;
  if (isUnderWay(step)) void ask('cancelSignIn', { attempt }).catch(() => undefined);
}

/** Closes the sheet and leaves the attempt as it is. */
export function hideSheet(): void {
  set(undefined);
}

export function trySignInAgain(): void {
  if (!sheet || isUnderWay(sheet.step)) return;
  const { wanted } = sheet;
  set(undefined);
  openSignIn(wanted);
}

export function useSheet(): Sheet | undefined {
  return useSyncExternalStore(listenSheet, () => sheet);
}

/** Once, before the first state. `tell` is called for every end that is news, `shown` where the sheet shows it. */
export function followSheet(tell: (ended: Ended, shown: boolean) => void): void {
  onEnded((ended) => {
    if (cancelled.delete(ended.attempt)) return;
    const step = sheet?.step;
    const shown = (step?.kind === 'ready' || step?.kind === 'waiting') && step.attempt === ended.attempt;
    const other = waitingNow(ended.connection);
    // Another window has begun anew for the same service: this one goes on with that.
    if (shown && other && ended.outcome.kind === 'cancelled') return setStep(stepOf(other));
    if (shown) setStep({ kind: 'ended', outcome: ended.outcome });
    else if (ended.outcome.kind !== 'cancelled') keepUnread(ended);
    tell(ended, shown);
  });
  listenState(() => {
    const step = sheet?.step;
    if (!sheet || step?.kind !== 'ready') return;
    // The page was opened from elsewhere.
    const waiting = waitingNow(sheet.wanted.connection);
    if (waiting?.attempt === step.attempt && waiting.browserOpened) setStep(stepOf(waiting));
  });
}

async function prepare(wanted: SignInWanted): Promise<void> {
  const mine = () => sheet?.wanted === wanted && sheet.step.kind === 'preparing';
  const { connection, account, another, scopes } = wanted;
  try {
    const { attempt, host, authorizationUrl } = await ask('startSignIn', {
      connection,
      openBrowser: false,
      ...(account === undefined ? {} : { account }),
      ...(another === undefined ? {} : { another }),
      ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    });
    if (!mine()) {
      cancelled.add(attempt);
      await ask('cancelSignIn', { attempt });
      return;
    }
    setStep({ kind: 'ready', attempt, host });
    if (authorizationUrl === undefined) await end(attempt, connection);
  } catch (thrown) {
    if (mine()) setStep({ kind: 'fault', fault: asWindowFault(thrown) });
  }
}

function stepOf({ attempt, host, browserOpened }: WaitingSignIn): Step {
  return browserOpened ? { kind: 'waiting', attempt, host, notOpened: false } : { kind: 'ready', attempt, host };
}

function isUnderWay(step: Step): boolean {
  return step.kind === 'preparing' || step.kind === 'ready' || step.kind === 'waiting';
}

function waitingNow(connection: string): WaitingSignIn | undefined {
  return stateNow()?.snapshot.connections.find(({ id }) => id === connection)?.signIn;
}

function setStep(step: Step): void {
  if (sheet) set({ ...sheet, step });
}

function set(next: Sheet | undefined): void {
  sheet = next;
  for (const listener of listeners) listener();
}

function listenSheet(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
