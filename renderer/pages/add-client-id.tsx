/** What some services want before they let anybody sign in; asked only once they have said so. */
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useWords } from '../words/use-words.ts';
import type { Connect } from './use-connect.ts';

export function ClientIdForm({ connect }: { readonly connect: Connect }) {
  const words = useWords().add;
  const [clientId, setClientId] = useState('');
  const [tried, setTried] = useState(false);
  const { task, clientIdNeeded } = connect;
  const empty = clientId.trim() === '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!empty) connect.giveClientId(clientId.trim());
      }}
    >
      <p role="status">{clientIdNeeded?.fault.what}</p>
      <Field
        label={words.clientId.label}
        hint={clientIdNeeded?.fault.next ?? words.clientId.needed}
        value={clientId}
        onChange={(text) => {
          task.clear();
          setClientId(text);
        }}
        autoFocus
        error={tried && empty ? words.clientId.enter : undefined}
      />
      <div className="buttons">
        <Button tone="primary" submit busy={task.running}>
          {words.continue}
        </Button>
        <Button tone="quiet" onPress={() => connect.startOver()}>
          {words.clientId.startOver}
        </Button>
      </div>
      <TaskLine task={task} words={words.asking} />
    </form>
  );
}
