/**
 * One attempt to sign in, from its first question to its outcome. Whatever ends it (answer, denial, cancel, time, quit)
 * frees its port; late events of an ended attempt change nothing.
 */
import { randomUUID } from 'node:crypto';
import { asFault, type Fault } from '../../../shared/faults.ts';
import type { WaitingSignIn } from '../../../shared/snapshot.ts';
import { judgeCallback } from '../oauth/authorization.ts';
import type { Log } from '../platform.ts';
import { titleOf } from './connections.ts';
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

export interface RunningSignIn {
  readonly attempt: SignInAttempt;
  readonly outcome: Promise<SignInOutcome>;
  /** Ends it while it waits; too late once the answer has come, whose exchange then decides. */
  readonly end: (outcome: SignInOutcome) => void;
  /** Nobody wants it any more, also where the answer has come: then what it brings is cancelled at the service. */
  readonly abandon: () => void;
  /** What people see; undefined where nothing has to be opened. */
  view: WaitingSignIn | undefined;
  /** The browser is being asked to open: a double click is one wish. */
  opening: Promise<void> | undefined;
}

export interface SignInsNeeds extends SignInNeeds {
  readonly log: Log;
  readonly timeoutMs: number;
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
  let settle: (outcome: SignInOutcome) => void = () => undefined;
  const outcome = new Promise<SignInOutcome>((resolve) => {
    settle = resolve;
  });
  let taken = false;
  let abandoned = false;

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
      return pageOf(result, { id: prepared.service.id, title: titleOf(prepared.connection) }, needs.language());
    })();
  };

  const ending = async (
    prepared: Prepared,
    judgement: Exclude<ReturnType<typeof judgeCallback>, { kind: 'ignored' }>,
  ): Promise<SignInOutcome> => {
    if (judgement.kind === 'denied') return { kind: 'denied' };
    if (judgement.kind === 'failed') return { kind: 'failed', fault: judgement.fault };
    try {
      return await finishSignIn(needs, prepared, judgement.parameters, wish, () => !abandoned);
    } catch (thrown) {
      const fault = asFault(thrown);
      if (fault.code === 'sign-in-cancelled') return { kind: 'cancelled' };
      const { server, client } = prepared;
      // The next attempt registers anew, instead of failing the same way for ever (P-53).
      if (fault.code === 'client-refused') {
        await forgetRegistration(needs.vault, { issuer: server.issuer, clientId: client.clientId });
      }
      return { kind: 'failed', fault };
    }
  };

  const preparation = prepareSignIn(needs, connectionId, wish, onCallback);
  const prepared = await Promise.race([preparation, givenUp]).catch((thrown: unknown) => {
    // What comes of it now belongs to nobody.
    void preparation.then((late) => (late === 'open' ? undefined : late.listener.close())).catch(() => undefined);
    throw thrown;
  });
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
    if (!taken) settle(result);
  };
  const abandon = () => {
    abandoned = true;
    end({ kind: 'cancelled' });
  };
  const startedAtMs = needs.now();
  const entry: RunningSignIn = {
    attempt,
    outcome,
    end,
    abandon,
    opening: undefined,
    view:
      prepared === 'open'
        ? undefined
        : {
            attempt: id,
            startedAtMs,
            endsAtMs: startedAtMs + needs.timeoutMs,
            host: attempt.host,
            requestedScopes: [...prepared.attempt.scopes],
            another: wish.another ?? false,
            browserOpened: false,
          },
  };
  if (prepared === 'open') settle({ kind: 'open', connectionId });

  void outcome.then(async (result) => {
    clearTimeout(timer);
    entry.view = undefined;
    if (prepared !== 'open') await prepared.listener.close();
    needs.ended(connectionId, result);
    needs.log('info', 'sign-in ended', {
      attempt: id,
      outcome: result.kind,
      ...(result.kind === 'failed' ? { fault: result.fault.code, reason: result.fault.detail.reason } : {}),
    });
    needs.changed();
  });
  return entry;
}
