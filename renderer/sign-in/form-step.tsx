/** What is to be typed for a way in, in the sheet: tried at once, and kept in its fields when the service refuses it. */
import { useConnection } from '../client/state.ts';
import { Button } from '../parts/button.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useFocusOnError } from '../ways-in/use-focus-on-error.ts';
import { useWayIn } from '../ways-in/use-way-in.ts';
import { OtherWaysButton, WayInFields, WayList } from '../ways-in/way-in-fields.tsx';
import { useWords } from '../words/use-words.ts';
import type { Step, StepProps } from './sign-in-steps.ts';
import { cancelSignIn, signInBy, stopTrying } from './sign-in-store.ts';
import { wayInOf } from './wanted.ts';

type Form = Extract<Step, { kind: 'form' }>;

/** Its buttons belong to the form, so that Enter in a field presses the main one. */
export function FormStep({ sheet, step, service }: StepProps & { readonly step: Form }) {
  const { waysIn: words, window, add } = useWords();
  const connection = useConnection(sheet.wanted.connection);
  const task = useTask();
  const suggested = connection && wayInOf(sheet.wanted, connection);
  const choice = useWayIn(connection?.waysIn ?? [], suggested, task, { showsOthers: step.choosing });
  const { form, focusError } = useFocusOnError(task.fault);
  const { offer } = choice;
  const typed = offer !== undefined && offer.fields.length > 0;
  const submit = () => {
    const given = choice.take();
    if (given === undefined || !offer) return focusError();
    task.run((signal) => signInBy(offer.id, given, signal));
  };
  return (
    <form
      ref={form}
      className="sheet-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <WayList choice={choice} />
      {offer && !typed && !choice.choosing ? <p>{words.way[offer.id].text}</p> : null}
      <WayInFields key={offer?.id} choice={choice} focusFirst={!choice.choosing} />
      <TaskLine task={choice.task} words={words.trying(service)} onCancel={stopTrying} />
      <div className="dialog-actions">
        <OtherWaysButton choice={choice} />
        <Button onPress={cancelSignIn}>{window.cancel}</Button>
        <Button tone="primary" submit busy={task.running}>
          {typed ? words.signIn : add.continue}
        </Button>
      </div>
    </form>
  );
}
