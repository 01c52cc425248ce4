/** A sign-in with what a person typed: one request to the service, or none at all where a token or key was given. */
import { Fault } from '../../../shared/faults.ts';
import type { GivenFields } from '../../../shared/ways-in.ts';
import { permissionOf } from '../../../shared/words/permissions.ts';
import { type Given, givenFor } from '../credentials/given.ts';
import type { WayIn } from '../credentials/way-in.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import type { AccountRecord, ConnectionRecord } from '../vault/records.ts';
import { Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { accountsOf } from './accounts.ts';
import { titleOf } from './connections.ts';
import type { Approach, Prepared } from './sign-in-prepare.ts';
import { scopesToAsk } from './sign-in-scopes.ts';

/** Throws `input-invalid` where something is missing; then nothing was asked. */
export function prepareDirect(
  { vault }: { readonly vault: Vault },
  approach: Approach,
  wayIn: WayIn & Required<Pick<WayIn, 'obtain'>>,
  typed: GivenFields,
): Prepared {
  const { connection, offer, wish } = approach;
  const given = rememberedFor(vault, approach, typed) ?? givenFor(wayIn.fields(offer), typed);
  const documented = offer.way === 'client-credentials' ? offer.scopes : undefined;
  const scopes = scopesToAsk(vault, connection, wish, documented);
  return {
    ...approach,
    triesFirst: wayIn.isScarce === undefined,
    host: new URL(connection.resource).host,
    scopes: scopes ?? [],
    permissions: (scopes ?? []).map((scope) => permissionOf(scope, 'en') ?? scope),
    complete: (signal) => wayIn.obtain({ ...approach, scopes, server: approach.discover }, given, signal),
    close: async () => undefined,
  };
}

/**
 * Where the person typed nothing: what the account was signed in with before, or the client that came with the
 * connection. Secrets are shown once by the services that issue them, so nobody is asked for one that is here.
 */
function rememberedFor(vault: Vault, { connection, offer, wish }: Approach, typed: GivenFields): Given | undefined {
  if (Object.values(typed).some((text) => text.trim() !== '')) return undefined;
  const accountId = wish.another ? undefined : (wish.accountId ?? connection.currentAccountId);
  const account = accountsOf(vault, connection.id).find(({ id, wayIn }) => id === accountId && wayIn === offer.way);
  const kept = account && vault.get('credential', account.id)?.fields;
  if (kept) return kept;
  if (offer.way !== 'client-credentials' || !connection.client?.clientSecret) return undefined;
  const { clientId, clientSecret } = connection.client;
  return { 'client-id': new Secret(clientId), 'client-secret': clientSecret };
}

/** What a person has to type, no program can ask for. Throws `sign-in-needed`. */
export function requireNothingTyped(
  waysIn: WaysIn,
  connection: ConnectionRecord,
  account: AccountRecord | undefined,
): void {
  const { id, obtain } = waysIn.byId(account?.wayIn ?? connection.wayIn);
  if (obtain === undefined) return;
  throw new Fault('sign-in-needed', {
    subject: titleOf(connection),
    reason: `${id} needs a person`,
    advice: 'enter-in-conexor',
    next: 'Ask the person to open Conexor on this computer and to enter what this service needs there; never ask for it here.',
  });
}
