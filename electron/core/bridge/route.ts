/**
 * From a host's word for a connection to the upstream behind it, looked up again while there is none: a conversation
 * may begin before the service is connected in Conexor.
 */

import type { Dispatcher } from 'undici';
import { Fault, type FaultCode, isOnTheWay } from '../../../shared/faults.ts';
import type { ConnectionView, Snapshot, State } from '../../../shared/snapshot.ts';
import type { Access, BridgeBroker, UpstreamOutcome } from '../broker/broker.ts';
import { type Asker, type Upstream, upstreamOf } from './upstream.ts';

/** States of an account in which no access is to be had. */
const endingStates: ReadonlySet<State | undefined> = new Set<State>([
  'sign-in-again',
  'removed-by-service',
  'keychain-locked',
]);

/** What a conversation depends on. */
export interface Standing {
  /**
   * As text that changes with it: who is bound, and whether there is leave to use that account. Being out of reach, or
   * a limit that is used up, is not part of it: access is still there.
   */
  readonly footing: string;
  readonly accountId: string | undefined;
  /** Why there is no leave; undefined where there is. */
  readonly without: FaultCode | undefined;
  /** Whether this account is signed in here. */
  readonly isKnown: (accountId: string) => boolean;
}

export class Route {
  readonly #broker: BridgeBroker;
  readonly #http: Dispatcher;
  readonly #reference: string | undefined;
  readonly #asker: Asker;
  #upstream: Upstream | undefined;
  #isWebApi = false;
  #troubled = false;
  #title: string | undefined;
  #lastAccess: Access | undefined;

  constructor(broker: BridgeBroker, http: Dispatcher, reference: string | undefined, asker: Asker) {
    this.#broker = broker;
    this.#http = http;
    this.#reference = reference;
    this.#asker = asker;
    this.#noteTrouble();
  }

  /** Throws `connection-unknown`, `connection-ambiguous`. */
  upstream(): Upstream {
    if (!this.#upstream) {
      const { id, speaks } = this.#broker.findConnection(this.#reference);
      this.#isWebApi = speaks === 'rest';
      this.#upstream = upstreamOf(this.#http, this.#broker.accessTokens, id, this.#asker);
    }
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

  /** No server of tools: nothing of MCP is to be sent there. */
  get isWebApi(): boolean {
    return this.connectionId !== undefined && this.#isWebApi;
  }

  connection(): ConnectionView | undefined {
    const id = this.connectionId;
    return id === undefined ? undefined : this.#broker.snapshot().connections.find((one) => one.id === id);
  }

  /** What it was called last: a service that has gone is still the one that a call ran at. */
  get title(): string | undefined {
    this.#title = this.connection()?.title ?? this.#title;
    return this.#title;
  }

  standing(snapshot: Snapshot): Standing {
    this.#noteTrouble();
    const id = this.connectionId;
    const view = snapshot.connections.find((one) => one.id === id);
    this.#title = view?.title ?? this.#title;
    if (id === undefined || !view) {
      return { footing: 'none', accountId: undefined, without: 'connection-unknown', isKnown: () => false };
    }
    const accountId = this.#broker.boundAccountId(id, this.#asker.client);
    const isKnown = (wanted: string) => wanted === accountId || view.accounts.some((one) => one.id === wanted);
    const without = view.paused ? 'paused' : (this.#notLet(view) ?? this.#notSignedIn(view, accountId));
    const usable = !endingStates.has(view.accounts.find((one) => one.id === accountId)?.state);
    return { footing: `${id} ${accountId ?? ''} ${usable} ${without ?? ''}`, accountId, without, isKnown };
  }

  /** A program that has not been seen yet is asked about when it wants something, not before. */
  #notLet(view: ConnectionView): FaultCode | undefined {
    if (this.#asker.door === undefined) return undefined;
    const access = view.clients.find((one) => one.name === this.#asker.client)?.access;
    if (access === 'refused') return 'program-refused';
    return access === 'asking' ? 'program-waiting' : undefined;
  }

  #notSignedIn(view: ConnectionView, accountId: string | undefined): FaultCode | undefined {
    return view.access === 'sign-in' && accountId === undefined ? 'sign-in-needed' : undefined;
  }

  /** Whom the last access was for; undefined where that is not the account bound now. */
  labelOf(accountId: string | undefined): string | undefined {
    return this.#lastAccess?.accountId === accountId ? this.#lastAccess?.accountLabel : undefined;
  }

  #noteTrouble(): void {
    const state = this.connection()?.state;
    // Of one request that was refused although its access was new, the next that is answered proves the contrary.
    this.#troubled = state === 'unreachable' || state === 'plan-limit' || state === 'removed-by-service';
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
