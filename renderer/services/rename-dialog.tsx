/** Another name for an account, where two look alike or a service names nobody. */
import { useState } from 'react';
import type { AccountView } from '../../shared/snapshot.ts';
import { ask } from '../client/client.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';

export function RenameDialog(props: {
  readonly connection: string;
  readonly account: AccountView;
  readonly onClose: () => void;
}) {
  const words = useWords();
  const { rename } = words.waysIn;
  const { account, onClose } = props;
  const [name, setName] = useState(account.label);
  const [tried, setTried] = useState(false);
  const task = useTask();
  const label = name.trim();
  const save = () => {
    setTried(true);
    if (label === '') return;
    task.run(async (signal) => {
      await ask('renameAccount', { connection: props.connection, account: account.id, label });
      announce(rename.done(label));
      if (!signal.aborted) onClose();
    });
  };
  return (
    <Dialog title={rename.title(account.label)} onClose={onClose} modalOnly>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field
          label={rename.label}
          hint={rename.hint}
          value={name}
          onChange={(next) => {
            task.clear();
            setName(next);
          }}
          autoFocus
          error={tried && label === '' ? rename.enter : undefined}
        />
        <TaskLine task={task} />
        <div className="dialog-actions">
          <Button onPress={onClose}>{words.window.cancel}</Button>
          <Button tone="primary" submit busy={task.running}>
            {rename.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
