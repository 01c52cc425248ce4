/**
 * The handshake with which a session at the service begins (MCP 2025-11-25 lifecycle): `initialize` in the host's own
 * bytes, and what the answer says about every later message.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Access } from '../broker/broker.ts';
import { hostOf, postHeaders, type UpstreamResponse } from './exchange.ts';
import { type HostRequest, isAnswer, isObject, parseJson } from './message.ts';
import { mediaType, notMessages, readEvents, waitForHost, wholeBody } from './pass.ts';
import { readRefusal } from './refusal.ts';
import type { EventSink } from './reply.ts';
import type { Exchanged, Upstream } from './upstream.ts';

export interface Handshake {
  readonly upstream: Upstream;
  readonly now: () => number;
  readonly initialize: HostRequest;
  readonly signal: AbortSignal;
  /** What the service says before its answer. */
  readonly events: EventSink;
  /** An answer that is no 200. */
  readonly refused: (exchanged: Exchanged) => void;
  /** Which access was accepted, known before the answer is read. */
  readonly accessed: (access: Access) => void;
}

export interface OpenedSession {
  readonly answer: Buffer;
  /** Absent at a service without sessions. */
  readonly sessionId: string | undefined;
  /** What every later POST is sent with. */
  readonly headers: Readonly<Record<string, string>>;
  readonly capabilities: Readonly<Record<string, unknown>>;
}

export interface RefusedSession {
  readonly refused: Buffer;
  readonly status: number;
}

/** Throws `unreachable`, `answer-lost`, `sign-in-needed`, … where the service gave no JSON-RPC answer. */
export async function openSession(offered: Access, handshake: Handshake): Promise<OpenedSession | RefusedSession> {
  const { upstream, now, initialize, signal } = handshake;
  const { response, access } = await upstream.send(offered, {
    method: 'POST',
    headers: postHeaders,
    body: initialize.bytes,
    signal,
  });
  handshake.accessed(access);
  const host = hostOf(access);
  if (response.status !== 200) {
    handshake.refused({ response, access });
    const refusal = await readRefusal(response, host, initialize, now());
    if (refusal.kind === 'fault') throw refusal.fault;
    return { refused: refusal.body, status: refusal.status };
  }
  const answer = await answerIn(response, host, handshake.events);
  const message = parseJson(answer);
  if (!isObject(message) || !isObject(message['result'])) return { refused: answer, status: 200 };
  const { protocolVersion, capabilities } = message['result'];
  const named = response.header('mcp-session-id');
  // Visible ASCII only (MCP): anything else could not be echoed in a header.
  const sessionId = named !== undefined && /^[\x21-\x7e]+$/.test(named) ? named : undefined;
  return {
    answer,
    sessionId,
    headers: {
      ...postHeaders,
      ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
      ...(typeof protocolVersion === 'string' ? { 'mcp-protocol-version': protocolVersion } : {}),
    },
    capabilities: isObject(capabilities) ? capabilities : {},
  };
}

async function answerIn(response: UpstreamResponse, host: string, events: EventSink): Promise<Buffer> {
  if (mediaType(response) === 'application/json') return wholeBody(response, host);
  if (mediaType(response) !== 'text/event-stream') throw notMessages(response, host);
  return new Promise((resolve, reject) => {
    const whenOver = () => reject(new Fault('answer-lost', { reason: 'initialize', subject: host }));
    readEvents(response, (event) => {
      if (event.data === undefined || event.data.length === 0) return;
      // Of several answers the first one holds; the rest are nobody's.
      if (isAnswer(event.data)) resolve(event.data);
      else if (!events.event(event)) waitForHost(response, events);
    }).then(whenOver, whenOver);
  });
}
