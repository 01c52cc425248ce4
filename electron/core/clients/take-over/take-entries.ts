/**
 * Entries of other programs taken over: the service of each is asked and connected, what the entry let itself in with goes
 * to the vault, and only then ours stand in their places. Where a step fails, the entry is as it was, and so are we.
 */
import { isDeepStrictEqual } from 'node:util';
import { asFault, Fault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import type { GivenFields, WayInId } from '../../../../shared/ways-in.ts';
import { probeResource } from '../../oauth/discovery.ts';
import type { OAuthFetch } from '../../oauth/http.ts';
import type { Log } from '../../platform.ts';
import { serviceFor } from '../../services/catalogue.ts';
import type { Connectable } from '../../services/pasted.ts';
import type { Clients } from '../clients.ts';
import type { ImportHow } from '../imports.ts';
import { isSamePlace } from '../own-entries.ts';
import type { FoundEntry } from './found-entries.ts';

export interface ConnectHow extends ImportHow {
  /** Where a client that was registered by hand expects the browser. */
  readonly redirectUri?: string;
}

export interface EntryNeeds {
  readonly log: Log;
  /** A connection of its own for each request. */
  readonly oauth: OAuthFetch;
  readonly clients: Pick<Clients, 'replace' | 'planReplace'>;
  /** Makes it a connection, its client kept in the vault. */
  readonly connect: (
    server: Connectable,
    how: ConnectHow,
  ) => Promise<{ readonly connection: ConnectionView; readonly added: boolean }>;
  /** With what the entry has brought along. Throws why it did not work. */
  readonly signIn: (connectionId: string, wayIn: WayInId, given: GivenFields) => Promise<void>;
  /** Takes a connection back that has just been made. */
  readonly disconnect: (connectionId: string) => Promise<void>;
}

export interface TakenEntry {
  readonly connection: string;
  readonly backup?: string;
  readonly signInNeeded: boolean;
  /** It was taken out: our entry for all in that file serves what it did. */
  readonly removed?: boolean;
}

/** What has become of each, in their order: taken over, or why it was left as it was. */
export async function takeEntries(
  needs: EntryNeeds,
  entries: readonly FoundEntry[],
): Promise<ReadonlyMap<FoundEntry, TakenEntry | Fault>> {
  const outcomes = new Map<FoundEntry, TakenEntry | Fault>();
  const ready = new Map<FoundEntry, Connected>();
  // One after the other: two of one service are one connection.
  for (const entry of entries) {
    try {
      ready.set(entry, await connect(needs, entry));
    } catch (thrown) {
      outcomes.set(entry, asFault(thrown));
    }
  }
  for (const inFile of byFile([...ready.keys()])) {
    const { program, path } = inFile[0];
    const replaced = inFile.map((entry) => ({ entry, connected: ready.get(entry) as Connected }));
    try {
      // In one change, so that one step back brings all of them back.
      const { backup, removed = [] } = await needs.clients.replace({
        client: program.id,
        path,
        entries: replaced.map(({ entry: { place, value }, connected: { connection } }) => ({
          ...place,
          connection: connection.name,
          isMeant: (found) => isDeepStrictEqual(found, value),
        })),
      });
      for (const { entry, connected } of replaced) {
        const { connection, isIn } = connected;
        const isOut = removed.some((one) => isSamePlace(one, entry.place)) ? { removed: true } : {};
        const taken = { connection: connection.name, signInNeeded: !isIn, ...isOut };
        outcomes.set(entry, backup === undefined ? taken : { ...taken, backup });
      }
    } catch (thrown) {
      for (const { entry } of replaced) outcomes.set(entry, asFault(thrown));
    }
  }
  const used = new Set([...outcomes.values()].map((one) => (one instanceof Fault ? undefined : one.connection)));
  for (const { added, connection } of ready.values()) {
    if (added && !used.has(connection.name)) await takeBack(needs, connection);
  }
  return outcomes;
}

interface Connected {
  readonly connection: ConnectionView;
  readonly added: boolean;
  /** No sign-in is needed any more. */
  readonly isIn: boolean;
}

/** Throws what is wrong with its service, or with what it lets itself in with. */
async function connect(needs: EntryNeeds, { server, wayIn, given, redirectUri }: FoundEntry): Promise<Connected> {
  if (!server) throw new Fault('internal', { reason: 'an entry without a server' });
  await requireSpeaks(needs.oauth, server.target);
  const { connection, added } = await needs.connect(server, {
    ...(wayIn === undefined ? {} : { wayIn }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
  });
  if (connection.access === 'none' || connection.accounts.length > 0) return { connection, added, isIn: true };
  if (wayIn === undefined || given === undefined) return { connection, added, isIn: false };
  try {
    const opened = Object.entries(given).map(([field, secret]) => [field, secret.open()] as const);
    await needs.signIn(connection.id, wayIn, Object.fromEntries(opened));
    return { connection, added, isIn: true };
  } catch (thrown) {
    if (added) await takeBack(needs, connection);
    throw thrown;
  }
}

async function takeBack({ disconnect, log }: EntryNeeds, { id }: ConnectionView): Promise<void> {
  await disconnect(id).catch((thrown: unknown) => {
    log('warn', 'a connection of an entry that was not taken over is left', { fault: asFault(thrown).code });
  });
}

export function byFile(entries: readonly FoundEntry[]): readonly [FoundEntry, ...FoundEntry[]][] {
  const files = new Map<string, [FoundEntry, ...FoundEntry[]]>();
  for (const entry of entries) {
    const key = `${entry.program.id}\0${entry.path}`;
    const others = files.get(key);
    if (others) others.push(entry);
    else files.set(key, [entry]);
  }
  return [...files.values()];
}

/**
 * What works now must not be replaced by something that cannot. Throws `input-invalid` for a server that we do not speak
 * with, and the troubles on the way there.
 */
async function requireSpeaks(http: OAuthFetch, target: string): Promise<void> {
  const url = new URL(target);
  if (serviceFor(url).speaks !== 'mcp') return;
  try {
    await probeResource(http, target);
  } catch (thrown) {
    const { code, detail } = asFault(thrown);
    if (code !== 'discovery-failed') throw thrown;
    const reason = detail.reason ?? 'not found';
    throw new Fault('input-invalid', { subject: url.host, thing: 'remote-older-way', reason });
  }
}
