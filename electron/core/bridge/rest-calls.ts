/**
 * The requests to web APIs that run. Taken away means now: signing out, pausing, refusing a program, removing its key or
 * the connection end what still runs, on its way there or back.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import type { Access, BridgeBroker } from '../broker/broker.ts';
import type { Route } from './route.ts';

export interface RestCall {
  readonly client: string;
  /** Its key still holds. */
  readonly isLet: () => boolean;
  readonly route: Route;
  readonly stop: AbortController;
  /** As whom it goes, or went last; undefined until there is access. */
  access: Access | undefined;
  /** Why it was ended by us. */
  takenBack?: Fault;
}

export class RestCalls {
  readonly #broker: BridgeBroker;
  readonly #running = new Set<RestCall>();
  #unsubscribe: (() => void) | undefined;

  constructor(broker: BridgeBroker) {
    this.#broker = broker;
  }

  /** To be called before anything is waited for. */
  begin(call: RestCall): void {
    this.#running.add(call);
    this.#unsubscribe ??= this.#broker.subscribe((snapshot) => {
      for (const one of this.#running) this.#look(one, snapshot);
    });
  }

  end(call: RestCall): void {
    this.#running.delete(call);
    if (this.#running.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  close(): void {
    for (const { stop } of this.#running) stop.abort();
  }

  #look(call: RestCall, snapshot: Snapshot): void {
    // A locked keychain knows no key for the moment; that takes none away.
    if (snapshot.vault.kind === 'locked') return;
    const standing = call.route.standing(snapshot);
    const { without } = standing;
    const accountId = call.access?.accountId;
    const isSignedOut = accountId !== undefined && !standing.isKnown(accountId);
    if (!call.isLet()) this.#takeBack(call, new Fault('client-key-wrong', { reason: 'key removed' }));
    // A program that is asked about has not been given anything yet: its request finds that out by itself.
    else if (without !== undefined && without !== 'program-waiting') {
      const subject = without === 'program-refused' ? call.client : call.route.title;
      this.#takeBack(call, new Fault(without, subject === undefined ? {} : { subject }));
    } else if (isSignedOut) this.#takeBack(call, new Fault('sign-in-needed', { reason: 'signed out during the call' }));
  }

  #takeBack(call: RestCall, fault: Fault): void {
    call.takenBack ??= fault;
    call.stop.abort();
  }
}
