/** The accounts of a service: which one apps use, until when each is signed in, another one, and signing out of one. */
import { useState } from 'react';
import type { AccountView, ConnectionView } from '../../shared/snapshot.ts';
import { expiryWords } from '../../shared/words/times.ts';
import { ask } from '../client/client.ts';
import { useNow } from '../client/clock.ts';
import { useSelected } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Badge } from '../parts/badge.tsx';
import { Card, Row, Section } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { lettersOf, Monogram } from '../parts/monogram.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';
import { CheckDialog } from './check-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { StateBadge } from './state-badge.tsx';
import type { Verb } from './verb-dialogs.tsx';

interface AccountsSectionProps {
  readonly connection: ConnectionView;
  readonly service: string;
  readonly onVerb: (verb: Verb) => void;
}

export function AccountsSection({ connection, service, onVerb }: AccountsSectionProps) {
  const words = useWords().services.accounts;
  const { accounts, id } = connection;
  const task = useTask();
  const use = (account: AccountView) =>
    task.run(async () => {
      await ask('useAccount', { connection: id, account: account.id });
      announce(words.using(account.label));
    });
  return (
    <Section title={words.title} {...(accounts.length > 1 ? { hint: words.hint } : {})}>
      <Card>
        {accounts.length === 0 ? <Row title={<span className="soft">{words.nobody}</span>} /> : null}
        {accounts.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            connection={connection}
            service={service}
            alone={accounts.length === 1}
            onUse={() => use(account)}
            onVerb={onVerb}
          />
        ))}
      </Card>
      <TaskLine task={task} />
      {accounts.length === 0 ? null : (
        <div className="after-card">
          <Button icon="add" tone="quiet" onPress={() => openSignIn({ connection: id, another: true })}>
            {words.add}
          </Button>
        </div>
      )}
    </Section>
  );
}

interface AccountRowProps {
  readonly account: AccountView;
  readonly connection: ConnectionView;
  readonly service: string;
  readonly alone: boolean;
  readonly onUse: () => void;
  readonly onVerb: (verb: Verb) => void;
}

function AccountRow({ account, connection, service, alone, onUse, onVerb }: AccountRowProps) {
  const words = useWords();
  const [asking, setAsking] = useState<'rename' | 'check'>();
  const nowMs = useNow();
  const { accounts } = words.services;
  const vault = useSelected(({ snapshot }) => snapshot.vault.kind);
  const { organisation, label } = account;
  const named = organisation === undefined || label.includes(organisation) ? label : undefined;
  const troubled = account.state !== 'connected' && account.state !== 'paused';
  return (
    <Row
      picture={<Monogram {...pictureOf(account, connection.accounts)} size={32} />}
      title={named ?? words.services.withAccount(label, organisation ?? '')}
      actions={
        <>
          {troubled && !account.current ? (
            <StateBadge of={{ ...connection, state: account.state, accounts: [{ ...account, current: true }] }} />
          ) : null}
          {account.current && !alone ? (
            <Badge tone="good" icon="check">
              {accounts.inUse}
            </Badge>
          ) : null}
          {account.current ? null : (
            <Button onPress={onUse} label={words.services.actionOf(accounts.use, label)}>
              {accounts.use}
            </Button>
          )}
          <Menu
            label={accounts.menu(label)}
            entries={[
              { id: 'again', label: accounts.signInAgain, icon: 'sign-in' },
              { id: 'check', label: words.waysIn.check.menu, icon: 'shield' },
              { id: 'rename', label: words.waysIn.rename.menu, icon: 'pencil' },
              { id: 'sign-out', label: accounts.signOut(label), icon: 'sign-out', danger: true },
            ]}
            onAction={(action) => {
              if (action === 'again') openSignIn({ connection: connection.id, account: account.id });
              else if (action === 'check' || action === 'rename') setAsking(action);
              else onVerb({ kind: 'sign-out', account: account.id });
            }}
          />
        </>
      }
    >
      <ul className="dots">
        <li>{expiryWords(account, nowMs, words, vault)}</li>
        <li>{words.waysIn.via[account.wayIn]}</li>
        {account.bound ? <li>{words.waysIn.bound}</li> : null}
      </ul>
      {asking === 'rename' ? (
        <RenameDialog connection={connection.id} account={account} onClose={() => setAsking(undefined)} />
      ) : null}
      {asking === 'check' ? (
        <CheckDialog
          connection={connection.id}
          account={account}
          service={service}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </Row>
  );
}

/** Two accounts of one person often have the same letters: then the organisation's. Each has a ground of its own. */
function pictureOf(account: AccountView, accounts: readonly AccountView[]) {
  const { label, organisation } = account;
  const alike = accounts.some(({ id, label: other }) => id !== account.id && lettersOf(other) === lettersOf(label));
  // By age, so that adding one changes none.
  const oldest = accounts.toSorted((a, b) => a.addedAtMs - b.addedAtMs || (a.id < b.id ? -1 : 1));
  return {
    name: alike ? (organisation ?? label) : label,
    ground: { of: oldest[0]?.label ?? label, next: oldest.findIndex(({ id }) => id === account.id) },
  };
}
