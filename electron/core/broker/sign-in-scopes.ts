/** Which permissions a sign-in asks for. */
import type { ConnectionRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { accountsOf, grantOf } from './accounts.ts';
import type { SignInWish } from './sign-in-prepare.ts';

/** What is granted already plus what is newly wanted, so that a step-up never loses a permission (MCP M-C 19). */
export function scopesToAsk(
  vault: Vault,
  connection: ConnectionRecord,
  wish: SignInWish,
  suggested: readonly string[] | undefined,
): readonly string[] | undefined {
  if (wish.scopes) return wish.scopes;
  const account = accountsOf(vault, connection.id).find(
    (one) => one.id === (wish.accountId ?? connection.currentAccountId),
  );
  const more = [...(wish.another ? [] : (account?.neededScopes ?? [])), ...(wish.moreScopes ?? [])];
  const grant = more.length > 0 && account && !wish.another ? grantOf(vault, account.id) : undefined;
  // Where nothing was named at that time, what the service gave of itself.
  const before = grant?.requestedScopes.length ? grant.requestedScopes : (grant?.grantedScopes ?? []);
  const all = [...new Set([...(suggested ?? []), ...connection.extraScopes, ...before, ...more])];
  return all.length === 0 ? undefined : all;
}
