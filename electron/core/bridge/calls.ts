/** The host's requests that are under way in one conversation: who waits, who may be stopped, and when all is quiet. */
import type { Fault } from '../../../shared/faults.ts';
import type { HostRequest, MessageId } from './message.ts';

export interface Call {
  readonly id: MessageId;
  readonly stop: AbortController;
  readonly modern: boolean;
  /** Somebody waits for its answer; false for a subscription, and once the answer has passed. */
  waits: boolean;
  cancelled: boolean;
  /** Why it was ended while it ran: signed out, paused, or not allowed any more. */
  takenBack: Fault | undefined;
}

export class Calls {
  readonly #underWay = new Set<Call>();
  #whenQuiet: (() => void) | undefined;

  begin(request: HostRequest, kind: { readonly modern: boolean; readonly waits: boolean }): Call {
    const stop = new AbortController();
    const call: Call = { id: request.id, stop, ...kind, cancelled: false, takenBack: undefined };
    this.#underWay.add(call);
    return call;
  }

  /** The answer has passed, which may be before the call's stream ends. */
  answered(call: Call): void {
    call.waits = false;
    if (this.#whenQuiet && !this.#isAwaited()) this.#whenQuiet();
  }

  end(call: Call): void {
    this.#underWay.delete(call);
  }

  withId(id: unknown): Call | undefined {
    return [...this.#underWay].find((call) => call.id === id);
  }

  /** Ends every call that somebody still waits for; its answer is then that it was taken back. */
  takeBack(fault: Fault): void {
    for (const call of this.#underWay) {
      if (!call.waits) continue;
      call.takenBack = fault;
      call.stop.abort();
    }
  }

  stopAll(): void {
    for (const { stop } of this.#underWay) stop.abort();
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
    for (const { waits } of this.#underWay) if (waits) return true;
    return false;
  }
}
