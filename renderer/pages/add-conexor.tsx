/** Conexor's own servers: organisation and server as two plain names. What is pasted whole is taken apart. */
import { useState } from 'react';
import type { ServiceView } from '../../shared/ways-in.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useFocusOnError } from '../ways-in/use-focus-on-error.ts';
import { useWayIn } from '../ways-in/use-way-in.ts';
import { OtherWaysButton, WayInFields, WayList } from '../ways-in/way-in-fields.tsx';
import { useWords } from '../words/use-words.ts';
import { ClientIdForm } from './add-client-id.tsx';
import type { Connect } from './use-connect.ts';

export function ConexorForm({
  connect,
  service,
  autoFocus = false,
  explained = false,
}: {
  readonly connect: Connect;
  /** With its ways in; without them, in the browser. */
  readonly service?: ServiceView | undefined;
  readonly autoFocus?: boolean;
  /** Where the two names are found stands above already. */
  readonly explained?: boolean;
}) {
  const words = useWords().add;
  const [organisation, setOrganisation] = useState('');
  const [server, setServer] = useState('');
  const [tried, setTried] = useState(false);
  const { task } = connect;
  const choice = useWayIn(service?.waysIn ?? [], undefined, task);
  const { form, focusError } = useFocusOnError(task.fault);
  if (connect.clientIdNeeded) return <ClientIdForm connect={connect} />;

  // Both may have been typed into one of the fields.
  const names = wholeName(organisation) ?? wholeName(server) ?? { organisation, server };
  const errors = {
    organisation: nameError(names.organisation, words.conexor.organisationNeeded, words.conexor),
    server: nameError(names.server, words.conexor.serverNeeded, words.conexor),
  };
  const fill = (whole: typeof names) => {
    setOrganisation(whole.organisation);
    setServer(whole.server);
  };
  const take = (text: string, before: string, alone: (text: string) => void) => {
    // What was said of the names before is not about these.
    task.clear();
    // Typed letter by letter, the server's name is not whole before the form is sent off.
    const whole = text.length > before.length + 1 ? wholeName(text) : undefined;
    if (!whole) return alone(text);
    fill(whole);
  };
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        const given = choice.take();
        if (errors.organisation || errors.server || !given) return focusError();
        fill(names);
        const target = `${names.organisation.trim()}/${names.server.trim()}`;
        const { chosen: wayIn, offer } = choice;
        connect.connect({ kind: 'target', target, service: 'conexor', wayIn, given, givenFor: offer?.id });
      }}
    >
      <div className="pair">
        <Field
          label={words.conexor.organisation}
          placeholder={words.conexor.organisationExample}
          value={organisation}
          autoFocus={autoFocus}
          onChange={(text) => take(text, organisation, setOrganisation)}
          error={tried ? errors.organisation : undefined}
        />
        <Field
          label={words.conexor.server}
          placeholder={words.conexor.serverExample}
          value={server}
          onChange={(text) => take(text, server, setServer)}
          error={tried ? errors.server : undefined}
        />
      </div>
      {explained ? null : <p className="hint">{words.conexor.where}</p>}
      <WayList choice={choice} />
      <WayInFields choice={choice} />
      <div className="buttons">
        <Button tone="primary" submit busy={task.running}>
          {words.continue}
        </Button>
        <OtherWaysButton choice={choice} />
      </div>
      <TaskLine task={choice.task} words={words.asking} />
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

const wholePattern =
  /^(?:(?:https?:\/\/)?app\.conexor\.io\/mcp\/)?(?!app\.conexor\.io\/)([\w.-]+)\/([\w.-]+)\/?(?:[?#].*)?$/i;

/** `acme/sales-api`, or the server's address as the dashboard or a browser shows it. */
function wholeName(text: string): { readonly organisation: string; readonly server: string } | undefined {
  const match = wholePattern.exec(text.trim());
  const [, organisation, server] = match ?? [];
  return organisation && server ? { organisation, server } : undefined;
}
