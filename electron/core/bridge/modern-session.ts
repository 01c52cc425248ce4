/**
 * A host of the 2026-07-28 revision and a service of the same: every request stands alone, cancelling one means
 * closing its response, and change notices travel on `subscriptions/listen` (PROTOCOLS M-A). No translation between
 * eras: a service of the other era refuses `server/discover`, and so the host learns to begin with `initialize`.
 */

import { faultSentence } from '../../../shared/fault-words.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';
import { hostOf, postHeaders } from './exchange.ts';
import { faultAnswer, methodNotFoundCode } from './fault-answers.ts';
import { type HostRequest, isObject, parseJson } from './message.ts';
import { type MirroredTools, modernHeaders, rememberTools } from './modern-headers.ts';
import { mediaType, passOn, wholeBody } from './pass.ts';
import type { Reply } from './reply.ts';
import type { Turn } from './turn.ts';
import type { Exchanged, Upstream } from './upstream.ts';
import { AccountChanged } from './upstream.ts';

export type Era = 'legacy' | 'modern';

/** Which one a connection was seen to speak; undefined while nobody knows. */
export interface ConnectionEra {
  get(): Era | undefined;
  set(era: Era): void;
}

/** A modern host's probe waits this long before it is told to try the other era. */
const discoverWaitMs = 3_000;

export interface ModernNeeds {
  readonly access: () => Promise<Access>;
  readonly upstream: () => Upstream;
  /** What `tools/list` said, where the host leaves the headers to us (stdio). */
  readonly tools: ((access: Access) => MirroredTools) | undefined;
  readonly era: ConnectionEra;
  /** The stand-in's response, where there is no way to the service. */
  readonly standIn: (request: HostRequest, fault: Fault) => Promise<object>;
  /** Reads a refusal and tells the broker of it. Throws a `Fault`, or answers with the body that passes. */
  readonly refuse: (exchanged: Exchanged, request: HostRequest, reply: Reply) => Promise<void>;
  readonly failed: (fault: Fault) => void;
  readonly succeeded: (access: Access, request: HostRequest) => void;
}

export interface HostHeaders {
  readonly [name: string]: string;
}

export async function modernRequest(
  needs: ModernNeeds,
  request: HostRequest,
  reply: Reply,
  turn: Turn,
  hostHeaders: HostHeaders | undefined,
): Promise<void> {
  const { signal, answered } = turn;
  if (request.method === 'server/discover') return discover(needs, request, reply, signal, hostHeaders);
  let exchanged: Exchanged;
  try {
    const access = await needs.access();
    turn.actsAs(access.accountId);
    const held = turn.instead(access);
    const instead = held && (await held);
    if (instead && !signal.aborted) reply.answer(instead);
    if (instead) return;
    exchanged = await sendModern(needs, access, request, signal, hostHeaders);
  } catch (thrown) {
    if (thrown instanceof AccountChanged || signal.aborted) throw thrown;
    const fault = asFault(thrown);
    // What was sent may have been carried out: that is said, not stood in for.
    if (fault.code === 'answer-lost') throw fault;
    needs.failed(fault);
    reply.answer(await needs.standIn(request, fault));
    return;
  }
  if (exchanged.response.status !== 200) return needs.refuse(exchanged, request, reply);
  needs.succeeded(exchanged.access, request);
  const lists = request.method === 'tools/list';
  const tools = lists ? needs.tools?.(exchanged.access) : undefined;
  await passOn(exchanged.response, reply, hostOf(exchanged.access), {
    id: request.id,
    signal,
    answered,
    ...(lists ? { listed: (answer: Buffer) => turn.listed(exchanged.access, answer) } : {}),
    ...(tools ? { rewrite: (answer: Buffer) => rememberTools(answer, tools) } : {}),
  });
}

export function sendModern(
  needs: ModernNeeds,
  access: Access,
  request: HostRequest,
  signal: AbortSignal,
  hostHeaders: HostHeaders | undefined,
): Promise<Exchanged> {
  const headers = hostHeaders ?? modernHeaders(request, needs.tools?.(access));
  return needs.upstream().send(access, {
    method: 'POST',
    headers: { ...postHeaders, ...headers },
    body: request.bytes,
    signal,
  });
}

/** The probe of a host that knows both eras: what it hears decides how it speaks from here on. */
async function discover(
  needs: ModernNeeds,
  request: HostRequest,
  reply: Reply,
  signal: AbortSignal,
  hostHeaders: HostHeaders | undefined,
): Promise<void> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(discoverWaitMs)]);
  try {
    const access = await needs.access();
    const exchanged = await sendModern(needs, access, request, within, hostHeaders);
    if (exchanged.response.status !== 200) {
      needs.era.set(exchanged.response.status >= 500 ? (needs.era.get() ?? 'legacy') : 'legacy');
      return await needs.refuse(exchanged, request, reply);
    }
    if (mediaType(exchanged.response) === 'application/json') {
      const body = await wholeBody(exchanged.response, hostOf(access));
      learn(needs, body);
      reply.answer(body);
      return;
    }
    await passOn(exchanged.response, reply, hostOf(access), {
      signal: within,
      rewrite: (answer) => {
        learn(needs, answer);
        return answer;
      },
    });
  } catch (thrown) {
    if (signal.aborted) return;
    const fault = within.aborted ? new Fault('unreachable', { reason: 'probe not answered in time' }) : asFault(thrown);
    const era = needs.era.get();
    // While the service has not been seen to speak it, the era that nearly every service speaks is the better promise:
    // a host that knows both begins it when `server/discover` is refused, and is not stuck when it has signed in.
    const speaksModern = era === 'modern';
    if (speaksModern) reply.answer(await needs.standIn(request, fault));
    else {
      const answer = faultAnswer(request.id, fault);
      reply.answer({ ...answer, error: { ...answer.error, code: methodNotFoundCode, message: faultSentence(fault) } });
    }
  }
}

function learn(needs: ModernNeeds, body: Buffer): void {
  const message = parseJson(body);
  needs.era.set(isObject(message) && isObject(message['result']) ? 'modern' : 'legacy');
}
