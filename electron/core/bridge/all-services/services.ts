/**
 * Which services a conversation with all of them has at this moment: every connection that this program was not refused,
 * each under a name of its own. They come, go, are renamed and change accounts while the conversation lasts.
 */
import { Fault, type FaultCode } from '../../../../shared/faults.ts';
import type { ConnectionView, Snapshot } from '../../../../shared/snapshot.ts';
import type { BridgeContext } from '../bridge-context.ts';
import { isRefused, type OwnProgram } from '../own-servers/own-server.ts';
import { Route } from '../route.ts';
import type { ServiceConversation } from './service-conversation.ts';
import { prefixFor } from './shown-names.ts';
import { labelOf, type ServiceWords } from './words.ts';

export interface Service {
  readonly id: string;
  /** For ids of events. */
  readonly key: number;
  readonly view: ConnectionView;
  /** How the names of its tools begin. */
  readonly prefix: string;
  /** Whose its tools are, for people. */
  readonly label: string;
  readonly footing: string;
  /** Why there is no way to it. */
  readonly without: FaultCode | undefined;
  readonly conversation: ServiceConversation;
}

export interface ServicesNeeds {
  readonly context: BridgeContext;
  readonly program: OwnProgram;
  /** `service` is asked for when something of it is heard: the newest that is known. */
  readonly begin: (view: ConnectionView, service: () => Service | undefined) => ServiceConversation;
  /** What a host was told of the services is otherwise now. */
  readonly changed: () => void;
  readonly removed: (connectionId: string) => void;
}

export class Services {
  readonly #needs: ServicesNeeds;
  readonly #byId = new Map<string, Service>();
  readonly #routes = new Map<string, Route>();
  /** Whose a prefix is or was, while that service is there. */
  readonly #prefixes = new Map<string, string>();
  readonly #leaving = new Set<Promise<void>>();
  #keys = 0;

  constructor(needs: ServicesNeeds) {
    this.#needs = needs;
  }

  get all(): readonly Service[] {
    return [...this.#byId.values()];
  }

  byId(id: string): Service | undefined {
    return this.#byId.get(id);
  }

  byPrefix(prefix: string): Service | undefined {
    return this.#byId.get(this.#prefixes.get(prefix) ?? '');
  }

  byKey(key: number): Service | undefined {
    return this.all.find((one) => one.key === key);
  }

  get words(): readonly ServiceWords[] {
    return this.all.map(({ view, prefix, label, without, conversation }) => ({
      prefix,
      label,
      host: view.host,
      without: without && this.#faultOf(without, view),
      instructions: conversation.instructions,
    }));
  }

  /** Brings this in line with what there is. A locked keychain shows no connections for the moment; that takes none away. */
  follow(snapshot: Snapshot): void {
    if (snapshot.vault.kind === 'locked') return;
    const { program } = this.#needs;
    const present = snapshot.connections.filter((view) => !isRefused(view, program));
    let isOther = false;
    for (const service of this.all) {
      const view = present.find((one) => one.id === service.id);
      if (view?.speaks === service.view.speaks) continue;
      const wasRefused = view === undefined && snapshot.connections.some((one) => one.id === service.id);
      this.#remove(service, wasRefused);
      isOther = true;
    }
    for (const view of present) isOther = this.#take(view, snapshot, present) || isOther;
    if (isOther) this.#needs.changed();
  }

  /** Ends them all, at the services too. */
  async close(): Promise<void> {
    const ends = this.all.map(({ conversation }) => conversation.close());
    this.#byId.clear();
    this.#routes.clear();
    await Promise.all([...ends, ...this.#leaving]);
  }

  #faultOf(code: FaultCode, { title }: ConnectionView): Fault {
    const isOfProgram = code === 'program-waiting' || code === 'program-refused';
    return new Fault(code, { subject: isOfProgram ? this.#needs.program.client : title });
  }

  /** True where a host has to hear of it. */
  #take(view: ConnectionView, snapshot: Snapshot, all: readonly ConnectionView[]): boolean {
    const before = this.#byId.get(view.id);
    const { footing, accountId, without } = this.#routeOf(view.id).standing(snapshot);
    const prefix = prefixFor(view.name, view.id, (one) => (this.#prefixes.get(one) ?? view.id) !== view.id);
    this.#prefixes.set(prefix, view.id);
    const account = without === undefined ? view.accounts.find((one) => one.id === accountId)?.label : undefined;
    const label = labelOf(view, all, account);
    const found = { id: view.id, view, prefix, label, footing, without };
    if (before && footing !== before.footing) before.conversation.moved();
    // How it speaks could not be found out while there was no way to it.
    const isAnew = before?.without !== undefined && without === undefined && !before.conversation.isSettled;
    if (before && isAnew && before.conversation.hasBegun) this.#leave(before.conversation.close());
    if (before && !(isAnew && before.conversation.hasBegun)) {
      this.#byId.set(view.id, { ...before, ...found });
      return prefix !== before.prefix || label !== before.label || without !== before.without;
    }
    this.#keys += 1;
    const key = this.#keys;
    const newest = () => {
      const service = this.#byId.get(view.id);
      return service?.key === key ? service : undefined;
    };
    const conversation = this.#needs.begin(view, newest);
    this.#byId.set(view.id, { ...found, key, conversation });
    return true;
  }

  #remove({ id, view, conversation }: Service, wasRefused: boolean): void {
    this.#byId.delete(id);
    this.#routes.delete(id);
    for (const [prefix, owner] of this.#prefixes) if (owner === id) this.#prefixes.delete(prefix);
    this.#leave(conversation.close(this.#faultOf(wasRefused ? 'program-refused' : 'connection-unknown', view)));
    this.#needs.removed(id);
  }

  #leave(end: Promise<void>): void {
    this.#leaving.add(end);
    void end.finally(() => this.#leaving.delete(end));
  }

  #routeOf(id: string): Route {
    const known = this.#routes.get(id);
    if (known) return known;
    const { context, program } = this.#needs;
    const { client, door } = program;
    const route = new Route(context.broker, context.http, id, { client, ...(door === undefined ? {} : { door }) });
    this.#routes.set(id, route);
    return route;
  }
}
