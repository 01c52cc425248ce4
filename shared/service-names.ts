/** What services are called on the screen: the service's name, its host where nobody gave it one, and never two alike. */
import type { ConnectionView } from './snapshot.ts';
import type { WindowWords } from './words/window-catalogue.ts';

type Named = Pick<ConnectionView, 'id' | 'name' | 'service' | 'title' | 'host' | 'resource'>;

/**
 * Connection id → name. Names of two alike are told apart by organisation and server, else by their short name.
 * The practice services' names are Conexor's own, and so in the person's language.
 */
export function serviceNames(
  connections: readonly Named[],
  words: Pick<WindowWords, 'services' | 'add'>,
): ReadonlyMap<string, string> {
  const plainName = ({ service, host, title }: Named) => {
    const own = practiceName(service, words);
    if (own !== undefined) return own;
    // "MCP server" is no name for people.
    return service === 'mcp' ? host : title;
  };
  const counts = new Map<string, number>();
  for (const one of connections) counts.set(plainName(one), (counts.get(plainName(one)) ?? 0) + 1);
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const one of connections) {
    const plain = plainName(one);
    const told = counts.get(plain) === 1 ? plain : `${plain} · ${ownPart(one)}`;
    // Short names are unique, addresses' ends are not.
    const name = taken.has(told) ? `${plain} · ${one.name}` : told;
    taken.add(name);
    names.set(one.id, name);
  }
  return names;
}

/** What somebody typed for a service: its id, or its name as it is printed, in any case. */
export function serviceNamed<S extends { readonly id: string; readonly title: string }>(
  services: readonly S[],
  text: string,
): S | undefined {
  const wanted = text.trim().toLowerCase();
  return services.find(({ id, title }) => id === wanted || title.toLowerCase() === wanted);
}

/** Undefined for a service that is not for practice. */
export function practiceName(
  service: string,
  { services, add }: Pick<WindowWords, 'services' | 'add'>,
): string | undefined {
  switch (service) {
    case 'practice':
      return services.practiceService;
    case 'practice-agent':
    case 'practice-connexease':
    case 'practice-api':
      return add.service[service].title;
    default:
      return undefined;
  }
}

function ownPart(connection: Named): string {
  const path = /\/mcp\/([^/?#]+\/[^/?#]+)\/?$/.exec(connection.resource);
  return path?.[1] ?? connection.name;
}
