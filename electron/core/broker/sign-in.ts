/**
 * A sign-in as a person sees it: one attempt per connection, a closed set of steps, and one way out of each. Whatever
 * ends an attempt (answer, denial, cancel, time, quit) frees its port; late events of an ended attempt change nothing.
 */
import { randomUUID } from 'node:crypto';
import { asFault, Fault } from '../../../shared/faults.ts';
import { judgeCallback } from '../oauth/authorization.ts';
import type { Log } from '../platform.ts';
import { pageOf } from './outcome-page.ts';
import type { OutcomePage } from './redirect-listener.ts';
import { forgetRegistration } from './registrations.ts';
import { finishSignIn, type SignedIn } from './sign-in-finish.ts';
import { type Prepared, prepareSignIn, type SignInNeeds, type SignInWish } from './sign-in-prepare.ts';

export type SignInOutcome =
  | SignedIn
  /** The resource answers without any sign-in. */
  | { readonly kind: 'open'; readonly connectionId: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface SignInAttempt {
  readonly id: string;
  readonly connectionId: string;
  /** Absent when nothing has to be opened. */
  readonly authorizationUrl?: string;
  readonly host: string;
  /** What will be asked for, in people's words. */
  readonly permissions: readonly string[];
}

export interface SignIns {
  /** Begins an attempt, or joins the one of this connection that waits already. Throws the faults of preparing. */
  start(connectionId: string, wish: SignInWish): Promise<SignInAttempt>;
  /** Throws `sign-in-unknown`. */
  find(attemptId: string): SignInAttempt;
  openBrowser(attemptId: string): Promise<void>;
  /** Resolves when the attempt has ended. Throws `sign-in-unknown`. */
  outcome(attemptId: string): Promise<SignInOutcome>;
  cancel(attemptId: string): void;
  isWaiting(connectionId: string): boolean;
  close(): Promise<void>;
}

/** How long an ended attempt can still be asked for its outcome. */
const rememberedMs = 10 * 60_000;

interface Running {
  readonly attempt: SignInAttempt;
  readonly outcome: Promise<SignInOutcome>;
  readonly end: (outcome: SignInOutcome) => void;
}

export function createSignIns(needs: SignInNeeds & { readonly log: Log; readonly timeoutMs: number }): SignIns {
  const running = new Map<string, Running>();
  const waiting = new Map<string, Promise<Running>>();

  async function begin(connectionId: string, wish: SignInWish): Promise<Running> {
    const id = randomUUID();
    let settle: (outcome: SignInOutcome) => void = () => undefined;
    const outcome = new Promise<SignInOutcome>((resolve) => {
      settle = resolve;
    });
    let taken = false;

    const onCallback = (prepared: Prepared, parameters: URLSearchParams): 'ignored' | Promise<OutcomePage> => {
      if (taken) return 'ignored';
      const judgement = judgeCallback(prepared.attempt, prepared.server, prepared.client, parameters);
      if (judgement.kind === 'ignored') {
        needs.log('warn', 'a callback that is not ours was ignored', { attempt: id, reason: judgement.reason });
        return 'ignored';
      }
      taken = true;
      return (async () => {
        const result = await ending(prepared, judgement);
        settle(result);
        return pageOf(result, needs.language());
      })();
    };

    const ending = async (
      prepared: Prepared,
      judgement: Exclude<ReturnType<typeof judgeCallback>, { kind: 'ignored' }>,
    ): Promise<SignInOutcome> => {
      if (judgement.kind === 'denied') return { kind: 'denied' };
      if (judgement.kind === 'failed') return { kind: 'failed', fault: judgement.fault };
      try {
        return await finishSignIn(needs, prepared, judgement.parameters, wish);
      } catch (thrown) {
        const fault = asFault(thrown);
        const { server, client } = prepared;
        // The next attempt registers anew, instead of failing the same way for ever (P-53).
        if (fault.code === 'client-refused') {
          await forgetRegistration(needs.vault, { issuer: server.issuer, clientId: client.clientId });
        }
        return { kind: 'failed', fault };
      }
    };

    const prepared = await prepareSignIn(needs, connectionId, wish, onCallback);
    const attempt: SignInAttempt =
      prepared === 'open'
        ? { id, connectionId, host: '', permissions: [] }
        : {
            id,
            connectionId,
            authorizationUrl: prepared.attempt.url.href,
            host: prepared.attempt.url.host,
            permissions: prepared.permissions,
          };
    const timer = setTimeout(() => {
      if (!taken) settle({ kind: 'timed-out' });
    }, needs.timeoutMs);
    const end = (result: SignInOutcome) => {
      // Once the answer is being exchanged it is too late to cancel: the outcome is the exchange's.
      if (!taken) settle(result);
    };
    const entry: Running = { attempt, outcome, end };
    running.set(id, entry);
    if (prepared === 'open') settle({ kind: 'open', connectionId });

    void outcome.then(async (result) => {
      clearTimeout(timer);
      if (prepared !== 'open') await prepared.listener.close();
      needs.log('info', 'sign-in ended', {
        attempt: id,
        outcome: result.kind,
        ...(result.kind === 'failed' ? { fault: result.fault.code, reason: result.fault.detail.reason } : {}),
      });
      setTimeout(() => running.delete(id), rememberedMs).unref();
      needs.changed();
    });
    return entry;
  }

  /** Only the attempt itself may make room: a fresh one may stand there already. */
  function forget(connectionId: string, beginning: Promise<Running>): void {
    if (waiting.get(connectionId) === beginning) waiting.delete(connectionId);
  }

  function find(attemptId: string): Running {
    const entry = running.get(attemptId);
    if (!entry) throw new Fault('sign-in-unknown');
    return entry;
  }

  return {
    async start(connectionId, wish) {
      const present = waiting.get(connectionId);
      if (present && !wish.fresh) return (await present).attempt;
      if (present) (await present.catch(() => undefined))?.end({ kind: 'cancelled' });
      const beginning = begin(connectionId, wish);
      waiting.set(connectionId, beginning);
      try {
        const entry = await beginning;
        void entry.outcome.then(() => forget(connectionId, beginning));
        needs.changed();
        return entry.attempt;
      } catch (thrown) {
        forget(connectionId, beginning);
        throw thrown;
      }
    },
    find: (attemptId) => find(attemptId).attempt,
    async openBrowser(attemptId) {
      const { attempt } = find(attemptId);
      if (attempt.authorizationUrl) await needs.openBrowser(new URL(attempt.authorizationUrl));
    },
    outcome: async (attemptId) => find(attemptId).outcome,
    cancel(attemptId) {
      find(attemptId).end({ kind: 'cancelled' });
    },
    isWaiting: (connectionId) => waiting.has(connectionId),
    async close() {
      for (const entry of running.values()) entry.end({ kind: 'cancelled' });
      await Promise.all([...running.values()].map((entry) => entry.outcome));
    },
  };
}
