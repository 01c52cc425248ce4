/** What has become of each entry and of each sign-in that lay open: what the service said, and what lies here still. */
import type { ReactNode } from 'react';
import { clientTitles } from '../../shared/client-titles.ts';
import { ask } from '../client/client.ts';
import { useNow } from '../client/clock.ts';
import { useSelected } from '../client/state.ts';
import { showPage } from '../frame/page-store.ts';
import { Facts, Fold } from '../parts/blocks.tsx';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { useServiceNames } from '../services/names.ts';
import { hourOf, listOf, useWords } from '../words/use-words.ts';
import type { Taken } from './take-over-card.tsx';

interface ResultProps {
  readonly taken: Taken;
  readonly onDismiss: () => void;
  /** Some of its sign-ins were deleted after all. */
  readonly onDeleted: (result: Taken['result']) => Promise<void>;
}

export function TakeOverResult({ taken, onDismiss, onDeleted }: ResultProps) {
  const all = useWords();
  const words = all.takeOver.result;
  const names = useServiceNames();
  const nowMs = useNow();
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  const { entries, tokens } = taken.result;
  const targets = new Map(taken.wanted.tokens.map(({ id, host, target }) => [id, host ?? (target && hostOf(target))]));
  // Whoever was connected just now has to be signed in to once.
  const waiting = connections.filter(
    ({ id, name, accounts, access }) =>
      access === 'sign-in' &&
      accounts.length === 0 &&
      entries.some((one) => one.signInNeeded !== false && (one.connection === id || one.connection === name)),
  );
  const kept = tokens.flatMap(({ id, service, deleted }) => (service === 'unreachable' && !deleted ? id : []));
  const backups = entries.flatMap(({ backup }) => backup ?? []);
  const replaced = entries.some(({ outcome }) => outcome === 'replaced');
  return (
    <section className="notice tone-calm take-over-result" aria-label={words.title}>
      <div className="notice-words">
        <h3>{words.title}</h3>
        <ul className="outcomes">
          {entries.map(({ client, path, name, outcome, removed, fault }) => (
            <Outcome key={`${path} ${name}`} good={outcome === 'replaced'}>
              <p>{words[removed ? 'removed' : outcome](name, clientTitles[client])}</p>
              {fault ? (
                <p className="small">
                  {fault.what} {fault.next}
                </p>
              ) : null}
            </Outcome>
          ))}
          {tokens.map(({ id, service, deleted, fault, nothing, proof, accessUntilMs }) => (
            <Outcome
              key={id}
              good={deleted && (service === 'cancelled' || nothing === true) && proof !== 'still-accepted'}
            >
              <p>{words.signIn(targets.get(id))}</p>
              {isLeft({ service, deleted, fault }) ? null : (
                <p className="small">
                  {nothing ? words.nothing : words.service[service]}{' '}
                  {proof === 'still-accepted' ? `${words.stillAccepted} ` : null}
                  {accessUntilMs !== undefined && accessUntilMs > nowMs
                    ? `${words.until(hourOf(accessUntilMs, all))} `
                    : null}
                  {deleted ? words.deleted : words.kept}
                </p>
              )}
              {fault && (!deleted || service === 'unreachable') ? (
                <p className="small">
                  {fault.what} {fault.next}
                </p>
              ) : null}
            </Outcome>
          ))}
        </ul>
        {kept.length > 0 ? <DeleteAnyway tokens={kept} onTaken={onDeleted} /> : null}
        {replaced ? <p>{words.restart}</p> : null}
        {waiting.length > 0 ? (
          <>
            <p>
              {words.next(
                listOf(
                  waiting.map(({ id, title }) => names.get(id) ?? title),
                  all,
                ),
              )}
            </p>
            <div className="buttons">
              <Button onPress={() => showPage({ name: 'services' })}>{words.toServices}</Button>
            </div>
          </>
        ) : null}
        {backups.length > 0 ? (
          <Fold title={words.copies}>
            <Facts facts={backups.map((backup) => [words.copyAt, <code key={backup}>{backup}</code>] as const)} />
          </Fold>
        ) : null}
      </div>
      <IconButton icon="close" label={all.window.dismiss} onPress={onDismiss} />
    </section>
  );
}

/** Kept without asking anybody, as an entry uses it still: why is the whole of it. */
function isLeft({ service, deleted, fault }: Pick<Taken['result']['tokens'][number], 'service' | 'deleted' | 'fault'>) {
  return service === 'not-asked' && !deleted && fault !== undefined;
}

/** It was not cancelled, and is not to lie there any longer either. */
function DeleteAnyway(props: { readonly tokens: readonly string[]; readonly onTaken: ResultProps['onDeleted'] }) {
  const words = useWords().takeOver.result;
  const task = useTask();
  const remove = () =>
    task.run(async () => {
      await props.onTaken(await ask('takeOver', { entries: [], tokens: [...props.tokens], deleteUnreachable: true }));
    });
  return (
    <>
      <p className="small">{words.deleteNote}</p>
      <div className="buttons">
        <Button busy={task.running} onPress={remove}>
          {words.deleteAnyway(props.tokens.length)}
        </Button>
      </div>
      <TaskLine task={task} />
    </>
  );
}

function Outcome({ good, children }: { readonly good: boolean; readonly children: ReactNode }) {
  return (
    <li className={good ? 'good' : 'open'}>
      <Icon name={good ? 'check' : 'attention'} size={16} />
      <div>{children}</div>
    </li>
  );
}

function hostOf(target: string): string {
  return URL.canParse(target) ? new URL(target).host : target;
}
