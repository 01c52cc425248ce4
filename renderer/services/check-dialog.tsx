/** Whether an account's access is still good, by the service's own word or by using it; never more than was learnt. */
import { useEffect, useState } from 'react';
import type { AccountView } from '../../shared/snapshot.ts';
import type { WindowResult } from '../../shared/window.ts';
import { weekdayAndHour } from '../../shared/words/times.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { ask } from '../client/client.ts';
import { announce } from '../parts/announcer.tsx';
import { Facts, Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { TaskLine } from '../parts/task-line.tsx';
import { useTask } from '../parts/use-task.ts';
import { openSignIn } from '../sign-in/sign-in-store.ts';
import { useWords } from '../words/use-words.ts';

type Validation = WindowResult<'validate'>;

interface CheckProps {
  readonly connection: string;
  readonly account: AccountView;
  readonly service: string;
  readonly onClose: () => void;
}

export function CheckDialog({ connection, account, service, onClose }: CheckProps) {
  const words = useWords();
  const { check } = words.waysIn;
  const task = useTask();
  const [found, setFound] = useState<Validation>();
  const look = () =>
    task.run(async (signal) => {
      const answer = await ask('validate', { connection, account: account.id });
      if (signal.aborted) return;
      setFound(answer);
      announce(verdictOf(answer, service, words));
    });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(look, []);
  const isBad = found !== undefined && (found.active === 'no' || found.signature === 'invalid');
  return (
    <Dialog
      title={check.title(account.label)}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus={!isBad} onPress={onClose}>
            {words.window.close}
          </Button>
          {task.fault ? (
            <Button tone="primary" onPress={look}>
              {words.window.tryAgain}
            </Button>
          ) : null}
          {isBad ? (
            <Button
              tone="primary"
              onPress={() => {
                onClose();
                openSignIn({ connection, account: account.id });
              }}
            >
              {words.services.accounts.signInAgain}
            </Button>
          ) : null}
        </>
      }
    >
      <TaskLine task={task} words={check.asking(service)} />
      {found ? <Verdict found={found} service={service} /> : null}
    </Dialog>
  );
}

function Verdict({ found, service }: { readonly found: Validation; readonly service: string }) {
  const words = useWords();
  const { check } = words.waysIn;
  const good = found.active === 'yes' && found.signature !== 'invalid';
  return (
    <>
      <p className={good ? 'verdict tone-good' : 'verdict tone-notice'}>
        <Icon name={good ? 'check' : found.active === 'unknown' ? 'help' : 'attention'} />
        <span>{verdictOf(found, service, words)}</span>
      </p>
      {found.signature === 'valid' ? <p className="small">{check.signed}</p> : null}
      {found.expiresAtMs === undefined || !good ? null : (
        <p className="small">{check.until(weekdayAndHour(found.expiresAtMs, words.locale))}</p>
      )}
      {found.scopes.length > 0 ? (
        <Fold title={words.window.details}>
          <Facts facts={[[check.scopes, <code key="scopes">{found.scopes.join(' ')}</code>]]} />
        </Fold>
      ) : null}
    </>
  );
}

function verdictOf({ active, checkedBy, signature }: Validation, service: string, { waysIn }: WindowWords): string {
  if (signature === 'invalid') return waysIn.check.forged;
  return active === 'unknown' ? waysIn.check.unknown(service) : waysIn.check[active][checkedBy](service);
}
