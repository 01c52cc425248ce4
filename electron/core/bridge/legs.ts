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
  /** A leg stands. */
  readonly opened: (leg: Leg) => void;
  /** Time to try again, after the service was out of reach. */
  readonly retry: () => void;
}

interface Opening {
  readonly accountId: string | undefined;
  readonly result: Promise<Opened>;
}

export class Legs {
  readonly #needs: LegsNeeds;
  readonly #retired = new Set<Leg>();
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
    const opening: Opening = {
      accountId: access.accountId,
      result: this.#open(access, () => this.#opening === opening),
    };
    this.#opening = opening;
    return opening.result;
  }

  async #open(access: Access, isCurrent: () => boolean): Promise<Opened> {
    const { route, now, events } = this.#needs;
    // The caller stores the opening first; nothing of it may be decided before.
    await Promise.resolve();
    let opened: Opened;
    try {
      if (!this.#initialize) throw new Fault('session-unknown', { reason: 'no initialize' });
      opened = await Leg.open(
        { upstream: route.upstream(), now, events, refused: (exchanged) => reportRefusal(route, exchanged) },
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
