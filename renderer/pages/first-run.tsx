/**
 * The first run: what Conexor is, which service, what to do now. Fills the window until it is finished or skipped
 * (`firstRunDone` in the settings); each step can be skipped, and nothing here cannot be done later. To its last page
 * one comes back by going back, also after it is over.
 */
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { ask } from '../client/client.ts';
import { stateNow, takeState, useConnection, useSelected } from '../client/state.ts';
import { listenPage, noteReady, pageNow, readyNow, showPage } from '../frame/page-store.ts';
import { useTitle } from '../frame/title.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Mark } from '../parts/mark.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useWords } from '../words/use-words.ts';
import { ConexorForm } from './add-conexor.tsx';
import { PasteForm } from './add-paste.tsx';
import { FirstRunReady, isReadyToUse } from './first-run-ready.tsx';
import { useConnect } from './use-connect.ts';

/** Whichever way is taken: of practice, the second one is its sign-in's sheet. */
const steps = 3;

type Step = 'welcome' | 'conexor' | 'other' | 'ready';

interface FirstRunProps {
  /** It ended with this service, and one has come back to its last page. */
  readonly ready: string | undefined;
  readonly onLeft: () => void;
}

export function FirstRunPage({ ready, onLeft }: FirstRunProps) {
  const [step, setStep] = useState<Step>('welcome');
  const [connectionId, setConnectionId] = useState(ready);
  const connection = useConnection(connectionId ?? '');
  const isReady = connection !== undefined && isReadyToUse(connection);
  const shown = isReady ? 'ready' : step;
  useTitle(useTitles()[shown]);
  const before = useRef(shown);
  const readyWith = isReady ? connection.id : undefined;
  const comesBack = useRef(ready !== undefined);
  useEffect(() => {
    if (readyWith !== undefined) noteReady(readyWith);
  }, [readyWith]);
  // At the start nobody's focus is taken; from then on it says where one is.
  useEffect(() => {
    if (before.current !== shown || comesBack.current) document.getElementById('page-title')?.focus();
    before.current = shown;
    comesBack.current = false;
  }, [shown]);
  const leave = useCallback(() => {
    // Where it cannot be remembered, it is asked again at the next start; nobody is kept here.
    if (stateNow()?.settings.firstRunDone !== true) {
      void ask('changeSettings', { firstRunDone: true }).then(takeState, () => undefined);
    }
    onLeft();
  }, [onLeft]);
  // Whoever goes to a page (a button here or in the sign-in's sheet, tray, notification) wants to see it. Once there
  // is a service, the first run is over with that.
  useEffect(() => {
    // A dialog that closes gives the focus to the list of services: that must not count as going somewhere.
    if (pageNow().name !== 'services') showPage({ name: 'services' });
    return listenPage(() => {
      if (readyNow() !== undefined) return;
      if ((stateNow()?.snapshot.connections.length ?? 0) > 0) leave();
      else onLeft();
    });
  }, [leave, onLeft]);
  const onConnected = ({ id }: ConnectionView) => setConnectionId(id);
  const onBack = () => setStep('welcome');
  const body = {
    welcome: <Welcome onConnected={onConnected} onStep={setStep} />,
    conexor: <WhichServer onConnected={onConnected} onBack={onBack} />,
    other: <WhichOther onConnected={onConnected} onBack={onBack} />,
    ready: <FirstRunReady connection={connection} />,
  }[shown];
  return (
    <StepFrame
      key={shown}
      step={shown}
      // Going back does not come here any more; being no longer here is heard of above.
      onLeave={isReady ? () => noteReady(undefined) : leave}
    >
      {body}
    </StepFrame>
  );
}

function useTitles(): Readonly<Record<Step, string>> {
  const { welcome, server, other, ready } = useWords().firstRun;
  return { welcome: welcome.title, conexor: server.title, other: other.title, ready: ready.title };
}

interface StepProps {
  readonly onConnected: (connection: ConnectionView) => void;
}

