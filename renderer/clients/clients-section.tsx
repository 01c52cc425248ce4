/** The apps to which Conexor can add itself: those on this computer first, the others folded away. */
import type { ClientView } from '../../shared/clients.ts';
import { Card, Fold, Section } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { listOf, useWords } from '../words/use-words.ts';
import { isFound } from './client-actions.ts';
import { ClientRow } from './client-row.tsx';
import { lookForClients } from './clients-store.ts';

/** `mayLead`: nothing above it has a main button of its own. */
export function ClientsSection(props: { readonly clients: readonly ClientView[]; readonly mayLead: boolean }) {
  const all = useWords();
  const words = all.clients;
  const found = props.clients.filter(isFound);
  const others = props.clients.filter((client) => !isFound(client));
  const byHand = others.filter(({ state }) => state !== 'not-found');
  const absent = others.filter(({ state }) => state === 'not-found');
  const lead = found.find(({ state }) => state === 'not-added');
  return (
    <Section title={words.title} hint={words.hint}>
      {found.length === 0 ? (
        <p className="soft">{words.none}</p>
      ) : (
        <Card>
          {found.map((client) => (
            <ClientRow
              key={client.id}
              client={client}
              leads={props.mayLead && client === lead && client.id === 'claude-desktop'}
            />
          ))}
        </Card>
      )}
      {others.length > 0 ? (
        <div className="after-card">
          <Fold title={words.others}>
            {byHand.length > 0 ? (
              <Card>
                {byHand.map((client) => (
                  <ClientRow key={client.id} client={client} leads={false} />
                ))}
              </Card>
            ) : null}
            {absent.length > 0 ? (
              <Absent
                apps={listOf(
                  absent.map(({ title }) => title),
                  all,
                )}
              />
            ) : null}
          </Fold>
        </div>
      ) : null}
    </Section>
  );
}

function Absent({ apps }: { readonly apps: string }) {
  const words = useWords().clients;
  const task = useTask();
  return (
    <>
      <p className="soft small after-card">{words.notFound(apps)}</p>
      <div className="buttons">
        <Button icon="retry" busy={task.running} onPress={() => task.run(lookForClients)}>
          {words.lookAgain}
        </Button>
      </div>
      <TaskLine task={task} />
    </>
  );
}
