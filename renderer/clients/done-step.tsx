/** Removed or undone: which files were changed, where the copies are, and which were left as they are. */
import { useState } from 'react';
import type { ClientView } from '../../shared/clients.ts';
import { ask } from '../client/client.ts';
import { Facts, Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import type { ChangedFiles as Changed, StepProps } from './use-sheet.ts';

export function DoneStep({ sheet, client, changed }: StepProps & { readonly changed: Changed }) {
  const { clients } = useWords();
  return (
    <>
      {changed.changed.length === 0 ? <p>{clients.nothingChanged}</p> : null}
      {sheet.action === 'remove' && !client.closeFirst ? <p>{clients.removeDialog.doneText(client.title)}</p> : null}
      <ChangedFiles changed={changed} />
      {changed.failed.map(({ path, fault }) => (
        <Notice key={path} tone="notice" title={clients.sheet.partly}>
          <p>
            {fault.what} {fault.next}
          </p>
        </Notice>
      ))}
    </>
  );
}

/** How many, and under Details which and where their copies are. */
export function ChangedFiles({ changed }: { readonly changed: Changed }) {
  const { sheet } = useWords().clients;
  const files = changed.changed;
  if (files.length === 0) return null;
  return (
    <>
      <p>{sheet.changedFiles(files.length, files.filter(({ backup }) => backup !== undefined).length)}</p>
      <Fold title={sheet.details}>
        <FileFacts changed={changed} />
      </Fold>
    </>
  );
}

export function FileFacts({ changed }: { readonly changed: Changed }) {
  const { sheet } = useWords().clients;
  return (
    <Facts
      facts={changed.changed.flatMap(({ path, backup }) => [
        [sheet.changedFile, <code key={path}>{path}</code>] as const,
        ...(backup === undefined ? [] : [[sheet.copyAt, <code key={backup}>{backup}</code>] as const]),
      ])}
    />
  );
}

/** Its folder where this computer has a screen for it; `named`: its place as well. */
export function ShowFile(props: { readonly client: ClientView; readonly path: string; readonly named?: boolean }) {
  const { client, path, named = false } = props;
  const { sheet } = useWords().clients;
  const task = useTask();
  const [notShown, setNotShown] = useState(false);
  const show = () =>
    task.run(async (signal) => {
      const { shown } = await ask('showClientFile', { client: client.id, path });
      if (!signal.aborted) setNotShown(!shown);
    });
  return (
    <div>
      {named || notShown ? <code className="command">{path}</code> : null}
      <div className="buttons">
        <Button icon="folder" busy={task.running} onPress={show}>
          {sheet.showFile}
        </Button>
      </div>
      {notShown ? <Notice tone="notice" title={sheet.extension.notShown} /> : null}
      <TaskLine task={task} />
    </div>
  );
}
