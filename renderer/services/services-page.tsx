/** The list of services: what needs the person at the top, then every service with its state and its one main action. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { isProblem } from '../../shared/state-of-things.ts';
import { useNow } from '../client/clock.ts';
import { useSelected } from '../client/state.ts';
import { showPage } from '../frame/page-store.ts';
import { EmptyState, PageHead } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { useWords } from '../words/use-words.ts';
import { AskingPrograms } from './asking-programs.tsx';
import { useServiceNames } from './names.ts';
import { PendingSignOuts } from './pending-sign-outs.tsx';
import { ServiceRow } from './service-row.tsx';
import { SignedOutNotices } from './signed-out-notice.tsx';
import { UnreadSignIns } from './unread-sign-ins.tsx';
import { LockedCard, VaultNotice } from './vault-notice.tsx';

export function ServicesPage() {
  const words = useWords().services;
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  const locked = useSelected(({ snapshot }) => snapshot.vault.kind === 'locked');
  return (
    <>
      <PageHead
        title={words.title}
        actions={
          locked || connections.length === 0 ? null : (
            <Button icon="add" onPress={() => showPage({ name: 'add' })}>
              {words.add}
            </Button>
          )
        }
      />
      <div className="notices">
        <SignedOutNotices />
      </div>
      {locked ? <LockedCard /> : connections.length === 0 ? <NoServices /> : <List connections={connections} />}
      <PendingSignOuts />
    </>
  );
}

function List({ connections }: { readonly connections: readonly ConnectionView[] }) {
  const words = useWords().services;
  const names = useServiceNames();
  const nowMs = useNow();
  return (
    <>
      <div className="notices">
        <AskingPrograms />
        <UnreadSignIns />
        <VaultNotice />
      </div>
      <ul className="services" aria-label={words.title}>
        {problemsFirst(connections).map((connection) => (
          <ServiceRow
            key={connection.id}
            connection={connection}
            service={names.get(connection.id) ?? connection.title}
            nowMs={nowMs}
          />
        ))}
      </ul>
    </>
  );
}

function NoServices() {
  const { empty: words, add } = useWords().services;
  return (
    <>
      <div className="notices">
        <VaultNotice />
      </div>
      <EmptyState
        icon="services"
        title={words.title}
        actions={
          <>
            <Button tone="primary" icon="add" onPress={() => showPage({ name: 'add' })}>
              {add}
            </Button>
            <Button tone="quiet" onPress={() => showPage({ name: 'help' })}>
              {words.help}
            </Button>
          </>
        }
      >
        {words.text}
      </EmptyState>
    </>
  );
}

/** Otherwise in their own order. */
function problemsFirst(connections: readonly ConnectionView[]): readonly ConnectionView[] {
  return [...connections].sort((a, b) => Number(isProblem(b)) - Number(isProblem(a)));
}
