/**
 * One conversation with one host, over either door. It takes the host's messages to the session at the service that
 * belongs to the account bound right now, and stands in itself while there is none; the host keeps its session
 * through sign-in, sign-out and a change of account.
 */
import type { Dispatcher } from 'undici';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Access, BridgeBroker } from '../broker/broker.ts';
import { Calls } from './calls.ts';
import { faultAnswer } from './fault-answers.ts';
import { LegacySession } from './legacy-session.ts';
import type { HostMessage, HostRequest } from './message.ts';
import type { MirroredTools } from './modern-headers.ts';
import { type Era, type HostHeaders, type ModernNeeds, modernRequest } from './modern-session.ts';
import { refuse } from './refuse.ts';
import type { EventSink, Reply } from './reply.ts';
import { Route } from './route.ts';
import { standInResponse } from './stand-in-response.ts';
import { Subscriptions } from './subscriptions.ts';
import { AccountChanged } from './upstream.ts';

/** What all conversations of a bridge share. */
export interface BridgeContext {
  readonly broker: BridgeBroker;
  readonly http: Dispatcher;
  readonly now: () => number;
  readonly version: string;
  /** Which era a connection was seen to speak. */
  readonly eras: Map<string, Era>;
  /** What `tools/list` said, per connection and account. */
  readonly tools: Map<string, MirroredTools>;
}

export interface Host {
  readonly client: string;
  readonly door: 'stdio' | 'http';
  /** Id, name or address of the connection; undefined where there is only one. */
  readonly reference: string | undefined;
  /** Messages that belong to no request of the host's. */
  readonly events: EventSink;
}

const signedOutMeanwhile = new Fault('sign-in-needed', { reason: 'signed out during the call' });

export class Session {
  readonly #context: BridgeContext;
  readonly #host: Host;
  readonly #route: Route;
  readonly #legacy: LegacySession;
  readonly #modern: ModernNeeds;
  readonly #subscriptions: Subscriptions;
  readonly #calls = new Calls();
  readonly #unsubscribe: () => void;
  #footing: string;
  #boundAccountId: string | undefined;
  #askedToSignIn = false;
  #closed = false;

