/**
 * A conversation in the era of sessions (up to MCP 2025-11-25). The host's handshake is answered by the service or, if
 * that takes too long, by the stand-in; after that every request goes to the session of the account bound right now.
 */
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';
import { hostOf } from './exchange.ts';
import { invalidRequestCode, plainError } from './fault-answers.ts';
import type { Leg, Opened } from './leg.ts';
import { isPassing, Legs } from './legs.ts';
import { answeredAs, type HostRequest, type HostResponse } from './message.ts';
import { type PassOptions, passOn } from './pass.ts';
import { type Asker, Questions } from './questions.ts';
import { refuse } from './refuse.ts';
import type { EventSink, Reply } from './reply.ts';
import type { Route } from './route.ts';
import { sseEventOf } from './sse.ts';
import { emptyList, endsAccess, listChangedMethods, signInTool } from './stand-in.ts';
import type { Turn } from './turn.ts';
import { AccountChanged } from './upstream.ts';

/** `initialize` is answered within half a second whatever the service does. */
const initializeWaitMs = 400;

export interface LegacyNeeds {
  readonly route: Route;
  readonly now: () => number;
  readonly events: EventSink;
  /** The stand-in's response; without a fault that to a sign-in which is no longer needed. */
  readonly standIn: (request: HostRequest, fault: Fault | undefined) => Promise<object>;
  /** There is a session at the service, for this account. */
  readonly opened: (accountId: string | undefined) => void;
  /** False where the service's standalone stream is wanted only when the host opens its own (HTTP face). */
  readonly listensAtOnce: boolean;
}

export class LegacySession {
  readonly #needs: LegacyNeeds;
  readonly #legs: Legs;
  readonly #questions: Questions;
  #begun = false;
  #closed = false;
  /** The host's `notifications/initialized` has come: it may be sent notifications. */
  #hostReady = false;
  /** The host knows the stand-in: its capabilities, perhaps its tool. */
  #stoodIn = false;
  /** The lists that the host knows are not those of the leg that opens next. */
  #listsChange = false;
  #listens: boolean;

