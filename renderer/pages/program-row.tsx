/** One program: what it may use, as whom, when it last did; allowing again, another account, Remove access. */
import { useState } from 'react';
import { programTitle } from '../../shared/client-titles.ts';
import { ago } from '../../shared/words/times.ts';
import { ask } from '../client/client.ts';
import { useNow } from '../client/clock.ts';
import { announce } from '../parts/announcer.tsx';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { Select } from '../parts/fields.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { listOf, useWords } from '../words/use-words.ts';
import { ProgramFrom } from './program-from.tsx';
import type { Program, ProgramUse } from './program-list.ts';

interface RowProps {
  readonly program: Program;
  /** A connection's name on the screen. */
  readonly nameOf: (connection: string) => string;
}

export function ProgramRow({ program, nameOf }: RowProps) {
  const words = useWords().programs;
  const [asking, setAsking] = useState(false);
  const hasAccess = program.hasKey || program.uses.some(({ client }) => client.access === 'allowed');
  return (
    <section className="program" data-place="" aria-label={program.title}>
      <Monogram name={program.title} />
      <div className="program-words">
        <div className="program-head">
          <h3>{program.title}</h3>
          {hasAccess ? (
            <Button tone="quiet" label={`${words.remove} ${program.title}`} onPress={() => setAsking(true)}>
              {words.remove}
            </Button>
          ) : null}
        </div>
        <ul className="uses" aria-label={words.uses(program.title)}>
          {program.uses.map((use) => (
            <UseLine key={`${use.connection.id} ${use.client.door}`} use={use} service={nameOf(use.connection.id)} />
          ))}
        </ul>
        {program.uses.length === 0 ? <p className="soft small">{words.neverUsed}</p> : null}
        {program.hasKey ? <p className="soft small">{words.keyState}</p> : null}
        {program.from === undefined ? null : (
          <Fold title={words.from.title}>
            <ProgramFrom from={program.from} />
          </Fold>
        )}
      </div>
      {asking ? <RemoveDialog program={program} nameOf={nameOf} onClose={() => setAsking(false)} /> : null}
    </section>
  );
}

function UseLine({ use, service }: { readonly use: ProgramUse; readonly service: string }) {
  const all = useWords();
  const words = all.programs;
  const nowMs = useNow();
  const task = useTask();
  const { connection, client, account } = use;
  const title = programTitle(client.name);
  const refused = client.access === 'refused';
  const allowAgain = () =>
    task.run(async () => {
      await ask('decideProgram', { connection: connection.id, program: client.name, allow: true, door: client.door });
      announce(words.asking.allowed(title, service));
    });
  const used =
    client.lastUsedAtMs === undefined ? words.neverUsed : words.lastUsed(ago(client.lastUsedAtMs, nowMs, all.locale));
  return (
    <li className="use">
      <div className="use-words">
        <p>
          <span className="use-service">{service}</span>
          {account && !refused && connection.accounts.length === 1 ? (
            <span className="soft"> {words.asAccount(account.label)}</span>
          ) : null}
        </p>
        <p className="soft small">{refused ? words.refusedState : used}</p>
      </div>
      {refused ? (
        <Button busy={task.running} label={`${words.allowAgain}: ${title}, ${service}`} onPress={allowAgain}>
          {words.allowAgain}
        </Button>
      ) : null}
      {!refused && connection.accounts.length > 1 ? <OwnAccount use={use} service={service} /> : null}
      <TaskLine task={task} />
    </li>
  );
}

/** Whichever account is current, or one that this program keeps whatever the others use. */
function OwnAccount({ use, service }: { readonly use: ProgramUse; readonly service: string }) {
  const words = useWords().programs;
  const task = useTask();
  const { connection, client } = use;
  const title = programTitle(client.name);
  const current = connection.accounts.find((account) => account.current);
  return (
    <div className="own-account">
      <Select
        label={words.accountOf(title, service)}
        labelHidden
        value={client.accountId ?? 'current'}
        options={[
          { value: 'current', label: words.currentAccount(current?.label) },
          ...connection.accounts.map(({ id, label }) => ({ value: id, label: words.always(label) })),
        ]}
        onChange={(account) =>
          task.run(async () => {
            await ask('useAccount', { connection: connection.id, account, client: client.name });
            announce(words.accountChanged(title));
          })
        }
      />
      <TaskLine task={task} />
    </div>
  );
}

function RemoveDialog({ program, nameOf, onClose }: RowProps & { readonly onClose: () => void }) {
  const all = useWords();
  const words = all.programs;
  const services = program.uses
    .filter(({ client }) => client.access === 'allowed')
    .map(({ connection }) => nameOf(connection.id));
  return (
    <ConfirmDialog
      destructive
      title={words.removeDialog.title(program.title)}
      verb={words.removeDialog.remove}
      onClose={onClose}
      onConfirm={async () => {
        await ask('removeProgram', { program: program.name });
        announce(words.removed(program.title));
      }}
    >
      {services.length > 0 ? <p>{words.removeDialog.stops(program.title, listOf(services, all))}</p> : null}
      {program.hasKey ? <p>{words.removeDialog.key}</p> : null}
      <p className="soft">{words.removeDialog.untouched}</p>
    </ConfirmDialog>
  );
}