  constructor(context: BridgeContext, host: Host) {
    this.#context = context;
    this.#host = host;
    const { broker } = context;
    this.#route = new Route(broker, context.http, host.reference, host.client);
    this.#legacy = new LegacySession({
      route: this.#route,
      now: context.now,
      events: host.events,
      standIn: (request, fault) => this.#standIn(request, fault),
      opened: () => {
        // Many services speak both eras: a session of the older one says nothing against the newer.
        if (this.#era.get() === undefined) this.#era.set('legacy');
        this.#askedToSignIn = false;
      },
      listensAtOnce: host.door === 'stdio',
    });
    this.#modern = {
      access: () => this.#route.access(),
      upstream: () => this.#route.upstream(),
      tools: host.door === 'stdio' ? (access) => this.#toolsOf(access) : undefined,
      era: this.#era,
      standIn: (request, fault) => this.#standIn(request, fault),
      refuse: (exchanged, request, reply) => refuse(exchanged, request, reply, this.#route, context.now()),
      failed: (fault) => this.#route.reportFault(fault),
      succeeded: (access, request) => {
        this.#era.set('modern');
        this.#askedToSignIn = false;
        this.#route.succeeded(access, request.method);
      },
    };
    this.#subscriptions = new Subscriptions(this.#modern);
    this.#footing = this.#route.footing(broker.snapshot());
    this.#endCallsOfSignedOut();
    this.#unsubscribe = broker.subscribe((snapshot) => {
      const footing = this.#route.footing(snapshot);
      if (footing === this.#footing) return;
      this.#footing = footing;
      this.#endCallsOfSignedOut();
      this.#subscriptions.moved();
      void this.#legacy.moved();
    });
  }

  /** Any message of the host but a request. Nothing is answered to it. */
  notify(message: HostMessage): void {
    if (message.kind === 'response') this.#legacy.pass(message.bytes);
    else if (message.kind !== 'notification') return;
    else if (message.method === 'notifications/cancelled') {
      const id = message.params?.['requestId'];
      const running = this.#calls.withId(id);
      if (running) running.cancelled = true;
      // Modern: closing the response is the cancellation. Legacy: the service is told, and may still answer.
      if (running?.modern) running.stop.abort();
      else if (!message.modernVersion) this.#legacy.pass(message.bytes);
    } else if (message.method === 'notifications/initialized') this.#legacy.hostInitialized(message.bytes);
    else if (!message.modernVersion) this.#legacy.pass(message.bytes);
  }

  /**
   * Answers one request through `reply`; resolves when that is done. `gone` aborts when the host no longer wants the
   * answer. Never throws.
   */
  async request(request: HostRequest, reply: Reply, gone?: AbortSignal, hostHeaders?: HostHeaders): Promise<void> {
    if (gone?.aborted) return;
    const isSubscription = request.method === 'subscriptions/listen';
    const modern = request.modernVersion !== undefined || request.method === 'server/discover';
    const call = this.#calls.begin(request, { modern, waits: !isSubscription });
    const { signal } = call.stop;
    const onGone = () => call.stop.abort();
    gone?.addEventListener('abort', onGone, { once: true });
    const answered = () => this.#calls.answered(call);
    try {
      if (request.method === 'tools/call') this.#noteUse();
      if (isSubscription && modern) await this.#subscriptions.serve(request, reply, signal, hostHeaders);
      else {
        await asOneAccount(() =>
          modern
            ? modernRequest(this.#modern, request, reply, signal, hostHeaders)
            : this.#legacy.request(request, reply, { signal, answered, isCancelled: () => call.cancelled }),
        );
      }
    } catch (thrown) {
      if (!signal.aborted) {
        this.#fail(request, reply, asFault(thrown));
      }
    } finally {
      gone?.removeEventListener('abort', onGone);
      this.#calls.end(call);
      if (call.takenBack && call.waits && !gone?.aborted) reply.answer(faultAnswer(request.id, signedOutMeanwhile));
      answered();
    }
  }

  /** Signed out means now: what still runs for that account brings nobody its data any more. */
  #endCallsOfSignedOut(): void {
    const id = this.#route.connectionId;
    const before = this.#boundAccountId;
    this.#boundAccountId = id === undefined ? undefined : this.#context.broker.boundAccountId(id, this.#host.client);
    if (before !== undefined && this.#boundAccountId === undefined) this.#calls.takeBack();
  }

  /** The fault as the answer; where even that fails, an answer all the same: a host must not wait for ever. */
  #fail(request: HostRequest, reply: Reply, fault: Fault): void {
    try {
      this.#route.reportFault(fault);
      reply.answer(faultAnswer(request.id, fault));
    } catch (thrown) {
      const { name } = asFault(thrown);
      reply.answer(faultAnswer(request.id, new Fault('internal', { reason: `while answering: ${name}` })));
    }
  }

  /** A resumption of the host's own (GET with Last-Event-ID). */
  resume(lastEventId: string, reply: Reply, signal: AbortSignal): Promise<void> {
    return this.#legacy.resume(lastEventId, reply, signal);
  }

  /** The host wants messages that belong to no request (its GET stream). */
  listen(): void {
    this.#legacy.listen();
  }

  get isIdle(): boolean {
    return this.#calls.isEmpty;
  }

  /** Resolves when no request waits for its answer any more, or after `waitMs`. */
  drained(waitMs: number): Promise<void> {
    return this.#calls.quiet(waitMs);
  }

  /** Ends the session at the service too (DELETE, bounded to a second). Never throws. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    this.#calls.stopAll();
    await this.#legacy.close();
  }

  #noteUse(): void {
    const id = this.#route.connectionId;
    if (id !== undefined) this.#context.broker.noteUse(id, this.#host.client, this.#host.door);
  }

  get #era(): { get(): Era | undefined; set(era: Era): void } {
    const { eras } = this.#context;
    return {
      get: () => eras.get(this.#route.connectionId ?? ''),
      set: (era) => {
        const id = this.#route.connectionId;
        if (id !== undefined) eras.set(id, era);
      },
    };
  }

  #toolsOf(access: Access): MirroredTools {
    const key = JSON.stringify([access.connectionId, access.accountId]);
    const known = this.#context.tools.get(key) ?? new Map();
    this.#context.tools.set(key, known);
    return known;
  }

  #standIn(request: HostRequest, fault: Fault | undefined): Promise<object> {
    return standInResponse({
      broker: this.#context.broker,
      version: this.#context.version,
      connection: this.#route.connection(),
      request,
      fault,
      askedBefore: this.#askedToSignIn,
      asked: () => {
        this.#askedToSignIn = true;
      },
    });
  }
}

/** Begins anew where the account changed under a request that was not carried out. */
async function asOneAccount(attempt: () => Promise<void>): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof AccountChanged) || attempts === 3) throw thrown;
    }
  }
}
