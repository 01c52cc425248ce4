/** The states and moments of the snapshot in the words of PRODUCT's rules. */
import { leftAtService, unansweredRenewal } from '../../shared/after-sign-out.ts';
import type { ControlResult } from '../../shared/control.ts';
import type { AccountView, ConnectionView, Snapshot, State } from '../../shared/snapshot.ts';
import { accountToUse, hasNoneInUse, shownState } from '../../shared/state-of-things.ts';
import type { WayInOfferView } from '../../shared/ways-in.ts';
import { expiryWords } from '../../shared/words/times.ts';
import { wordsOf } from '../../shared/words/words.ts';

const words = wordsOf('en');

const stateWords: Record<State, string> = {
  connected: 'Connected',
  'signing-in': 'Signing in…',
  'sign-in-again': 'Sign in again',
  'permission-needed': 'Needs a new permission',
  paused: 'Paused',
  unreachable: "Can't reach",
  'plan-limit': 'Plan limit reached',
  'removed-by-service': 'Removed by the service',
  'keychain-locked': 'Keychain locked',
};

export function stateInWords(connection: ConnectionView, nowMs: number): string {
  if (connection.state === 'sign-in-again' && connection.accounts.length === 0) return 'Not signed in';
  if (hasNoneInUse(connection)) return words.services.accounts.noneInUse;
  if (connection.state === 'unreachable' && connection.retryAtMs !== undefined) {
    const seconds = Math.max(1, Math.round((connection.retryAtMs - nowMs) / 1000));
    return `Can't reach (trying again in ${seconds} s)`;
  }
  return stateWords[shownState(connection)];
}

/** Until when an account is signed in, in the window's words: it depends on where sign-ins are kept (rule 10). */
export function staysSignedIn(account: AccountView, vault: Snapshot['vault']['kind'], nowMs: number): string {
  return account.state === 'connected' ? expiryWords(account, nowMs, words, vault) : stateWords[account.state];
}

/** What to do where no account is in use; no line anywhere else. */
export function noneInUseInWords(connection: ConnectionView): readonly string[] {
  if (!hasNoneInUse(connection)) return [];
  const other = accountToUse(connection);
  const wish = other === undefined ? 'To sign in' : `To use ${other.label}`;
  return [`No account is in use at ${connection.name}. ${wish}: ${howToGoOn(connection)}`];
}

/** The command after which a service has an account in use: a choice of account where that is enough, else a sign-in. */
export function howToGoOn(connection: ConnectionView): string {
  const other = accountToUse(connection);
  return other === undefined
    ? `npx conexor connect ${connection.resource}`
    : `npx conexor use ${asWord(other.label)} -c ${connection.name}`;
}

/** What is kept after a sign-in, and where; said once, so that nobody has to wonder. */
export function keptInWords(
  offer: WayInOfferView,
  vault: Snapshot['vault']['kind'],
  keychain: string,
): readonly string[] {
  if (vault === 'memory') {
    return ['Nothing of it is kept on disk: there is no keychain here, so it lasts until Conexor stops.'];
  }
  const place = vault === 'key-file' ? 'the key file that was handed in' : keychain;
  return [`${whatIsKept(offer)} What opens that file is in ${place}.`];
}

function whatIsKept({ id, fields, keepsTyped }: WayInOfferView): string {
  const { keeps } = words.waysIn;
  if (fields.length === 0) return 'Only the access that the service gave is kept, in the sealed file on this computer.';
  if (id === 'access-token' || id === 'api-key') return keeps.given;
  return keepsTyped ? keeps.typed : `${keeps.answer} It is in the sealed file on this computer.`;
}

/** A name as a shell takes it for one word. */
export function asWord(name: string): string {
  return /^[\w.@/:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

export function moment(atMs: number): string {
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(atMs);
}

/** An honest statement of what has happened here and what at the service (rule 8). */
export function signOutInWords(result: ControlResult<'signOut'>, host: string): readonly string[] {
  const first = `Signed out of ${result.account} here. Nothing on this computer can use it any more.`;
  const { wayIn = 'authorization-code', accessUntilMs } = result;
  const left = leftAtService(wayIn, 'person', accessUntilMs === undefined ? undefined : moment(accessUntilMs));
  switch (result.service) {
    case 'cancelled':
      return [first, `${host} confirmed that the access is cancelled.`, ...proofInWords(result, host)];
    case 'waiting':
      return [
        first,
        `${host} has not confirmed it yet. Conexor keeps trying to cancel it there, also after a restart.`,
      ];
    case 'refused':
      return [first, `${host} refused to cancel it. ${left}`];
    case 'no-way':
      return [first, `${host} offers no way to cancel access. ${left}`];
    case 'may-live':
      return [first, `${unansweredRenewal(host)} ${left}`];
    case 'nothing':
      return [first];
  }
}

function proofInWords(result: ControlResult<'signOut'>, host: string): readonly string[] {
  switch (result.proof) {
    case 'refused':
      return ['Checked: a call with the old access is refused.'];
    case 'still-accepted':
      return [
        result.accessUntilMs === undefined
          ? `Checked: ${host} still answers the old access.`
          : `Checked: ${host} still answers the old access, which ends by itself on ${moment(result.accessUntilMs)}.`,
      ];
    case 'not-checked':
      return [];
  }
}
