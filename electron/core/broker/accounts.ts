/** Accounts of a connection: which one a client uses, whose grant is whose, and the same person never twice. */
import { labelOfNobody } from '../../../shared/account-labels.ts';
import { Fault } from '../../../shared/faults.ts';
import { oneLine } from '../../../shared/one-line.ts';
import type { Identity } from '../oauth/identity.ts';
import type { AccountRecord, ConnectionRecord, GrantRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';

/** The account that this client's calls use: its own where it is bound to one, else the connection's current one. */
export function boundAccountId(connection: ConnectionRecord, client: string): string | undefined {
  return ownAccountId(connection, client) ?? connection.currentAccountId;
}

/** The account that this client alone is bound to. Names come from programs: `constructor` is one too. */
export function ownAccountId(connection: ConnectionRecord, client: string): string | undefined {
  return Object.hasOwn(connection.accountByClient, client) ? connection.accountByClient[client] : undefined;
}

export function accountsOf(vault: Vault, connectionId: string): readonly AccountRecord[] {
  return vault
    .list('account')
    .filter((account) => account.connectionId === connectionId)
    .sort((a, b) => a.addedAtMs - b.addedAtMs);
}

export function grantOf(vault: Vault, accountId: string): GrantRecord | undefined {
  return vault.list('grant').find((grant) => grant.accountId === accountId);
}

/** Brought along by a person: what such a token says about whose it is, nobody has checked. */
const broughtAlong: readonly AccountRecord['wayIn'][] = ['access-token', 'api-key'];

/**
 * The account that just signed in, if it is known already: by issuer, subject and organisation, and only among those
 * whose tokens came the same way, from the service or from the person; where the service does not say who it is, the
 * account that was being renewed, or the only one of its kind unless another was asked for.
 */
export function knownAccount(
  accounts: readonly AccountRecord[],
  issuer: string,
  identity: Identity,
  wanted: { readonly accountId?: string; readonly another: boolean; readonly wayIn: AccountRecord['wayIn'] },
): AccountRecord | undefined {
  const isBrought = broughtAlong.includes(wanted.wayIn);
  if (identity.subject !== undefined) {
    return accounts.find(
      (account) =>
        broughtAlong.includes(account.wayIn) === isBrought &&
        account.issuer === issuer &&
        account.subject === identity.subject &&
        (account.organisation ?? '') === (identity.organisation ?? ''),
    );
  }
  if (wanted.another) return undefined;
  const nameless = accounts.filter(
    (account) => account.issuer === issuer && account.subject === undefined && account.wayIn === wanted.wayIn,
  );
  return nameless.find((account) => account.id === wanted.accountId) ?? nameless[0];
}

/** A label that no other account of the connection has; by the way in where the service names nobody. */
export function freeLabel(
  accounts: readonly AccountRecord[],
  identity: Identity,
  wayIn: AccountRecord['wayIn'],
): string {
  const name = oneLine(identity.label ?? identity.email ?? identity.organisation ?? '') || labelOfNobody(wayIn);
  const taken = new Set(accounts.map((account) => account.label.toLowerCase()));
  const organisation = oneLine(identity.organisation ?? '');
  // Half for each and room for a number, so that what tells two accounts apart is never what was cut off.
  const withOrganisation =
    organisation && organisation !== name ? `${oneLine(name, 60)} (${oneLine(organisation, 30)})` : oneLine(name, 92);
  for (const label of [withOrganisation, ...Array.from({ length: 1000 }, (_, n) => `${withOrganisation} ${n + 2}`)]) {
    if (!taken.has(label.toLowerCase())) return label;
  }
  return withOrganisation;
}

/**
 * By id, label, e-mail or organisation, whole or as a beginning. What it is called comes first: only that is sure to be
 * nobody else's, and others may be of an organisation of that name. Throws `account-unknown`, `account-ambiguous`.
 */
export function findAccount(accounts: readonly AccountRecord[], reference: string): AccountRecord {
  const wanted = reference.trim().toLowerCase();
  const called = ({ id, label }: AccountRecord) => [id, label.toLowerCase()].includes(wanted);
  const names = (account: AccountRecord) =>
    [account.id, account.label, account.email, account.organisation].flatMap((name) => name?.toLowerCase() ?? []);
  const tiers = [
    called,
    (account: AccountRecord) => names(account).includes(wanted),
    (account: AccountRecord) => names(account).some((name) => name.startsWith(wanted)),
  ];
  for (const fits of tiers) {
    const found = accounts.filter(fits);
    if (found.length === 1 && found[0]) return found[0];
    if (found.length > 1) {
      throw new Fault('account-ambiguous', { subject: found.map((account) => account.label).join(', ') });
    }
  }
  throw new Fault('account-unknown', { subject: reference });
}
