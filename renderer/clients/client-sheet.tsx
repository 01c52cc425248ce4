/** An app's sheet over whatever page is shown: add, put back, finish, remove, undo; its content follows its step. */
import { type ReactNode, useEffect } from 'react';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { useSelected } from '../client/state.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import type { IconName } from '../parts/icon.tsx';
import { Mark } from '../parts/mark.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { Wire, type WireState } from '../parts/wire.tsx';
import { useWords } from '../words/use-words.ts';
import { isWaitedFor, verdictWords } from './client-actions.ts';
import { DoneStep } from './done-step.tsx';
import { openedTitle } from './opened-way.tsx';
import { ReadyStep } from './ready-step.tsx';
import { closeClientSheet, type SheetWanted, useOpenSheet } from './sheet-store.ts';
import { type StepProps, useSheet } from './use-sheet.ts';
import { Watching } from './watching.tsx';
import { WatchingStep } from './watching-step.tsx';

export function ClientSheet() {
  const wanted = useOpenSheet();
  return wanted ? <OpenSheet key={JSON.stringify(wanted)} wanted={wanted} /> : null;
}

function OpenSheet({ wanted }: { readonly wanted: SheetWanted }) {
  const sheet = useSheet(wanted);
  const words = useWords();
  const { client, step, action } = sheet;
  const isEnding = action === 'remove' || action === 'undo';
  // The button that had the focus is gone, and the new title is to be read out.
  const { kind } = step;
  useEffect(() => {
    if (kind !== 'ready') document.querySelector<HTMLElement>('.dialog')?.focus();
  }, [kind]);
  if (!client) {
    return (
      <Dialog title={words.window.oneMoment} onClose={closeClientSheet}>
        <p>{words.clients.looking}</p>
      </Dialog>
    );
  }
  const props: StepProps = { sheet, client };
  return (
    <Dialog
      title={titleOf(props, words)}
      alert={isEnding && kind === 'ready'}
      modalOnly
      size="large"
      onClose={closeClientSheet}
      head={
        <Wire
          from={<Mark size={30} />}
          to={<Monogram name={client.title} size={44} />}
          state={wireOf(props)}
          {...knotOf(props)}
        />
      }
      actions={<Actions {...props} />}
    >
      {contentOf(props, words)}
      <TaskLine task={sheet.task} />
    </Dialog>
  );
}

function titleOf({ sheet, client }: StepProps, words: WindowWords): string {
  const { sheet: texts, removeDialog, undoDialog } = words.clients;
  const { step, action } = sheet;
  switch (step.kind) {
    case 'close-first':
      return texts.closeFirst.title(client.title);
    case 'done':
      return (action === 'undo' ? undoDialog : removeDialog).done(client.title);
    case 'watching':
      return openedTitle(step.opened, client, words) ?? verdictWords(client, words).title;
    case 'ready':
      return texts.title[action === 'finish' ? 'add' : action](client.title);
  }
}

function contentOf(props: StepProps, words: WindowWords): ReactNode {
  const { step } = props.sheet;
  switch (step.kind) {
    case 'ready':
      return <ReadyStep {...props} />;
    case 'close-first':
      return (
        <>
          <p>{words.clients.sheet.closeFirst.text(props.client.title)}</p>
          <QuitHint app={props.client.title} />
          <p className="soft small">{words.clients.openNote}</p>
          <Watching app={props.client.title} />
        </>
      );
    case 'watching':
      return <WatchingStep {...props} step={step} />;
    case 'done':
      return <DoneStep {...props} changed={step.changed} />;
  }
}

function QuitHint({ app }: { readonly app: string }) {
  const system = useSelected((state) => state.app.system);
  return <p>{useWords().clients.sheet.closeFirst.how[system](app)}</p>;
}

function Actions({ sheet, client }: StepProps) {
  const words = useWords();
  const { sheet: texts } = words.clients;
  const { step, action, way, task } = sheet;
  const cancel = (focus: boolean) => (
    <Button onPress={closeClientSheet} autoFocus={focus}>
      {words.window.cancel}
    </Button>
  );
  if (step.kind === 'done') return <CloseButton label={words.window.done} primary />;
  if (step.kind === 'close-first') {
    return (
      <>
        {cancel(false)}
        {client.running === undefined ? (
          <Button tone="primary" busy={task.running} onPress={sheet.go}>
            {texts.closeFirst.isClosed}
          </Button>
        ) : null}
      </>
    );
  }
  if (step.kind === 'watching') {
    const ended = client.verdict === 'connected' || step.opened?.way === 'copy';
    return <CloseButton label={ended ? words.window.done : words.window.close} primary={ended} />;
  }
  const isEnding = action === 'remove' || action === 'undo';
  if (!isEnding && sheet.broken) {
    return (
      <>
        {cancel(false)}
        <Button tone="primary" icon="retry" busy={task.running} autoFocus onPress={sheet.planAgain}>
          {words.window.tryAgain}
        </Button>
      </>
    );
  }
  const verb = action === 'finish' || action === 'add' ? texts.verb.add(client.title) : texts.verb[action];
  return (
    <>
      {cancel(isEnding)}
      <Button
        tone={isEnding ? 'danger' : 'primary'}
        busy={task.running}
        autoFocus={!isEnding}
        disabled={isEnding && (sheet.plan?.every(({ what, fault }) => what === 'nothing' && !fault) ?? false)}
        onPress={sheet.go}
      >
        {isEnding ? verb : way === 'copy' ? texts.key.show : way === 'bundle' ? texts.extension.use : verb}
      </Button>
    </>
  );
}

function CloseButton(props: { readonly label: string; readonly primary: boolean }) {
  return (
    <Button tone={props.primary ? 'primary' : 'plain'} onPress={closeClientSheet}>
      {props.label}
    </Button>
  );
}

function wireOf({ sheet, client }: StepProps): WireState {
  if (sheet.step.kind === 'close-first' || sheet.task.running) return 'running';
  if (sheet.step.kind !== 'watching') return 'open';
  if (client.verdict === 'connected') return 'whole';
  return isWaitedFor(client) ? 'running' : 'open';
}

function knotOf(props: StepProps): { readonly icon?: IconName } {
  return wireOf(props) === 'whole' ? { icon: 'check' } : {};
}
