/** Rule 16 on the screen: a moving line at once, words after a second, Cancel after three. */
import { useWords } from '../words/use-words.ts';
import { Button } from './button.tsx';
import type { Task } from './use-task.ts';

/** `words`: what is being done, "Asking Conexor…"; else "One moment…". `onCancel` besides the task's own. */
export function BusyLine(props: { readonly task: Task; readonly words?: string; readonly onCancel?: () => void }) {
  const words = useWords().window;
  const { task } = props;
  if (!task.running) return null;
  return (
    <div className="busy">
      <div className="busy-bar" role="progressbar" aria-label={props.words ?? words.oneMoment} />
      {task.phase === 'progress' ? null : (
        <p role="status" className="soft small">
          {props.words ?? words.oneMoment}
        </p>
      )}
      {task.phase === 'cancel' ? (
        <Button
          tone="quiet"
          onPress={() => {
            task.cancel();
            props.onCancel?.();
          }}
        >
          {words.cancel}
        </Button>
      ) : null}
    </div>
  );
}
