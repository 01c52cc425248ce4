/**
 * Sign-ins as people see them: one per connection at a time, begun, joined, opened in the browser, cancelled, and asked
 * for their outcome.
 */
import { Fault } from '../../../shared/faults.ts';
import type { WaitingSignIn } from '../../../shared/snapshot.ts';
import { fieldNames, type GivenFields } from '../../../shared/ways-in.ts';
import {
  beginAttempt,
  type RunningSignIn,
  type SignInAttempt,
  type SignInOutcome,
  type SignInsNeeds,
} from './sign-in-attempt.ts';
import type { SignInWish } from './sign-in-prepare.ts';

export type { SignInAttempt, SignInOutcome } from './sign-in-attempt.ts';

export interface SignIns {
  /** Begins an attempt, or joins the one of this connection that waits already. Throws the faults of preparing. */
  start(connectionId: string, wish: SignInWish): Promise<SignInAttempt>;
  /** Throws `sign-in-unknown`. */
  find(attemptId: string): SignInAttempt;
  openBrowser(attemptId: string): Promise<void>;
  /**
   * The page's address for a person who opens it themselves: from then on they are waited for there. Undefined where
   * there is nothing to open. Throws `sign-in-unknown`.
   */
  handOut(attemptId: string): Promise<string | undefined>;
  /**
   * Finishes an attempt by the address at which the browser ended, where it could not come back to this computer.
   * Resolves when that was carried out. Throws `sign-in-unknown`, `input-invalid` where it is not this attempt's.
   */
  deliver(attemptId: string, redirectUrl: string): Promise<void>;
  /** Resolves when the attempt has ended. Throws `sign-in-unknown`. */
  outcome(attemptId: string): Promise<SignInOutcome>;
  /** An attempt; or by its connection's id whichever is under way there, also one that is still being prepared. Throws `sign-in-unknown`. */
  cancel(attemptOrConnectionId: string): void;
  /** Under way, from the first question to the outcome. */
  isWaiting(connectionId: string): boolean;
  /** The attempt that waits for the person; undefined while it is being prepared, and where there is none. */
  waitingView(connectionId: string): WaitingSignIn | undefined;
  /** Ends all that wait. */
  cancelAll(): void;
  close(): Promise<void>;
}

/** How long an ended attempt can still be asked for its outcome. */
const rememberedMs = 10 * 60_000;

/** One connection's sign-in, from its first step on. */
interface Begun {
  /** While it is being prepared and nothing has been opened; what was typed is not held for longer. */
  wish: SignInWish | undefined;
  readonly running: Promise<RunningSignIn>;
  readonly giveUp: () => void;
}

