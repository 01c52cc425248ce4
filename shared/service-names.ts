/** What services are called on the screen: the service's name, its host where nobody gave it one, and never two alike. */
import type { ConnectionView } from './snapshot.ts';

type Named = Pick<ConnectionView, 'id' | 'name' | 'service' | 'title' | 'host' | 'resource'>;

/** Connection id → name. Names of two alike are told apart by organisation and server, else by their short name. */
export function serviceNames(connections: readonly Named[]): ReadonlyMap<string, string> {
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

/** "MCP server" is no name for people. */
function plainName(connection: Named): string {
  return connection.service === 'mcp' ? connection.host : connection.title;
}

function ownPart(connection: Named): string {
  const path = /\/mcp\/([^/?#]+\/[^/?#]+)\/?$/.exec(connection.resource);
  return path?.[1] ?? connection.name;
}
