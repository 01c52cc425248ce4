/**
 * One conversation with one host, over either door. It takes the host's messages to the session at the service that
 * belongs to the account bound right now, and stands in itself while there is none; the host keeps its session
 * through sign-in, sign-out and a change of account.
 */
import { asFault, Fault, type FaultCode } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';
import { programName } from '../broker/programs.ts';
import { type BridgeContext, eraOf, hintsOf, toolsOf } from './bridge-context.ts';
import { CallNotes } from './call-notes.ts';
import { type Call, Calls } from './calls.ts';
import type { Conversation } from './conversation.ts';
import { faultAnswer } from './fault-answers.ts';
import type { Host } from './host.ts';
import { LegacySession } from './legacy-session.ts';
import type { HostMessage, HostRequest } from './message.ts';
import { type HostHeaders, type ModernNeeds, modernRequest } from './modern-session.ts';
import { listTools } from './offered-tools.ts';
import { refuse } from './refuse.ts';
import type { Reply } from './reply.ts';
import { Route, type Standing } from './route.ts';
import { standInResponse } from './stand-in-response.ts';
import { Subscriptions } from './subscriptions.ts';
import { SwitchNotice } from './switch-notice.ts';
import { KnownTools } from './tool-hints.ts';
import type { Turn } from './turn.ts';
import { asOneAccount } from './upstream.ts';

export class Session implements Conversation {
  readonly #context: BridgeContext;
  /** As it is known here; its own word may be any. */
  readonly #client: string;
  readonly #route: Route;
  readonly #forget: () => void;
  readonly #servedElsewhere: () => void;
  readonly #legacy: LegacySession;
  readonly #modern: ModernNeeds;
  readonly #subscriptions: Subscriptions;
  readonly #calls = new Calls();
  readonly #unsubscribe: () => void;
  readonly #notes: CallNotes;
  readonly #tools: KnownTools;
  readonly #switchNotice: SwitchNotice;
  #standing: Standing;
  #askedToSignIn = false;
  #closed = false;

