/** What has become of each entry and of each sign-in that lay open: what the service said, and what lies here still. */
import type { ReactNode } from 'react';
import { clientTitles } from '../../shared/client-titles.ts';
import { useNow } from '../client/clock.ts';
import { useSelected } from '../client/state.ts';
import { showPage } from '../frame/page-store.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { useServiceNames } from '../services/names.ts';
import { hourOf, listOf, useWords } from '../words/use-words.ts';
import type { Taken } from './take-over-card.tsx';

export function TakeOverResult({ taken, onDismiss }: { readonly taken: Taken; readonly onDismiss: () => void }) {
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
  const replaced = entries.some(({ outcome }) => outcome === 'replaced');
  return (
    <section className="notice tone-calm take-over-result" aria-label={words.title}>
      <div className="notice-words">
        <h3>{words.title}</h3>
        <ul className="outcomes">
          {entries.map(({ client, path, name, outcome, backup, fault }) => (
            <Outcome key={`${path} ${name}`} good={outcome === 'replaced'}>
              <p>{words[outcome](name, clientTitles[client])}</p>
              {fault ? (
                <p className="small">
                  {fault.what} {fault.next}
                </p>
              ) : null}
              {backup === undefined ? null : (
                <p className="soft small">
                  {words.copyAt}: <code>{backup}</code>
                </p>
              )}
            </Outcome>
          ))}
          {tokens.map(({ id, service, deleted, fault, nothing, proof, accessUntilMs }) => (
            <Outcome
              key={id}
              good={deleted && (service === 'cancelled' || nothing === true) && proof !== 'still-accepted'}
            >
              <p>{words.signIn(targets.get(id))}</p>
              <p className="small">
                {nothing ? words.nothing : words.service[service]}{' '}
                {proof === 'still-accepted' ? `${words.stillAccepted} ` : null}
                {accessUntilMs !== undefined && accessUntilMs > nowMs
                  ? `${words.until(hourOf(accessUntilMs, all))} `
                  : null}
                {deleted ? words.deleted : words.kept}
              </p>
              {fault ? (
                <p className="small">
                  {fault.what} {fault.next}
                </p>
              ) : null}
            </Outcome>
          ))}
        </ul>
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
      </div>
      <IconButton icon="close" label={all.window.dismiss} onPress={onDismiss} />
    </section>
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
