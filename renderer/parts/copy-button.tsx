/** Copies a text and says so. Where neither host nor browser can, it shows the text, selected, for copying by hand. */
import { useState } from 'react';
import { copyText } from '../client/copy.ts';
import { useWords } from '../words/use-words.ts';
import { announce } from './announcer.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field } from './fields.tsx';
import { TaskLine } from './task-line.tsx';
import { useTask } from './use-task.ts';

/** `text`: what is copied, or how it is had. */
export function CopyButton(props: {
  readonly label: string;
  readonly text: string | (() => Promise<string>);
  /** Instead of "Copied". */
  readonly done?: string;
  readonly tone?: 'plain' | 'primary' | 'quiet';
}) {
  const words = useWords().window;
  const doneWords = props.done ?? words.copied;
  const task = useTask();
  const [copied, setCopied] = useState(false);
  const [byHand, setByHand] = useState<string>();
  const copy = () =>
    task.run(async (signal) => {
      const text = typeof props.text === 'string' ? props.text : await props.text();
      const done = await copyText(text);
      if (signal.aborted) return;
      setCopied(done);
      if (done) announce(doneWords);
      else setByHand(text);
    });
  return (
    <>
      <Button tone={props.tone ?? 'plain'} icon={copied ? 'check' : 'copy'} busy={task.running} onPress={copy}>
        {copied ? doneWords : props.label}
      </Button>
      <TaskLine task={task} />
      {byHand === undefined ? null : (
        <Dialog
          title={words.copyByHand}
          onClose={() => setByHand(undefined)}
          actions={<Button onPress={() => setByHand(undefined)}>{words.close}</Button>}
        >
          <Field label={props.label} lines={4} value={byHand} onChange={() => undefined} autoFocus />
        </Dialog>
      )}
    </>
  );
}
