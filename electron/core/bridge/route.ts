/**
 * From a host's word for a connection to the upstream behind it, looked up again while there is none: a conversation
 * may begin before the service is connected in Conexor.
 */

import type { Dispatcher } from 'undici';
import { Fault, isOnTheWay } from '../../../shared/faults.ts';
import type { ConnectionView, Snapshot, State } from '../../../shared/snapshot.ts';
import type { Access, BridgeBroker, UpstreamOutcome } from '../broker/broker.ts';
import { type Upstream, upstreamOf } from './upstream.ts';

/** States of an account in which no access is to be had. */
const endingStates: ReadonlySet<State | undefined> = new Set<State>([
  'sign-in-again',
  'paused',
  'removed-by-service',
  'keychain-locked',
]);

export class Route {
  readonly #broker: BridgeBroker;
  readonly #http: Dispatcher;
  readonly #reference: string | undefined;
  readonly #client: string;
  #upstream: Upstream | undefined;
  #troubled = false;
  #lastAccess: Access | undefined;

  constructor(broker: BridgeBroker, http: Dispatcher, reference: string | undefined, client: string) {
    this.#broker = broker;
    this.#http = http;
    this.#reference = reference;
    this.#client = client;
    this.#noteTrouble();
  }

  /** Throws `connection-unknown`, `connection-ambiguous`. */
  upstream(): Upstream {
    this.#upstream ??= upstreamOf(
      this.#http,
      this.#broker.accessTokens,
      this.#broker.findConnection(this.#reference).id,
      this.#client,
    );
    return this.#upstream;
  }

  /** Throws as `upstream` and as `AccessTokens.get`. */
  async access(): Promise<Access> {
    try {
      this.#lastAccess = await this.upstream().access();
      return this.#lastAccess;
    } catch (thrown) {
      // A service that was removed may come back under the same name with another id.
      if (thrown instanceof Fault && thrown.code === 'connection-unknown') this.#upstream = undefined;
      throw thrown;
    }
  }

  get connectionId(): string | undefined {
    try {
      return this.upstream().connectionId;
    } catch {
      return undefined;
    }
  }

  connection(): ConnectionView | undefined {
    const id = this.connectionId;
    return id === undefined ? undefined : this.#broker.snapshot().connections.find((one) => one.id === id);
  }

  /**
   * What this conversation depends on, as text that changes with it: who is bound, and whether that account may be
   * used. Being out of reach, or a limit that is used up, is not part of it: access is still there.
   */
  footing(snapshot: Snapshot): string {
    this.#noteTrouble();
    const id = this.connectionId;
    const view = snapshot.connections.find((one) => one.id === id);
    if (id === undefined || !view) return 'none';
    const bound = this.#broker.boundAccountId(id, this.#client);
    const account = view.accounts.find((one) => one.id === bound);
    const usable = view.state !== 'paused' && !endingStates.has(account?.state);
    return `${id} ${bound ?? ''} ${usable}`;
  }

  #noteTrouble(): void {
    const state = this.connection()?.state;
    this.#troubled = state === 'unreachable' || state === 'plan-limit';
  }

  /** Told to the broker only where it changes what a person reads: the hot path asks one boolean. */
  succeeded(access: Access, method: string): void {
    if (!this.#troubled) return;
    if (this.connection()?.state === 'plan-limit' && method !== 'tools/call') return;
    this.#troubled = false;
    this.#broker.report(access, { kind: 'answered' });
  }

  failed(access: Access, outcome: UpstreamOutcome): void {
    if (outcome.kind === 'unreachable' || outcome.kind === 'plan-limit') this.#troubled = true;
    this.#broker.report(access, outcome);
  }

  /** What a fault of an exchange means for the connection's state, told to the broker. */
  reportFault(fault: Fault): void {
    const access = this.#lastAccess;
    if (!access) return;
    if (isOnTheWay(fault)) this.failed(access, { kind: 'unreachable' });
  }
}
