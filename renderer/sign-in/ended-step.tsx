/** How a sign-in ended: who and what it may do, and what to do now; a denial is calm (rule 5). */
import { isUnnamed } from '../../shared/account-labels.ts';
import { programTitle } from '../../shared/client-titles.ts';
import type { Page } from '../../shared/pages.ts';
import type { ClientUse, ConnectionView } from '../../shared/snapshot.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { ask } from '../client/client.ts';
import { useConnection } from '../client/state.ts';
import { NextClientButton, useNextClient } from '../clients/next-client.tsx';
import { addressOf, pageNow, showPage } from '../frame/page-store.ts';
import { announce } from '../parts/announcer.tsx';
import { Button } from '../parts/button.tsx';
import { FaultNotice, Notice } from '../parts/notice.tsx';
import { Permissions } from '../parts/permissions.tsx';
import { useTask } from '../parts/use-task.ts';
import { useWords } from '../words/use-words.ts';
import { type SignInOutcome, timedOutText } from './outcomes.ts';
import type { StepProps } from './sign-in-steps.ts';
import { hideSheet, trySignInAgain } from './sign-in-store.ts';

type EndedProps = StepProps & { readonly outcome: SignInOutcome; readonly byCode?: boolean };

export function endedTitle(outcome: SignInOutcome, service: string, words: WindowWords): string {
  const { signIn } = words;
  switch (outcome.kind) {
    case 'done':
      return isAdded(outcome) ? signIn.done.titleAdded : signIn.done.title(service);
    case 'open':
      return signIn.open.title(service);
    case 'denied':
      return signIn.denied.title;
    case 'cancelled':
      return signIn.cancelled.title;
    case 'timed-out':
      return signIn.timedOut.title;
    case 'failed':
      return outcome.what;
  }
}

/** A new account beside another one that stays in use. */
function isAdded({ known, accountId, connection }: Extract<SignInOutcome, { kind: 'done' }>): boolean {
  return !known && connection.accounts.some(({ current, id }) => current && id !== accountId);
}

/** What it means, in a sentence; of a sign-in that worked, who is signed in. */
export function endedText(outcome: SignInOutcome, words: WindowWords, byCode: boolean): string {
  const { signIn } = words;
  switch (outcome.kind) {
    case 'done':
      return signIn.done.as(outcome.account);
    case 'open':
      return signIn.open.text;
    case 'denied':
      return signIn.denied.text;
    case 'cancelled':
      return signIn.cancelled.text;
    case 'timed-out':
      return timedOutText(byCode, words);
    case 'failed':
      return outcome.next;
  }
}

export function EndedStep({ outcome, service, sheet, byCode = false }: EndedProps) {
  const words = useWords();
  if (outcome.kind !== 'done') return <p>{endedText(outcome, words, byCode)}</p>;
  return <DoneStep outcome={outcome} service={service} connection={sheet.wanted.connection} />;
}

interface DoneProps {
  readonly outcome: Extract<SignInOutcome, { kind: 'done' }>;
  readonly service: string;
  readonly connection: string;
}

function DoneStep({ outcome, service, connection }: DoneProps) {
  const { signIn, services, waysIn } = useWords();
  // The newest view: another account may have been chosen since.
  const view = useConnection(connection) ?? outcome.connection;
  const account = view.accounts.find(({ id }) => id === outcome.accountId);
  const current = view.accounts.find((one) => one.current);
  const lastApp = readyApps(view).sort((a, b) => (b.lastUsedAtMs ?? 0) - (a.lastUsedAtMs ?? 0))[0];
  const task = useTask();
  const use = () =>
    task.run(async () => {
      await ask('useAccount', { connection, account: outcome.accountId });
      announce(services.accounts.using(outcome.account));
    });
  // Who uses a web API may be a script, which one does not ask things.
  const ready = !lastApp
    ? signIn.done.nextApp(service)
    : (view.speaks === 'rest' ? waysIn.nextRestReady : signIn.done.nextAsk)(service, programTitle(lastApp.name));
  const beside = current !== undefined && current.id !== outcome.accountId;
  return (
    <>
      <p>
        {beside && !outcome.known
          ? signIn.done.added(outcome.account, current.label)
          : outcome.known
            ? signIn.done.renewed(outcome.account)
            : signIn.done.as(outcome.account)}
      </p>
      {beside ? (
        <div>
          <Button icon="swap" busy={task.running} onPress={use}>
            {signIn.done.use(outcome.account)}
          </Button>
        </div>
      ) : null}
      {task.fault ? <FaultNotice fault={task.fault} /> : null}
      <Permissions
        scopes={account?.grantedScopes ?? []}
        label={signIn.done.may}
        others={services.permissions.others}
        headed
      />
      {outcome.stop ? (
        <Notice tone="notice" title={outcome.stop.what}>
          <p>{outcome.stop.next}</p>
        </Notice>
      ) : (
        <>
          <h3>{signIn.done.next}</h3>
          <p>
            {ready}
            {view.speaks === 'rest' ? ` ${waysIn.nextRest(service)}` : null}
          </p>
        </>
      )}
      {account && isUnnamed(account) ? <p className="soft">{waysIn.rename.unnamed(service)}</p> : null}
    </>
  );
}

/** Those that have been here. A key for this computer may have been made long before a program comes with it. */
function readyApps({ clients }: ConnectionView): ClientUse[] {
  return clients.filter(
    ({ access, door, lastUsedAtMs }) => access === 'allowed' && (door === 'stdio' || lastUsedAtMs !== undefined),
  );
}

export function EndedActions(props: EndedProps & { readonly onClose: () => void }) {
  const words = useWords();
  const connection = useConnection(props.sheet.wanted.connection);
  const client = useNextClient();
  if (props.outcome.kind === 'done' || props.outcome.kind === 'open') {
    const hasApp = connection !== undefined && readyApps(connection).length > 0;
    const works = props.outcome.kind === 'open' || props.outcome.stop === undefined;
    if (!hasApp && works && client) {
      return (
        <>
          <Button onPress={props.onClose}>{words.window.done}</Button>
          <NextClientButton client={client} before={hideSheet} autoFocus />
        </>
      );
    }
    return (
      <>
        {hasApp ? null : <NextButton connection={connection} />}
        <Button tone="primary" autoFocus onPress={props.onClose}>
          {words.window.done}
        </Button>
      </>
    );
  }
  return (
    <Button tone="primary" autoFocus onPress={trySignInAgain}>
      {words.window.tryAgain}
    </Button>
  );
}

/** Where one goes from here: to the service's own address, or to how an assistant is connected. */
function NextButton({ connection }: { readonly connection: ConnectionView | undefined }) {
  const words = useWords();
  const rest = connection?.speaks === 'rest';
  const page: Page = rest ? { name: 'service', connection: connection.id } : { name: 'help', topic: 'connect' };
  const isThere = rest && addressOf(page) === addressOf(pageNow());
  if (isThere) return null;
  return (
    <Button
      tone="quiet"
      onPress={() => {
        hideSheet();
        showPage(page);
      }}
    >
      {rest ? words.waysIn.showAddress : words.signIn.done.connectApp}
    </Button>
  );
}
