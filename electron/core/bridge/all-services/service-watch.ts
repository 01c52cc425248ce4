/**
 * What a service is asked to tell by itself, in its own era: which resources are to be heard of (MCP 2025-11-25,
 * "Subscriptions"), or in the newer one all that changes, on one `subscriptions/listen`.
 */
import type { Era } from '../modern-session.ts';

export interface ServiceWatchNeeds {
  /** Undefined while nobody knows. */
  readonly era: () => Era | undefined;
  readonly ask: (method: string, params: object) => void;
  /** Keeps a subscription open until the signal ends it. */
  readonly listen: (notifications: object, signal: AbortSignal) => void;
}

const listChanges = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

export class ServiceWatch {
  readonly #needs: ServiceWatchNeeds;
  #wanted: ReadonlySet<string> = new Set();
  #told: ReadonlySet<string> = new Set();
  #listening: AbortController | undefined;
  #isOver = false;

  constructor(needs: ServiceWatchNeeds) {
    this.#needs = needs;
  }

  /** By the service's own addresses. */
  want(addresses: ReadonlySet<string>): void {
    this.#wanted = addresses;
    this.apply();
  }

  /** To be called when it is known how the service speaks. */
  apply(): void {
    const era = this.#needs.era();
    if (era === undefined || this.#isOver) return;
    const [before, now] = [this.#told, this.#wanted];
    this.#told = now;
    const added = [...now].filter((uri) => !before.has(uri));
    const dropped = [...before].filter((uri) => !now.has(uri));
    if (era === 'modern') {
      if (!this.#listening || added.length + dropped.length > 0) this.#listen([...now]);
      return;
    }
    for (const uri of added) this.#needs.ask('resources/subscribe', { uri });
    for (const uri of dropped) this.#needs.ask('resources/unsubscribe', { uri });
  }

  close(): void {
    this.#isOver = true;
    this.#listening?.abort();
  }

  #listen(resourceSubscriptions: readonly string[]): void {
    this.#listening?.abort();
    this.#listening = new AbortController();
    const resources = resourceSubscriptions.length === 0 ? {} : { resourceSubscriptions };
    this.#needs.listen({ ...listChanges, ...resources }, this.#listening.signal);
  }
}
