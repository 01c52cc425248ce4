/** Where the browser cannot come back to this computer, the address at which it ended finishes the sign-in. */
import { useState } from 'react';
import { ask } from '../client/client.ts';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';

export function CameBack({ attempt }: { readonly attempt: string }) {
  const words = useWords().waysIn.cameBack;
  const [address, setAddress] = useState('');
  const [tried, setTried] = useState(false);
  const task = useTask();
  const text = address.trim();
  return (
    <Fold title={words.link}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          // How it ends is told by the state, as when the browser comes back by itself.
          if (text !== '') task.run(async () => void (await ask('finishSignIn', { attempt, redirectUrl: text })));
        }}
      >
        <Field
          label={words.label}
          hint={words.hint}
          value={address}
          onChange={(next) => {
            task.clear();
            setAddress(next);
          }}
          error={tried && text === '' ? words.enter : undefined}
        />
        <Button submit busy={task.running}>
          {words.go}
        </Button>
        <TaskLine task={task} />
      </form>
    </Fold>
  );
}
