/** Takes Conexor's entries out of all apps; what stops and what stays is said first, and afterwards what was done. */
import { useState } from 'react';
import { programTitle } from '../../shared/client-titles.ts';
import type { WindowResult } from '../../shared/window.ts';
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { showPage } from '../frame/page-store.ts';
import { announce } from '../parts/announcer.tsx';
import { Fold } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { Consequences } from '../services/verb-dialogs.tsx';
import { listOf, useWords } from '../words/use-words.ts';
import { FileFacts } from './done-step.tsx';

type Removed = WindowResult<'removeAllClients'>['clients'];

export function RemoveAllRow() {
  const all = useWords();
  const { removeAll: words } = all.clients;
  const [asking, setAsking] = useState(false);
  const [removed, setRemoved] = useState<Removed>();
  const keys = useKeys();
  return (
    <div className="setting">
      <div className="line">
        <span>
          {words.row}
          <span className="hint">{words.note}</span>
        </span>
        <Button label={`${words.button} ${words.row}`} onPress={() => setAsking(true)}>
          {words.button}
        </Button>
      </div>
      {removed ? <Outcome removed={removed} keys={keys} /> : null}
      {asking ? (
        <ConfirmDialog
          destructive
          title={words.title}
          verb={words.verb}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const { clients } = await ask('removeAllClients', {});
            setRemoved(clients);
            announce(doneText(clients, all));
          }}
        >
          <Consequences
            stops={words.stops}
            untouched={words.untouched}
            {...(keys === undefined ? {} : { also: keys })}
          />
        </ConfirmDialog>
      ) : null}
    </div>
  );
}

/** Who goes on without an entry, in a sentence; undefined where nobody does. */
function useKeys(): string | undefined {
  const all = useWords();
  const holders = useSelected(({ snapshot }) => snapshot.localClients);
  const titles = holders.map(({ name }) => programTitle(name));
  return titles.length === 0 ? undefined : all.clients.removeAll.keys(listOf(titles, all), titles.length > 1);
}

function doneText(removed: Removed, all: ReturnType<typeof useWords>): string {
  const { removeAll: words } = all.clients;
  const titles = removed.filter(({ changed }) => changed.length > 0).map(({ client }) => client.title);
  return titles.length === 0 ? words.nothing : words.done(listOf(titles, all));
}

function Outcome({ removed, keys }: { readonly removed: Removed; readonly keys: string | undefined }) {
  const all = useWords();
  const { removeAll: words } = all.clients;
  const done = removed.some(({ changed }) => changed.length > 0);
  const failed = removed.flatMap(({ client, failed: files }) => files.map((file) => ({ client, ...file })));
  return (
    <div className="stack after-card">
      {done || failed.length === 0 ? (
        <Notice tone={done ? 'good' : 'calm'} title={doneText(removed, all)}>
          <Fold title={all.clients.sheet.details}>
            {removed.map((one) => (
              <FileFacts key={one.client.id} changed={one} />
            ))}
          </Fold>
        </Notice>
      ) : null}
      {keys === undefined ? null : (
        <Notice
          tone="calm"
          title={keys}
          action={{ label: words.toApps, onPress: () => showPage({ name: 'programs' }) }}
        />
      )}
      {failed.map(({ client, path, fault }) => (
        <Notice key={path} tone="notice" title={words.failed(client.title)}>
          <p>
            {fault.what} {fault.next}
          </p>
        </Notice>
      ))}
    </div>
  );
}
