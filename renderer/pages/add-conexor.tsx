/** Conexor's own servers: organisation and server as two plain names. What is pasted whole is taken apart. */
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useWords } from '../words/use-words.ts';
import { ClientIdForm } from './add-client-id.tsx';
import type { Connect } from './use-connect.ts';

export function ConexorForm({
  connect,
  autoFocus = false,
  explained = false,
}: {
  readonly connect: Connect;
  readonly autoFocus?: boolean;
  /** Where the two names are found stands above already. */
  readonly explained?: boolean;
}) {
  const words = useWords().add;
  const [organisation, setOrganisation] = useState('');
  const [server, setServer] = useState('');
  const [tried, setTried] = useState(false);
  const { task } = connect;
  if (connect.clientIdNeeded) return <ClientIdForm connect={connect} />;

  const errors = {
    organisation: nameError(organisation, words.conexor.organisationNeeded, words.conexor),
    server: nameError(server, words.conexor.serverNeeded, words.conexor),
  };
  const take = (text: string, alone: (text: string) => void) => {
    // What was said of the names before is not about these.
    task.clear();
    const whole = wholeName(text);
    if (!whole) return alone(text);
    setOrganisation(whole.organisation);
    setServer(whole.server);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (errors.organisation || errors.server) return;
        connect.connect({ kind: 'target', target: `${organisation.trim()}/${server.trim()}` });
      }}
    >
      <div className="pair">
        <Field
          label={words.conexor.organisation}
          placeholder={words.conexor.organisationExample}
          value={organisation}
          autoFocus={autoFocus}
          onChange={(text) => take(text, setOrganisation)}
          error={tried ? errors.organisation : undefined}
        />
        <Field
          label={words.conexor.server}
          placeholder={words.conexor.serverExample}
          value={server}
          onChange={(text) => take(text, setServer)}
          error={tried ? errors.server : undefined}
        />
      </div>
      {explained ? null : <p className="hint">{words.conexor.where}</p>}
      <div className="buttons">
        <Button tone="primary" submit busy={task.running}>
          {words.continue}
        </Button>
      </div>
      <TaskLine task={task} words={words.asking} />
    </form>
  );
}

function nameError(
  name: string,
  needed: string,
  words: { readonly nameInvalid: string; readonly withoutSpaces: (name: string) => string },
): string | undefined {
  const text = name.trim();
  if (text === '') return needed;
  if (isName(text)) return undefined;
  const likely = text.toLowerCase().replaceAll(/\s+/g, '-');
  return isName(likely) ? words.withoutSpaces(likely) : words.nameInvalid;
}

function isName(text: string): boolean {
  return /^[\w.-]+$/.test(text) && !/^\.+$/.test(text);
}

/** `acme/sales-api`, or the server's address as the dashboard shows it. */
export function wholeName(text: string): { readonly organisation: string; readonly server: string } | undefined {
  const match = /^(?:https:\/\/app\.conexor\.io\/mcp\/)?([\w.-]+)\/([\w.-]+)\/?$/.exec(text.trim());
  const [, organisation, server] = match ?? [];
  return organisation && server ? { organisation, server } : undefined;
}
