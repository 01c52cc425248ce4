/** A program's first use waits for the person: which program, which service and account, what it could do (rule 9). */
import { programTitle } from '../../shared/client-titles.ts';
import { permissionsOf } from '../../shared/words/permissions.ts';
import { ask } from '../client/client.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { Permissions } from '../parts/permissions.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { ProgramFrom } from './program-from.tsx';
import type { ProgramUse } from './program-list.ts';

export function AskingProgram({ use, service }: { readonly use: ProgramUse; readonly service: string }) {
  const words = useWords();
  const { asking } = words.programs;
  const task = useTask();
  const { connection, client, account } = use;
  const scopes = account?.grantedScopes ?? [];
  const isSaid = permissionsOf(scopes, words.language).known.length > 0;
  const name = programTitle(client.name);
  const title = asking.asks(name, service);
  const answer = (allow: boolean) =>
    task.run(async () => {
      await ask('decideProgram', { connection: connection.id, program: client.name, allow, door: client.door });
      announce(allow ? asking.allowed(name, service) : asking.refused(name, service));
    });
  return (
    <section className="asking" aria-label={title}>
      <Monogram name={name} />
      <div className="asking-words">
        <h3>{title}</h3>
        {connection.access === 'none' ? null : (
          <p className="soft small">{account ? asking.asAccount(account.label) : asking.nobody}</p>
        )}
        <ProgramFrom from={client} />
        {client.otherPath === undefined ? null : (
          <p className="small note notice-words">
            <Icon name="attention" size={14} />
            <span className="program-from">{asking.otherPlace(client.otherPath)}</span>
          </p>
        )}
        <p className="small">{asking.may}</p>
        {isSaid ? (
          <Permissions scopes={scopes} label={asking.may} others={asking.others} />
        ) : (
          <p className="small soft">{asking.everything}</p>
        )}
        <p className="small soft">{asking.ifNot}</p>
        <div className="buttons">
          <Button tone="primary" busy={task.running} label={`${asking.allow}: ${title}`} onPress={() => answer(true)}>
            {asking.allow}
          </Button>
          <Button busy={task.running} label={`${asking.refuse}: ${title}`} onPress={() => answer(false)}>
            {asking.refuse}
          </Button>
        </div>
        <TaskLine task={task} />
      </div>
    </section>
  );
}
