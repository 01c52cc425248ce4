/** What the bridge saw upstream, made into the states that a person reads; what only passes is not stored. */
import type { Log } from '../platform.ts';
import type { AccountRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import type { Access, UpstreamOutcome } from './broker.ts';

export interface UpstreamReports {
  report(access: Access, outcome: UpstreamOutcome): void;
  /** When the service is tried again, while it cannot be reached. */
  retryAtMs(connectionId: string): number | undefined;
}

export interface UpstreamReportsNeeds {
  readonly vault: Vault;
  readonly now: () => number;
  readonly log: Log;
  readonly changed: () => void;
}

/** Where nobody says when a service that is out of reach is tried again. */
const usualRetryMs = 30_000;

const troubleOf = {
  answered: undefined,
  'plan-limit': 'plan-limit',
  'permission-needed': 'permission-needed',
  unauthorized: 'removed-by-service',
} as const;

export function createUpstreamReports({ vault, now, log, changed }: UpstreamReportsNeeds): UpstreamReports {
  const unreachable = new Map<string, number>();

  async function mark(
    accountId: string,
    trouble: AccountRecord['trouble'],
    neededScopes: readonly string[] | undefined,
  ): Promise<void> {
    const account = vault.get('account', accountId);
    if (!account || account.trouble === 'sign-in-again') return;
    // One tool that works says nothing about the one that lacked a permission: only a new sign-in does.
    if (trouble === undefined && account.trouble === 'permission-needed') return;
    const needed = neededScopes ? [...new Set([...(account.neededScopes ?? []), ...neededScopes])] : undefined;
    const same = (account.neededScopes ?? []).join(' ') === (needed ?? []).join(' ');
    if (account.trouble === trouble && same) return;
    await vault.write([{ kind: 'account', key: accountId, record: { ...account, trouble, neededScopes: needed } }]);
    changed();
  }

  return {
    retryAtMs: (connectionId) => unreachable.get(connectionId),
    report({ connectionId, accountId }, outcome) {
      const wasUnreachable = unreachable.has(connectionId);
      if (outcome.kind === 'unreachable') {
        unreachable.set(connectionId, outcome.retryAtMs ?? now() + usualRetryMs);
        if (!wasUnreachable) changed();
        return;
      }
      if (unreachable.delete(connectionId)) changed();
      if (accountId === undefined) return;
      const scopes = outcome.kind === 'permission-needed' ? outcome.scopes : undefined;
      mark(accountId, troubleOf[outcome.kind], scopes).catch((thrown: unknown) => {
        log('error', 'a state could not be stored', { reason: String(thrown) });
      });
    },
  };
}
