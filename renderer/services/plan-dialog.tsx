/** What "Plan limit reached" means, and where it can be changed. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { ask } from '../client/client.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';

interface PlanDialogProps {
  readonly connection: ConnectionView;
  readonly service: string;
  readonly onClose: () => void;
}

export function PlanDialog({ connection, service, onClose }: PlanDialogProps) {
  const words = useWords();
  const { plan } = words.services;
  const task = useTask();
  const open = () =>
    task.run(async () => {
      const { url, opened } = await ask('openHelp', { page: 'conexor-plans' });
      // A tab is a browser itself.
      if (!opened) window.open(url, '_blank', 'noopener');
      announce(plan.opened);
      onClose();
    });
  return (
    <Dialog
      title={plan.title(service)}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose} autoFocus>
            {words.window.close}
          </Button>
          {connection.service === 'conexor' ? (
            <Button tone="primary" icon="outside" busy={task.running} onPress={open}>
              {plan.open}
            </Button>
          ) : null}
        </>
      }
    >
      <p>{plan.text}</p>
      <p>{plan.next}</p>
      <TaskLine task={task} />
    </Dialog>
  );
}
