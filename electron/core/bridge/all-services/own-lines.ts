/** A conversation with a server of our own (the tools of a web API), which speaks lines, in the era of sessions. */
import { type Duplex, duplexPair } from 'node:stream';
import { Fault } from '../../../../shared/faults.ts';
import type { BridgeContext } from '../bridge-context.ts';
import type { Conversation } from '../conversation.ts';
import { faultAnswer } from '../fault-answers.ts';
import { LineSplitter, onOneLine } from '../lines.ts';
import { type HostMessage, type HostRequest, isObject, parseJson } from '../message.ts';
import type { EventSink, Reply } from '../reply.ts';
import { sseEventOf } from '../sse.ts';

const maxLineBytes = 64 * 1024 * 1024;
/** More than this our own servers do not read. */
const maxRequestBytes = 4 * 1024 * 1024 - 1;

type OwnHost = Parameters<BridgeContext['ownServer']>[1];

export class OwnLines implements Conversation {
  readonly #stream: Duplex;
  readonly #events: EventSink;
  /** By id, as JSON. */
  readonly #waiting = new Map<string, (answer: Buffer | undefined) => void>();
  #whenQuiet: (() => void) | undefined;
  #isOver = false;

  constructor(context: Pick<BridgeContext, 'ownServer'>, host: OwnHost, served: string, events: EventSink) {
    this.#events = events;
    const [ours, theirs] = duplexPair();
    this.#stream = ours;
    void context.ownServer(theirs, host, served);
    const lines = new LineSplitter(maxLineBytes);
    ours.on('data', (chunk: Buffer) => {
      lines.push(
        chunk,
        (line) => this.#take(line),
        () => undefined,
      );
    });
    ours.on('end', () => this.#end());
    ours.on('error', () => this.#end());
  }

  async request(request: HostRequest, reply: Reply, gone?: AbortSignal): Promise<void> {
    if (gone?.aborted) return;
    if (request.bytes.length > maxRequestBytes) {
      reply.answer(faultAnswer(request.id, new Fault('too-large', { reason: 'request to a server of ours' })));
      return;
    }
    const key = JSON.stringify(request.id);
    const answer = await new Promise<Buffer | undefined>((resolve) => {
      if (this.#isOver) return resolve(undefined);
      this.#waiting.set(key, resolve);
      gone?.addEventListener('abort', () => resolve(undefined), { once: true });
      this.#write(request.bytes);
    });
    this.#waiting.delete(key);
    if (this.#waiting.size === 0) this.#whenQuiet?.();
    if (answer && !gone?.aborted) reply.answer(answer);
    else reply.end();
  }

  notify(message: HostMessage): void {
    if (message.kind !== 'notification' && message.kind !== 'response') return;
    if (!this.#isOver) this.#write(message.bytes);
    // What is taken back gets no answer.
    if (message.kind !== 'notification' || message.method !== 'notifications/cancelled') return;
    this.#waiting.get(JSON.stringify(message.params?.['requestId']))?.(undefined);
  }

  async resume(_lastEventId: string, reply: Reply): Promise<void> {
    reply.end();
  }

  listen(): void {
    // It tells everything at once.
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  drained(waitMs: number): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#whenQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async close(): Promise<void> {
    this.#end();
  }

  #take(line: Buffer): void {
    const message = parseJson(line);
    if (!isObject(message)) return;
    const answered = 'method' in message ? undefined : this.#waiting.get(JSON.stringify(message['id']));
    // A copy: the line may be a small part of what came with it.
    if (answered) answered(Buffer.from(line));
    else if ('method' in message) this.#events.event(sseEventOf(line.toString()));
  }

  #write(bytes: Buffer): void {
    this.#stream.write(Buffer.concat([onOneLine(bytes), Buffer.from('\n')]));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.end();
    for (const resolve of this.#waiting.values()) resolve(undefined);
  }
}
