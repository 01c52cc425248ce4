/** The sign-in could not begin: what to do now, and one button; where a client ID is wanted, the field for it. */
import { useState } from 'react';
import { ask, type WindowFault } from '../client/client.ts';
import { useConnection } from '../client/state.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import type { StepProps } from './sign-in-steps.ts';
import { trySignInAgain } from './sign-in-store.ts';

const wantsClientId: ReadonlySet<string> = new Set(['client-id-needed', 'client-refused', 'registration-refused']);

export function FaultStep({ fault, sheet }: StepProps & { readonly fault: WindowFault }) {
  return (
    <>
      <p role="alert">{fault.next}</p>
      {wantsClientId.has(fault.fault) ? <ClientIdForm connection={sheet.wanted.connection} /> : null}
    </>
  );
}

export function FaultActions({ fault }: { readonly fault: WindowFault }) {
  const words = useWords().window;
  if (wantsClientId.has(fault.fault)) return null;
  return (
    <Button tone="primary" autoFocus onPress={trySignInAgain}>
      {words.tryAgain}
    </Button>
  );
}

function ClientIdForm({ connection }: { readonly connection: string }) {
  const words = useWords().signIn.clientId;
  const resource = useConnection(connection)?.resource;
  const [clientId, setClientId] = useState('');
  const [clientSecret, setClientSecret] = useState('');
  const task = useTask();
  const edit = (take: (text: string) => void) => (text: string) => {
    task.clear();
    take(text);
  };
  const go = () =>
    task.run(async () => {
      if (resource === undefined || clientId.trim() === '') return;
      await ask('addConnection', {
        target: resource,
        clientId: clientId.trim(),
        ...(clientSecret === '' ? {} : { clientSecret }),
      });
      trySignInAgain();
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <Field label={words.label} value={clientId} onChange={edit(setClientId)} autoFocus />
      <Field label={words.secret} value={clientSecret} onChange={edit(setClientSecret)} secret />
      <Button tone="primary" submit wide busy={task.running} disabled={clientId.trim() === ''}>
        {words.go}
      </Button>
      <TaskLine task={task} />
    </form>
  );
}
