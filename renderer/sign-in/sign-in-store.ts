/**
 * The sheet of a sign-in, as steps: ask for what is to be typed, or prepare, say what will happen and wait for the
 * browser; show a code; tell how it ended. The broker holds the attempt; the sheet can be hidden, and joins an attempt
 * that waits already instead of starting another.
 */
import { useSyncExternalStore } from 'react';
import type { ConnectionView, WaitingSignIn } from '../../shared/snapshot.ts';
import type { GivenFields, WayInId } from '../../shared/ways-in.ts';
import { ask, asWindowFault, WindowFault } from '../client/client.ts';
import { listenState, stateNow } from '../client/state.ts';
import { noteOpened, opensHere } from './opens-here.ts';
import { type Ended, end, forget, keepUnread, onEnded, type SignInOutcome } from './outcomes.ts';
import {
  argumentOf,
  attemptOf,
  type Begun,
  fieldsOf,
  firstStep,
  isUnderWay,
  type Sheet,
  type Step,
  stepOf,
} from './sign-in-steps.ts';
import { tellOutcome } from './tell-outcome.ts';
import { accountOf, type SignInWanted } from './wanted.ts';

let sheet: Sheet | undefined;
const listeners = new Set<() => void>();
/** Cancelled here: their end is no news. */
const cancelled = new Set<string>();
/** Attempt → what its sheet was opened for, so that trying again is trying the same. */
const wantedFor = new Map<string, SignInWanted>();
/** The connection at which what was typed is being tried. */
let trying: string | undefined;

/**
 * Opens the sheet that explains, asks and waits. A sign-in of this connection that waits already is joined; `begun` is
 * one that the caller has just started, of which the state may not tell yet.
 */
export function openSignIn(wanted: SignInWanted, begun?: Begun): void {
  if (sheet?.wanted.connection === wanted.connection && isUnderWay(sheet.step)) return;
  forget(wanted.connection);
  if (begun) {
    set({ wanted, step: firstStep(begun) });
    return;
  }
  const waiting = waitingNow(wanted.connection);
  if (waiting && waiting.another === (wanted.another ?? false)) {
    set({ wanted: wantedFor.get(waiting.attempt) ?? wanted, step: stepOf(waiting) });
    return;
  }
  const view = connectionNow(wanted.connection);
  if (view && fieldsOf(wanted, view) > 0) {
    set({ wanted, step: { kind: 'form', choosing: false } });
    return;
  }
  set({ wanted, step: { kind: 'preparing' } });
  void prepare(wanted);
}

/** A sign-in that needed no sheet until it was over. */
export function showEnded(wanted: SignInWanted, outcome: SignInOutcome): void {
  forget(wanted.connection);
  set({ wanted, step: { kind: 'ended', outcome } });
  tellOutcome({ attempt: '', connection: wanted.connection, outcome, byCode: false }, true);
}

/** The other ways in, in place of the browser that has not been opened yet. */
export function chooseWayIn(): void {
  if (sheet?.step.kind !== 'ready' && sheet?.step.kind !== 'preparing') return;
  giveUp(sheet);
  setStep({ kind: 'form', choosing: true });
}

/**
 * The sign-in with what was typed, or by a way that needs nothing typed. Throws what the form has to show; then nothing
 * has changed. `signal`: nobody waits any more.
 */
export async function signInBy(wayIn: WayInId, given: GivenFields, signal: AbortSignal): Promise<void> {
  if (sheet?.step.kind !== 'form') return;
  const { wanted } = sheet;
  trying = wanted.connection;
  try {
    const step = await stepBy(wanted, wayIn, given, () => sheet?.wanted === wanted && !signal.aborted);
    // From now on this is the way that is wanted: also when it is tried again.
    if (step) set({ wanted: { ...wanted, wayIn }, step });
    if (step?.kind === 'ended')
      tellOutcome({ attempt: '', connection: wanted.connection, outcome: step.outcome, byCode: false }, true);
  } finally {
    trying = undefined;
  }
}

/** What comes next; undefined where nobody wants it any more. */
async function stepBy(
  wanted: SignInWanted,
  wayIn: WayInId,
  given: GivenFields,
  isWanted: () => boolean,
): Promise<Step | undefined> {
  const view = connectionNow(wanted.connection);
  // Where the service names nobody, only this tells whose access is renewed.
  const account = view && accountOf(wanted, view);
  const started = await ask('startSignIn', {
    ...argumentOf(wanted, view),
    ...(account ? { account: account.id } : {}),
    wayIn,
    given,
  });
  const { attempt } = started;
  if (!isWanted()) {
    cancelled.add(attempt);
    void ask('cancelSignIn', { attempt }).catch(() => undefined);
    return undefined;
  }
  if (started.device || started.authorizationUrl !== undefined) return firstStep(started);
  const outcome = await ask('signInOutcome', { attempt });
  if (outcome.kind === 'failed') throw new WindowFault(outcome);
  return isWanted() ? { kind: 'ended', outcome } : undefined;
}