interface WelcomeProps extends StepProps {
  readonly onStep: (step: Step) => void;
}

function Welcome({ onConnected, onStep }: WelcomeProps) {
  const words = useWords();
  const { welcome } = words.firstRun;
  const memoryOnly = useSelected(({ snapshot }) => snapshot.vault.kind === 'memory');
  const connect = useConnect(onConnected);
  const { task } = connect;
  const practise = () => connect.connect({ kind: 'practice' });
  return (
    <>
      <div className="first-picture" aria-hidden="true">
        <span className="tile">
          <Icon name="apps" size={26} />
        </span>
        <span className="line" />
        <Mark size={48} />
        <span className="line" />
        <span className="tile">
          <Icon name="services" size={26} />
        </span>
      </div>
      <h1 id="page-title" tabIndex={-1}>
        {welcome.title}
      </h1>
      <p>{welcome.first}</p>
      <p>{memoryOnly ? welcome.secondMemory : welcome.second}</p>
      <div className="first-ways">
        <Button tone="primary" wide onPress={() => onStep('conexor')}>
          {welcome.conexor}
        </Button>
        <Button wide onPress={() => onStep('other')}>
          {welcome.other}
        </Button>
        <Button tone="quiet" wide busy={task.running} onPress={practise}>
          {welcome.practice}
        </Button>
        <p className="hint">{welcome.practiceNote}</p>
        <TaskLine task={task} words={words.add.asking} />
      </div>
    </>
  );
}

function WhichServer({ onConnected, onBack }: StepProps & { readonly onBack: () => void }) {
  const words = useWords().firstRun;
  const [pasting, setPasting] = useState(false);
  const connect = useConnect(onConnected);
  const turn = () => {
    connect.task.clear();
    setPasting(!pasting);
  };
  return (
    <>
      <h1 id="page-title" tabIndex={-1}>
        {pasting ? words.server.pasteTitle : words.server.title}
      </h1>
      <p>{pasting ? words.server.pasteLead : words.server.lead}</p>
      {pasting ? <PasteForm connect={connect} /> : <ConexorForm connect={connect} explained />}
      <div className="first-more">
        <Button tone="quiet" icon="back" onPress={onBack}>
          {words.back}
        </Button>
        <Button tone="quiet" onPress={turn}>
          {pasting ? words.server.typeInstead : words.server.pasteInstead}
        </Button>
      </div>
    </>
  );
}

function WhichOther({ onConnected, onBack }: StepProps & { readonly onBack: () => void }) {
  const words = useWords().firstRun;
  const connect = useConnect(onConnected);
  return (
    <>
      <h1 id="page-title" tabIndex={-1}>
        {words.other.title}
      </h1>
      <p>{words.other.lead}</p>
      <PasteForm connect={connect} />
      <div className="first-more">
        <Button tone="quiet" icon="back" onPress={onBack}>
          {words.back}
        </Button>
        <Button tone="quiet" onPress={() => showPage({ name: 'add' })}>
          {words.other.all}
        </Button>
      </div>
    </>
  );
}

/** The mark, the step's number, and the way out. */
function StepFrame(props: { readonly step: Step; readonly onLeave: () => void; readonly children: ReactNode }) {
  const words = useWords().firstRun;
  const { step } = props;
  const number = step === 'welcome' ? 1 : step === 'ready' ? steps : 2;
  return (
    <main className="alone first-run">
      <div className="alone-card">
        <div className="first-head">
          {props.step === 'welcome' ? <span /> : <Mark size={36} />}
          <p className="soft small">{words.step(number, steps)}</p>
        </div>
        {props.children}
        {props.step === 'ready' ? (
          <Button tone="primary" wide onPress={props.onLeave}>
            {words.ready.done}
          </Button>
        ) : (
          <div className="first-skip">
            <Button tone="quiet" onPress={props.onLeave}>
              {words.skip}
            </Button>
          </div>
        )}
      </div>
    </main>
  );
}
