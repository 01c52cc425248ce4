/** The apps that use us: those that wait for an answer on top, then each with what it may use, and a way to end that. */
import { useWindowState } from '../client/state.ts';
import { ClientsSection } from '../clients/clients-section.tsx';
import { useClients } from '../clients/clients-store.ts';
import { MissingNotices } from '../clients/missing-notices.tsx';
import { TakeOverCard } from '../clients/take-over-card.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { Card, EmptyState, PageHead, Section } from '../parts/blocks.tsx';
import { useServiceNames } from '../services/names.ts';
import { LockedCard } from '../services/vault-notice.tsx';
import { useWords } from '../words/use-words.ts';
import { AskingProgram } from './asking-program.tsx';
import { askingUses, programsOf } from './program-list.ts';
import { ProgramRow } from './program-row.tsx';

export function ProgramsPage() {
  const words = useWords().programs;
  const { snapshot, app, missing } = useWindowState();
  const clients = useClients() ?? [];
  const names = useServiceNames();
  const nameOf = (id: string) => names.get(id) ?? '';
  const asking = askingUses(snapshot);
  const programs = programsOf(snapshot);
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <MissingNotices />
      {asking.length > 0 ? (
        <Section title={words.asking.title}>
          <div className="stack">
            {asking.map((use) => (
              <AskingProgram
                key={`${use.connection.id} ${use.client.door} ${use.client.name}`}
                use={use}
                service={nameOf(use.connection.id)}
              />
            ))}
          </div>
        </Section>
      ) : null}
      {clients.length > 0 ? <ClientsSection clients={clients} mayLead={asking.length + missing.length === 0} /> : null}
      <TakeOverCard />
      {programs.length > 0 ? (
        <Section title={words.known}>
          <Card>
            {programs.map((program) => (
              <ProgramRow key={program.name} program={program} nameOf={nameOf} />
            ))}
          </Card>
        </Section>
      ) : null}
      {snapshot.vault.kind === 'locked' ? <LockedCard /> : null}
      {snapshot.vault.kind !== 'locked' && asking.length + programs.length + clients.length === 0 ? (
        <EmptyState
          icon="apps"
          title={words.empty.title}
          actions={<PageLink page={{ name: 'help', topic: 'connect' }}>{words.empty.help}</PageLink>}
        >
          {words.empty.text[app.newPrograms]}
        </EmptyState>
      ) : null}
      {app.newPrograms === 'allow' ? (
        <p className="after-card soft small">
          {words.allowAll.note} <PageLink page={{ name: 'settings' }}>{words.allowAll.change}</PageLink>
        </p>
      ) : null}
    </>
  );
}
