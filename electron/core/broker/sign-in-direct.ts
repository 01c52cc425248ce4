/** A sign-in with what a person typed: one request to the service, or none at all where a token or key was given. */
import { asFault, Fault } from '../../../shared/faults.ts';
import { fieldNames, type GivenFields } from '../../../shared/ways-in.ts';
import { permissionOf } from '../../../shared/words/permissions.ts';
import { findRegistration } from '../credentials/authorization-code.ts';
import { isSameCredential } from '../credentials/credential.ts';
import { type Given, givenFor } from '../credentials/given.ts';
import type { Obtained, WayIn } from '../credentials/way-in.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import type { AccountRecord, ConnectionRecord, GrantRecord } from '../vault/records.ts';
import { Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { accountsOf, grantOf } from './accounts.ts';
import { titleOf } from './connections.ts';
import { givenClient, isKnownPlace } from './given-clients.ts';
import { asTaken } from './sign-in-binding.ts';
import type { Approach, Prepared, SignInNeeds } from './sign-in-prepare.ts';
import { scopesToAsk } from './sign-in-scopes.ts';

/** Throws `input-invalid` where something is missing; then nothing was asked. */
export function prepareDirect(
  needs: Pick<SignInNeeds, 'vault' | 'waysIn' | 'firstCall' | 'log'>,
  approach: Approach,
  wayIn: WayIn & Required<Pick<WayIn, 'obtain'>>,
  typed: GivenFields,
): Prepared {
  const { vault } = needs;
  const { connection, offer, wish } = approach;
  const remembered = rememberedFor(vault, approach, typed);
  const given = remembered ? remembered.given : givenFor(wayIn.fields(offer), typed);
  const server = remembered ? () => serverFor(vault, approach, remembered) : approach.discover;
  const documented = offer.way === 'client-credentials' ? offer.scopes : undefined;
  const scopes = scopesToAsk(vault, connection, wish, documented);
  return {
    ...approach,
    triesFirst: wayIn.isScarce === undefined,
    host: new URL(connection.resource).host,
    scopes: scopes ?? [],
    permissions: (scopes ?? []).map((scope) => permissionOf(scope, 'en') ?? scope),
    async complete(signal) {
      const present = wayIn.isScarce ? presentFor(vault, approach, given) : undefined;
      if (present) return stillOf(needs, connection, wayIn, present, given);
      const obtained = await wayIn.obtain({ ...approach, scopes, server }, given, signal);
      return { ...obtained, grant: await asTaken(needs, connection, obtained.grant) };
    },
    close: async () => undefined,
  };
}

interface Present {
  readonly account: AccountRecord;
  readonly grant: GrantRecord;
}

/** Whose access came from the very same, and has not been found wanting since. */
function presentFor(vault: Vault, { connection, offer }: Approach, given: Given): Present | undefined {
  for (const account of accountsOf(vault, connection.id)) {
    const grant = account.wayIn === offer.way && account.trouble === undefined ? grantOf(vault, account.id) : undefined;
    if (!grant || grant.refusal) continue;
    if (isSameGiven(vault.get('credential', account.id)?.fields, given)) return { account, grant };
  }
  return undefined;
}

/** What a service counts is not asked for anew while what is here is good. Throws those of renewing. */
async function stillOf(
  needs: Pick<SignInNeeds, 'waysIn' | 'firstCall'>,
  connection: ConnectionRecord,
  wayIn: WayIn,
  { account, grant }: Present,
  given: Given,
): Promise<Obtained> {
  let still = await wayIn.renew(grant, 'due');
  const credential = wayIn.credential(still);
  if (isSameCredential(credential, wayIn.credential(grant))) {
    const isRefused = await needs.firstCall(connection, credential).then(
      () => false,
      (thrown: unknown) => asFault(thrown).code === 'token-refused',
    );
    if (isRefused) still = await wayIn.renew(grant, 'refused');
  }
  const { subject, label } = account;
  return { grant: still, identity: { ...(subject === undefined ? {} : { subject }), label }, kept: given };
}

function isSameGiven(kept: Given | undefined, given: Given): boolean {
  return kept !== undefined && fieldNames.every((name) => kept[name]?.open() === given[name]?.open());
}

interface Remembered {
  readonly given: Given;
  /** Whom it was given for; absent before anybody knows. */
  readonly issuer: string | undefined;
}

/**
 * Where the person typed nothing: what the account was signed in with before, or the client that came with the
 * connection. Secrets are shown once by the services that issue them, so nobody is asked for one that is here.
 */
function rememberedFor(vault: Vault, approach: Approach, typed: GivenFields): Remembered | undefined {
  const { connection, offer, wish } = approach;
  if (Object.values(typed).some((text) => text.trim() !== '')) return undefined;
  const accountId = wish.another ? undefined : (wish.accountId ?? connection.currentAccountId);
  const account = accountsOf(vault, connection.id).find(({ id, wayIn }) => id === accountId && wayIn === offer.way);
  const kept = account && vault.get('credential', account.id)?.fields;
  if (kept) return { given: kept, issuer: account.issuer };
  if (offer.way !== 'client-credentials' || !connection.client) return undefined;
  const { clientId, issuer } = connection.client;
  const bound = issuer === undefined ? undefined : findRegistration(vault, issuer, clientId);
  const { clientSecret } = bound ?? connection.client;
  return clientSecret && { given: { 'client-id': new Secret(clientId), 'client-secret': clientSecret }, issuer };
}

/**
 * The server of the moment, if it is the one that the remembered was given for (MCP M-C 7); the first one where nobody
 * knew, and from then on it is that one's alone. Throws `issuer-mismatch`: then the person has to enter it again.
 */
async function serverFor(
  vault: Vault,
  { connection, discover }: Approach,
  { issuer }: Remembered,
): ReturnType<Approach['discover']> {
  const found = await discover();
  const { server } = found;
  if (issuer === undefined) await givenClient(vault, connection, server);
  else if (issuer !== server.issuer || !isKnownPlace(vault, connection, server)) {
    const subject = new URL(connection.resource).host;
    const reason = 'remembered for another server';
    throw new Fault('issuer-mismatch', { reason, subject, advice: 'enter-again-elsewhere' });
  }
  return found;
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
