/** What services are called on the screen: the service's name, its host where nobody gave it one, and never two alike. */
import type { ConnectionView } from './snapshot.ts';

type Named = Pick<ConnectionView, 'id' | 'name' | 'service' | 'title' | 'host' | 'resource'>;

/**
 * Connection id → name. Names of two alike are told apart by organisation and server, else by their short name.
 * `practice`: what the practice service is called, the only one whose name is Conexor's own and so in the person's language.
 */
export function serviceNames(connections: readonly Named[], practice: string): ReadonlyMap<string, string> {
  const plainName = ({ service, host, title }: Named) => {
    if (service === 'practice') return practice;
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

function ownPart(connection: Named): string {
  const path = /\/mcp\/([^/?#]+\/[^/?#]+)\/?$/.exec(connection.resource);
  return path?.[1] ?? connection.name;
}
