/**
 * What programs want to do and may not by themselves, above whatever page is shown: Allow, or not now. It takes nobody's
 * focus and is read out once; whoever was about to press something else does not press Allow in its place.
 */
import { useEffect, useRef, useState } from 'react';
import { programTitle } from '../../shared/client-titles.ts';
import type { ConnectionView, Question } from '../../shared/snapshot.ts';
import type { WayInId } from '../../shared/ways-in.ts';
import { questionText, questionTitle } from '../../shared/words/questions.ts';
import { ask } from '../client/client.ts';
import { useConnection, useSelected } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { Notice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useServiceNames } from '../services/names.ts';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';

/** As long as it takes to see that something has come up where one was about to press. */
const youngForMs = 1_000;

export function Questions() {
  const questions = useSelected(({ snapshot }) => snapshot.questions);
  const { question: words } = useWords().waysIn;
  const [allowed, setAllowed] = useState<readonly Question[]>([]);
  if (questions.length === 0 && allowed.length === 0) return null;
  return (
    <section className="notices questions" aria-label={words.title}>
      <h2 className="unseen">{words.title}</h2>
      {questions.map((question) => (
        <OneQuestion key={question.id} question={question} onAllowed={() => setAllowed((all) => [...all, question])} />
      ))}
      {allowed.map((question) => (
        <Allowed
          key={question.id}
          question={question}
          onDismiss={() => setAllowed((all) => all.filter(({ id }) => id !== question.id))}
        />
      ))}
    </section>
  );
}

/** What was allowed; where a sign-in waits because of it, the person goes on from here, whatever page is shown. */
function Allowed({ question, onDismiss }: { readonly question: Question; readonly onDismiss: () => void }) {
  const words = useWords();
  const { question: own, device } = words.waysIn;
  const signIn = useConnection(question.connectionId)?.signIn;
  const waits = signIn !== undefined && (signIn.device !== undefined || !signIn.browserOpened);
  const goOn = () => {
    onDismiss();
    openSignIn({ connection: question.connectionId, ...(signIn?.another ? { another: true } : {}) });
  };
  return (
    <Notice
      tone="good"
      title={own.allowed(programTitle(question.program))}
      {...(waits ? { action: { label: signIn.device ? device.show : words.signIn.continue, onPress: goOn } } : {})}
      onDismiss={onDismiss}
    >
      <p>{waits ? own.allowedWaits : own.allowedNext}</p>
    </Notice>
  );
}

function OneQuestion({ question, onAllowed }: { readonly question: Question; readonly onAllowed: () => void }) {
  const words = useWords();
  const { question: own } = words.waysIn;
  const connection = useConnection(question.connectionId);
  const service = useServiceNames().get(question.connectionId) ?? connection?.title ?? '';
  const title = questionTitle(question, service, words);
  const page =
    connection?.service === 'practice'
      ? words.signIn.practicePage
      : own['sign-in'].page(service, connection?.host ?? '');
  const said = useRef(false);
  useEffect(() => {
    if (!said.current) announce(title);
    said.current = true;
  }, [title]);
  const [young, setYoung] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setYoung(false), youngForMs);
    return () => clearTimeout(timer);
  }, []);
  const task = useTask();
  const answer = (allow: boolean) =>
    task.run(async () => {
      await ask('answerQuestion', { question: question.id, allow });
      announce(
        allow
          ? `${own.allowed(programTitle(question.program))} ${own.allowedNext}`
          : own.refused(programTitle(question.program)),
      );
      if (allow) onAllowed();
    });
  return (
    <section className="asking" aria-label={title}>
      <Monogram name={programTitle(question.program)} />
      <div className="asking-words">
        <h3>{title}</h3>
        <p className="small">{questionText(question, service, page, words, wayInOf(question, connection))}</p>
        <div className="buttons">
          <Button
            tone="primary"
            busy={task.running}
            disabled={young}
            label={`${own.allow}: ${title}`}
            onPress={() => answer(true)}
          >
            {own.allow}
          </Button>
          <Button busy={task.running} label={`${own.notNow}: ${title}`} onPress={() => answer(false)}>
            {own.notNow}
          </Button>
        </div>
        <TaskLine task={task} />
      </div>
    </section>
  );
}

/** Of the account that it is about; labels are unique within a connection. */
function wayInOf({ account }: Question, connection: ConnectionView | undefined): WayInId | undefined {
  return connection?.accounts.find(({ label }) => label === account)?.wayIn;
}
