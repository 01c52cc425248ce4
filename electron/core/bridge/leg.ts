/**
 * One MCP session at the service, for one account (MCP 2025-11-25 transports: session management). Opened with the
 * host's own `initialize`, renewed unseen when the service has forgotten it, ended by DELETE.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';
import { hostOf, postHeaders, type UpstreamResponse } from './exchange.ts';
import { type HostRequest, parseJson } from './message.ts';
import { type OpenedSession, openSession, type RefusedSession } from './open-session.ts';
import type { Asker, Questions } from './questions.ts';
import type { EventSink } from './reply.ts';
import { keepListening } from './standalone-stream.ts';
import { AccountChanged, type Exchanged, type Upstream } from './upstream.ts';

export const initializedBytes = Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}');

/** A service that has not answered `initialize` in this time is tried anew. */
const openWaitMs = 30_000;
const endWaitMs = 1_000;

export interface LegNeeds {
  readonly upstream: Upstream;
  readonly now: () => number;
  /** Messages of the service that answer no request: the standalone stream, and what precedes an initialize result. */
  readonly events: EventSink;
  /** Where it may ask the host; absent where nobody is there to answer. */
  readonly questions?: Questions;
  /** An answer to `initialize` that is no 200. */
  readonly refused: (exchanged: Exchanged) => void;
}

export type Opened = { readonly leg: Leg; readonly answer: Buffer } | RefusedSession;

/** What the service answered, and who may have asked on the way there. */
export type Asked = Exchanged & { readonly asker: Asker | undefined };

export class Leg {
  readonly #needs: LegNeeds;
  readonly #initialize: HostRequest;
  readonly #ended = new AbortController();
  #access: Access;
  #asker: Asker | undefined;
  #sessionId: string | undefined;
  #headers: Readonly<Record<string, string>> = postHeaders;
  #capabilities: Readonly<Record<string, unknown>> = {};
  #renewal: Promise<void> | undefined;
  #outgoing: Promise<void> = Promise.resolve();
  #listening = false;
  #inFlight = 0;
  #end: Promise<void> | undefined;
  #whenIdle: (() => void) | undefined;
  /** Pending while `notifications/initialized` is on its way: requests must not overtake it. */
  started: Promise<void> | undefined;

  private constructor(needs: LegNeeds, access: Access, initialize: HostRequest) {
    this.#needs = needs;
    this.#access = access;
    this.#initialize = initialize;
    this.#asks();
  }

