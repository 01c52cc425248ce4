/**
 * One attempt to sign in, from its first question to its outcome. Whatever ends it (answer, denial, cancel, time, quit)
 * frees its port; late events of an ended attempt change nothing.
 */
import { randomUUID } from 'node:crypto';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { WaitingSignIn } from '../../../shared/snapshot.ts';
import type { DeviceCode } from '../../../shared/ways-in.ts';
import type { Obtained } from '../credentials/way-in.ts';
import { titleOf } from './connections.ts';
import { pageOf } from './outcome-page.ts';
import type { OutcomePage } from './redirect-listener.ts';
import { finishSignIn, type SignedIn } from './sign-in-finish.ts';
import {
  type BrowserAnswer,
  type Prepared,
  prepareSignIn,
  type SignInNeeds,
  type SignInWish,
} from './sign-in-prepare.ts';
import { afterRefusal, doubt } from './vanished-registrations.ts';

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
  /** A code to be typed at the service's page. */
  readonly device?: DeviceCode;
  readonly host: string;
  /** What will be asked for, in people's words. */
  readonly permissions: readonly string[];
}

export interface RunningSignIn {
  attempt: SignInAttempt;
  readonly outcome: Promise<SignInOutcome>;
  /** Ends it while it waits; too late once the person has allowed it, which is then carried out. */
  readonly stop: () => void;
  /** Nobody wants it any more, also where the answer has come: then what it brings is cancelled at the service. */
  readonly abandon: () => void;
  /** What people see; undefined where nothing has to be opened. */
  view: WaitingSignIn | undefined;
  /** What came back to the redirect address, pasted by the person. */
  readonly deliver: Prepared['deliver'];
  readonly freshUrl: Prepared['freshUrl'];
  /** The browser is being asked to open: a double click is one wish. */
  opening: Promise<void> | undefined;
}

export interface SignInsNeeds extends SignInNeeds {
  readonly timeoutMs: number;
  /** Of every one but those that were given up before their page was opened. */
  readonly ended: (connectionId: string, outcome: SignInOutcome) => void;
}

/**
 * Prepares an attempt and lets it wait for the person. `givenUp` rejects when nobody wants it any more, which counts
 * until it waits. Throws the faults of preparing.
 */
