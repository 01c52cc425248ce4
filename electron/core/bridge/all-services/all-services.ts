/**
 * One conversation with one host that has every service the program may use (connection `_all`): each service has the
 * session it would have alone, and here lists become one, requests find their service, and what services say by
 * themselves reaches the host so that none is taken for another. A request's answer passes in the service's own bytes.
 */
import { randomUUID } from 'node:crypto';
import { asFault } from '../../../../shared/faults.ts';
import type { ConnectionView, Snapshot } from '../../../../shared/snapshot.ts';
import { programName } from '../../broker/programs.ts';
import type { BridgeContext } from '../bridge-context.ts';
import { Calls } from '../calls.ts';
import type { Conversation } from '../conversation.ts';
import { faultAnswer } from '../fault-answers.ts';
import type { Host } from '../host.ts';
import type { HostMessage, HostNotification, HostRequest } from '../message.ts';
import type { Era, HostHeaders } from '../modern-session.ts';
import type { Reply } from '../reply.ts';
import { type SseEvent, sseEventOf, withData } from '../sse.ts';
import { listChangedMethods } from '../stand-in.ts';
import { AnswersOfServices } from './answers-of-services.ts';
import { AskedByServices } from './asked-by-services.ts';
import { clientInfoIn } from './eras.ts';
import { type HeardNeeds, heardFrom, kindsOf } from './heard-from-services.ts';
import { HostNotices } from './host-notices.ts';
import { HostRequests } from './host-requests.ts';
import { HostSubscriptions, type ListChanged } from './host-subscriptions.ts';
import type { ListKind } from './listed-items.ts';
import { MergedLists } from './merged-lists.ts';
import { type Greeting, ServiceConversation } from './service-conversation.ts';
import { type Service, Services } from './services.ts';

const setLevelWaitMs = 10_000;
const drainWaitMs = 600;

export class AllServices implements Conversation {
  readonly #context: BridgeContext;
  readonly #host: Host;
  readonly #services: Services;
  readonly #lists: MergedLists;
  readonly #asked: AskedByServices;
  readonly #notices: HostNotices;
  readonly #subscriptions: HostSubscriptions;
  readonly #heard: HeardNeeds;
  readonly #requests: HostRequests;
  readonly #answers: AnswersOfServices;
  readonly #calls = new Calls();
  readonly #ids = `conexor-${randomUUID()}-`;
  readonly #unsubscribe: () => void;
  #count = 0;
  #greeting: Greeting | undefined;
  #logLevel: string | undefined;
  #listens = false;
  /** The key with which it began was removed. */
  #isTakenBack = false;
  #closed = false;

