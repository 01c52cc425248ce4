/** The lists of several services as one, and the way back from what a host was shown to the service that has it. */
import type { MessageId } from '../message.ts';
import { withValue } from './json-places.ts';
import { type ListedItem, type ListKind, shownItem, withShownPages } from './listed-items.ts';
import { ResourceOwners, readMark } from './resource-owners.ts';
import type { Service, Services } from './services.ts';
import { KnownNames, readShownName, shownName, shownNames } from './shown-names.ts';

type NamedKind = 'tools' | 'prompts';
const kindOf = { tool: 'tools', prompt: 'prompts' } as const;

export interface Found {
  readonly service: Service;
  /** Name or address there. */
  readonly name: string;
}

export class MergedLists {
  readonly owners = new ResourceOwners();
  readonly #services: Pick<Services, 'all' | 'byId' | 'byPrefix'>;
  readonly #names = { tools: new KnownNames(), prompts: new KnownNames() } as const;

  constructor(services: Pick<Services, 'all' | 'byId' | 'byPrefix'>) {
    this.#services = services;
  }

  /** Of every service what it says in time, in the services' order. Never throws. */
  async all(kind: ListKind): Promise<readonly Buffer[]> {
    const heard = await Promise.all(
      this.#services.all.map(async ({ id, conversation }) => ({ id, items: await conversation.lists.get(kind) })),
    );
    const seen = new Set<string>();
    return heard.flatMap(({ id, items }) => {
      // It may have been renamed meanwhile, or have gone.
      const service = this.#services.byId(id);
      return service ? this.#shown(service, kind, items, seen) : [];
    });
  }

  /** What the host was shown, or could know of: at once, for it is on the path of every call. */
  known(what: 'tool' | 'prompt' | 'resource', shown: string): Found | undefined {
    const named = what === 'resource' ? this.owners.find(shown) : this.#names[kindOf[what]].find(shown);
    const service = named && this.#services.byId(named.connectionId);
    return named && service && { service, name: 'uri' in named ? named.uri : named.name };
  }

  /** A host may know names and addresses from before this conversation. Undefined where no service has it. */
  async lookedUp(what: 'tool' | 'prompt' | 'resource', shown: string): Promise<Found | undefined> {
    if (what === 'resource') {
      await Promise.all([this.all('resources'), this.all('resourceTemplates')]);
      const known = this.known(what, shown);
      const mark = known ? undefined : readMark(shown);
      const marked = mark && this.#services.byPrefix(mark.name);
      return marked ? { service: marked, name: mark.uri } : known;
    }
    const kind: NamedKind = kindOf[what];
    const read = readShownName(shown);
    const service = read && this.#services.byPrefix(read.prefix);
    if (!read || !service) return undefined;
    const { prefix, name } = read;
    if (name !== undefined && shownName(prefix, name) === shown) return { service, name };
    const items = await service.conversation.lists.get(kind);
    this.#shown(service, kind, items, new Set(), prefix);
    return this.known(what, shown);
  }

  forget(connectionId: string): void {
    this.#names.tools.forget(connectionId);
    this.#names.prompts.forget(connectionId);
    this.owners.forget(connectionId);
  }

  #shown(
    service: Service,
    kind: ListKind,
    items: readonly ListedItem[],
    seen: Set<string>,
    prefix = service.prefix,
  ): readonly Buffer[] {
    const keys = items.map(({ key }) => key);
    const shown =
      kind === 'tools' || kind === 'prompts'
        ? shownNames(prefix, keys)
        : keys.map((key) => this.owners.shown(service.id, prefix, key, kind === 'resourceTemplates'));
    return items.flatMap((item, index) => {
      const as = shown[index];
      // The same name twice would make the whole list unreadable to some hosts.
      if (as === undefined || seen.has(as)) return [];
      seen.add(as);
      if (kind === 'tools' || kind === 'prompts') {
        this.#names[kind].remember(as, { connectionId: service.id, name: item.key });
      }
      const told = shownItem(item, kind, as, service.label);
      if (kind !== 'tools') return [told];
      return [withShownPages(told, item, (uri) => this.owners.shown(service.id, prefix, uri))];
    });
  }
}

/** A whole answer around items that stay in their own bytes. */
export function listAnswer(id: MessageId, kind: ListKind, items: readonly Buffer[], around: object): Buffer {
  const answer = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result: { ...around, [kind]: [] } }));
  const parts = items.flatMap((item, index) => (index === 0 ? [item] : [Buffer.from(','), item]));
  return withValue(answer, ['result', kind], Buffer.concat([Buffer.from('['), ...parts, Buffer.from(']')]));
}
