/**
 * The `subscriptions/listen` of a host of the newer era (MCP 2026-07-28) over several services: acknowledged at once and
 * kept here, while services come and go behind it.
 */
import { type HostRequest, isObject, subscriptionIdKey } from '../message.ts';
import type { Reply } from '../reply.ts';
import { sseEventOf } from '../sse.ts';
import type { listChangedMethods } from '../stand-in.ts';

export type ListChanged = (typeof listChangedMethods)[number];

const filterOf: Readonly<Record<ListChanged, string>> = {
  'notifications/tools/list_changed': 'toolsListChanged',
  'notifications/resources/list_changed': 'resourcesListChanged',
  'notifications/prompts/list_changed': 'promptsListChanged',
};
const mostAddresses = 1_000;

interface Subscription {
  readonly wants: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
  readonly tell: (method: string, params: object) => void;
}

export class HostSubscriptions {
  readonly #open = new Set<Subscription>();
  readonly #changed: () => void;

  /** `changed`: the addresses have that anybody wants to hear of. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Resolves when the host has ended it. */
  async serve(request: HostRequest, reply: Reply, signal: AbortSignal): Promise<void> {
    const asked = isObject(request.params?.['notifications']) ? request.params['notifications'] : {};
    const wants = new Set(Object.values(filterOf).filter((name) => asked[name] === true));
    const uris: unknown = asked['resourceSubscriptions'];
    const addresses = new Set(
      (Array.isArray(uris) ? uris : []).filter((uri) => typeof uri === 'string').slice(0, mostAddresses),
    );
    const tell = (method: string, params: object) => {
      const _meta = { [subscriptionIdKey]: request.id };
      reply.event(sseEventOf(JSON.stringify({ jsonrpc: '2.0', method, params: { ...params, _meta } })));
    };
    const subscription = { wants, addresses, tell };
    tell('notifications/subscriptions/acknowledged', {
      notifications: {
        ...Object.fromEntries([...wants].map((name) => [name, true])),
        ...(addresses.size === 0 ? {} : { resourceSubscriptions: [...addresses] }),
      },
    });
    this.#open.add(subscription);
    this.#changed();
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#open.delete(subscription);
    this.#changed();
  }

  get isWanted(): boolean {
    return this.#open.size > 0;
  }

  /** As the host knows them. */
  get addresses(): ReadonlySet<string> {
    return new Set([...this.#open].flatMap(({ addresses }) => [...addresses]));
  }

  listChanged(method: ListChanged): void {
    for (const { wants, tell } of this.#open) if (wants.has(filterOf[method])) tell(method, {});
  }

  updated(uri: string): void {
    for (const { addresses, tell } of this.#open)
      if (addresses.has(uri)) tell('notifications/resources/updated', { uri });
  }
}
