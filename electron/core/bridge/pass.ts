/**
 * An upstream response on its way to the host: JSON and events as they come, a stream that was cut taken up again
 * (MCP 2025-11-25 transports, "Resumability"), refusals as JSON-RPC errors.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../../shared/faults.ts';
import type { UpstreamResponse } from './exchange.ts';
import { isAnswer, isAnswerTo, type MessageId } from './message.ts';
import { strangerOf } from './refusal.ts';
import type { EventSink, Reply } from './reply.ts';
import { retryPauseMs, type SseEvent, SseSplitter } from './sse.ts';

/** One message of a service may be as long as one of a host; beyond it lies a mistake or an attack. */
const maxUpstreamMessageBytes = 64 * 1024 * 1024;
/** Openings in a row that brought nothing, after which a cut stream is lost. */
const maxEmptyOpenings = 5;
/** What is read besides being passed. */
const mostReadBytes = 4 * 1024 * 1024;

export interface PassOptions {
  /** Of the request: on a stream, answers to others are passed over. */
  readonly id?: MessageId;
  readonly signal: AbortSignal;
  /** Opens the rest of a cut stream (GET with Last-Event-ID); absent where the revision has no such thing. */
  readonly reopen?: (lastEventId: string) => Promise<UpstreamResponse>;
  /** Another form of the answer for the host; then the answer is collected first. */
  readonly rewrite?: (answer: Buffer) => Buffer;
  /** What the host sees of an event that is no answer; undefined: nothing. */
  readonly shown?: (event: SseEvent) => SseEvent | undefined;
  /** Told when the answer itself has passed, which may be before the stream ends. */
  readonly answered?: () => void;
  /** Told the whole answer besides, where it is not too large to be read. */
  readonly listed?: (answer: Buffer) => void;
}

/**
 * Passes a 2xx response on. Resolves when all has passed. Throws `answer-lost` where the connection broke before the
 * answer, `service-answer-invalid` or `captive-portal` where there is none to be had, `too-large`.
 */
export async function passOn(
  response: UpstreamResponse,
  reply: Reply,
  host: string,
  options: PassOptions,
): Promise<void> {
  const type = mediaType(response);
  if (type === 'text/event-stream') return passStream(response, reply, host, options);
  if (type !== 'application/json') {
    throw notMessages(response, host);
  }
  if (options.rewrite) {
    const body = await wholeBody(response, host);
    options.listed?.(body);
    reply.answer(options.rewrite(body));
  } else await passBody(response, reply, host, options.listed);
  options.answered?.();
}

export function mediaType(response: UpstreamResponse): string {
  return (response.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** For a 2xx response that is neither JSON nor events; it is dropped. */
export function notMessages(response: UpstreamResponse, host: string): Fault {
  const reason = `content type ${mediaType(response) || 'absent'}`;
  response.discard();
  return new Fault(strangerOf(response, host) ?? 'service-answer-invalid', {
    reason,
    subject: host,
    upstream: { status: response.status },
  });
}

/** A JSON body to be read here. Throws `too-large`, `answer-lost`. */
export async function wholeBody(response: UpstreamResponse, host: string): Promise<Buffer> {
  const body = await response.collect(maxUpstreamMessageBytes + 1);
  if (body.length > maxUpstreamMessageBytes) throw tooLarge(host);
  return body;
}

function passBody(
  response: UpstreamResponse,
  reply: Reply,
  host: string,
  listed: PassOptions['listed'],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let size = 0;
    const read: Buffer[] = [];
    const refuse = () => {
      // Before the abort, which is told as a loss.
      reject(tooLarge(host));
      response.abort();
    };
    const length = response.header('content-length');
    if (Number(length) > maxUpstreamMessageBytes) return refuse();
    reply.json(response.status, length);
    response.read({
      data: (chunk) => {
        size += chunk.length;
        if (listed && size <= mostReadBytes) read.push(chunk);
        if (size > maxUpstreamMessageBytes) refuse();
        else if (!reply.chunk(chunk)) waitForHost(response, reply);
      },
      end: () => {
        if (size <= mostReadBytes) listed?.(Buffer.concat(read));
        reply.finish();
        resolve();
      },
      lost: reject,
    });
  });
}

function tooLarge(host: string): Fault {
  return new Fault('too-large', { reason: 'answer', subject: host });
}

async function passStream(first: UpstreamResponse, reply: Reply, host: string, options: PassOptions): Promise<void> {
  let response = first;
  let lastEventId: string | undefined;
  let retryMs: number | undefined;
  let answered = false;
  let emptyOpenings = 0;
  for (;;) {
    await readEvents(response, (event) => {
      if (event.id !== undefined) lastEventId = event.id;
      if (event.retryMs !== undefined) retryMs = event.retryMs;
      const { data } = event;
      if (data === undefined || data.length === 0) {
        if (!options.rewrite) reply.event(event);
        return;
      }
      emptyOpenings = 0;
      const isFinal = isAnswer(data);
      // A request has one answer; a second one would be the answer to nothing, and one to another is not this one's.
      if (isFinal && (answered || (options.id !== undefined && !isAnswerTo(options.id, data)))) return;
      if (isFinal && data.length <= mostReadBytes) options.listed?.(data);
      if (isFinal && options.rewrite) reply.answer(options.rewrite(data));
      else {
        const shown = isFinal || !options.shown ? event : options.shown(event);
        if (shown && !reply.event(shown)) waitForHost(response, reply);
      }
      if (isFinal && !answered) {
        answered = true;
        options.answered?.();
      }
    });
    if (options.signal.aborted) return;
    if (answered) break;
    if (lastEventId === undefined || !options.reopen || emptyOpenings >= maxEmptyOpenings) {
      throw new Fault('answer-lost', { reason: 'stream ended before the answer', subject: host });
    }
    // The first time at once unless the server names a time; then ever more slowly.
    const atOnce = retryMs === undefined && response === first;
    const pauseMs = atOnce ? 0 : retryPauseMs(retryMs ?? 250 * 2 ** emptyOpenings);
    await delay(pauseMs, undefined, { signal: options.signal });
    emptyOpenings += 1;
    response = await options.reopen(lastEventId);
    if (response.status !== 200 || mediaType(response) !== 'text/event-stream') {
      response.discard();
      throw new Fault('answer-lost', { reason: `resuming answered ${response.status}`, subject: host });
    }
  }
  reply.end();
}

/** Reads until the stream ends or breaks, which is told apart by nobody here: both may happen at any time. */
export function readEvents(response: UpstreamResponse, emit: Parameters<SseSplitter['push']>[1]): Promise<void> {
  return new Promise((resolve) => {
    const splitter = new SseSplitter(maxUpstreamMessageBytes);
    response.read({
      data: (chunk) => {
        try {
          splitter.push(chunk, emit);
        } catch {
          response.abort();
        }
      },
      end: resolve,
      lost: () => resolve(),
    });
  });
}

const waiting = new WeakSet<UpstreamResponse>();

/** The service waits while the host does not read; many events may say so before the pause has its effect. */
export function waitForHost(response: UpstreamResponse, sink: EventSink): void {
  if (waiting.has(response)) return;
  waiting.add(response);
  response.pause();
  sink.onDrain(() => {
    waiting.delete(response);
    response.resume();
  });
}
