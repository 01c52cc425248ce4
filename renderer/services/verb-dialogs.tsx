/** The three verbs (rule 7): each dialog says what stops, who is affected, and what is not touched. */
import type { ReactNode } from 'react';
import { programTitle } from '../../shared/client-titles.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { ask } from '../client/client.ts';
import { showPage } from '../frame/page-store.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { listOf, useWords } from '../words/use-words.ts';
import { noteSignedOut } from './signed-out-store.ts';

export type Verb =
  | { readonly kind: 'pause' }
  | { readonly kind: 'sign-out'; readonly account: string }
  | { readonly kind: 'remove' };

interface VerbProps {
  readonly connection: ConnectionView;
  readonly service: string;
  readonly onClose: () => void;
}

export function VerbDialog({ verb, ...props }: VerbProps & { readonly verb: Verb }) {
  switch (verb.kind) {
    case 'pause':
      return <PauseDialog {...props} />;
    case 'sign-out':
      return <SignOutDialog {...props} account={verb.account} />;
    case 'remove':
      return <RemoveDialog {...props} />;
  }
}

function PauseDialog({ connection, service, onClose }: VerbProps) {
  const words = useWords();
  const { pauseDialog, pause } = words.services;
  const apps = listOf(programsAt(connection), words);
  return (
    <ConfirmDialog
      title={pauseDialog.title(service)}
      verb={pause}
      onClose={onClose}
      onConfirm={async () => {
        await ask('setPaused', { connection: connection.id, paused: true });
        announce(pauseDialog.paused(service));
      }}
    >
      <Consequences
        stops={apps === '' ? pauseDialog.stopsNobody : pauseDialog.stops(apps)}
        untouched={pauseDialog.untouched}
      />
    </ConfirmDialog>
  );
}

function SignOutDialog({ connection, service, onClose, account: id }: VerbProps & { readonly account: string }) {
  const words = useWords();
  const { signOutDialog } = words.services;
  const account = connection.accounts.find((one) => one.id === id);
  if (!account) return null;
  const apps = listOf(programsAt(connection, id), words);
  const otherAccounts = connection.accounts.filter((one) => one.id !== id).map(({ label }) => label);
  const others = listOf(otherAccounts, words);
  return (
    <ConfirmDialog
      title={signOutDialog.title(account.label)}
      verb={signOutDialog.verb}
      destructive
      onClose={onClose}
      onConfirm={async () => {
        noteSignedOut(connection.id, service, await ask('signOut', { connection: connection.id, account: id }));
      }}
    >
      <Consequences
        stops={`${signOutDialog.stops(account.label)} ${words.waysIn.afterSignOut(account.wayIn, service)}`}
        affects={
          apps === ''
            ? signOutDialog.affectsNobody
            : others === ''
              ? signOutDialog.affects(apps)
              : signOutDialog.affectsUntilChosen(apps)
        }
        untouched={signOutDialog.untouched(service)}
        {...(others === '' ? {} : { also: signOutDialog.othersStay(others, otherAccounts.length) })}
      />
    </ConfirmDialog>
  );
}

function RemoveDialog({ connection, service, onClose }: VerbProps) {
  const words = useWords();
  const { removeDialog } = words.services;
  const accounts = listOf(
    connection.accounts.map(({ label }) => label),
    words,
  );
  // Accounts that came in by the same way leave the same behind.
  const stops = new Set([
    accounts === '' ? removeDialog.stopsNobody : removeDialog.stops(accounts),
    ...connection.accounts.map(({ wayIn }) => words.waysIn.staysGood(wayIn, service)),
  ]);
  const apps = listOf(programsAt(connection), words);
  return (
    <ConfirmDialog
      title={removeDialog.title(service)}
      verb={removeDialog.verb}
      destructive
      onClose={onClose}
      onConfirm={async () => {
        const { signedOut } = await ask('removeConnection', { connection: connection.id });
        showPage({ name: 'services' });
        announce(removeDialog.removed(service));
        for (const one of signedOut) noteSignedOut(connection.id, service, one);
      }}
    >
      <Consequences
        stops={[...stops].filter((text) => text !== '').join(' ')}
        affects={apps === '' ? removeDialog.affectsNobody : removeDialog.affects(apps)}
        untouched={removeDialog.untouched}
      />
    </ConfirmDialog>
  );
}

interface ConsequencesProps {
  readonly stops: string;
  readonly affects?: string;
  readonly untouched: string;
  /** Something else that is not touched. */
  readonly also?: string;
}

export function Consequences({ stops, affects, untouched, also }: ConsequencesProps) {
  const { consequence } = useWords().services;
  const parts: readonly (readonly [IconName, string, ReactNode])[] = [
    ['removed', consequence.stops, stops],
    ...(affects === undefined ? [] : [['apps', consequence.affects, affects] as const]),
    [
      'check',
      consequence.untouched,
      <>
        <span>{untouched}</span>
        {also === undefined ? null : <span>{also}</span>}
      </>,
    ],
  ];
  return (
    <dl className="consequences">
      {parts.map(([icon, name, text]) => (
        <div key={name}>
          <dt>
            <Icon name={icon} size={18} />
            {name}
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The programs that may use a connection, or one account of it: by name. */
function programsAt({ clients, accounts }: ConnectionView, account?: string): readonly string[] {
  const current = accounts.find((one) => one.current)?.id;
  return clients
    .filter(({ access }) => access === 'allowed')
    .filter(({ accountId }) => account === undefined || (accountId ?? current) === account)
    .map(({ name }) => programTitle(name));
}