  /** A session has questions of its own; those of one that the service has forgotten are nobody's. */
  #asks(): void {
    const before = this.#asker;
    const asker = this.#needs.questions?.asker((bytes) => {
      void this.notify(bytes, () => this.#asker === asker);
    });
    this.#asker = asker;
    before?.withdraw();
  }

  /** Where events go that belong to no request; what they ask is asked by this session. */
  #sink(asker: Asker | undefined): EventSink {
    const { events } = this.#needs;
    return {
      event: (event) => {
        const shown = asker ? asker.shown(event) : event;
        return shown === undefined || this.#ended.signal.aborted || events.event(shown);
      },
      onDrain: (resume) => events.onDrain(resume),
    };
  }

  /** Throws `unreachable`, `answer-lost`, `sign-in-needed`, … where the service gave no JSON-RPC answer. */
  static async open(needs: LegNeeds, access: Access, initialize: HostRequest): Promise<Opened> {
    const leg = new Leg(needs, access, initialize);
    const opened = await leg.#open();
    return 'refused' in opened ? opened : { leg, answer: opened.answer };
  }

  get accountId(): string | undefined {
    return this.#access.accountId;
  }

  get access(): Access {
    return this.#access;
  }

  get asker(): Asker | undefined {
    return this.#asker;
  }

  has(capability: string): boolean {
    return Object.hasOwn(this.#capabilities, capability);
  }

  async #open(): Promise<OpenedSession | RefusedSession> {
    const { upstream, now, refused } = this.#needs;
    const opened = await openSession(this.#access, {
      upstream,
      now,
      initialize: this.#initialize,
      signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(openWaitMs)]),
      events: this.#sink(this.#asker),
      refused,
      accessed: (access) => {
        this.#access = access;
      },
    });
    if ('refused' in opened) return opened;
    this.#sessionId = opened.sessionId;
    this.#headers = opened.headers;
    this.#capabilities = opened.capabilities;
    return opened;
  }

  /**
   * Sends a request's bytes. A session that the service has forgotten (404) is opened anew and the request sent once
   * more. Throws as `Upstream.send`.
   */
  async send(access: Access, body: Buffer, signal: AbortSignal): Promise<Asked> {
    if (this.started !== undefined) await this.started;
    const sessionId = this.#sessionId;
    const exchanged = await this.#post(access, body, signal);
    if (exchanged.response.status !== 404 || sessionId === undefined) return exchanged;
    exchanged.response.discard();
    if (this.#sessionId === sessionId) await this.#renew();
    return this.#post(this.#access, body, signal);
  }

  async #post(access: Access, body: Buffer, signal: AbortSignal): Promise<Asked> {
    const asker = this.#asker;
    const exchanged = await this.#needs.upstream.send(access, { method: 'POST', headers: this.#headers, body, signal });
    this.#access = exchanged.access;
    return { ...exchanged, asker };
  }

  /** One renewal however many requests met the 404. */
  #renew(): Promise<void> {
    this.#renewal ??= (async () => {
      this.#asks();
      const opened = await this.#open();
      if ('refused' in opened) {
        throw new Fault('service-answer-invalid', {
          reason: 'session refused',
          subject: hostOf(this.#access),
          upstream: { status: opened.status, body: parseJson(opened.refused) },
        });
      }
      (await this.#post(this.#access, initializedBytes, this.#ended.signal)).response.discard();
    })().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** Notifications and responses of the host, one after the other in its order, unless one is not meant any more. Never throws. */
  notify(bytes: Buffer, isMeant?: () => boolean): Promise<void> {
    this.#outgoing = this.#outgoing.then(async () => {
      if (isMeant && !isMeant()) return;
      try {
        (await this.#post(this.#access, bytes, this.#ended.signal)).response.discard();
      } catch {
        // A notification has nobody to tell; the next request meets the same trouble and says so.
      }
    });
    return this.#outgoing;
  }

  /** `notifications/initialized`, which requests wait for, since they travel on other connections. */
  start(bytes: Buffer = initializedBytes): void {
    this.started = this.notify(bytes).then(() => {
      this.started = undefined;
    });
  }

  /** GET: the rest of a stream that was cut (Last-Event-ID), or the standalone one. Throws as `Upstream.send`. */
  async reopen(lastEventId: string | undefined, signal: AbortSignal): Promise<UpstreamResponse> {
    const { 'content-type': _, ...headers } = { ...this.#headers } as Record<string, string>;
    try {
      const { response, access } = await this.#needs.upstream.send(this.#access, {
        method: 'GET',
        headers: {
          ...headers,
          accept: 'text/event-stream',
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        },
        signal,
      });
      this.#access = access;
      return response;
    } catch (thrown) {
      // The request itself was sent long ago: it must not begin anew as another account.
      if (thrown instanceof AccountChanged) throw new Fault('answer-lost', { subject: hostOf(this.#access) });
      throw thrown;
    }
  }

  /** Keeps the standalone stream open for as long as the leg lives. Never throws. */
  async listen(): Promise<void> {
    if (this.#listening) return;
    this.#listening = true;
    await this.started;
    const { signal } = this.#ended;
    let sink = this.#sink(this.#asker);
    const open = (lastEventId: string | undefined) => {
      sink = this.#sink(this.#asker);
      return this.reopen(lastEventId, signal);
    };
    await keepListening(open, signal, {
      event: (event) => sink.event(event),
      onDrain: (resume) => sink.onDrain(resume),
    });
    this.#listening = false;
  }

  /** Counts a request as under way; the returned function ends it. */
  enter(): () => void {
    this.#inFlight += 1;
    return () => {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#whenIdle?.();
    };
  }

  /** No new requests come, and none of its own to the host: ends when those under way have their answers. */
  async retire(): Promise<void> {
    this.#asker?.withdraw();
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    await this.end();
  }

  get isEnding(): boolean {
    return this.#end !== undefined;
  }

  /** Ends the session at the service; all callers wait for the same end. Never throws. */
  end(): Promise<void> {
    this.#end ??= this.#delete();
    return this.#end;
  }

  /** DELETE with the leg's own access; bounded, and 405 is fine. */
  async #delete(): Promise<void> {
    this.#asker?.withdraw();
    this.#ended.abort();
    if (this.#sessionId === undefined) return;
    const { 'content-type': _, ...headers } = { ...this.#headers } as Record<string, string>;
    try {
      const signal = AbortSignal.timeout(endWaitMs);
      const { response } = await this.#needs.upstream.end(this.#access, { method: 'DELETE', headers, signal });
      response.discard();
    } catch {
      // The service forgets the session by itself some day.
    }
  }
}
