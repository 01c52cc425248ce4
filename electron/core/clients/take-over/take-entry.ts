/**
 * One entry of another program taken over: its service is asked and connected, what the entry let itself in with goes to
 * the vault, and only then ours stands in its place. Where a step fails, the entry is as it was, and so are we.
 */
import { isDeepStrictEqual } from 'node:util';
import type { TakenOver } from '../../../../shared/clients.ts';
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
import type { FoundEntry } from './found-entries.ts';

export interface ConnectHow extends ImportHow {
  /** Where a client that was registered by hand expects the browser. */
  readonly redirectUri?: string;
}

export interface EntryNeeds {
  readonly log: Log;
  /** A connection of its own for each request. */
  readonly oauth: OAuthFetch;
  readonly clients: Pick<Clients, 'replace'>;
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

type TakenEntry = TakenOver['entries'][number];

/** Throws why it was left as it was. */
export async function takeEntry(
  needs: EntryNeeds,
  { program, path, name, value, server, wayIn, given, redirectUri }: FoundEntry,
): Promise<Pick<TakenEntry, 'connection' | 'backup' | 'signInNeeded'>> {
  if (!server) throw new Fault('internal', { reason: 'an entry without a server' });
  await requireSpeaks(needs.oauth, server.target);
  const { connection, added } = await needs.connect(server, {
    ...(wayIn === undefined ? {} : { wayIn }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
  });
  try {
    let isIn = connection.access === 'none' || connection.accounts.length > 0;
    if (!isIn && wayIn !== undefined && given !== undefined) {
      const opened = Object.entries(given).map(([field, secret]) => [field, secret.open()] as const);
      await needs.signIn(connection.id, wayIn, Object.fromEntries(opened));
      isIn = true;
    }
    const isMeant = (found: unknown) => isDeepStrictEqual(found, value);
    const wish = { client: program.id, path, name, connection: connection.name, isMeant };
    const { backup } = await needs.clients.replace(wish);
    return { connection: connection.name, ...(backup === undefined ? {} : { backup }), signInNeeded: !isIn };
  } catch (thrown) {
    if (added) {
      await needs.disconnect(connection.id).catch((second: unknown) => {
        needs.log('warn', 'a connection of an entry that was not taken over is left', { fault: asFault(second).code });
      });
    }
    throw thrown;
  }
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