export function createSignIns(needs: SignInsNeeds): SignIns {
  const running = new Map<string, RunningSignIn>();
  const waiting = new Map<string, Begun>();

  async function attempt(connectionId: string, wish: SignInWish, givenUp: Promise<never>): Promise<RunningSignIn> {
    const entry = await beginAttempt(needs, connectionId, wish, givenUp);
    const { id } = entry.attempt;
    running.set(id, entry);
    void entry.outcome.then(() => {
      running.set(id, withoutWork(entry));
      setTimeout(() => running.delete(id), rememberedMs).unref();
    });
    return entry;
  }

  /** Only the attempt itself may make room: a fresh one may stand there already. */
  function forget(connectionId: string, begun: Begun): void {
    if (waiting.get(connectionId) === begun) waiting.delete(connectionId);
  }

  function find(attemptId: string): RunningSignIn {
    const entry = running.get(attemptId);
    if (!entry) throw new Fault('sign-in-unknown');
    return entry;
  }

  /** Its address, made anew where the one from before can no longer be opened. */
  async function addressFor(entry: RunningSignIn, why: 'opening' | 'showing'): Promise<string | undefined> {
    const { authorizationUrl, device } = entry.attempt;
    if (device) return device.verificationUriComplete ?? device.verificationUri;
    if (!entry.freshUrl || !entry.view) return authorizationUrl;
    const fresh = await entry.freshUrl(why);
    if (fresh !== authorizationUrl) entry.attempt = { ...entry.attempt, authorizationUrl: fresh };
    return fresh;
  }

  async function opened(entry: RunningSignIn): Promise<void> {
    const address = await addressFor(entry, 'opening');
    if (address !== undefined) await needs.openBrowser(new URL(address));
  }

  function noteOpened(entry: RunningSignIn): void {
    if (!entry.view || entry.view.browserOpened) return;
    entry.view = { ...entry.view, browserOpened: true };
    needs.changed();
  }

  async function joined(begun: Begun): Promise<SignInAttempt> {
    const entry = await begun.running;
    await addressFor(entry, 'showing');
    return entry.attempt;
  }

  /** Ends it while it waits; what the person has allowed already is still carried out. */
  async function stop(begun: Begun): Promise<void> {
    begun.giveUp();
    (await begun.running.catch(() => undefined))?.stop();
  }

  /** Ends it whatever it is at. */
  async function abandon(begun: Begun): Promise<void> {
    begun.giveUp();
    (await begun.running.catch(() => undefined))?.abandon();
  }

  function beginAt(connectionId: string, wish: SignInWish): Begun {
    let giveUp: () => void = () => undefined;
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = () => reject(new Fault('sign-in-cancelled'));
    });
    givenUp.catch(() => undefined);
    const begun: Begun = { wish, running: attempt(connectionId, wish, givenUp), giveUp };
    waiting.set(connectionId, begun);
    begun.running.then(
      (entry) => {
        begun.wish = undefined;
        // Told again afterwards: where nothing had to be opened, it had ended before anybody could forget it.
        void entry.outcome.then(() => {
          forget(connectionId, begun);
          needs.changed();
        });
        needs.changed();
      },
      () => {
        forget(connectionId, begun);
        needs.changed();
      },
    );
    needs.changed();
    return begun;
  }

  return {
    async start(connectionId, wish) {
      let stopped: Begun | undefined;
      for (
        let present = waiting.get(connectionId);
        present && present !== stopped;
        present = waiting.get(connectionId)
      ) {
        const isSame = present.wish !== undefined && sameWish(present.wish, wish);
        if (!wish.fresh || isSame) return joined(present);
        await stop(present);
        stopped = present;
      }
      return (await beginAt(connectionId, wish).running).attempt;
    },
    find: (attemptId) => find(attemptId).attempt,
    async openBrowser(attemptId) {
      const entry = find(attemptId);
      if (entry.attempt.authorizationUrl === undefined && !entry.attempt.device) return;
      entry.opening ??= opened(entry).finally(() => {
        entry.opening = undefined;
      });
      await entry.opening;
      noteOpened(entry);
    },
    async handOut(attemptId) {
      const entry = find(attemptId);
      const address = await addressFor(entry, 'showing');
      if (address !== undefined) noteOpened(entry);
      return address;
    },
    async deliver(attemptId, redirectUrl) {
      const entry = find(attemptId);
      const text = redirectUrl.trim();
      const parameters = URL.canParse(text) ? new URL(text).searchParams : undefined;
      const answer = entry.view && parameters ? entry.deliver?.(parameters) : undefined;
      if (answer === undefined || answer === 'ignored') {
        // Its host only: the rest could hold the code.
        const subject = URL.canParse(text) ? new URL(text).host || '…' : '…';
        throw new Fault('input-invalid', { subject, thing: 'callback-address' });
      }
      await answer;
    },
    outcome: async (attemptId) => find(attemptId).outcome,
    cancel(id) {
      const begun = waiting.get(id);
      if (begun) void abandon(begun);
      else find(id).abandon();
    },
    isWaiting: (connectionId) => waiting.has(connectionId),
    waitingView(connectionId) {
      for (const { attempt, view } of running.values()) if (attempt.connectionId === connectionId && view) return view;
      return undefined;
    },
    cancelAll() {
      for (const begun of waiting.values()) void abandon(begun);
    },
    async close() {
      await Promise.all([...waiting.values()].map(stop));
      await Promise.all([...running.values()].map((entry) => entry.outcome));
    },
  };
}

/** What is left of one that has ended: its steps hold what was typed and what was obtained. */
function withoutWork({ attempt: { id, connectionId }, outcome }: RunningSignIn): RunningSignIn {
  const nothing = () => undefined;
  return {
    attempt: { id, connectionId, host: '', permissions: [] },
    outcome,
    stop: nothing,
    abandon: nothing,
    view: undefined,
    deliver: undefined,
    freshUrl: undefined,
    opening: undefined,
  };
}

/** Two clicks on one button want one thing. */
function sameWish(a: SignInWish, b: SignInWish): boolean {
  const key = ({ another, accountId, scopes, wayIn }: SignInWish) =>
    JSON.stringify([another ?? false, accountId, scopes, wayIn]);
  return key(a) === key(b) && sameGiven(a.given ?? {}, b.given ?? {});
}

/** One by one, so that no text is made that holds them all. */
function sameGiven(a: GivenFields, b: GivenFields): boolean {
  return fieldNames.every((name) => a[name] === b[name]);
}
