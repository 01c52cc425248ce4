/**
 * The way of a service's answer to a host of several: under the id of the request that it answers and no other, for a host
 * tells answers apart by their ids alone, and with its resources under the addresses that lead back to this service.
 */
import { idIn } from '../member-id.ts';
import type { HostRequest, MessageId } from '../message.ts';
import type { Reply } from '../reply.ts';
import type { SseEvent } from '../sse.ts';
import { answeredId, answerTo } from './one-message.ts';
import { Passing } from './replies.ts';
import { withShownAddresses } from './resource-links.ts';
import type { ResourceOwners } from './resource-owners.ts';
import type { Service } from './services.ts';

/** Whose results may point to resources. */
const pointing: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
/** Requests that are remembered for a host that loses their stream. */
const mostCarried = 2_000;

export interface AnswersNeeds {
  readonly owners: ResourceOwners;
  /** The host may take up a stream again. */
  readonly canResume: boolean;
  /** What the host hears of what a service says before its answer. */
  readonly besides: (service: Service, event: SseEvent) => SseEvent | undefined;
  readonly tagged: (service: Service, event: SseEvent) => SseEvent;
}

export class AnswersOfServices {
  readonly #needs: AnswersNeeds;
  /** By the host's id: where it went. */
  readonly #carried = new Map<MessageId, string>();

  constructor(needs: AnswersNeeds) {
    this.#needs = needs;
  }

  to(service: Service, reply: Reply, { id, method, bytes }: HostRequest, answered: () => void): Passing {
    const written = Buffer.from(idIn(bytes) ?? JSON.stringify(id));
    if (this.#needs.canResume) this.#remember(id, service.id);
    return this.#passing(service, reply, answered, (answer, came) => {
      // On a stream the right one may still come.
      if (came === 'event' && ![id, null].includes(answeredId(answer) ?? null)) return undefined;
      const own = answerTo(id, written, answer);
      return own && pointing.has(method) ? this.#shown(service, own) : own;
    });
  }

  /** A stream that is taken up again brings answers to what this service was asked. */
  resumed(service: Service, reply: Reply): Passing {
    return this.#passing(
      service,
      reply,
      () => undefined,
      (answer) => {
        const id = answeredId(answer) ?? undefined;
        return id !== undefined && this.#carried.get(id) === service.id ? this.#shown(service, answer) : undefined;
      },
    );
  }

  #passing(
    service: Service,
    reply: Reply,
    answered: () => void,
    told: ConstructorParameters<typeof Passing>[1]['told'],
  ): Passing {
    const { besides, tagged } = this.#needs;
    return new Passing(reply, {
      answered,
      told,
      shown: (event) => besides(service, event),
      tagged: (event) => tagged(service, event),
    });
  }

  #shown({ id, prefix }: Service, answer: Buffer): Buffer {
    return withShownAddresses(answer, (uri) => this.#needs.owners.shown(id, prefix, uri));
  }

  #remember(id: MessageId, connectionId: string): void {
    this.#carried.delete(id);
    this.#carried.set(id, connectionId);
    const [oldest] = this.#carried.keys();
    if (this.#carried.size > mostCarried && oldest !== undefined) this.#carried.delete(oldest);
  }
}
