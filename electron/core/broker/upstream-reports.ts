/** What the bridge saw upstream, made into the states that a person reads; what only passes is not stored. */
import { isSameCredential } from '../credentials/credential.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import type { Log } from '../platform.ts';
import type { AccountRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { grantOf } from './accounts.ts';
import type { Access, UpstreamOutcome } from './broker.ts';
import { inTurn } from './connection-changes.ts';
import type { Reachability } from './reachability.ts';

export interface UpstreamReports {
  /** For connections without a sign-in; with one, the account's record tells. */
  limitReached(connectionId: string): boolean;
  report(access: Access, outcome: UpstreamOutcome): void;
}

export interface UpstreamReportsNeeds {
  readonly vault: Vault;
  readonly waysIn: WaysIn;
  readonly log: Log;
  readonly changed: () => void;
  readonly reachability: Pick<Reachability, 'lost' | 'forget'>;
}

/** Anything but no answer at all. */
type Reached = Exclude<UpstreamOutcome, { readonly kind: 'unreachable' }>;

const troubleOf = {
  answered: undefined,
  'plan-limit': 'plan-limit',
  'permission-needed': 'permission-needed',
  unauthorized: 'removed-by-service',
} as const;

/** The account with what was seen; undefined where that changes nothing. */
function marked(
  account: AccountRecord | undefined,
  trouble: AccountRecord['trouble'],
  neededScopes: readonly string[] | undefined,
): AccountRecord | undefined {
  if (!account || account.trouble === 'sign-in-again') return undefined;
  // One tool that works says nothing about the one that lacked a permission: only a new sign-in does.
  if (trouble === undefined && account.trouble === 'permission-needed') return undefined;
  const needed = neededScopes ? [...new Set([...(account.neededScopes ?? []), ...neededScopes])] : undefined;
  const same = (account.neededScopes ?? []).join(' ') === (needed ?? []).join(' ');
  return account.trouble === trouble && same ? undefined : { ...account, trouble, neededScopes: needed };
}

export function createUpstreamReports(needs: UpstreamReportsNeeds): UpstreamReports {
  const { vault, waysIn, log, changed, reachability } = needs;

  /** In the order in which it was seen: two tools that fail at one moment each add the permission they lack. */
  async function mark(accountId: string, seenWith: Access['credential'], outcome: Reached): Promise<void> {
    const trouble = troubleOf[outcome.kind];
    const scopes = outcome.kind === 'permission-needed' ? outcome.scopes : undefined;
    let isNew = false;
    await inTurn(vault, () => {
      const grant = grantOf(vault, accountId);
      // What is still answered for access from before changes nothing about the service's final word.
      if (grant?.refusal) return [];
      // What failed with access from before says nothing about a sign-in since.
      const isOld = grant && seenWith && !isSameCredential(waysIn.of(grant).credential(grant), seenWith);
      if (isOld && (trouble === 'permission-needed' || trouble === 'removed-by-service')) return [];
      const record = marked(vault.get('account', accountId), trouble, scopes);
      isNew = record !== undefined;
      return record ? [{ kind: 'account', key: accountId, record }] : [];
    });
    if (isNew) changed();
  }

  /** Connections without a sign-in whose plan is used up: there is no account to note it at. */
  const limited = new Set<string>();

  function noteLimit(connectionId: string, isReached: boolean): void {
    if (limited.has(connectionId) === isReached) return;
    if (isReached) limited.add(connectionId);
    else limited.delete(connectionId);
    changed();
  }

  return {
    limitReached: (connectionId) => limited.has(connectionId),
    report({ connectionId, accountId, credential }, outcome) {
      if (outcome.kind === 'unreachable') {
        // A call that was under way when it was paused or removed says nothing that anybody waits for.
        const connection = vault.get('connection', connectionId);
        if (connection && !connection.paused) reachability.lost(connectionId, outcome.retryAtMs);
        return;
      }
      reachability.forget(connectionId);
      if (accountId === undefined) {
        noteLimit(connectionId, outcome.kind === 'plan-limit');
        return;
      }
      mark(accountId, credential, outcome).catch((thrown: unknown) => {
        log('error', 'a state could not be stored', { reason: String(thrown) });
      });
    },
  };
}
