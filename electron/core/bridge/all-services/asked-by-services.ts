/**
 * What several services ask one host (elicitation, sampling, roots, ping): each hears its own answers alone. Ids are
 * exchanged as between sessions (`../questions.ts`); the progress that a host tells of such a question goes by a token
 * which services count from 0 as well, and which is exchanged here.
 */
import { randomUUID } from 'node:crypto';
import { type HostNotification, type HostResponse, isObject, parseJson } from '../message.ts';
import { type Asker, hasEscapes, Questions } from '../questions.ts';
import type { EventSink } from '../reply.ts';
import { type SseEvent, withData } from '../sse.ts';
import { placeOf, withValue } from './json-places.ts';

const tokenMark = Buffer.from('"progressToken"');
const tokenPlace = ['params', '_meta', 'progressToken'] as const;
const mostTokens = 1_000;

export class AskedByServices {
  readonly #questions: Questions;
  readonly #prefix = `conexor-${randomUUID()}-`;
  readonly #tokens = new Map<string, { readonly asks: ServiceAsks; readonly token: Buffer }>();
  #count = 0;

  constructor(events: EventSink) {
    this.#questions = new Questions(events, 'none');
  }

  /** One service; `tell` takes the host's messages to it. */
  service(tell: (bytes: Buffer) => void): ServiceAsks {
    return new ServiceAsks(this, this.#questions.asker(tell), tell);
  }

  answered(response: HostResponse): void {
    this.#questions.answered(response);
  }

  /** The host's `notifications/progress`, to the service whose question it is about. */
  progress({ bytes, params }: HostNotification): void {
    const token = params?.['progressToken'];
    const known = typeof token === 'string' ? this.#tokens.get(token) : undefined;
    known?.asks.tell(withValue(bytes, ['params', 'progressToken'], known.token));
  }

  tokenFor(asks: ServiceAsks, token: Buffer): string {
    this.#count += 1;
    const ours = `${this.#prefix}${this.#count}`;
    this.#tokens.set(ours, { asks, token });
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > mostTokens && oldest !== undefined) this.#tokens.delete(oldest);
    return ours;
  }

  over(asks: ServiceAsks): void {
    for (const [token, one] of this.#tokens) if (one.asks === asks) this.#tokens.delete(token);
  }
}

export class ServiceAsks {
  readonly #all: AskedByServices;
  readonly #asker: Asker;
  readonly tell: (bytes: Buffer) => void;

  constructor(all: AskedByServices, asker: Asker, tell: (bytes: Buffer) => void) {
    this.#all = all;
    this.#asker = asker;
    this.tell = tell;
  }

  /** What the host sees of an event that is no answer to it; undefined: nothing. */
  shown(event: SseEvent): SseEvent | undefined {
    return this.#asker.shown(this.#withToken(event));
  }

  /** It asks nothing more. */
  withdraw(): void {
    this.#asker.withdraw();
    this.#all.over(this);
  }

  #withToken(event: SseEvent): SseEvent {
    const { data } = event;
    if (!data || !(data.includes(tokenMark) || hasEscapes(data))) return event;
    const message = parseJson(data);
    const isQuestion = isObject(message) && 'id' in message && typeof message['method'] === 'string';
    const place = isQuestion ? placeOf(data, tokenPlace) : undefined;
    if (!place) return event;
    const ours = this.#all.tokenFor(this, Buffer.from(data.subarray(...place)));
    return withData(event, withValue(data, tokenPlace, JSON.stringify(ours)));
  }
}
