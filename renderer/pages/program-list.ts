/** The programs of the snapshot, one entry each however many services they use. Pure. */
import { programTitle } from '../../shared/client-titles.ts';
import type { AccountView, ClientUse, ConnectionView, Snapshot } from '../../shared/snapshot.ts';

export interface ProgramUse {
  readonly connection: ConnectionView;
  readonly client: ClientUse;
  /** Whose account it uses: its own one, else the connection's current one. Undefined while nobody is signed in. */
  readonly account: AccountView | undefined;
}

export interface Program {
  readonly name: string;
  /** What it is called on the screen. */
  readonly title: string;
  /** Where it comes from, of its latest use that tells. */
  readonly from: Pick<ClientUse, 'path' | 'signer'> | undefined;
  /** It has a key of its own for the local address. */
  readonly hasKey: boolean;
  /** Without those that wait for an answer. */
  readonly uses: readonly ProgramUse[];
  readonly lastUsedAtMs: number | undefined;
}

/** Those that wait for the person's first answer, the longest waiting first. */
export function askingUses(snapshot: Snapshot): readonly ProgramUse[] {
  return allUses(snapshot)
    .filter(({ client }) => client.access === 'asking')
    .toSorted((a, b) => a.client.firstSeenAtMs - b.client.firstSeenAtMs);
}

/** Everybody who was answered or has a key, the last used first. */
export function programsOf(snapshot: Snapshot): readonly Program[] {
  const uses = new Map<string, ProgramUse[]>();
  for (const use of allUses(snapshot)) {
    if (use.client.access !== 'asking') uses.set(use.client.name, [...(uses.get(use.client.name) ?? []), use]);
  }
  const keys = new Set(snapshot.localClients.map(({ name }) => name));
  return [...new Set([...uses.keys(), ...keys])]
    .map((name) => {
      const own = uses.get(name) ?? [];
      const times = own.flatMap(({ client }) => client.lastUsedAtMs ?? []);
      return {
        name,
        title: programTitle(name),
        from: own.find(({ client }) => client.path !== undefined)?.client,
        hasKey: keys.has(name),
        uses: own,
        lastUsedAtMs: times.length > 0 ? Math.max(...times) : undefined,
      };
    })
    .toSorted((a, b) => (b.lastUsedAtMs ?? 0) - (a.lastUsedAtMs ?? 0) || a.name.localeCompare(b.name));
}

function allUses(snapshot: Snapshot): readonly ProgramUse[] {
  return snapshot.connections.flatMap((connection) =>
    connection.clients.map((client) => ({ connection, client, account: accountOf(connection, client) })),
  );
}

function accountOf(connection: ConnectionView, client: ClientUse): AccountView | undefined {
  const own = connection.accounts.find(({ id }) => id === client.accountId);
  return own ?? connection.accounts.find(({ current }) => current);
}
