/** What goes here at once when somebody signs out, whatever the service says afterwards. */
import type { AccountRecord, ConnectionRecord, GrantRecord } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { isUnanswered, keyOf } from './grant-ends.ts';

/**
 * Forgets an account and everything that hangs on it. No other account steps in by itself, neither for the connection
 * nor for a program bound to this one: signing out must not silently hand a program somebody else's data.
 */
export function forgetAccount(
  account: AccountRecord,
  grant: GrantRecord | undefined,
  connection: ConnectionRecord | undefined,
  refresh: Promise<unknown> | undefined,
): readonly Change[] {
  const changes: Change[] = [
    { kind: 'account', key: account.id, record: undefined },
    { kind: 'credential', key: account.id, record: undefined },
  ];
  if (grant) {
    const key = keyOf(grant);
    changes.push({ kind: 'grant', key, record: undefined });
    // A refresh that is under way takes its own away once it has an answer.
    if (!refresh) changes.push({ kind: 'refreshJournal', key, record: undefined });
  }
  if (connection) {
    const { currentAccountId, ...rest } = connection;
    const current = currentAccountId === account.id ? {} : { currentAccountId };
    changes.push({ kind: 'connection', key: connection.id, record: { ...rest, ...current } });
  }
  return changes;
}

/** Whether a refresh had no answer, so that there may be a newer refresh token than the one we have. */
export function mayHaveNewerToken(vault: Vault, grant: GrantRecord): boolean {
  if (grant.refreshToken) return isUnanswered(vault, grant);
  return grant.endedRefreshToken?.isNewest === false;
}
