/**
 * The era of sessions (up to MCP 2025-11-25): which session at the service the host's next request belongs to. Keeps
 * the host's `initialize` to open further ones with it: after consent, after a change of account.
 */
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';
import { invalidRequestCode, plainError } from './fault-answers.ts';
import { Leg, type Opened } from './leg.ts';
import { type HostRequest, parseJson } from './message.ts';
import { passOn } from './pass.ts';
import { refuse, reportRefusal } from './refuse.ts';
import type { Reply } from './reply.ts';
import type { Route } from './route.ts';
import { type SseEvent, sseEventOf } from './sse.ts';
import { helpsToSignIn, listChangedMethods, signInTool } from './stand-in.ts';
import { AccountChanged, hostOf } from './upstream.ts';

/** `initialize` is answered within half a second whatever the service does. */
const initializeWaitMs = 400;
/** A request waits this long for a service that is slow, not gone. */
const openWaitMs = 10_000;
const retryPausesMs = [2_000, 5_000, 10_000, 30_000] as const;

export interface LegacyNeeds {
  readonly route: Route;
  readonly now: () => number;
  readonly onEvent: (event: SseEvent) => void;
  /** The stand-in's response; without a fault that to a sign-in which is no longer needed. */
  readonly standIn: (request: HostRequest, fault: Fault | undefined) => Promise<object>;
  readonly opened: () => void;
  /** False where the service's standalone stream is wanted only when the host opens its own (HTTP face). */
  readonly listensAtOnce: boolean;
}

/** Empty lists for capabilities that the stand-in announced and the service does not have. */
const emptyLists: Readonly<Record<string, readonly [capability: string, result: object]>> = {
  'resources/list': ['resources', { resources: [] }],
  'resources/templates/list': ['resources', { resourceTemplates: [] }],
  'prompts/list': ['prompts', { prompts: [] }],
  'tools/list': ['tools', { tools: [] }],
};

interface Opening {
  readonly accountId: string | undefined;
  readonly result: Promise<Opened>;
}

export class LegacySession {
  readonly #needs: LegacyNeeds;
  readonly #ended = new AbortController();
  readonly #retired = new Set<Leg>();
  #initialize: HostRequest | undefined;
  /** The host's `notifications/initialized` has come: it may be sent notifications. */
  #hostReady = false;
  /** The host knows the stand-in: its capabilities, perhaps its tool. */
  #stoodIn = false;
  #leg: Leg | undefined;
  #opening: Opening | undefined;
  #listens: boolean;
  #retryTimer: NodeJS.Timeout | undefined;
  #retries = 0;

  constructor(needs: LegacyNeeds) {
    this.#needs = needs;
    this.#listens = needs.listensAtOnce;
  }

