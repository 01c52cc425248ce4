/**
 * Servers of our own, in place of a service's: the OAuth tools, and the tools of connections that are web APIs. Each is
 * named by a key: `_oauth`, or the connection's id.
 */
import type { McpServer } from '@modelcontextprotocol/server';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import type { BridgeBroker } from '../../broker/broker.ts';
import type { Door } from '../../broker/programs.ts';

/** Where programs find the OAuth tools; no connection can be called so (names begin with a letter or digit). */
export const oauthToolsName = '_oauth';

/** A program in one conversation. */
export interface OwnProgram {
  /** As it is known here. */
  readonly client: string;
  /** Absent for the person's own tools, about which nobody is asked. */
  readonly door: Door | undefined;
}

/**
 * Who was refused is not told what there is: no name, title or address. A refusal at the other door counts until this one
 * is decided about.
 */
export function isRefused({ clients }: Pick<ConnectionView, 'clients'>, { client, door }: OwnProgram): boolean {
  if (door === undefined) return false;
  const own = clients.filter(({ name }) => name === client);
  const here = own.find((one) => one.door === door);
  return here ? here.access === 'refused' : own.some(({ access }) => access === 'refused');
}

export interface OwnServer {
  readonly server: McpServer;
  /** To be called after every change of the broker's state, while the server is connected. */
  readonly changed: () => void;
}

/** What one conversation remembers, and its server: one instance in the older era, one for each request in the newer. */
export interface OwnConversation {
  /** `isLet`: the program's key still holds. */
  server(isLet: () => boolean): OwnServer;
}

/** The server of ours that answers for this reference; undefined where a service does, or nobody is known by it. */
export function ownServerOf(broker: BridgeBroker, reference: string | undefined): string | undefined {
  if (reference === oauthToolsName) return oauthToolsName;
  try {
    const { id, speaks } = broker.findConnection(reference);
    return speaks === 'rest' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it still is ours to serve: a connection may be removed, and come back as a server of tools. */
export function isServed(broker: BridgeBroker, served: string): boolean {
  // A locked keychain shows no connections for the moment; that takes none away.
  return broker.snapshot().vault.kind === 'locked' || ownServerOf(broker, served) === served;
}