export async function beginAttempt(
  needs: SignInsNeeds,
  connectionId: string,
  wish: SignInWish,
  givenUp: Promise<never>,
): Promise<RunningSignIn> {
  const id = randomUUID();
  let resolveOutcome: (outcome: SignInOutcome) => void = () => undefined;
  const outcome = new Promise<SignInOutcome>((resolve) => {
    resolveOutcome = resolve;
  });
  let taken = false;
  /** Its outcome is said, or will be "cancelled": what still comes is not stored. */
  let isOver = false;
  const settle = (result: SignInOutcome) => {
    isOver = true;
    resolveOutcome(result);
  };

  // The next attempt registers anew, instead of failing the same way for ever (P-53).
  const refused = async ({ client }: Prepared, fault: Fault, saidBy: 'server' | 'browser'): Promise<SignInOutcome> => ({
    kind: 'failed',
    fault: client ? await afterRefusal(needs, client, fault, saidBy) : fault,
  });
  const finish = async (prepared: Prepared, obtain: () => Promise<Obtained>): Promise<SignInOutcome> => {
    try {
      return await finishSignIn(needs, prepared, obtain, () => !isOver);
    } catch (thrown) {
      const fault = asFault(thrown);
      if (fault.code === 'sign-in-cancelled') return { kind: 'cancelled' };
      if (fault.code === 'consent-denied') return { kind: 'denied' };
      if (fault.code === 'sign-in-timed-out') return { kind: 'timed-out' };
      return refused(prepared, fault, 'server');
    }
  };
  const resultOf = async (prepared: Prepared, answer: BrowserAnswer): Promise<SignInOutcome> => {
    if (answer.kind === 'granted') return finish(prepared, answer.exchange);
    return answer.kind === 'failed' ? refused(prepared, answer.fault, 'browser') : answer;
  };
  const onAnswer = (answer: BrowserAnswer): 'ignored' | Promise<OutcomePage> => {
    // The browser can be quicker than the last step of preparing; the answer then waits for it.
    if (taken) return 'ignored';
    taken = true;
    return (async () => {
      const prepared = await preparation;
      if (prepared === 'open') throw new Fault('internal', { reason: 'an answer to nothing' });
      const result = await resultOf(prepared, answer);
      settle(result);
      return pageOf(result, { id: prepared.service.id, title: titleOf(prepared.connection) }, needs.language());
    })();
  };

  const preparation = prepareSignIn(needs, connectionId, wish, onAnswer);
  const prepared = await Promise.race([preparation, givenUp]).catch((thrown: unknown) => {
    // What comes of it now belongs to nobody.
    void preparation.then((late) => (late === 'open' ? undefined : late.close())).catch(() => undefined);
    throw thrown;
  });
  const attempt: SignInAttempt =
    prepared === 'open'
      ? { id, connectionId, host: '', permissions: [] }
      : {
          id,
          connectionId,
          ...(prepared.authorizationUrl === undefined ? {} : { authorizationUrl: prepared.authorizationUrl }),
          ...(prepared.device === undefined ? {} : { device: prepared.device }),
          host: prepared.host,
          permissions: prepared.permissions,
        };
  /**
   * After a page that was opened: a server that does not know us may have said so there, to the person alone. One that
   * gave a code does know us.
   */
  const unanswered = (result: SignInOutcome) => {
    const isPage = prepared !== 'open' && prepared.device === undefined && entry.view?.browserOpened;
    const used = isPage ? prepared.client : undefined;
    if (!used?.isOld) return settle(result);
    isOver = true;
    void doubt(needs.vault, used)
      .catch(() => undefined)
      .then(() => settle(result));
  };
  const timer = setTimeout(() => {
    if (!taken) unanswered({ kind: 'timed-out' });
  }, needs.timeoutMs);
  const abandon = () => {
    isOver = true;
    if (!taken) unanswered({ kind: 'cancelled' });
  };
  // What was typed can be typed again: there is no decision of the person's at the service that would be lost.
  const isTyped = prepared !== 'open' && prepared.complete !== undefined && prepared.device === undefined;
  const stop = () => {
    if (isTyped || !taken) abandon();
  };
  const startedAtMs = needs.now();
  const waits = prepared !== 'open' && (prepared.authorizationUrl !== undefined || prepared.device !== undefined);
  const entry: RunningSignIn = {
    attempt,
    outcome,
    stop,
    abandon,
    deliver: prepared === 'open' ? undefined : prepared.deliver,
    freshUrl: prepared === 'open' ? undefined : prepared.freshUrl,
    opening: undefined,
    view: waits
      ? {
          attempt: id,
          startedAtMs,
          endsAtMs: Math.min(startedAtMs + needs.timeoutMs, prepared.device?.endsAtMs ?? Number.POSITIVE_INFINITY),
          host: attempt.host,
          requestedScopes: [...prepared.scopes],
          another: wish.another ?? false,
          browserOpened: false,
          ...(prepared.device === undefined ? {} : { device: prepared.device }),
        }
      : undefined,
  };
  if (prepared === 'open') settle({ kind: 'open', connectionId });
  else if (prepared.complete) {
    const over = new AbortController();
    const { complete } = prepared;
    void outcome.then(() => over.abort());
    const obtain = async () => {
      const obtained = await complete(over.signal);
      taken = true;
      return obtained;
    };
    void finish(prepared, obtain).then(settle);
  }

  void outcome.then(async (result) => {
    clearTimeout(timer);
    // Given up before its page was opened, often for another way in: nobody has cancelled anything.
    const isUnseen = result.kind === 'cancelled' && entry.view?.browserOpened === false && !entry.view.device;
    entry.view = undefined;
    if (prepared !== 'open') await prepared.close();
    if (!isUnseen) needs.ended(connectionId, result);
    needs.log('info', 'sign-in ended', {
      attempt: id,
      outcome: result.kind,
      ...(result.kind === 'failed' ? { fault: result.fault.code, reason: result.fault.detail.reason } : {}),
    });
    needs.changed();
  });
  return entry;
}