  async request(request: HostRequest, reply: Reply, signal: AbortSignal, answered: () => void): Promise<void> {
    if (request.method === 'initialize') return this.#begin(request, reply);
    if (!this.#initialize) {
      reply.answer(plainError(request.id, invalidRequestCode, 'A conversation begins with initialize.'));
      return;
    }
    if (request.method === 'ping' && !this.#leg) {
      reply.answer({ jsonrpc: '2.0', id: request.id, result: {} });
      return;
    }
    let leg: Leg;
    let access: Access;
    try {
      access = await this.#needs.route.access();
      leg = this.#leg && this.#leg.accountId === access.accountId ? this.#leg : await this.#openWithin(access);
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof AccountChanged) throw thrown;
      return this.#standInFor(request, reply, asFault(thrown));
    }
    const own = this.#stoodIn ? await this.#ownAnswer(request, leg) : undefined;
    if (own) {
      reply.answer(own);
      return;
    }
    const leave = leg.enter();
    try {
      await this.#forward(leg, access, request, reply, signal, answered);
    } catch (thrown) {
      // Found out on the way: the service wants a sign-in that cannot be renewed.
      const fault = asFault(thrown);
      if (thrown instanceof AccountChanged || signal.aborted || fault.code !== 'sign-in-needed') throw thrown;
      await this.#standInFor(request, reply, fault);
    } finally {
      leave();
    }
  }

  async #forward(
    leg: Leg,
    access: Access,
    request: HostRequest,
    reply: Reply,
    signal: AbortSignal,
    answered: () => void,
  ): Promise<void> {
    const { route, now } = this.#needs;
    const exchanged = await leg.send(access, request.bytes, signal);
    if (exchanged.response.status !== 200) return refuse(exchanged, request, reply, route, now());
    route.succeeded(exchanged.access, request.method);
    await passOn(exchanged.response, reply, hostOf(exchanged.access), {
      signal,
      reopen: (lastEventId) => leg.reopen(lastEventId, signal),
      answered,
    });
  }

  /** The host's handshake: the service's own answer where it comes in time, else ours. */
  async #begin(request: HostRequest, reply: Reply): Promise<void> {
    this.#drop();
    this.#initialize = request;
    this.#hostReady = false;
    this.#stoodIn = false;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, initializeWaitMs, 'late');
    });
    try {
      const first = await Promise.race([this.#first(), tooLate]);
      if (first !== 'late') {
        reply.answer('refused' in first ? withId(first.refused, request) : first.answer);
        return;
      }
      const fault = new Fault('unreachable', { reason: 'initialize not answered in time' });
      await this.#answerForService(request, reply, fault);
    } catch (thrown) {
      await this.#answerForService(request, reply, asFault(thrown));
    } finally {
      clearTimeout(timer);
    }
  }

  async #first(): Promise<Opened> {
    const access = await this.#needs.route.access();
    return this.#open(access);
  }

  async #answerForService(request: HostRequest, reply: Reply, fault: Fault): Promise<void> {
    this.#stoodIn = true;
    reply.answer(await this.#needs.standIn(request, fault));
  }

  async #standInFor(request: HostRequest, reply: Reply, fault: Fault): Promise<void> {
    const passing = !helpsToSignIn(fault) && fault.code !== 'connection-unknown';
    // A session that stands is not taken away because the network is gone for a moment.
    if (this.#leg && passing) throw fault;
    if (!passing) this.#fallBack();
    this.#stoodIn = true;
    reply.answer(await this.#needs.standIn(request, fault));
  }

  /** What the host may still ask because it knows the stand-in. */
  async #ownAnswer(request: HostRequest, leg: Leg): Promise<object | undefined> {
    const empty = emptyLists[request.method];
    if (empty && !leg.has(empty[0])) return { jsonrpc: '2.0', id: request.id, result: empty[1] };
    const asksForSignIn = request.method === 'tools/call' && request.params?.['name'] === signInTool;
    return asksForSignIn ? this.#needs.standIn(request, undefined) : undefined;
  }

  /** The leg for this account, waited for as long as a slow service may take. */
  async #openWithin(access: Access): Promise<Leg> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      const fault = new Fault('unreachable', { reason: 'still opening', subject: hostOf(access) });
      timer = setTimeout(reject, openWaitMs, fault);
    });
    try {
      const opened = await Promise.race([this.#open(access), tooLate]);
      if ('leg' in opened) return opened.leg;
      throw new Fault('service-answer-invalid', {
        reason: 'initialize refused',
        subject: hostOf(access),
        upstream: { status: opened.status, body: parseJson(opened.refused) },
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** One opening at a time per account; the one before belongs to nobody any more. */
  #open(access: Access): Promise<Opened> {
    if (this.#opening && this.#opening.accountId === access.accountId) return this.#opening.result;
    const later = this.#leg !== undefined || this.#stoodIn;
    this.#retire();
    const initialize = this.#initialize as HostRequest;
    const opening: Opening = {
      accountId: access.accountId,
      result: this.#openLeg(access, initialize, () => this.#opening === opening, later),
    };
    this.#opening = opening;
    return opening.result;
  }

  async #openLeg(access: Access, initialize: HostRequest, isCurrent: () => boolean, later: boolean): Promise<Opened> {
    const { route, now, onEvent } = this.#needs;
    // The caller stores the opening first; nothing of it may be decided before.
    await Promise.resolve();
    let opened: Opened;
    try {
      opened = await Leg.open(
        { upstream: route.upstream(), now, onEvent, refused: (exchanged) => reportRefusal(route, exchanged) },
        access,
        initialize,
      );
    } catch (thrown) {
      if (thrown instanceof AccountChanged) {
        if (isCurrent()) this.#opening = undefined;
        throw thrown;
      }
      const fault = asFault(thrown);
      if (isCurrent()) {
        this.#opening = undefined;
        this.#tellBroker(access, fault);
      }
      throw fault;
    }
    if (!isCurrent() || this.#ended.signal.aborted) {
      if ('leg' in opened) void opened.leg.end();
      throw new AccountChanged();
    }
    this.#opening = undefined;
    if ('refused' in opened) return opened;
    this.#leg = opened.leg;
    this.#retries = 0;
    clearTimeout(this.#retryTimer);
    this.#needs.opened();
    route.succeeded(opened.leg.access, 'initialize');
    // Where the host has had its answer from us, its `initialized` may have come and gone.
    if (this.#hostReady) this.#start(opened.leg);
    if (later || this.#stoodIn) this.#announce();
    return opened;
  }

  #tellBroker(access: Access, fault: Fault): void {
    const { route, now } = this.#needs;
    if (isPassing(fault)) {
      const pauseMs = retryPausesMs[Math.min(this.#retries, retryPausesMs.length - 1)] as number;
      this.#retries += 1;
      clearTimeout(this.#retryTimer);
      if (this.#ended.signal.aborted) return;
      this.#retryTimer = setTimeout(() => void this.moved(), pauseMs).unref();
      route.failed(access, { kind: 'unreachable', retryAtMs: now() + pauseMs });
    }
  }

  #start(leg: Leg, bytes?: Buffer): void {
    leg.start(bytes);
    if (this.#listens) void leg.listen();
  }

  hostInitialized(bytes: Buffer): void {
    this.#hostReady = true;
    if (this.#leg) this.#start(this.#leg, bytes);
  }

  /** A notification or response of the host; without a session at the service it concerns nobody. */
  pass(bytes: Buffer): void {
    void this.#leg?.notify(bytes);
  }

  listen(): void {
    this.#listens = true;
    if (this.#leg && this.#hostReady) void this.#leg.listen();
  }

  async resume(lastEventId: string, reply: Reply, signal: AbortSignal): Promise<void> {
    const leg = this.#leg;
    if (!leg) return;
    try {
      const response = await leg.reopen(lastEventId, signal);
      if (response.status !== 200) return response.discard();
      await passOn(response, reply, hostOf(leg.access), { signal, reopen: (id) => leg.reopen(id, signal) });
    } catch {
      // The host sees the stream end and decides itself.
    }
  }

  /** Accounts or states have changed (or it is time to try again): find out where we stand, and tell the host. */
  async moved(): Promise<void> {
    if (!this.#initialize || this.#ended.signal.aborted) return;
    try {
      const access = await this.#needs.route.access();
      if (this.#leg && this.#leg.accountId === access.accountId) return;
      await this.#open(access);
    } catch (thrown) {
      const fault = asFault(thrown);
      if (!this.#leg || thrown instanceof AccountChanged || isPassing(fault)) return;
      this.#fallBack();
    }
  }

  /** The way to the service is gone: the stand-in takes over, and the host hears that the lists have changed. */
  #fallBack(): void {
    const had = this.#leg !== undefined;
    this.#drop();
    this.#stoodIn = true;
    if (had) this.#announce();
  }

  #announce(): void {
    if (!this.#hostReady) return;
    for (const method of listChangedMethods)
      this.#needs.onEvent(sseEventOf(JSON.stringify({ jsonrpc: '2.0', method })));
  }

  #drop(): void {
    this.#opening = undefined;
    this.#retire();
  }

  #retire(): void {
    const leg = this.#leg;
    this.#leg = undefined;
    if (!leg) return;
    this.#retired.add(leg);
    void leg.retire().then(() => this.#retired.delete(leg));
  }

  async close(): Promise<void> {
    this.#ended.abort();
    clearTimeout(this.#retryTimer);
    this.#opening = undefined;
    const legs = [...this.#retired, ...(this.#leg ? [this.#leg] : [])];
    this.#leg = undefined;
    await Promise.all(legs.map((leg) => leg.end()));
  }
}

function isPassing(fault: Fault): boolean {
  return [
    'unreachable',
    'answer-lost',
    'tls-refused',
    'service-down',
    'rate-limited',
    'service-answer-invalid',
  ].includes(fault.code);
}

/** A refusal whose `id` the service could not tell. */
function withId(answer: Buffer, request: HostRequest): Buffer {
  const message = parseJson(answer) as { id?: unknown };
  return message?.id === request.id ? answer : Buffer.from(JSON.stringify({ ...message, id: request.id }));
}