  constructor(needs: LegacyNeeds) {
    this.#needs = needs;
    this.#listens = needs.listensAtOnce;
    this.#questions = new Questions(needs.events);
    this.#legs = new Legs({
      route: needs.route,
      now: needs.now,
      events: needs.events,
      questions: this.#questions,
      opened: (leg) => this.#opened(leg),
      retry: () => void this.moved(),
    });
  }

  async request(request: HostRequest, reply: Reply, turn: Turn): Promise<void> {
    if (request.method === 'initialize') return this.#begin(request, reply);
    if (!this.#begun) {
      reply.answer(plainError(request.id, invalidRequestCode, 'A conversation begins with initialize.'));
      return;
    }
    if (request.method === 'ping' && !this.#legs.current) {
      reply.answer({ jsonrpc: '2.0', id: request.id, result: {} });
      return;
    }
    let leg: Leg;
    let access: Access;
    try {
      access = await this.#needs.route.access();
      turn.actsAs(access.accountId);
      leg = this.#legs.of(access) ?? (await this.#legs.within(access));
    } catch (thrown) {
      if (thrown instanceof AccountChanged) throw thrown;
      return this.#standInFor(request, reply, asFault(thrown));
    }
    const leave = leg.enter();
    try {
      const own = this.#stoodIn ? await this.#ownAnswer(request, leg) : undefined;
      const instead = own ? undefined : turn.instead(access);
      const answer = own ?? (instead && (await instead));
      if (turn.signal.aborted || turn.isCancelled()) return;
      if (answer) return reply.answer(answer);
      await this.#forward(leg, access, request, reply, turn);
    } catch (thrown) {
      // Found out on the way: the service wants a sign-in that cannot be renewed.
      const fault = asFault(thrown);
      if (thrown instanceof AccountChanged || turn.signal.aborted || fault.code !== 'sign-in-needed') throw thrown;
      await this.#standInFor(request, reply, fault);
    } finally {
      leave();
    }
  }

  async #forward(leg: Leg, access: Access, request: HostRequest, reply: Reply, turn: Turn): Promise<void> {
    const { route, now } = this.#needs;
    const { signal, answered } = turn;
    turn.carried((bytes) => void leg.notify(bytes));
    const exchanged = await leg.send(access, request.bytes, signal);
    if (exchanged.response.status !== 200) {
      turn.refused(await refuse(exchanged, request, reply, route, now()));
      return;
    }
    route.succeeded(exchanged.access, request.method);
    await passOn(exchanged.response, reply, hostOf(exchanged.access), {
      id: request.id,
      signal,
      reopen: (lastEventId) => leg.reopen(lastEventId, signal),
      answered,
      ...shownBy(exchanged.asker),
      ...(request.method === 'tools/list' ? { listed: (answer) => turn.listed(exchanged.access, answer) } : {}),
    });
  }

  /** The host's handshake: the service's own answer where it comes in time, else ours. */
  async #begin(request: HostRequest, reply: Reply): Promise<void> {
    this.#legs.begin(request);
    this.#begun = true;
    this.#hostReady = false;
    this.#stoodIn = false;
    this.#listsChange = false;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, initializeWaitMs, 'late');
    });
    let fault = new Fault('unreachable', { reason: 'initialize not answered in time' });
    try {
      const first = await Promise.race([this.#first(), tooLate]);
      if (first !== 'late') {
        reply.answer('refused' in first ? answeredAs(first.refused, request.id) : first.answer);
        return;
      }
    } catch (thrown) {
      fault = asFault(thrown);
    } finally {
      clearTimeout(timer);
    }
    this.#standsIn();
    reply.answer(await this.#needs.standIn(request, fault));
  }

  async #first(): Promise<Opened> {
    return this.#legs.open(await this.#needs.route.access());
  }

  async #standInFor(request: HostRequest, reply: Reply, fault: Fault): Promise<void> {
    const ends = endsAccess(fault);
    // A session that stands is not taken away because the network is gone for a moment.
    if (this.#legs.current && !ends) throw fault;
    if (ends) this.#fallBack();
    this.#standsIn();
    reply.answer(await this.#needs.standIn(request, fault));
  }

  #standsIn(): void {
    this.#stoodIn = true;
    this.#listsChange = true;
  }

  /** What the host may still ask because it knows the stand-in. */
  async #ownAnswer(request: HostRequest, leg: Leg): Promise<object | undefined> {
    const empty = emptyList(request.method, (capability) => leg.has(capability));
    if (empty) return { jsonrpc: '2.0', id: request.id, result: empty };
    const asksForSignIn = request.method === 'tools/call' && request.params?.['name'] === signInTool;
    return asksForSignIn ? this.#needs.standIn(request, undefined) : undefined;
  }

  #opened(leg: Leg): void {
    this.#needs.opened(leg.accountId);
    // Where the host has had its answer from us, its `initialized` may have come and gone.
    if (this.#hostReady) this.#start(leg);
    if (this.#listsChange) this.#announce();
    // Any leg after this one shows other lists.
    this.#listsChange = true;
  }

  #start(leg: Leg, bytes?: Buffer): void {
    leg.start(bytes);
    if (this.#listens) void leg.listen();
  }

  hostInitialized(bytes: Buffer): void {
    this.#hostReady = true;
    const leg = this.#legs.current;
    if (leg) this.#start(leg, bytes);
  }

  answered(response: HostResponse): void {
    this.#questions.answered(response);
  }

  /** A notification of the host; without a session at the service it concerns nobody. */
  pass(bytes: Buffer): void {
    void this.#legs.current?.notify(bytes);
  }

  /** The host has opened a stream for what belongs to no request. */
  listen(): void {
    this.#listens = true;
    if (this.#hostReady) void this.#legs.current?.listen();
  }

  /** The rest of a stream that the host itself lost. Never throws: the host sees the stream end and decides. */
  async resume(
    lastEventId: string,
    reply: Reply,
    signal: AbortSignal,
    actsAs: (accountId: string | undefined) => void,
  ): Promise<void> {
    try {
      const access = await this.#needs.route.access();
      actsAs(access.accountId);
      const leg = this.#legs.of(access);
      if (!leg) return;
      const response = await leg.reopen(lastEventId, signal);
      if (response.status !== 200) response.discard();
      else
        await passOn(response, reply, hostOf(leg.access), {
          signal,
          reopen: (id) => leg.reopen(id, signal),
          ...shownBy(leg.asker),
        });
    } catch {
      // As said above.
    }
  }

  /** Accounts or states have changed, or it is time to try again: finds out where we stand and tells the host. */
  async moved(): Promise<void> {
    if (!this.#begun || this.#closed) return;
    try {
      const access = await this.#needs.route.access();
      if (!this.#legs.of(access)) await this.#legs.open(access);
    } catch (thrown) {
      if (!(thrown instanceof AccountChanged) && !isPassing(asFault(thrown))) this.#fallBack();
    }
  }

  /** The way to the service is gone: the stand-in takes over, and the host hears that the lists have changed. */
  #fallBack(): void {
    const stood = this.#legs.current !== undefined;
    // One that is just being opened belongs to nobody either.
    this.#legs.drop();
    if (stood) this.#standsInNow();
  }

  /** Access was taken back: unlike an account that only changes, nothing may finish what it began. */
  takenBack(): void {
    const stood = this.#legs.current !== undefined;
    this.#legs.cut();
    if (stood) this.#standsInNow();
  }

  /** These accounts are gone, whether or not one of them is still the conversation's own. */
  signedOut(isOver: (accountId: string) => boolean, forget: () => void): void {
    if (!this.#legs.cut(isOver)) return;
    forget();
    // It may have been among what waited.
    this.#announce();
  }

  #standsInNow(): void {
    this.#standsIn();
    this.#announce();
  }

  #announce(): void {
    if (!this.#hostReady) return;
    const { events } = this.#needs;
    for (const method of listChangedMethods) events.event(sseEventOf(JSON.stringify({ jsonrpc: '2.0', method })));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#legs.close();
  }
}

function shownBy(asker: Asker | undefined): Pick<PassOptions, 'shown'> {
  return asker ? { shown: (event) => asker.shown(event) } : {};
}
