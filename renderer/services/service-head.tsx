/** The head of a service's page: who is connected to what, its state and main action, and the verbs. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { accountToUse, mainAction, shownState } from '../../shared/state-of-things.ts';
import { ask } from '../client/client.ts';
import { announce } from '../parts/announcer.tsx';
import { PageHead } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Menu, type MenuEntry } from '../parts/menu.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';
import { MainAction } from './main-action.tsx';
import { StateBadge } from './state-badge.tsx';
import { useOffersTry } from './unread-sign-ins.tsx';
import type { Verb } from './verb-dialogs.tsx';
import { WaitingLine } from './waiting-line.tsx';

interface ServiceHeadProps {
  readonly connection: ConnectionView;
  readonly service: string;
  readonly onVerb: (verb: Verb) => void;
}

export function ServiceHead({ connection, service, onVerb }: ServiceHeadProps) {
  const { services: words } = useWords();
  const task = useTask();
  const current = connection.accounts.find((account) => account.current);
  const action = mainAction(shownState(connection));
  const signsIn = action === 'allow' || (action === 'sign-in' && accountToUse(connection) === undefined);
  // One thing has one button: while the notice about a sign-in that came to nothing offers it, that is there.
  const offersTry = useOffersTry(connection.id);
  const resume = () =>
    task.run(async () => {
      await ask('setPaused', { connection: connection.id, paused: false });
      announce(words.pauseDialog.resumed(service));
    });
  const entries: readonly MenuEntry[] = [
    ...(current ? [{ id: 'another', label: words.accounts.add, icon: 'add' } as const] : []),
    { id: 'remove', label: words.remove, icon: 'remove', danger: true },
  ];
  const act = (id: string) => {
    if (id === 'another') openSignIn({ connection: connection.id, another: true });
    if (id === 'remove') onVerb({ kind: 'remove' });
  };
  return (
    <>
      <PageHead
        title={service}
        back={{ label: words.title, page: { name: 'services' } }}
        picture={<Monogram name={service} size={52} />}
        below={<StateBadge of={{ ...connection, state: shownState(connection) }} />}
        actions={
          <>
            {signsIn && offersTry ? null : <MainAction connection={connection} service={service} onItsPage />}
            {connection.paused || current === undefined ? null : (
              <Button icon="pause" onPress={() => onVerb({ kind: 'pause' })}>
                {words.pause}
              </Button>
            )}
            {connection.paused && connection.state !== 'paused' ? (
              <Button icon="resume" busy={task.running} onPress={resume}>
                {words.resume}
              </Button>
            ) : null}
            {current ? (
              <Button onPress={() => onVerb({ kind: 'sign-out', account: current.id })}>{words.signOut}</Button>
            ) : null}
            <Menu label={words.more(service)} entries={entries} onAction={act} />
          </>
        }
      />
      <TaskLine task={task} />
      {connection.state === 'signing-in' ? (
        <div className="waiting-card">
          <WaitingLine connection={connection} />
        </div>
      ) : null}
    </>
  );
}
