/**
 * One service's part of a conversation with a host that has several: the session that a host of this service alone would
 * have (leave, accounts, stand-in, switch notice, notes are that session's), begun in the era that the service speaks.
 */
import type { Fault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import type { BridgeContext } from '../bridge-context.ts';
import type { Conversation } from '../conversation.ts';
import { methodNotFoundCode, plainError } from '../fault-answers.ts';
import type { Host } from '../host.ts';
import { initializedBytes } from '../leg.ts';
import {
  type HostNotification,
  type HostRequest,
  isObject,
  type MessageId,
  parseJson,
  readHostMessage,
} from '../message.ts';
import { type MirroredTools, modernHeaders, rememberTools } from '../modern-headers.ts';
import type { Era, HostHeaders } from '../modern-session.ts';
import type { Reply } from '../reply.ts';
import { Session } from '../session.ts';
import type { SseEvent } from '../sse.ts';
import type { ServiceAsks } from './asked-by-services.ts';
import { handshakeOf, modernMeta, toLegacy, toModern } from './eras.ts';
import type { ListKind } from './listed-items.ts';
import { OwnLines } from './own-lines.ts';
import { Collected, Passing } from './replies.ts';
import { ServiceLists } from './service-lists.ts';
import { ServiceWatch } from './service-watch.ts';

/** What a host said of itself when the conversation began. */
export interface Greeting {
  readonly era: Era;
  /** Of the older era. */
  readonly initialize: HostRequest | undefined;
  readonly clientInfo: unknown;
}

export interface ServiceNeeds {
  readonly context: BridgeContext;
  readonly host: Host;
  readonly greeting: Greeting;
  /** Ids for requests of ours, unlike any of the host's. */
  readonly nextId: () => MessageId;
  /** The host has said `notifications/initialized`, or has nothing of the kind. */
  readonly hostIsReady: () => boolean;
  readonly logLevel: () => string | undefined;
  /** What belongs to no request of the host's. False: wait for the host. */
  readonly event: (event: SseEvent) => boolean;
  readonly asks: (tell: (bytes: Buffer) => void) => ServiceAsks;
  readonly late: (kind: ListKind) => void;
}

export interface CarryOptions {
  readonly gone: AbortSignal;
  readonly hostHeaders: HostHeaders | undefined;
  /** How the service hears that the host has taken the request back. */
  readonly carried: (tell: (cancelled: HostNotification) => void) => void;
}

const mostGreetingBytes = 256 * 1024;
const askWaitMs = 10_000;
const drainWaitMs = 600;
const noneOfThese = Buffer.from(JSON.stringify(plainError(null, methodNotFoundCode, 'not there')));

export class ServiceConversation {
  readonly lists: ServiceLists;
  readonly asks: ServiceAsks;
  readonly watch: ServiceWatch;
  /** Resolves when it is known how the service speaks, or that it does not for now: within a few seconds. */
  readonly begun: Promise<void>;
  readonly #needs: ServiceNeeds;
  readonly #view: ConnectionView;
  readonly #inner: Conversation;
  readonly #mirrored: MirroredTools = new Map();
  #era: Era = 'legacy';
  #hasBegun = false;
  #capabilities: Readonly<Record<string, unknown>> | undefined;
  /** The service itself has said how it speaks. */
  isSettled = false;
  /** Of the service itself. */
  instructions: string | undefined;
  /** Why it is over. */
  closedBy: Fault | undefined;

  constructor(needs: ServiceNeeds, view: ConnectionView) {
    this.#needs = needs;
    this.#view = view;
    const { context, host } = needs;
    const events = { event: needs.event, onDrain: (resume: () => void) => host.events.onDrain(resume) };
    const { keyRemoved: _, ...kept } = host;
    const own: Host = { ...kept, reference: view.id, events, servedElsewhere: () => undefined };
    this.#inner = view.speaks === 'rest' ? new OwnLines(context, own, view.id, events) : new Session(context, own);
    this.asks = needs.asks((bytes) => this.#inner.notify(readHostMessage(bytes)));
    this.lists = new ServiceLists({
      ask: (method, params, signal, mostBytes) => this.#listed(method, params, signal, mostBytes),
      late: needs.late,
    });
    this.watch = new ServiceWatch({
      era: () => (this.#hasBegun ? this.#era : undefined),
      ask: (method, params) => void this.ask(method, params, AbortSignal.timeout(askWaitMs), mostGreetingBytes),
      listen: (notifications, signal) => {
        const request = this.#requestOf('subscriptions/listen', 'modern', { notifications });
        void this.#inner.request(request, this.#collected(mostGreetingBytes), signal);
      },
    });
    this.begun = this.#begin();
  }

  get era(): Era {
    return this.#era;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Carries one request of the host's, in whichever era the service speaks; resolves when it is over. Never throws. */
  async carry(request: HostRequest, to: Reply, options: CarryOptions): Promise<void> {
    if (!this.#hasBegun) await this.begun;
    const { gone, hostHeaders, carried } = options;
    const { era } = this.#needs.greeting;
    if (era === this.#era) {
      carried((cancelled) => this.#inner.notify(cancelled));
      return this.#inner.request(request, to, gone, hostHeaders && named(request, hostHeaders));
    }
    if (era === 'legacy') {
      const { host, greeting, logLevel } = this.#needs;
      const { request: inner, answer } = toModern(request, greeting.clientInfo, logLevel());
      carried((cancelled) => this.#inner.notify(cancelled));
      const headers = host.door === 'http' ? modernHeaders(inner, this.#mirrored) : undefined;
      return this.#inner.request(inner, translated(to, answer), gone, headers);
    }
    const { request: inner, answer } = toLegacy(request, this.#needs.nextId());
    const tell = () => this.#inner.notify(cancelledOf(inner.id));
    carried(tell);
    // A service of the older era is told; that nobody reads any more says nothing to it.
    gone.addEventListener('abort', tell, { once: true });
    await this.#inner.request(inner, translated(to, answer), gone);
    gone.removeEventListener('abort', tell);
  }

  /** A request of ours. Undefined where there is no answer, or one of too many bytes. Never throws. */
  async ask(method: string, params: object, signal: AbortSignal, mostBytes: number): Promise<Buffer | undefined> {
    if (!this.#hasBegun) await this.begun;
    return this.#ask(method, this.#era, params, signal, mostBytes);
  }

  /** Another account, or leave that was given or taken: what was heard of the service is not to be told any more. */
  moved(): void {
    this.lists.forget();
    this.#capabilities = undefined;
  }

  notify(bytes: Buffer): void {
    if (this.#hasBegun && this.#era === 'legacy') this.#inner.notify(readHostMessage(bytes));
  }

  hostInitialized(): void {
    if (!this.#hasBegun) return;
    if (this.#era === 'legacy') this.#inner.notify(readHostMessage(initializedBytes));
    // A host of the newer era says itself what it wants to hear.
    else if (this.#needs.greeting.era === 'legacy') this.watch.apply();
  }

  listen(): void {
    if (this.#hasBegun && this.#era === 'legacy') this.#inner.listen();
  }

  resume(...turn: Parameters<Conversation['resume']>): Promise<void> {
    return this.#inner.resume(...turn);
  }

  /** Ends it; what is under way may still be answered, for a moment. */
  async close(fault?: Fault): Promise<void> {
    this.closedBy = fault;
    this.lists.close();
    this.asks.withdraw();
    this.watch.close();
    if (fault) await this.#inner.drained(drainWaitMs);
    await this.#inner.close();
  }

  async #begin(): Promise<void> {
    // The first word to the broker may be news to it, of which everybody hears at once: by then this is to be known.
    await Promise.resolve();
    const { era } = this.#needs.greeting;
    if (this.#view.speaks === 'rest') await this.#shakeHands();
    else if (era === 'legacy') (await this.#shakeHands()) || (await this.#discover());
    else (await this.#discover()) || (await this.#shakeHands());
    this.#hasBegun = true;
    if (this.#needs.hostIsReady()) this.hostInitialized();
  }

  /** The older era, in the host's own words where it has them. False where the service refuses it. */
  async #shakeHands(): Promise<boolean> {
    const { greeting, context } = this.#needs;
    const answer = greeting.initialize
      ? await this.#answerTo(greeting.initialize, AbortSignal.timeout(askWaitMs), mostGreetingBytes)
      : await this.#ask('initialize', 'legacy', handshakeOf(greeting.clientInfo), AbortSignal.timeout(askWaitMs));
    const result = resultIn(answer);
    if (!result) return false;
    const info = isObject(result['serverInfo']) ? result['serverInfo'] : {};
    const isStandIn = info['title'] === `Conexor: ${this.#view.title}` && info['version'] === context.version;
    this.isSettled = !isStandIn || this.#view.speaks === 'rest';
    this.#learn('legacy', result);
    return true;
  }

  async #discover(): Promise<boolean> {
    const result = resultIn(await this.#ask('server/discover', 'modern', {}, AbortSignal.timeout(askWaitMs)));
    if (!result) return false;
    this.isSettled = true;
    this.#learn('modern', result);
    return true;
  }

  #learn(era: Era, { capabilities, instructions }: Readonly<Record<string, unknown>>): void {
    this.#era = era;
    this.#capabilities = isObject(capabilities) ? capabilities : {};
    this.instructions = this.isSettled && typeof instructions === 'string' ? instructions : undefined;
  }

  async #listed(method: string, params: object, signal: AbortSignal, mostBytes: number): Promise<Buffer | undefined> {
    if (!this.#hasBegun) await this.begun;
    if (!this.#mayHave(method)) return noneOfThese;
    const answer = await this.#ask(method, this.#era, params, signal, mostBytes);
    const { host, greeting } = this.#needs;
    const mirrors = this.#era === 'modern' && greeting.era === 'legacy' && host.door === 'http';
    return answer && mirrors && method === 'tools/list' ? rememberTools(answer, this.#mirrored) : answer;
  }

  /** False where the service has said that it has no such lists. */
  #mayHave(method: string): boolean {
    return this.#capabilities === undefined || Object.hasOwn(this.#capabilities, method.split('/', 1)[0] ?? '');
  }

  #ask(
    method: string,
    era: Era,
    params: object,
    signal: AbortSignal,
    mostBytes = mostGreetingBytes,
  ): Promise<Buffer | undefined> {
    return this.#answerTo(this.#requestOf(method, era, params), signal, mostBytes);
  }

  async #answerTo(request: HostRequest, signal: AbortSignal, mostBytes: number): Promise<Buffer | undefined> {
    const stop = new AbortController();
    const reply = this.#collected(mostBytes);
    void this.#inner.request(request, reply, AbortSignal.any([signal, stop.signal])).finally(() => reply.end());
    const answer = await reply.answered;
    stop.abort();
    return answer;
  }

  #collected(mostBytes: number): Collected {
    return new Collected(mostBytes, (event) => void this.#needs.event(event));
  }

  #requestOf(method: string, era: Era, params: object): HostRequest {
    const { nextId, greeting } = this.#needs;
    const meta = era === 'modern' ? { _meta: modernMeta(greeting.clientInfo) } : {};
    const message = { jsonrpc: '2.0', id: nextId(), method, params: { ...params, ...meta } };
    return readHostMessage(Buffer.from(JSON.stringify(message))) as HostRequest;
  }
}

function translated(to: Reply, rewrite: (answer: Buffer) => Buffer): Reply {
  return new Passing(to, { shown: (event) => event, answered: () => undefined, told: rewrite });
}

/** The name that the service has for what is asked for, where the host's header says the host's. */
function named(request: HostRequest, headers: HostHeaders): HostHeaders {
  const name = headers['mcp-name'] === undefined ? undefined : modernHeaders(request, undefined)['mcp-name'];
  return name === undefined ? headers : { ...headers, 'mcp-name': name };
}

function resultIn(answer: Buffer | undefined): Readonly<Record<string, unknown>> | undefined {
  const message = answer && parseJson(answer);
  const result = isObject(message) ? message['result'] : undefined;
  return isObject(result) ? result : undefined;
}

function cancelledOf(requestId: MessageId): HostNotification {
  const message = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } };
  return readHostMessage(Buffer.from(JSON.stringify(message))) as HostNotification;
}