  constructor(context: BridgeContext, host: Host) {
    this.#context = context;
    const { broker } = context;
    this.#client = programName(host.client);
    this.#forget = host.forget ?? (() => undefined);
    this.#servedElsewhere = host.servedElsewhere ?? (() => undefined);
    this.#route = new Route(broker, context.http, host.reference, {
      client: this.#client,
      ...(host.own ? {} : { door: host.door }),
    });
    const era = eraOf(context, () => this.#route.connectionId);
    this.#legacy = new LegacySession({
      route: this.#route,
      now: context.now,
      events: host.events,
      standIn: (request, fault) => this.#standIn(request, fault),
      opened: (accountId) => {
        this.#switchNotice.met(accountId);
        // Many services speak both eras: a session of the older one says nothing against the newer.
        if (era.get() === undefined) era.set('legacy');
        this.#askedToSignIn = false;
      },
      listensAtOnce: host.door === 'stdio',
    });
    this.#modern = {
      access: () => this.#route.access(),
      upstream: () => this.#route.upstream(),
      tools: host.door === 'stdio' ? (access) => toolsOf(context, access) : undefined,
      era,
      standIn: (request, fault) => this.#standIn(request, fault),
      refuse: async (exchanged, request, reply) => {
        this.#notes.endsIn(request, await refuse(exchanged, request, reply, this.#route, context.now()));
      },
      failed: (fault) => this.#route.reportFault(fault),
      succeeded: (access, request) => {
        era.set('modern');
        this.#askedToSignIn = false;
        this.#route.succeeded(access, request.method);
      },
    };
    this.#subscriptions = new Subscriptions(this.#modern);
    this.#notes = new CallNotes({
      broker,
      now: context.now,
      client: this.#client,
      door: host.own ? undefined : host.door,
      connectionId: () => this.#route.connectionId,
      account: () => this.#route.labelOf(this.#standing.accountId),
    });
    this.#tools = new KnownTools({
      now: context.now,
      of: (access) => hintsOf(context, access),
      list: (access) => listTools(context, this.#route, access),
    });
    this.#switchNotice = new SwitchNotice({ onlyReads: (access, tool) => this.#tools.onlyReads(access, tool) });
    this.#standing = this.#route.standing(broker.snapshot());
    this.#unsubscribe = broker.subscribe((snapshot) => {
      // A locked keychain knows no key for the moment; that takes none away.
      if (host.isLet && snapshot.vault.kind !== 'locked' && !host.isLet()) {
        this.#endAll(new Fault('client-key-wrong', { reason: 'key removed' }));
        host.keyRemoved?.();
        return;
      }
      // It was not known when this began, or was another one.
      if (this.#route.isWebApi) {
        this.#servedElsewhere();
        return;
      }
      const before = this.#standing;
      const standing = this.#route.standing(snapshot);
      // An account may leave while it is not the one that is bound any more, and its calls still run.
      if (standing.without === undefined) this.#signedOut(standing.isKnown);
      if (standing.footing === before.footing) return;
      this.#standing = standing;
      if (standing.accountId !== before.accountId) this.#forget();
      // Taken away means now: what still runs brings nobody its data any more.
      if (before.without === undefined) this.#takeBack(standing.without);
      this.#subscriptions.moved();
      void this.#legacy.moved();
    });
  }

  /** Any message of the host but a request. Nothing is answered to it. */
  notify(message: HostMessage): void {
    if (message.kind === 'response') this.#legacy.answered(message);
    else if (message.kind !== 'notification') return;
    else if (message.method === 'notifications/cancelled') {
      const id = message.params?.['requestId'];
      const running = this.#calls.withId(id);
      if (running) running.cancelled = true;
      // Modern: closing the response is the cancellation. Legacy: the service is told, and may still answer; it is the
      // session that carries the call, which another account's since then need not know.
      if (running?.modern) running.stop.abort();
      else running?.tell?.(message.bytes);
    } else if (message.method === 'notifications/initialized') this.#legacy.hostInitialized(message.bytes);
    else if (!message.modernVersion) this.#legacy.pass(message.bytes);
  }

  /**
   * Answers one request through `reply`; resolves when that is done. `gone` aborts when the host no longer wants the
   * answer. Never throws.
   */
  async request(request: HostRequest, reply: Reply, gone?: AbortSignal, hostHeaders?: HostHeaders): Promise<void> {
    if (gone?.aborted) return;
    if (this.#route.isWebApi) {
      this.#servedElsewhere();
      return;
    }
    const isSubscription = request.method === 'subscriptions/listen';
    const modern = request.modernVersion !== undefined || request.method === 'server/discover';
    const call = this.#calls.begin(request, { modern, subscription: isSubscription && modern }, gone);
    const { signal } = call.stop;
    const answered = () => this.#calls.answered(call);
    const turn = this.#turn(request, call, answered);
    const ended = this.#notes.begin(request);
    try {
      if (isSubscription && modern) await this.#subscriptions.serve(request, reply, signal, hostHeaders);
      else {
        await asOneAccount(() =>
          modern
            ? modernRequest(this.#modern, request, reply, turn, hostHeaders)
            : this.#legacy.request(request, reply, turn),
        );
      }
    } catch (thrown) {
      if (!signal.aborted) this.#fail(request, reply, asFault(thrown));
    } finally {
      this.#calls.end(call);
      if (signal.aborted && !gone?.aborted) {
        if (call.takenBack && call.waits) reply.answer(faultAnswer(request.id, call.takenBack));
        else reply.end();
      }
      answered();
      ended(call);
    }
  }

  #turn(request: HostRequest, call: Call, answered: () => void): Turn {
    return {
      signal: call.stop.signal,
      isCancelled: () => call.cancelled,
      answered,
      actsAs: (accountId) => {
        call.accountId = accountId;
      },
      instead: (access) => this.#instead(request, access),
      refused: (code) => this.#notes.endsIn(request, code),
      carried: (tell) => {
        call.tell = tell;
      },
      listed: (access, answer) => this.#tools.listed(access, answer),
    };
  }

  #instead(request: HostRequest, access: Access): undefined | Promise<object | undefined> {
    return this.#switchNotice.instead(request, access)?.then((held) => {
      if (held) this.#notes.standIn(request, undefined);
      return held;
    });
  }

  #takeBack(without: FaultCode | undefined): void {
    // A program that is asked about has not been given anything: its first request finds that out by itself.
    if (without === undefined || without === 'program-waiting') return;
    const subject = without === 'program-refused' ? this.#client : this.#route.title;
    const reason = 'taken away during the call';
    this.#endAll(new Fault(without, { reason, ...(subject === undefined ? {} : { subject }) }));
  }

  /** Ends all that runs here, at once; calls that wait are answered with this fault. The conversation itself goes on. */
  #endAll(fault: Fault): void {
    this.#calls.takeBack(fault);
    // Before the host is told of the change, which may wait for it like anything else.
    this.#forget();
    this.#legacy.takenBack();
  }

  #signedOut(isKnown: (accountId: string) => boolean): void {
    const isOver = (accountId: string) => !isKnown(accountId);
    this.#calls.takeBack(new Fault('sign-in-needed', { reason: 'signed out during the call' }), isOver);
    this.#legacy.signedOut(isOver, this.#forget);
  }

  /** The fault as the answer; where even that fails, an answer all the same: a host must not wait for ever. */
  #fail(request: HostRequest, reply: Reply, fault: Fault): void {
    this.#notes.endsIn(request, fault.code);
    try {
      this.#route.reportFault(fault);
      reply.answer(faultAnswer(request.id, fault));
    } catch (thrown) {
      const { name } = asFault(thrown);
      reply.answer(faultAnswer(request.id, new Fault('internal', { reason: `while answering: ${name}` })));
    }
  }

  /** A resumption of the host's own (GET with Last-Event-ID). */
  async resume(lastEventId: string, reply: Reply, gone: AbortSignal): Promise<void> {
    if (gone.aborted) return;
    const call = this.#calls.begin(undefined, { modern: false, subscription: false }, gone);
    try {
      await this.#legacy.resume(lastEventId, reply, call.stop.signal, (accountId) => {
        call.accountId = accountId;
      });
    } finally {
      this.#calls.end(call);
    }
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

  #standIn(request: HostRequest, fault: Fault | undefined): Promise<object> {
    this.#notes.standIn(request, fault?.code);
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
