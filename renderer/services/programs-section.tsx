/** The apps that use a service: leave, last use, and the account that each of them uses. */
import { useState } from 'react';
import { programTitle } from '../../shared/client-titles.ts';
import type { ClientUse, ConnectionView } from '../../shared/snapshot.ts';
import { ago } from '../../shared/words/times.ts';
import { ask } from '../client/client.ts';
import { useNow } from '../client/clock.ts';
import { useSelected } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Card, Row, Section } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { Select } from '../parts/fields.tsx';
import { Menu } from '../parts/menu.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';

interface ProgramsSectionProps {
  readonly connection: ConnectionView;
  readonly service: string;
}

export function ProgramsSection({ connection, service }: ProgramsSectionProps) {
  const words = useWords().services.programs;
  const newPrograms = useSelected(({ app }) => app.newPrograms);
  // Those that ask stand above, with their question.
  const clients = connection.clients.filter(({ access }) => access !== 'asking');
  return (
    <Section
      title={words.title}
      {...(connection.accounts.length > 1 && clients.length > 0 ? { hint: words.hint } : {})}
    >
      {clients.length === 0 ? (
        <p className="soft">{words.none[newPrograms]}</p>
      ) : (
        <Card>
          {clients.map((client) => (
            <ProgramRow
              key={`${client.door} ${client.name}`}
              client={client}
              connection={connection}
              service={service}
            />
          ))}
        </Card>
      )}
    </Section>
  );
}

/** In place of an account: none of its own. */
const follows = 'current';

function ProgramRow({ client, connection, service }: ProgramsSectionProps & { readonly client: ClientUse }) {
  const words = useWords();
  const { programs } = words.services;
  const nowMs = useNow();
  const task = useTask();
  const [removing, setRemoving] = useState(false);
  const current = connection.accounts.find((account) => account.current);
  const refused = client.access === 'refused';
  const title = programTitle(client.name);
  const used =
    client.lastUsedAtMs === undefined
      ? programs.neverUsed
      : programs.lastUsed(ago(client.lastUsedAtMs, nowMs, words.locale));
  const decide = (allow: boolean) =>
    ask('decideProgram', { connection: connection.id, program: client.name, allow, door: client.door });
  const bind = (account: string) =>
    task.run(async () => {
      await ask('useAccount', { connection: connection.id, account, client: client.name });
      const chosen = connection.accounts.find(({ id }) => id === account) ?? current;
      if (chosen) announce(programs.bound(title, chosen.label));
    });
  return (
    <Row
      picture={<Monogram name={title} size={32} />}
      title={title}
      actions={
        refused ? (
          <Button busy={task.running} onPress={() => task.run(async () => void (await decide(true)))}>
            {programs.allowAgain}
          </Button>
        ) : (
          <>
            {connection.accounts.length > 1 ? (
              <Select
                label={programs.account(title)}
                labelHidden
                value={client.accountId ?? follows}
                options={[
                  { value: follows, label: programs.follows },
                  ...connection.accounts.map(({ id, label }) => ({ value: id, label })),
                ]}
                onChange={bind}
              />
            ) : null}
            <Menu
              label={words.services.more(title)}
              entries={[{ id: 'remove', label: programs.remove, icon: 'removed', danger: true }]}
              onAction={() => setRemoving(true)}
            />
          </>
        )
      }
    >
      <p>{refused ? programs.refused : used}</p>
      <TaskLine task={task} />
      {removing ? (
        <ConfirmDialog
          title={words.programs.removeDialog.title(title)}
          verb={words.programs.removeDialog.remove}
          destructive
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await decide(false);
            announce(words.programs.removed(title));
          }}
        >
          <p>{words.programs.removeDialog.stops(title, service)}</p>
          <p>{words.programs.removeDialog.untouched}</p>
        </ConfirmDialog>
      ) : null}
    </Row>
  );
}
