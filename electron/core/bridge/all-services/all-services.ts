/**
 * One conversation with one host that has every service the program may use (connection `_all`): each service has the
 * session it would have alone, and here lists become one, requests find their service, and what services say by
 * themselves reaches the host so that none is taken for another. A request's answer passes in the service's own bytes.
 */
import { randomUUID } from 'node:crypto';
import { asFault, Fault } from '../../../../shared/faults.ts';
import type { ConnectionView, Snapshot } from '../../../../shared/snapshot.ts';
import { programName } from '../../broker/programs.ts';
import type { BridgeContext } from '../bridge-context.ts';
import { type Call, Calls } from '../calls.ts';
import type { Conversation } from '../conversation.ts';
import { faultAnswer, invalidRequestCode, methodNotFoundCode, plainError } from '../fault-answers.ts';
import type { Host } from '../host.ts';
import { type HostMessage, type HostNotification, type HostRequest, readHostMessage } from '../message.ts';
import type { Era, HostHeaders } from '../modern-session.ts';
import type { Reply } from '../reply.ts';
import { type SseEvent, sseEventOf, withData } from '../sse.ts';
import { listChangedMethods } from '../stand-in.ts';
import { AskedByServices } from './asked-by-services.ts';
import { clientInfoIn, modernResult } from './eras.ts';
import { greetingResult, inTime } from './greeting.ts';
import { type HeardNeeds, heardFrom, kindsOf } from './heard-from-services.ts';
import { HostNotices } from './host-notices.ts';
import { HostSubscriptions, type ListChanged } from './host-subscriptions.ts';
import { type ListKind, listKindOf } from './listed-items.ts';
import { type Found, listAnswer, MergedLists } from './merged-lists.ts';
import { headerMismatch, unknownVersion } from './modern-checks.ts';
import { Passing } from './replies.ts';
import { type Aim, aimOf, redirected } from './request-aims.ts';
import { type Greeting, ServiceConversation } from './service-conversation.ts';
import { type Service, Services } from './services.ts';
import { connectTool, connectToolListed, connectToolResult, goneInWords, instructionsFor } from './words.ts';

const invalidParamsCode = -32602;
const resourceNotFoundCode = -32002;
const setLevelWaitMs = 10_000;
const drainWaitMs = 600;
/** Whose results may point to resources. */
const pointing: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
/** Methods that the newer era has no more (MCP 2026-07-28 changelog). */
const older: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

/** One request on its way. */
interface Turn {
  readonly request: HostRequest;
  readonly reply: Reply;
  readonly call: Call;
  readonly answered: () => void;
  readonly hostHeaders: HostHeaders | undefined;
}

