/** Access that nobody renews is to be exchanged from time to time, where its service advises that: one action. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { useNow } from '../client/clock.ts';
import { Notice } from '../parts/notice.tsx';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';

const dayMs = 24 * 60 * 60_000;

export function OldAccess({ connection, service }: { readonly connection: ConnectionView; readonly service: string }) {
  const { remind } = useWords().waysIn;
  const nowMs = useNow();
  return connection.accounts
    .filter(({ remindAtMs, state }) => remindAtMs !== undefined && remindAtMs <= nowMs && state === 'connected')
    .map((account) => {
      const days = Math.floor((nowMs - (account.lastRefreshAtMs ?? account.addedAtMs)) / dayMs);
      return (
        <Notice
          key={account.id}
          tone="calm"
          icon="waiting"
          title={remind.title(account.label, days)}
          action={{
            label: remind.action,
            onPress: () => openSignIn({ connection: connection.id, account: account.id }),
          }}
        >
          <p>{remind.text(service)}</p>
        </Notice>
      );
    });
}
