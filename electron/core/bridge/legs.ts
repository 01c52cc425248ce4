/**
 * Which session at the service a conversation has (era of sessions, up to MCP 2025-11-25): one at a time, for the
 * account bound right now. Opens it, replaces it when the account changes, tries again while the service is out of
 * reach, and ends the ones that are over.
 */
import { asFault, Fault, type FaultCode, isOnTheWay } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';
import { hostOf } from './exchange.ts';
import { Leg, type Opened } from './leg.ts';
import { type HostRequest, parseJson } from './message.ts';
import type { Questions } from './questions.ts';
import { reportRefusal } from './refuse.ts';
import type { EventSink } from './reply.ts';
import type { Route } from './route.ts';
import { AccountChanged } from './upstream.ts';

/** A request waits this long for a service that is slow, not gone. */
const openWaitMs = 10_000;
const retryPausesMs = [2_000, 5_000, 10_000, 30_000] as const;

export interface LegsNeeds {
  readonly route: Route;
  readonly now: () => number;
  readonly events: EventSink;
  readonly questions: Questions;
  /** A leg stands. */
  readonly opened: (leg: Leg) => void;
  /** Time to try again, after the service was out of reach. */
  readonly retry: () => void;
}

interface Opening {
  readonly accountId: string | undefined;
  /** Closes the way to the host: what a service says before its answer to `initialize` is data too. */
  readonly mute: () => void;
  readonly result: Promise<Opened>;
}

export class Legs {
  readonly #needs: LegsNeeds;
  readonly #retired = new Set<Leg>();
  /** Under way, wanted or not. */
  readonly #openings = new Set<Opening>();
  #initialize: HostRequest | undefined;
  #current: Leg | undefined;
  #opening: Opening | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #retries = 0;
  #closed = false;

  constructor(needs: LegsNeeds) {
    this.#needs = needs;
  }

  /** The host's handshake, with which every leg is opened; whatever stood before belongs to another conversation. */
  begin(initialize: HostRequest): void {
    this.drop();
    this.#initialize = initialize;
  }

  get current(): Leg | undefined {
    return this.#current;
  }

  /** The leg for this account, if it stands. */
  of(access: Access): Leg | undefined {
    return this.#current && this.#current.accountId === access.accountId ? this.#current : undefined;
  }

  /** Waits for the leg of this account as long as a slow service may take. Throws as `Leg.open`, and `AccountChanged`. */
  async within(access: Access): Promise<Leg> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const fault = new Fault('unreachable', { reason: 'still opening', subject: hostOf(access) });
      timer = setTimeout(reject, openWaitMs, fault);
    });
    try {
      const opened = await Promise.race([this.open(access), tooLate]);
      if ('leg' in opened) return opened.leg;
      throw new Fault('service-answer-invalid', {
        reason: 'initialize refused',
        subject: hostOf(access),
        upstream: { status: opened.status, body: parseJson(opened.refused) },
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** One opening at a time per account; one for another account before it belongs to nobody any more. */
  open(access: Access): Promise<Opened> {
    if (this.#opening && this.#opening.accountId === access.accountId) return this.#opening.result;
    this.drop();
    const { events } = this.#needs;
    let muted = false;
    const sink: EventSink = {
      event: (event) => muted || events.event(event),
      onDrain: (resume) => events.onDrain(resume),
    };
    const opening: Opening = {
      accountId: access.accountId,
      mute: () => {
        muted = true;
      },
      result: this.#open(access, sink, () => this.#opening === opening).finally(() => this.#openings.delete(opening)),
    };
    this.#opening = opening;
    this.#openings.add(opening);
    return opening.result;
  }

  async #open(access: Access, events: EventSink, isCurrent: () => boolean): Promise<Opened> {
    const { route, now, questions } = this.#needs;
    // The caller stores the opening first; nothing of it may be decided before.
    await Promise.resolve();
    let opened: Opened;
    try {
      if (!this.#initialize) throw new Fault('session-unknown', { reason: 'no initialize' });
      // Whoever waited for access may have waited longer than the host.
      if (this.#closed) throw new Fault('session-unknown', { reason: 'closed' });
      opened = await Leg.open(
        { upstream: route.upstream(), now, events, questions, refused: (exchanged) => reportRefusal(route, exchanged) },
        access,
        this.#initialize,
      );
    } catch (thrown) {
      if (isCurrent()) {
        this.#opening = undefined;
        if (!(thrown instanceof AccountChanged)) this.#retryLater(access, asFault(thrown));
      }
      throw thrown;
    }
    if (!isCurrent()) {
      if ('leg' in opened) await opened.leg.end();
      throw new AccountChanged();
    }
    this.#opening = undefined;
    if ('refused' in opened) return opened;
    this.#current = opened.leg;
    this.#retries = 0;
    clearTimeout(this.#retryTimer);
    route.succeeded(opened.leg.access, 'initialize');
    this.#needs.opened(opened.leg);
    return opened;
  }

  #retryLater(access: Access, fault: Fault): void {
    if (this.#closed || !isPassing(fault)) return;
    const pauseMs = retryPausesMs[Math.min(this.#retries, retryPausesMs.length - 1)] ?? 0;
    this.#retries += 1;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#needs.retry(), pauseMs).unref();
    this.#needs.route.failed(access, { kind: 'unreachable', retryAtMs: this.#needs.now() + pauseMs });
  }

  /** No leg from here on; the one that stands ends when the requests under way have their answers. */
  drop(): void {
    this.#opening = undefined;
    const leg = this.#current;
    this.#current = undefined;
    if (!leg) return;
    this.#retired.add(leg);
    void leg.retire().then(() => this.#retired.delete(leg));
  }

  /**
   * Ends at once, whatever is under way, every leg of the accounts that `isOver` names; without it every leg. One that
   * is just being opened says nothing to the host any more and ends at the service as soon as it stands. False if none.
   */
  cut(isOver?: (accountId: string) => boolean): boolean {
    let any = false;
    const ends = (accountId: string | undefined) => !isOver || (accountId !== undefined && isOver(accountId));
    for (const opening of this.#openings) {
      if (!ends(opening.accountId)) continue;
      opening.mute();
      this.#openings.delete(opening);
      any = true;
    }
    if (this.#opening && ends(this.#opening.accountId)) this.#opening = undefined;
    if (this.#current && ends(this.#current.accountId)) this.drop();
    for (const leg of this.#retired) {
      if (leg.isEnding || !ends(leg.accountId)) continue;
      void leg.end();
      any = true;
    }
    return any;
  }

  /** Ends them all at the service. Never throws. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    const opening = this.#opening?.result.catch(() => undefined);
    this.drop();
    await Promise.all([opening, ...[...this.#retired].map((leg) => leg.end())]);
  }
}

const passing: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'answer-lost',
  'service-down',
  'rate-limited',
  'service-answer-invalid',
]);

/** What passes by itself: no reason to take a session away, reason enough to try again. */
export function isPassing(fault: Fault): boolean {
  return isOnTheWay(fault) || passing.has(fault.code);
}
