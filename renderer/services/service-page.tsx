/** One service: its accounts, the apps that use it, what it may do, what happened, the three verbs, and Details. */
import { useEffect, useState } from 'react';
import type { Page } from '../../shared/pages.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { useConnection } from '../client/state.ts';
import { NextClient } from '../clients/next-client.tsx';
import { dialogAnswered, showPage } from '../frame/page-store.ts';
import { EmptyState, PageHead } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';
import { AccountsSection } from './accounts-section.tsx';
import { ActivitySection } from './activity-section.tsx';
import { AskingPrograms } from './asking-programs.tsx';
import { DetailsSection } from './details-section.tsx';
import { LocalAddressSection } from './local-address.tsx';
import { useServiceNames } from './names.ts';
import { OldAccess } from './old-access.tsx';
import { PermissionsSection } from './permissions-section.tsx';
import { ProgramsSection } from './programs-section.tsx';
import { ServiceHead } from './service-head.tsx';
import { SignedOutNotices } from './signed-out-notice.tsx';
import { UnreadSignIns } from './unread-sign-ins.tsx';
import { type Verb, VerbDialog } from './verb-dialogs.tsx';

interface ServicePageProps {
  readonly connection: string;
  /** Asked at once; nothing is done before the person answers. */
  readonly dialog: Extract<Page, { name: 'service' }>['dialog'];
}

export function ServicePage({ connection: id, dialog }: ServicePageProps) {
  const connection = useConnection(id);
  const words = useWords().services;
  if (!connection) {
    return (
      <>
        <PageHead title={words.title} />
        <EmptyState
          icon="services"
          title={words.noLonger}
          actions={<Button onPress={() => showPage({ name: 'services' })}>{words.toList}</Button>}
        />
      </>
    );
  }
  return <Content connection={connection} dialog={dialog} />;
}

function Content({
  connection,
  dialog,
}: Omit<ServicePageProps, 'connection'> & { readonly connection: ConnectionView }) {
  const service = useServiceNames().get(connection.id) ?? connection.title;
  const [verb, setVerb] = useState<Verb>();
  useEffect(() => {
    if (dialog === undefined) return;
    // Once: a later visit to the page asks nothing.
    dialogAnswered();
    if (dialog === 'sign-in') openSignIn({ connection: connection.id });
    else if (dialog === 'sign-in-another') openSignIn({ connection: connection.id, another: true });
    else setVerb(verbOf(dialog, connection));
  }, [dialog, connection]);
  return (
    <>
      <ServiceHead connection={connection} service={service} onVerb={setVerb} />
      <div className="notices">
        <AskingPrograms only={connection.id} />
        <UnreadSignIns only={connection.id} />
        <SignedOutNotices connection={connection.id} />
        <OldAccess connection={connection} service={service} />
      </div>
      {connection.access === 'sign-in' ? (
        <AccountsSection connection={connection} service={service} onVerb={setVerb} />
      ) : null}
      {connection.speaks === 'rest' ? <LocalAddressSection connection={connection} service={service} /> : null}
      {isWaitingForApp(connection) ? <NextClient /> : null}
      <ProgramsSection connection={connection} service={service} />
      <PermissionsSection connection={connection} />
      <ActivitySection connection={connection.id} service={service} />
      <DetailsSection connection={connection} />
      {verb ? (
        <VerbDialog verb={verb} connection={connection} service={service} onClose={() => setVerb(undefined)} />
      ) : null}
    </>
  );
}

/** It can be used, and no app does. */
function isWaitingForApp({ state, clients }: ConnectionView): boolean {
  return state === 'connected' && !clients.some(({ access }) => access !== 'refused');
}

function verbOf(dialog: 'pause' | 'sign-out' | 'remove', { accounts }: ConnectionView): Verb | undefined {
  if (dialog !== 'sign-out') return { kind: dialog };
  const current = accounts.find((account) => account.current) ?? accounts[0];
  return current ? { kind: 'sign-out', account: current.id } : undefined;
}
