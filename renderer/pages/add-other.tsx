/** Any other service, by its address. */
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useWords } from '../words/use-words.ts';
import { ClientIdForm } from './add-client-id.tsx';
import type { Connect } from './use-connect.ts';

/** `target` is filled in and not sent off: a link from elsewhere may have brought it. */
export function OtherForm({ connect, target = '' }: { readonly connect: Connect; readonly target?: string }) {
  const words = useWords().add;
  const [address, setAddress] = useState(target);
  const [tried, setTried] = useState(false);
  const { task } = connect;
  if (connect.clientIdNeeded) return <ClientIdForm connect={connect} />;
  const empty = address.trim() === '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!empty) connect.connect({ kind: 'target', target: withScheme(address.trim()) });
      }}
    >
      <Field
        label={words.other.label}
        placeholder={words.other.example}
        value={address}
        onChange={(text) => {
          task.clear();
          setAddress(text);
        }}
        error={tried && empty ? words.other.needed : undefined}
      />
      <div className="buttons">
        <Button tone="primary" submit busy={task.running}>
          {words.continue}
        </Button>
      </div>
      <TaskLine task={task} words={words.asking} />
    </form>
  );
}

/** People write `mcp.example.com/x` as they do in a browser. A short name (`acme/sales`) stays one. */
export function withScheme(text: string): string {
  return /^[\w-]+(\.[\w-]+)+(:\d+)?(\/|$)/.test(text) ? `https://${text}` : text;
}
