/**
 * What a host asks of all services in one conversation: lists are merged and answered here, and whatever names a tool, a
 * prompt or a resource goes to the service that has it, under that service's own name for it.
 */
import { Fault } from '../../../../shared/faults.ts';
import type { BridgeContext } from '../bridge-context.ts';
import type { Call } from '../calls.ts';
import { faultAnswer, invalidRequestCode, methodNotFoundCode, plainError } from '../fault-answers.ts';
import { type HostNotification, type HostRequest, readHostMessage } from '../message.ts';
import type { Era, HostHeaders } from '../modern-session.ts';
import type { Reply } from '../reply.ts';
import { modernResult } from './eras.ts';
import { greetingResult, inTime } from './greeting.ts';
import type { HostSubscriptions } from './host-subscriptions.ts';
import { type ListKind, listKindOf } from './listed-items.ts';
import { type Found, listAnswer, type MergedLists } from './merged-lists.ts';
import { headerMismatch, unknownVersion } from './modern-checks.ts';
import type { Passing } from './replies.ts';
import { type Aim, aimOf, redirected } from './request-aims.ts';
import type { Service, Services } from './services.ts';
import { connectTool, connectToolListed, connectToolResult, goneInWords, instructionsFor } from './words.ts';

const invalidParamsCode = -32602;
const resourceNotFoundCode = -32002;
/** Methods that the newer era has no more (MCP 2026-07-28 changelog). */
const older: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

export interface HostRequestsNeeds {
  readonly context: BridgeContext;
  readonly services: Services;
  readonly lists: MergedLists;
  readonly subscriptions: HostSubscriptions;
  readonly hasBegun: () => boolean;
  readonly begin: (era: Era, request: HostRequest) => void;
  readonly level: (level: string) => void;
  /** The way of a service's answer to the host. */
  readonly passing: (service: Service, reply: Reply, request: HostRequest, answered: () => void) => Passing;
}

/** One request on its way. */
export interface Turn {
  readonly request: HostRequest;
  readonly reply: Reply;
  readonly call: Call;
  readonly answered: () => void;
  readonly hostHeaders: HostHeaders | undefined;
}

export class HostRequests {
  readonly #needs: HostRequestsNeeds;
  /** Of services that know only the newer era, what a host of the older one subscribed to. */
  readonly #watched = new Map<string, Set<string>>();

  constructor(needs: HostRequestsNeeds) {
    this.#needs = needs;
  }

  /** Throws what becomes a fault as the answer. */
  async serve(turn: Turn): Promise<void> {
    const { request, reply, call, hostHeaders } = turn;
    const { method, id } = request;
    const mismatch = call.modern && hostHeaders ? headerMismatch(request, hostHeaders) : undefined;
    const refusal = mismatch ?? (call.modern ? unknownVersion(request) : undefined);
    if (refusal) return reply.answer(refusal, 400);
    if (call.modern ? older.has(method) : method === 'server/discover') return this.#notFound(turn);
    if (method === 'ping') return reply.answer({ jsonrpc: '2.0', id, result: {} });
    if (method === 'initialize' || method === 'server/discover') return this.#greet(turn);
    if (call.modern) this.#needs.begin('modern', request);
    if (!this.#needs.hasBegun()) {
      return reply.answer(plainError(id, invalidRequestCode, 'A conversation begins with initialize.'));
    }
    const kind = listKindOf(method);
    if (kind) return this.#list(kind, turn);
    if (call.subscription) return this.#needs.subscriptions.serve(request, reply, call.stop.signal);
    if (method === 'logging/setLevel') return this.#level(turn);
    const aim = aimOf(request);
    if (aim === 'unnamed') return reply.answer(plainError(id, invalidParamsCode, 'What is asked for has no name.'));
    return aim ? this.#aimed(aim, turn) : this.#notFound(turn);
  }

  async #greet({ request, reply }: Turn): Promise<void> {
    const { context, services, begin } = this.#needs;
    const { broker, version } = context;
    if (request.method === 'initialize') this.#watched.clear();
    begin(request.method === 'initialize' ? 'legacy' : 'modern', request);
    await inTime(services.all.map(({ conversation }) => conversation.begun));
    const instructions = instructionsFor(services.words, broker.snapshot());
    reply.answer({ jsonrpc: '2.0', id: request.id, result: greetingResult(request, version, instructions) });
  }

  async #list(kind: ListKind, { request, reply, call }: Turn): Promise<void> {
    const { context, services, lists } = this.#needs;
    const { broker, version } = context;
    const items = await lists.all(kind);
    if (call.cancelled || call.stop.signal.aborted) return;
    const isNothing = kind === 'tools' && services.all.length === 0;
    const shown = isNothing ? [Buffer.from(JSON.stringify(connectToolListed(broker.snapshot())))] : items;
    const around = call.modern ? modernResult(request.method, {}, version) : {};
    reply.answer(listAnswer(request.id, kind, shown, around));
  }

  #level({ request, reply }: Turn): void {
    const level = request.params?.['level'];
    if (typeof level === 'string') this.#needs.level(level);
    reply.answer({ jsonrpc: '2.0', id: request.id, result: {} });
  }

  async #aimed(aim: Aim, turn: Turn): Promise<void> {
    const { request, reply, call } = turn;
    const { lists } = this.#needs;
    const found = lists.known(aim.what, aim.name) ?? (await lists.lookedUp(aim.what, aim.name));
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
    const passing = this.#needs.passing(service, reply, request, answered);
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

  #connect({ request, reply, call }: Turn): void {
    const { context, services } = this.#needs;
    const { broker, version } = context;
    const labels = services.all.map(({ label }) => label);
    const result = connectToolResult(labels, broker.snapshot());
    const told = call.modern ? modernResult(request.method, result, version) : result;
    reply.answer({ jsonrpc: '2.0', id: request.id, result: told });
  }

  #notFound({ request, reply }: Turn): void {
    reply.answer(plainError(request.id, methodNotFoundCode, 'Method not found'));
  }

  /** What a host of the older era wants to hear of, at a service that knows only the newer one. */
  #watchFor({ id, conversation }: Service, uri: string, { request, reply }: Turn): void {
    const watched = this.#watched.get(id) ?? new Set<string>();
    this.#watched.set(id, watched);
    if (request.method === 'resources/subscribe') watched.add(uri);
    else watched.delete(uri);
    conversation.watch.want(new Set(watched));
    reply.answer({ jsonrpc: '2.0', id: request.id, result: {} });
  }
}