export class AllServices implements Conversation {
  readonly #context: BridgeContext;
  readonly #host: Host;
  readonly #services: Services;
  readonly #lists: MergedLists;
  readonly #asked: AskedByServices;
  readonly #notices: HostNotices;
  readonly #subscriptions: HostSubscriptions;
  readonly #heard: HeardNeeds;
  readonly #calls = new Calls();
  readonly #ids = `conexor-${randomUUID()}-`;
  readonly #unsubscribe: () => void;
  /** Of services that know only the newer era, what a host of the older one subscribed to. */
  readonly #watched = new Map<string, Set<string>>();
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
      toHost: (id, uri) => this.#lists.owners.toHost(id, uri),
    };
    this.#unsubscribe = broker.subscribe((snapshot) => this.#follow(snapshot));
  }

  async request(request: HostRequest, reply: Reply, gone?: AbortSignal, hostHeaders?: HostHeaders): Promise<void> {
    if (gone?.aborted) return;
    const modern = request.modernVersion !== undefined || request.method === 'server/discover';
    const subscription = modern && request.method === 'subscriptions/listen';
    const call = this.#calls.begin(request, { modern, subscription }, gone);
    const answered = () => this.#calls.answered(call);
    try {
      await this.#serve({ request, reply, call, answered, hostHeaders });
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
    await service.conversation.resume(
      id,
      this.#passing(service, reply, undefined, () => undefined),
      gone,
    );
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

  async #serve(turn: Turn): Promise<void> {
    const { request, reply, call, hostHeaders } = turn;
    const { method, id } = request;
    const refused = call.modern ? hostHeaders && headerMismatch(request, hostHeaders) : undefined;
    const unknown = refused ?? (call.modern ? unknownVersion(request) : undefined);
    if (unknown) return reply.answer(unknown, 400);
    if (call.modern ? older.has(method) : method === 'server/discover') return this.#notFound(turn);
    if (method === 'ping') return reply.answer({ jsonrpc: '2.0', id, result: {} });
    if (method === 'initialize' || method === 'server/discover') return this.#greet(turn);
    if (call.modern) await this.#begin('modern', request);
    if (!this.#greeting) {
      return reply.answer(plainError(id, invalidRequestCode, 'A conversation begins with initialize.'));
    }
    const kind = listKindOf(method);
    if (kind) return this.#list(kind, turn);
    if (call.subscription) return this.#subscribe(turn);
    if (method === 'logging/setLevel') return this.#level(turn);
    const aim = aimOf(request);
    if (aim === 'unnamed') return reply.answer(plainError(id, invalidParamsCode, 'What is asked for has no name.'));
    return aim ? this.#aimed(aim, turn) : this.#notFound(turn);
  }

  async #greet({ request, reply }: Turn): Promise<void> {
    const { broker, version } = this.#context;
    await this.#begin(request.method === 'initialize' ? 'legacy' : 'modern', request);
    await inTime(this.#services.all.map(({ conversation }) => conversation.begun));
    const instructions = instructionsFor(this.#services.words, broker.snapshot());
    reply.answer({ jsonrpc: '2.0', id: request.id, result: greetingResult(request, version, instructions) });
  }

  /** Whatever stood before belongs to another conversation; requests of the newer era are one. */
  async #begin(era: Era, request: HostRequest): Promise<void> {
    if (era === 'modern' && this.#greeting?.era === 'modern') return;
    const isAnother = this.#greeting !== undefined;
    this.#greeting = {
      era,
      initialize: era === 'legacy' ? request : undefined,
      clientInfo: clientInfoIn(request, this.#context.version),
    };
    this.#notices.setReady(era === 'modern');
    this.#watched.clear();
    if (isAnother) void this.#services.close();
    if (!this.#closed) this.#services.follow(this.#context.broker.snapshot());
  }

  async #list(kind: ListKind, { request, reply, call }: Turn): Promise<void> {
    const { broker, version } = this.#context;
    const items = await this.#lists.all(kind);
    if (call.cancelled || call.stop.signal.aborted) return;
    const isNothing = kind === 'tools' && this.#services.all.length === 0;
    const shown = isNothing ? [Buffer.from(JSON.stringify(connectToolListed(broker.snapshot())))] : items;
    const around = call.modern ? modernResult(request.method, {}, version) : {};
    reply.answer(listAnswer(request.id, kind, shown, around));
  }

  async #subscribe({ request, reply, call }: Turn): Promise<void> {
    await this.#subscriptions.serve(request, reply, call.stop.signal);
  }

  #level({ request, reply }: Turn): void {
    const level = request.params?.['level'];
    if (typeof level === 'string') this.#logLevel = level;
    for (const { conversation } of this.#services.all) if (conversation.hasBegun) this.#setLevel(conversation);
    reply.answer({ jsonrpc: '2.0', id: request.id, result: {} });
  }

  #setLevel(conversation: ServiceConversation): void {
    if (conversation.era !== 'legacy' || this.#greeting?.era !== 'legacy') return;
    const params = { level: this.#logLevel };
    void conversation.ask('logging/setLevel', params, AbortSignal.timeout(setLevelWaitMs), 64 * 1024);
  }

  async #aimed(aim: Aim, turn: Turn): Promise<void> {
    const { request, reply, call } = turn;
    const found = this.#lists.known(aim.what, aim.name) ?? (await this.#lists.lookedUp(aim.what, aim.name));
    if (call.stop.signal.aborted || call.cancelled) return;
    if (found) return this.#carry(found, aim, turn);
    if (aim.what === 'tool' && aim.name === connectTool) return this.#connect(turn);
    const code = aim.what === 'resource' ? resourceNotFoundCode : invalidParamsCode;
    reply.answer(plainError(request.id, code, goneInWords(aim.what, aim.name)));
  }

  async #carry({ service, name }: Found, aim: Aim, turn: Turn): Promise<void> {
    const { request, reply, call, answered, hostHeaders } = turn;
    const { conversation } = service;
    if (!conversation.hasBegun) await conversation.begun;
    if (conversation.era === 'modern' && older.has(request.method)) return this.#watchFor(service, name, turn);
    const passing = this.#passing(service, reply, request.method, answered);
    await conversation.carry(redirected(request, aim, name), passing, {
      gone: call.stop.signal,
      hostHeaders,
      carried: (tell) => {
        call.tell = (bytes) => tell(readHostMessage(bytes) as HostNotification);
      },
    });
    if (passing.isAnswered) return;
    if (call.cancelled || call.stop.signal.aborted) reply.end();
    else {
      const fault = conversation.closedBy ?? new Fault('answer-lost', { subject: service.view.title });
      reply.answer(faultAnswer(request.id, fault));
    }
  }

  #passing(service: Service, reply: Reply, method: string | undefined, answered: () => void): Passing {
    const { owners } = this.#lists;
    const isPointing = method !== undefined && pointing.has(method);
    const isMarked = isPointing && owners.hasMarks(service.id);
    return new Passing(reply, {
      answered,
      shown: (event) => this.#toHost(service, event),
      tagged: (event) => this.#tagged(service, event),
      read: isPointing && method !== 'resources/read' ? (answer) => owners.read(service.id, answer) : undefined,
      rewrite: isMarked ? (answer) => owners.rewritten(service.id, answer) : undefined,
    });
  }

  #connect({ request, reply, call }: Turn): void {
    const { broker, version } = this.#context;
    const labels = this.#services.all.map(({ label }) => label);
    const result = connectToolResult(labels, broker.snapshot());
    const told = call.modern ? modernResult(request.method, result, version) : result;
    reply.answer({ jsonrpc: '2.0', id: request.id, result: told });
  }

  #notFound({ request, reply }: Turn): void {
    reply.answer(plainError(request.id, methodNotFoundCode, 'Method not found'));
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

  /** What a host of the older era wants to hear of, at a service that knows only the newer one. */
  #watchFor({ id, conversation }: Service, uri: string, { request, reply }: Turn): void {
    const watched = this.#watched.get(id) ?? new Set<string>();
    this.#watched.set(id, watched);
    if (request.method === 'resources/subscribe') watched.add(uri);
    else watched.delete(uri);
    conversation.watch(new Set(watched));
    reply.answer({ jsonrpc: '2.0', id: request.id, result: {} });
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
      conversation.watch(wanted.get(id) ?? new Set());
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
    return withData({ ...event, id: `${key}.${event.id}` }, event.data ?? Buffer.alloc(0));
  }

  #nextId(): string {
    this.#count += 1;
    return `${this.#ids}${this.#count}`;
  }
}

function methodsOf(kind: ListKind): readonly ListChanged[] {
  return listChangedMethods.filter((method) => kindsOf[method].includes(kind));
}
