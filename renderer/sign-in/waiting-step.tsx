/** Waiting for the browser (rule 3): Cancel, Open the page again, Copy link; after two minutes, that nothing is saved. */
import { useEffect, useState } from 'react';
import { ask } from '../client/client.ts';
import { useConnection } from '../client/state.ts';
import { Button } from '../parts/button.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { CameBack } from './came-back.tsx';
import { useOpensHere } from './opens-here.ts';
import type { Step, StepProps } from './sign-in-steps.ts';
import { cancelSignIn, openPage } from './sign-in-store.ts';

type Waiting = Extract<Step, { kind: 'waiting' }>;

const stillAfterMs = 120_000;
const youngForMs = 1_000;

export function WaitingStep({ sheet, step }: StepProps & { readonly step: Waiting }) {
  const words = useWords().signIn;
  const connection = useConnection(sheet.wanted.connection);
  const startedAtMs = connection?.signIn?.startedAtMs;
  const where = connection?.service === 'practice' ? words.waitingPractice : words.waitingText(step.host);
  const still = useStill(startedAtMs);
  return (
    <>
      <p>{step.notOpened ? words.notOpenedNext : where}</p>
      <p role="status">{still ? words.still : ''}</p>
      <CameBack attempt={step.attempt} />
    </>
  );
}

export function WaitingActions({ step }: { readonly step: Waiting }) {
  const words = useWords();
  return (
    <>
      <Button onPress={cancelSignIn}>{words.window.cancel}</Button>
      <CopyLink attempt={step.attempt} tone={step.notOpened ? 'primary' : 'plain'} />
      <OpenAgain attempt={step.attempt} afterAnother />
    </>
  );
}

export function CopyLink(props: { readonly attempt: string; readonly tone: 'plain' | 'primary' | 'quiet' }) {
  const words = useWords().signIn;
  return (
    <CopyButton
      label={words.copyLink}
      done={words.linkCopied}
      tone={props.tone}
      text={async () => (await ask('signInLink', { attempt: props.attempt })).url}
    />
  );
}

/** In a tab, where the computer's browser could not be opened, this browser can. */
export function OpenAgain(props: {
  readonly attempt: string;
  /** It stands where another button stood before: not for the second click of a double click on that one. */
  readonly afterAnother?: boolean;
}) {
  const words = useWords().signIn;
  const here = useOpensHere();
  const [young, setYoung] = useState(props.afterAnother ?? false);
  useEffect(() => {
    const timer = setTimeout(() => setYoung(false), youngForMs);
    return () => clearTimeout(timer);
  }, []);
  const task = useTask();
  const open = () =>
    task.run(async () => {
      await openPage(props.attempt);
    });
  return (
    <>
      <Button busy={task.running} disabled={young} onPress={open}>
        {here ? words.openHere : words.openAgain}
      </Button>
      <TaskLine task={task} />
    </>
  );
}

/** Two minutes after the start. */
export function useStill(startedAtMs: number | undefined): boolean {
  const [still, setStill] = useState(false);
  useEffect(() => {
    if (startedAtMs === undefined) return undefined;
    const timer = setTimeout(() => setStill(true), Math.max(0, startedAtMs + stillAfterMs - Date.now()));
    return () => {
      clearTimeout(timer);
      setStill(false);
    };
  }, [startedAtMs]);
  return still;
}