  constructor(context: BridgeContext, host: Host) {
    this.#context = context;
    this.#host = host;
    const { broker } = context;
    this.#asked = new AskedByServices(host.events);
    this.#services = new Services({
      context,
      program: { client: programName(host.client), door: host.own ? undefined : host.door },
      begin: (view, service) => this.#beginService(view, service),
      changed: () => this.#changed(listChangedMethods),
      removed: (id) => this.#lists.forget(id),
    });
    this.#lists = new MergedLists(this.#services);
    this.#subscriptions = new HostSubscriptions(() => this.#watch());
    this.#notices = new HostNotices((method) => {
      if (this.#greeting?.era === 'modern') this.#subscriptions.listChanged(method);
      else host.events.event(sseEventOf(JSON.stringify({ jsonrpc: '2.0', method })));
    });
    this.#heard = {
      hasNoQuestions: () => this.#greeting?.era === 'modern',
      listChanged: ({ conversation }, method) => {
        for (const kind of kindsOf[method]) conversation.lists.changed(kind);
        this.#changed([method]);
      },
      updated: (uri) => this.#subscriptions.updated(uri),
      toHost: ({ id, prefix }, uri) => this.#lists.owners.shown(id, prefix, uri),
    };
    this.#answers = new AnswersOfServices({
      owners: this.#lists.owners,
      canResume: host.door === 'http',
      besides: (service, event) => this.#toHost(service, event),
      tagged: (service, event) => this.#tagged(service, event),
    });
    this.#requests = new HostRequests({
      context,
      services: this.#services,
      lists: this.#lists,
      subscriptions: this.#subscriptions,
      hasBegun: () => this.#greeting !== undefined,
      begin: (era, request) => this.#begin(era, request),
      level: (level) => {
        this.#logLevel = level;
        for (const { conversation } of this.#services.all) if (conversation.hasBegun) this.#setLevel(conversation);
      },
      passing: (...turn) => this.#answers.to(...turn),
    });
    this.#unsubscribe = broker.subscribe((snapshot) => this.#follow(snapshot));
  }

  async request(request: HostRequest, reply: Reply, gone?: AbortSignal, hostHeaders?: HostHeaders): Promise<void> {
    if (gone?.aborted) return;
    const modern = request.modernVersion !== undefined || request.method === 'server/discover';
    const subscription = modern && request.method === 'subscriptions/listen';
    const call = this.#calls.begin(request, { modern, subscription }, gone);
    const answered = () => this.#calls.answered(call);
    try {
      await this.#requests.serve({ request, reply, call, answered, hostHeaders });
    } catch (thrown) {
      if (!call.stop.signal.aborted) reply.answer(faultAnswer(request.id, asFault(thrown)));
    } finally {
      this.#calls.end(call);
      if (call.stop.signal.aborted && !gone?.aborted) reply.end();
      answered();
    }
  }

  notify(message: HostMessage): void {
    if (message.kind === 'response') this.#asked.answered(message);
    else if (message.kind === 'notification') this.#told(message);
  }

  async resume(lastEventId: string, reply: Reply, gone: AbortSignal): Promise<void> {
    const [, key, id] = /^(\d+)\.(.*)$/s.exec(lastEventId) ?? [];
    const service = id === undefined ? undefined : this.#services.byKey(Number(key));
    if (!service || id === undefined || gone.aborted) return;
    await service.conversation.resume(id, this.#answers.resumed(service, reply), gone);
  }

  listen(): void {
    this.#listens = true;
    for (const { conversation } of this.#services.all) conversation.listen();
  }

  get isIdle(): boolean {
    return this.#calls.isEmpty;
  }

  drained(waitMs: number): Promise<void> {
    return this.#calls.quiet(waitMs);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#unsubscribe();
    this.#notices.close();
    if (this.#isTakenBack) await this.drained(drainWaitMs);
    this.#calls.stopAll();
    await this.#services.close();
  }

  #follow(snapshot: Snapshot): void {
    const { isLet, keyRemoved } = this.#host;
    // A locked keychain knows no key for the moment; that takes none away.
    if (isLet && snapshot.vault.kind !== 'locked' && !isLet()) {
      if (this.#isTakenBack) return;
      this.#isTakenBack = true;
      // The services' own sessions hear of it too, and answer what waits.
      queueMicrotask(() => keyRemoved?.());
      return;
    }
    if (this.#greeting) this.#services.follow(snapshot);
  }

  #beginService(view: ConnectionView, service: () => Service | undefined): ServiceConversation {
    const { events } = this.#host;
    const conversation = new ServiceConversation(
      {
        context: this.#context,
        host: this.#host,
        greeting: this.#greeting as Greeting,
        nextId: () => this.#nextId(),
        hostIsReady: () => this.#notices.isReady,
        logLevel: () => this.#logLevel,
        event: (event) => {
          const from = service();
          const told = from && this.#toHost(from, event);
          return told === undefined || this.#greeting?.era === 'modern' || events.event(told);
        },
        asks: (tell) => this.#asked.service(tell),
        late: (kind) => this.#changed(methodsOf(kind)),
      },
      view,
    );
    void conversation.begun.then(() => {
      if (this.#listens) conversation.listen();
      if (this.#logLevel !== undefined) this.#setLevel(conversation);
      if (this.#subscriptions.isWanted) this.#watch();
    });
    return conversation;
  }

  /** Whatever stood before belongs to another conversation; requests of the newer era are one. */
  #begin(era: Era, request: HostRequest): void {
    if (era === 'modern' && this.#greeting?.era === 'modern') return;
    const isAnother = this.#greeting !== undefined;
    this.#greeting = {
      era,
      initialize: era === 'legacy' ? request : undefined,
      clientInfo: clientInfoIn(request, this.#context.version),
    };
    this.#notices.setReady(era === 'modern');
    if (isAnother) void this.#services.close();
    if (!this.#closed) this.#services.follow(this.#context.broker.snapshot());
  }

  #setLevel(conversation: ServiceConversation): void {
    if (conversation.era !== 'legacy' || this.#greeting?.era !== 'legacy') return;
    const params = { level: this.#logLevel };
    void conversation.ask('logging/setLevel', params, AbortSignal.timeout(setLevelWaitMs), 64 * 1024);
  }

  /** Any notification of the host's. */
  #told(message: HostNotification): void {
    const { method, bytes, params } = message;
    if (method === 'notifications/cancelled') {
      const running = this.#calls.withId(params?.['requestId']);
      if (running) running.cancelled = true;
      if (running?.tell) running.tell(bytes);
      else running?.stop.abort();
    } else if (method === 'notifications/initialized') {
      this.#notices.setReady(true);
      for (const { conversation } of this.#services.all) conversation.hostInitialized();
    } else if (method === 'notifications/progress') this.#asked.progress(message);
    else if (method === 'notifications/roots/list_changed') {
      for (const { conversation } of this.#services.all) conversation.notify(bytes);
    }
  }

  /** What the subscriptions of a host of the newer era want to hear of, at each service. */
  #watch(): void {
    const wanted = new Map<string, Set<string>>();
    for (const uri of this.#subscriptions.addresses) {
      const owned = this.#lists.owners.find(uri);
      if (owned) wanted.set(owned.connectionId, (wanted.get(owned.connectionId) ?? new Set()).add(owned.uri));
    }
    for (const { id, conversation } of this.#services.all) {
      conversation.listen();
      conversation.watch.want(wanted.get(id) ?? new Set());
    }
  }

  #changed(methods: readonly ListChanged[]): void {
    this.#notices.changed(methods);
  }

  #toHost(service: Service, event: SseEvent): SseEvent | undefined {
    const told = heardFrom(service, event, this.#heard);
    return told && this.#tagged(service, told);
  }

  /** Services count their events alike: a host that takes a stream up again names the service too. */
  #tagged({ key }: Service, event: SseEvent): SseEvent {
    if (event.id === undefined || this.#host.door !== 'http') return event;
    const tagged = { ...event, id: `${key}.${event.id}` };
    return event.data ? withData(tagged, event.data) : { ...tagged, raw: Buffer.from(`id: ${tagged.id}\n\n`) };
  }

  #nextId(): string {
    this.#count += 1;
    return `${this.#ids}${this.#count}`;
  }
}

function methodsOf(kind: ListKind): readonly ListChanged[] {
  return listChangedMethods.filter((method) => kindsOf[method].includes(kind));
}
