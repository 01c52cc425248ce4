/** What taking over would do, step by step, before the one yes. */

import { clientTitles } from '../../shared/client-titles.ts';
import type { WindowResult } from '../../shared/window.ts';
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Facts, Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { listOf, useWords } from '../words/use-words.ts';
import { ChangeDetails } from './change-details.tsx';
import type { TakeOvers } from './take-over-card.tsx';
import { useLooking } from './use-looking.ts';

interface TakeOverDialogProps {
  readonly found: TakeOvers;
  /** Looks again at what there is. */
  readonly onLook: () => Promise<void>;
  readonly onClose: () => void;
  readonly onTaken: (result: WindowResult<'takeOver'>) => Promise<void>;
}

export function TakeOverDialog({ found, onLook, onClose, onTaken }: TakeOverDialogProps) {
  const all = useWords();
  const { takeOver, services } = all;
  const words = takeOver.dialog;
  const task = useTask();
  const entries = found.entries.filter(({ fault, running }) => !fault && running !== true);
  // Those that are still in use elsewhere are left for another time.
  const tokens = found.tokens.filter(
    ({ usedBy = [], unread, keptFor }) =>
      unread === undefined &&
      keptFor === undefined &&
      usedBy.every((user) => entries.some(({ path, name }) => path === user.path && name === user.name)),
  );
  const unreadable = found.tokens.filter(({ unread, keptFor }) => (unread ?? keptFor) !== undefined).length;
  const running = [...new Set(found.entries.flatMap(({ running: on, client }) => (on ? clientTitles[client] : [])))];
  const isEmpty = entries.length === 0 && tokens.length === 0;
  const memoryOnly = useSelected(({ snapshot }) => snapshot.vault.kind === 'memory');
  // What is said here is looked at as it is said: an app may be closed meanwhile.
  useLooking(!task.running, onLook);
  const hosts = [...new Set(entries.map(({ host }) => host))];
  const take = () =>
    task.run(async (signal) => {
      const result = await ask('takeOver', {
        entries: entries.map(({ client, path, name, seen }) => ({ client, path, name, seen })),
        tokens: tokens.map(({ id }) => id),
      });
      await onTaken(result);
      announce(takeOver.result.title);
      if (!signal.aborted) onClose();
    });
  return (
    <Dialog
      title={words.title}
      size="large"
      modalOnly
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose} autoFocus>
            {all.window.cancel}
          </Button>
          <Button tone="primary" busy={task.running} disabled={isEmpty} onPress={take}>
            {words.verb}
          </Button>
        </>
      }
    >
      <p>{words.lead}</p>
      {running.length > 0 ? (
        <Notice tone="notice" title={words.running(listOf(running, all))}>
          {isEmpty ? null : <p>{words.rest}</p>}
        </Notice>
      ) : null}
      {memoryOnly && !isEmpty ? <Notice tone="notice" title={words.memory} /> : null}
      <ol className="steps">
        {hosts.map((host) => (
          <li key={host}>{words.connect(host)}</li>
        ))}
        {entries.map(({ client, path, name, unknownWords, hasSecret, secretLeftOut }) => (
          <li key={`${path} ${name}`}>
            <div>
              {words.replace(name, clientTitles[client])}
              {unknownWords.length > 0 ? (
                <p className="soft small">{words.unknownWords(listOf(unknownWords, all))}</p>
              ) : null}
              {hasSecret ? (
                <p className="soft small">{secretLeftOut === undefined ? words.hasSecret : words.secretLeftOut}</p>
              ) : null}
            </div>
          </li>
        ))}
        {tokens.length > 0 ? (
          <li>
            <span>
              {words.cancel(tokens.length)} {words.delete}
            </span>
          </li>
        ) : null}
      </ol>
      {unreadable > 0 ? <p className="soft small">{words.unreadable(unreadable)}</p> : null}
      <p className="note">
        <Icon name="check" size={16} />
        <span>
          {services.consequence.untouched}: {words.untouched}
        </span>
      </p>
      <Fold title={words.details}>
        <ChangeDetails plan={found.changes?.filter(({ path }) => entries.some((one) => one.path === path))} />
        <Facts
          facts={[
            ...entries.map(
              ({ client, path }) => [words.settingsFile(clientTitles[client]), <code key={path}>{path}</code>] as const,
            ),
            ...tokens.flatMap(({ files }) =>
              files.map((file) => [words.openFiles, <code key={file}>{file}</code>] as const),
            ),
          ]}
        />
      </Fold>
      <TaskLine task={task} words={takeOver.working} />
    </Dialog>
  );
}
