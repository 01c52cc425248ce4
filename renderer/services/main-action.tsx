/** The one main action of a state (`mainAction`), wherever the service is shown. */
import { useState } from 'react';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { accountToUse, mainAction, shownState } from '../../shared/state-of-things.ts';
import { ask } from '../client/client.ts';
import { showPage } from '../frame/page-store.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { isSignedOut } from './state-badge.tsx';

interface MainActionProps {
  readonly connection: ConnectionView;
  readonly service: string;
  /** On the service's own page, Details are what one is looking at. */
  readonly onItsPage?: boolean;
}

export function MainAction({ connection, service, onItsPage = false }: MainActionProps) {
  const words = useWords();
  const task = useTask();
  const [explaining, setExplaining] = useState(false);
  const action = mainAction(shownState(connection));
  if (action === 'details' && onItsPage) return null;
  // The row of a sign-in that waits has its own three buttons.
  if (action === 'cancel' && connection.signIn) return null;

  const other = accountToUse(connection);
  const needed = connection.accounts.find((account) => account.current)?.neededScopes ?? [];
  const label =
    action !== 'sign-in'
      ? words.states.action[action]
      : other
        ? words.services.accounts.switchTo(other.label)
        : isSignedOut(connection)
          ? words.states.firstSignIn
          : words.states.action[action];
  const press: Readonly<Record<typeof action, () => void>> = {
    details: () => showPage({ name: 'service', connection: connection.id }),
    cancel: () => task.run(async () => void (await ask('cancelSignIn', { attempt: connection.id }))),
    'sign-in': () => {
      if (!other) return openSignIn({ connection: connection.id });
      task.run(async () => {
        await ask('useAccount', { connection: connection.id, account: other.id });
        announce(words.services.accounts.using(other.label));
      });
    },
    allow: () => openSignIn({ connection: connection.id, ...(needed.length > 0 ? { scopes: needed } : {}) }),
    resume: () =>
      task.run(async () => {
        await ask('setPaused', { connection: connection.id, paused: false });
        announce(words.services.pauseDialog.resumed(service));
      }),
    retry: () => task.run(async () => void (await ask('retry', { connection: connection.id }))),
    plan: () => setExplaining(true),
    unlock: () => task.run(async () => void (await ask('unlock', {}))),
  };
  const main = action === 'sign-in' || action === 'allow' || action === 'unlock';
  return (
    <>
      <Button
        tone={action === 'details' ? 'quiet' : main ? 'primary' : 'plain'}
        busy={task.running}
        label={words.services.actionOf(label, service)}
        onPress={press[action]}
      >
        {label}
      </Button>
      {task.running || task.fault ? (
        <div className="service-task">
          <TaskLine task={task} />
        </div>
      ) : null}
      {explaining ? (
        <PlanDialog connection={connection} service={service} onClose={() => setExplaining(false)} />
      ) : null}
    </>
  );
}
