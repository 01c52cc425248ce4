/**
 * What services ask the host (elicitation, sampling, roots, ping; MCP 2025-11-25): who asked, and under which id the host
 * knows it. Every session at a service counts its own ids, mostly from 0; a host that hears two sessions in one
 * conversation could answer only one of them, and a person's word about one account would reach another one's call. So
 * the ids of the first session that asks stay as they are, and those of any later one are exchanged for our own.
 */
import { randomUUID } from 'node:crypto';
import { faultErrorCode } from './fault-answers.ts';
import { idIn, withId } from './member-id.ts';
import { type HostResponse, isObject, type MessageId, parseJson } from './message.ts';
import type { EventSink } from './reply.ts';
import { type SseEvent, sseEventOf, withData } from './sse.ts';

/** A service whose questions nobody answers loses its oldest ones. */
const mostOpen = 1_000;
/** What every question has in its bytes, and every word that one is taken back. */
const marks = [Buffer.from('"id"'), Buffer.from('/cancelled"')] as const;
/** JSON may write any letter of a name by its number (RFC 8259 s7): then the bytes do not show what is there. */
const letterByNumber = Buffer.from('\\u');
const withdrawn = 'The account was switched or signed out in Conexor; this question is withdrawn.';

interface Question {
  readonly asker: Asker;
  /** As the service wrote it. */
  readonly id: Buffer;
}

/** The questions of one conversation. */
export class Questions {
  readonly #events: EventSink;
  readonly #keeps: 'first' | 'none';
  readonly #open = new Map<MessageId, Question>();
  /** Whose ids the host hears as they are: the first that asked. */
  #first: Asker | undefined;

  /** `events`: where the host hears that a question is withdrawn. `keeps`: whose ids stay as they are. */
  constructor(events: EventSink, keeps: 'first' | 'none' = 'first') {
    this.#events = events;
    this.#keeps = keeps;
  }

  /** One session at a service that may ask; `answer` takes messages to it. */
  asker(answer: (bytes: Buffer) => void): Asker {
    return new Asker(this, answer);
  }

  /** The host's answer goes to the session that asked; one to no open question is nobody's. */
  answered({ id, bytes }: HostResponse): void {
    const question = this.#open.get(id);
    if (!question) return;
    this.#open.delete(id);
    question.asker.answer(this.#first === question.asker ? bytes : withId(bytes, question.id));
  }

  isFirst(asker: Asker): boolean {
    if (this.#keeps === 'none') return false;
    this.#first ??= asker;
    return this.#first === asker;
  }

  opened(hostId: MessageId, question: Question): void {
    this.#open.delete(hostId);
    this.#open.set(hostId, question);
    const [oldest] = this.#open.keys();
    if (this.#open.size > mostOpen && oldest !== undefined) this.#open.delete(oldest);
  }

  takenBack(hostId: MessageId): void {
    this.#open.delete(hostId);
  }

  /** The host hears that this session's questions are over; each is told, to be answered in its stead. */
  withdraw(asker: Asker, each: (id: Buffer) => void): void {
    for (const [requestId, question] of this.#open) {
      if (question.asker !== asker) continue;
      this.#open.delete(requestId);
      const params = { requestId, reason: withdrawn };
      this.#events.event(sseEventOf(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params })));
      each(question.id);
    }
  }
}

export class Asker {
  readonly #questions: Questions;
  readonly #prefix = `conexor-${randomUUID()}-`;
  #isOver = false;
  readonly answer: (bytes: Buffer) => void;

  constructor(questions: Questions, answer: (bytes: Buffer) => void) {
    this.#questions = questions;
    this.answer = answer;
  }

  /** What the host sees of an event that is no answer to it; undefined: nothing. */
  shown(event: SseEvent): SseEvent | undefined {
    const { data } = event;
    if (!data || !(marks.some((mark) => data.includes(mark)) || hasEscapes(data))) return event;
    const value = parseJson(data);
    const shown = Array.isArray(value) ? this.#batch(value, data) : this.#message(value, data);
    return shown === data ? event : shown && withData(event, shown);
  }

  /** It asks nothing more, and what it has asked is withdrawn: the service is told in place of an answer. */
  withdraw(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#questions.withdraw(this, (id) => this.#refuse(id));
  }

  /** MCP 2025-03-26: several messages in one. */
  #batch(messages: readonly unknown[], data: Buffer): Buffer | undefined {
    let isChanged = false;
    const shown = messages.flatMap((one) => {
      const bytes = Buffer.from(JSON.stringify(one));
      const seen = this.#message(one, bytes);
      isChanged ||= seen !== bytes;
      return seen ? [seen.toString()] : [];
    });
    if (!isChanged) return data;
    return shown.length === 0 ? undefined : Buffer.from(`[${shown.join(',')}]`);
  }

  #message(message: unknown, bytes: Buffer): Buffer | undefined {
    if (!isObject(message) || typeof message['method'] !== 'string') return bytes;
    if (message['method'] === 'notifications/cancelled') return this.#cancelled(message, bytes);
    const given = message['id'];
    const id = isId(given) ? idIn(bytes) : undefined;
    if (!isId(given) || !id) return bytes;
    if (this.#isOver) {
      this.#refuse(id);
      return undefined;
    }
    const hostId = this.#hostId(given);
    // A copy: the event may be a small part of what came with it.
    this.#questions.opened(hostId, { asker: this, id: Buffer.from(id) });
    return hostId === given ? bytes : withId(bytes, Buffer.from(JSON.stringify(hostId)));
  }

  /** The service takes a question back; for the host it has the id under which it was heard. */
  #cancelled(message: Record<string, unknown>, bytes: Buffer): Buffer | undefined {
    if (this.#isOver) return undefined;
    const params = message['params'];
    const given = isObject(params) ? params['requestId'] : undefined;
    if (!isObject(params) || !isId(given)) return bytes;
    const requestId = this.#hostId(given);
    this.#questions.takenBack(requestId);
    return requestId === given ? bytes : Buffer.from(JSON.stringify({ ...message, params: { ...params, requestId } }));
  }

  /** The same for the same question, so that one that is said again after a break is no second one. */
  #hostId(given: MessageId): MessageId {
    return this.#questions.isFirst(this) ? given : `${this.#prefix}${JSON.stringify(given)}`;
  }

  #refuse(id: Buffer): void {
    const error = { code: faultErrorCode, message: withdrawn };
    this.answer(withId(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 0, error })), id));
  }
}

/** Whether names in this text may be written so that they are not found in its bytes. */
export function hasEscapes(json: Buffer): boolean {
  return json.includes(letterByNumber);
}

function isId(value: unknown): value is MessageId {
  return typeof value === 'string' || typeof value === 'number';
}
