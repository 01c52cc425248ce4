/**
 * The conversations of the HTTP face. A session's id is unguessable and still no authentication: it holds only for
 * the client and the connection that began it (MCP security best practices, session hijacking).
 */
import { randomUUID } from 'node:crypto';
import type { BridgeContext } from './bridge-context.ts';
import type { Conversation } from './conversation.ts';
import type { Caller } from './guard.ts';
import type { Host } from './host.ts';
import type { HttpReply } from './http-reply.ts';
import { openConversation } from './open-conversation.ts';
import type { EventSink } from './reply.ts';
import type { SseEvent } from './sse.ts';

export interface HttpSession {
  readonly id: string;
  readonly session: Conversation;
  /** The host's GET streams; messages that belong to no request go to one of them, never to several. */
  readonly streams: HttpReply[];
}

interface Entry extends HttpSession {
  readonly client: string;
  readonly connection: string;
  readonly idle: NodeJS.Timeout;
}

/** A program that begins ever new sessions loses its oldest ones. */
const maxPerClient = 64;
/** Messages kept for a host that has no stream open at the moment. */
const maxWaiting = 100;
const maxWaitingBytes = 4 * 1024 * 1024;

export class HttpSessions {
  readonly #context: BridgeContext;
  readonly #idleMs: number;
  readonly #byId = new Map<string, Entry>();
  readonly #stateless = new Map<string, { readonly session: Conversation; readonly idle: NodeJS.Timeout }>();

  constructor(context: BridgeContext, idleMs: number) {
    this.#context = context;
    this.#idleMs = idleMs;
  }

  begin(caller: Caller, connection: string): HttpSession {
    const { client } = caller;
    const own = [...this.#byId.values()].filter((one) => one.client === client);
    if (own.length >= maxPerClient && own[0]) void this.end(own[0].id);
    const id = randomUUID();
    const streams: HttpReply[] = [];
    const waiting = new WaitingEvents();
    const events: EventSink = {
      event: (event) => streams.at(-1)?.event(event) ?? waiting.keep(event),
      onDrain: (resume) => {
        const stream = streams.at(-1);
        if (stream) stream.onDrain(resume);
        else resume();
      },
    };
    const session = this.#sessionOf(caller, connection, {
      events,
      forget: () => void waiting.take(),
      keyRemoved: () => void this.end(id),
    });
    const idle = setTimeout(() => this.#whenIdle(id), this.#idleMs).unref();
    const entry: Entry = { id, session, streams: withWaiting(streams, waiting), client, connection, idle };
    this.#byId.set(id, entry);
    return entry;
  }

  /** Undefined for an id that is unknown, has ended, or belongs to another client or connection. */
  find(id: string, client: string, connection: string): HttpSession | undefined {
    const entry = this.#byId.get(id);
    if (entry?.client !== client || entry.connection !== connection) return undefined;
    entry.idle.refresh();
    // The order of the map is that of use.
    this.#byId.delete(id);
    this.#byId.set(id, entry);
    return entry;
  }

  end(id: string): Promise<void> {
    const entry = this.#byId.get(id);
    if (!entry) return Promise.resolve();
    this.#byId.delete(id);
    clearTimeout(entry.idle);
    for (const stream of entry.streams) stream.end();
    return entry.session.close();
  }

  /**
   * The conversation of requests that stand alone (2026-07-28): one for each client and connection, which is given by
   * its id, for its other names may be spelled in any number of ways.
   */
  stateless(caller: Caller, connectionId: string): Conversation {
    const { client } = caller;
    const key = JSON.stringify([client, connectionId]);
    const known = this.#stateless.get(key);
    if (known) {
      known.idle.refresh();
      return known.session;
    }
    const session = this.#sessionOf(caller, connectionId, {
      events: nowhere,
      keyRemoved: () => {
        clearTimeout(idle);
        this.#stateless.delete(key);
        void session.close();
      },
    });
    const idle = setTimeout(() => {
      if (!session.isIdle) {
        idle.refresh();
        return;
      }
      this.#stateless.delete(key);
      void session.close();
    }, this.#idleMs).unref();
    this.#stateless.set(key, { session, idle });
    return session;
  }

  async close(): Promise<void> {
    const sessions = [...this.#stateless.values()].map(({ session, idle }) => {
      clearTimeout(idle);
      return session;
    });
    this.#stateless.clear();
    await Promise.all([...[...this.#byId.keys()].map((id) => this.end(id)), ...sessions.map((one) => one.close())]);
  }

  #sessionOf(
    { client, isLet }: Caller,
    reference: string,
    of: Pick<Host, 'events' | 'forget'> & { readonly keyRemoved: () => void },
  ): Conversation {
    const servedElsewhere = of.keyRemoved;
    return openConversation(this.#context, { client, door: 'http', reference, isLet, servedElsewhere, ...of });
  }

  #whenIdle(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    if (entry.session.isIdle && entry.streams.length === 0) void this.end(id);
    else entry.idle.refresh();
  }
}

const nowhere: EventSink = { event: () => true, onDrain: (resume) => resume() };

/** What came while no stream was open. Full, it loses its oldest. */
export class WaitingEvents {
  #events: Buffer[] = [];
  #bytes = 0;

  keep({ raw }: SseEvent): true {
    // A copy: the event may be a small part of what came with it.
    this.#events.push(Buffer.from(raw));
    this.#bytes += raw.length;
    while (this.#events.length > maxWaiting || this.#bytes > maxWaitingBytes) {
      this.#bytes -= this.#events.shift()?.length ?? 0;
    }
    return true;
  }

  take(): readonly SseEvent[] {
    const events = this.#events.map((raw) => ({ raw }));
    this.#events = [];
    this.#bytes = 0;
    return events;
  }
}

/** A stream that is opened gets what has waited for one. */
function withWaiting(streams: HttpReply[], waiting: WaitingEvents): HttpReply[] {
  const push = streams.push.bind(streams);
  streams.push = (...added) => {
    for (const event of waiting.take()) added[0]?.event(event);
    return push(...added);
  };
  return streams;
}