/** The person does not want to wait for it any more; the form stays. */
export function stopTrying(): void {
  if (trying !== undefined) void ask('cancelSignIn', { attempt: trying }).catch(() => undefined);
}

/** The one press that opens the browser. A second one finds another step. */
export function continueInBrowser(): void {
  if (sheet?.step.kind !== 'ready') return;
  const { attempt, host } = sheet.step;
  setStep({ kind: 'waiting', attempt, host, notOpened: false });
  void openPage(attempt);
}

/** The attempt's page, first or once more, in the computer's browser or in this one; also from the list. */
export async function openPage(attempt: string): Promise<boolean> {
  try {
    const browserOpened = opensHere() ? await openHere(attempt) : (await ask('openSignIn', { attempt })).browserOpened;
    if (!opensHere()) noteOpened(browserOpened);
    const step = sheet?.step;
    if ((step?.kind === 'waiting' || step?.kind === 'device') && step.attempt === attempt) {
      setStep({ ...step, notOpened: !browserOpened });
    }
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

/** Whoever is given the link is waited for in a browser from then on; the broker knows it. */
async function openHere(attempt: string): Promise<boolean> {
  const { url } = await ask('signInLink', { attempt });
  window.open(url, '_blank', 'noopener');
  return true;
}

/** Ends the attempt, or the preparation of one, and the sheet with it. */
export function cancelSignIn(): void {
  if (!sheet) return;
  const given = sheet;
  set(undefined);
  giveUp(given);
}

function giveUp({ step, wanted }: Sheet): void {
  const attempt = attemptOf(step);
  if (attempt !== undefined) cancelled.add(attempt);
  if (step.kind === 'form') stopTrying();
  else if (isUnderWay(step)) void ask('cancelSignIn', { attempt: attempt ?? wanted.connection }).catch(() => undefined);
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

/** Of one that ended where no sheet showed it. */
export function tryEndedAgain(ended: Ended): void {
  openSignIn(wantedAgain(ended));
}

/** What another try of it would begin. */
export function wantedAgain({ attempt, connection }: Ended): SignInWanted {
  return wantedFor.get(attempt) ?? { connection };
}

export function useSheet(): Sheet | undefined {
  return useSyncExternalStore(listenSheet, () => sheet);
}

/** Once, before the first state. `tell` is called for every end that is news, `shown` where the sheet shows it. */
export function followSheet(tell: (ended: Ended, shown: boolean) => void): void {
  onEnded((ended) => {
    if (cancelled.delete(ended.attempt)) return;
    const step = sheet?.step;
    const shown = step !== undefined && attemptOf(step) === ended.attempt;
    const other = waitingNow(ended.connection);
    // Another window has begun anew for the same service: this one goes on with that.
    if (shown && other && ended.outcome.kind === 'cancelled') return setStep(stepOf(other));
    if (shown) setStep({ kind: 'ended', outcome: ended.outcome, byCode: ended.byCode });
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
  const { connection } = wanted;
  try {
    const started = await ask('startSignIn', argumentOf(wanted, connectionNow(connection)));
    const { attempt } = started;
    if (!mine()) {
      cancelled.add(attempt);
      await ask('cancelSignIn', { attempt });
      return;
    }
    setStep(firstStep(started));
    if (started.authorizationUrl === undefined && !started.device) await end(attempt, connection);
  } catch (thrown) {
    if (mine()) setStep({ kind: 'fault', fault: asWindowFault(thrown) });
  }
}

function connectionNow(id: string): ConnectionView | undefined {
  return stateNow()?.snapshot.connections.find((one) => one.id === id);
}

function waitingNow(connection: string): WaitingSignIn | undefined {
  return connectionNow(connection)?.signIn;
}

function setStep(step: Step): void {
  if (sheet) set({ ...sheet, step });
}

function set(next: Sheet | undefined): void {
  const attempt = next && attemptOf(next.step);
  if (next && attempt !== undefined) wantedFor.set(attempt, next.wanted);
  sheet = next;
  for (const listener of listeners) listener();
}

function listenSheet(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
