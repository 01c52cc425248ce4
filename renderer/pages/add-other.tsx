/** Any service that has no form of its own: its address where it needs one, and what its way in wants. */
import { useState } from 'react';
import type { GivenFields, ServiceView } from '../../shared/ways-in.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/fields.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { ServerFields, useServer } from '../ways-in/server-by-hand.tsx';
import { useFocusOnError } from '../ways-in/use-focus-on-error.ts';
import { useWayIn } from '../ways-in/use-way-in.ts';
import { OtherWaysButton, WayInFields, WayList } from '../ways-in/way-in-fields.tsx';
import { useWords } from '../words/use-words.ts';
import { ClientIdForm } from './add-client-id.tsx';
import type { Connect, PastedWish } from './use-connect.ts';

interface ServiceFormProps {
  readonly connect: Connect;
  /** Undefined before it is known: then it is signed in to in the browser. */
  readonly service: ServiceView | undefined;
  /** Filled in and not sent off: a link from elsewhere may have brought it. */
  readonly target?: string;
  /** Where it is was pasted, so nobody is asked for it. */
  readonly pasted?: PastedWish;
  /** Whose rules hold is told by the address. */
  readonly byAddress?: boolean;
  /** What the fields begin with, where everybody may know it. */
  readonly begin?: GivenFields;
}

export function ServiceForm({ connect, service, target = '', pasted, byAddress = false, begin }: ServiceFormProps) {
  const all = useWords();
  const words = all.add;
  const [address, setAddress] = useState(target);
  const [tried, setTried] = useState(false);
  const { task } = connect;
  const choice = useWayIn(service?.waysIn ?? [], undefined, task, begin ? { begin } : {});
  const server = useServer(service, choice, task.clear);
  const { form, focusError } = useFocusOnError(task.fault);
  if (connect.clientIdNeeded) return <ClientIdForm connect={connect} />;
  const fixed = fixedTarget(service);
  const asksAddress = fixed === undefined && pasted === undefined;
  const empty = asksAddress && address.trim() === '';
  // It may as well be one of those that were given by hand.
  const onlyOne = asksAddress && Object.keys(server.take()).length === 0;
  const refused = onlyOne && choice.task.fault && addressFaults.has(choice.task.fault.fault) ? choice.task.fault : null;
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        const given = choice.take();
        if (empty || !given) return focusError();
        const way = { wayIn: choice.chosen, given, givenFor: choice.offer?.id };
        if (pasted) return connect.connect({ kind: 'pasted', ...pasted, ...way });
        connect.connect({
          kind: 'target',
          target: fixed ?? address.trim(),
          service: byAddress ? undefined : service?.id,
          ...way,
          server: server.take(),
          practice: service?.practice ?? false,
        });
      }}
    >
      {asksAddress ? (
        <Field
          label={words.other.label}
          placeholder={words.other.example}
          value={address}
          onChange={(text) => {
            task.clear();
            setAddress(text);
          }}
          error={tried && empty ? words.other.needed : refused ? `${refused.what} ${refused.next}` : undefined}
        />
      ) : null}
      <WayList choice={choice} />
      <WayInFields choice={choice} />
      {byAddress && !choice.choosing ? null : <ServerFields server={server} />}
      <div className="buttons">
        <Button tone="primary" submit busy={task.running}>
          {words.continue}
        </Button>
        <OtherWaysButton choice={choice} />
      </div>
      <TaskLine task={refused ? { ...choice.task, fault: undefined } : choice.task} words={words.asking} />
    </form>
  );
}

/** What is said of an address stands at its field. */
const addressFaults = new Set(['address-invalid', 'address-insecure']);

/** Everybody has the same; undefined where a person has to say it. */
function fixedTarget(service: ServiceView | undefined): string | undefined {
  if (service?.target === 'fixed') return service.resource;
  return service?.id === 'practice' ? service.id : undefined;
}
