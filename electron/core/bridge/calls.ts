/** What a host has under way in one conversation: who waits, who may be stopped, and when all is quiet. */
import type { Fault } from '../../../shared/faults.ts';
import type { HostRequest, MessageId } from './message.ts';

export interface Call {
  /** Undefined for a stream that the host takes up again. */
  readonly id: MessageId | undefined;
  readonly stop: AbortController;
  readonly modern: boolean;
  /** It outlives what happens behind it: nobody's data, held here until there is access again. */
  readonly subscription: boolean;
  /** Somebody waits for its answer; false for a subscription, and once the answer has passed. */
  waits: boolean;
  /** Whose data it brings, once that is known. */
  accountId: string | undefined;
  cancelled: boolean;
  /** Tells whoever carries it out that the host has taken it back; undefined where nothing was sent. */
  tell: ((bytes: Buffer) => void) | undefined;
  /** Why it was ended while it ran: signed out, paused, or not allowed any more. */
  takenBack: Fault | undefined;
}

export class Calls {
  /** Each with what frees it from the host's own signal. */
  readonly #underWay = new Map<Call, () => void>();
  #whenQuiet: (() => void) | undefined;

  /** `gone` aborts when the host no longer wants the answer. */
  begin(request: HostRequest | undefined, kind: Pick<Call, 'modern' | 'subscription'>, gone?: AbortSignal): Call {
    const stop = new AbortController();
    const call: Call = {
      id: request?.id,
      stop,
      modern: kind.modern,
      subscription: kind.subscription,
      waits: request !== undefined && !kind.subscription,
      accountId: undefined,
      cancelled: false,
      tell: undefined,
      takenBack: undefined,
    };
    const onGone = () => stop.abort();
    gone?.addEventListener('abort', onGone, { once: true });
    this.#underWay.set(call, () => gone?.removeEventListener('abort', onGone));
    return call;
  }

  /** The answer has passed, which may be before the call's stream ends. */
  answered(call: Call): void {
    call.waits = false;
    if (this.#whenQuiet && !this.#isAwaited()) this.#whenQuiet();
  }

  end(call: Call): void {
    this.#underWay.get(call)?.();
    this.#underWay.delete(call);
  }

  withId(id: unknown): Call | undefined {
    return id === undefined ? undefined : [...this.#underWay.keys()].find((call) => call.id === id);
  }

  /**
   * Ends what runs, answered or not; where somebody still waits, the answer is that it was taken back. `isOver` says
   * which accounts it is about; without it all are.
   */
  takeBack(fault: Fault, isOver?: (accountId: string) => boolean): void {
    for (const call of this.#underWay.keys()) {
      if (call.subscription) continue;
      if (isOver && (call.accountId === undefined || !isOver(call.accountId))) continue;
      call.takenBack ??= fault;
      call.stop.abort();
    }
  }

  stopAll(): void {
    for (const { stop } of this.#underWay.keys()) stop.abort();
  }

  get isEmpty(): boolean {
    return this.#underWay.size === 0;
  }

  /** Resolves when no call waits for its answer any more, or after `waitMs`. */
  quiet(waitMs: number): Promise<void> {
    if (!this.#isAwaited()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#whenQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isAwaited(): boolean {
    for (const { waits } of this.#underWay.keys()) if (waits) return true;
    return false;
  }
}
