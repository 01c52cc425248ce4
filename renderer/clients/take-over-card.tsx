/** Services that apps use past Conexor, with sign-ins that lie open in files: what was found, and one button. */
import { useCallback, useEffect, useState } from 'react';
import { clientTitles } from '../../shared/client-titles.ts';
import type { WindowResult } from '../../shared/window.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { ask } from '../client/client.ts';
import { useSelected } from '../client/state.ts';
import { announce } from '../parts/announcer.tsx';
import { Card, Section } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { listOf, useWords } from '../words/use-words.ts';
import { lookForClients } from './clients-store.ts';
import { TakeOverDialog } from './take-over-dialog.tsx';
import { TakeOverResult } from './take-over-result.tsx';

export type TakeOvers = WindowResult<'findTakeOvers'>;
export type Taken = { readonly wanted: TakeOvers; readonly result: WindowResult<'takeOver'> };

export function TakeOverCard() {
  const all = useWords();
  const words = all.takeOver;
  const { found, look } = useFound();
  const [asking, setAsking] = useState(false);
  const [taken, setTaken] = useState<Taken>();
  const { entries, tokens } = found;
  const memoryOnly = useSelected(({ snapshot }) => snapshot.vault.kind === 'memory');
  const nothing = entries.length === 0 && tokens.length === 0;
  if (nothing && !taken && !asking) return null;
  const apps = [...new Set(entries.map(({ client }) => clientTitles[client]))];
  return (
    <Section
      title={titleOf(apps, nothing && taken !== undefined, all)}
      {...(nothing ? {} : { hint: memoryOnly ? words.hintMemory : words.hint })}
    >
      {taken ? (
        <TakeOverResult
          taken={taken}
          onDismiss={() => setTaken(undefined)}
          onDeleted={async ({ tokens: deleted }) => {
            const kept = taken.result.tokens.map((one) => deleted.find(({ id }) => id === one.id) ?? one);
            setTaken({ ...taken, result: { ...taken.result, tokens: kept } });
            announce(words.result.deleted);
            await look().catch(() => undefined);
          }}
        />
      ) : null}
      {nothing ? null : (
        <Card padded>
          <ul className="take-overs">
            {entries.map(({ client, path, name, host, fault }) => (
              <li key={`${path} ${name}`}>
                <span className="use-service">{name}</span>{' '}
                <span className="soft">
                  {host} {words.inApp(clientTitles[client])}
                </span>
                {fault ? (
                  <p className="small note notice-words">
                    <Icon name="attention" size={14} />
                    <span>
                      {fault.what} {fault.next}
                    </span>
                  </p>
                ) : null}
              </li>
            ))}
          </ul>
          {tokens.length > 0 ? (
            <p className="note notice-words">
              <Icon name="attention" size={16} />
              <span>{words.files(tokens.length)}</span>
            </p>
          ) : null}
          <div className="buttons">
            <Button onPress={() => setAsking(true)}>{words.button}</Button>
          </div>
        </Card>
      )}
      {asking ? (
        <TakeOverDialog
          found={found}
          onLook={look}
          onClose={() => setAsking(false)}
          onTaken={async (result) => {
            setTaken({ wanted: found, result });
            lookForClients().catch(() => undefined);
            await look().catch(() => undefined);
          }}
        />
      ) : null}
    </Section>
  );
}

function titleOf(apps: readonly string[], isDone: boolean, all: WindowWords): string {
  const { title, titleFiles, titleDone } = all.takeOver;
  if (isDone) return titleDone;
  return apps.length === 0 ? titleFiles : title(listOf(apps, all), apps.length > 1);
}

/** Looked at again whenever one comes back to the window: these files are other programs'. */
function useFound(): { readonly found: TakeOvers; readonly look: () => Promise<void> } {
  const [found, setFound] = useState<TakeOvers>({ entries: [], tokens: [] });
  const look = useCallback(async () => {
    setFound(await ask('findTakeOvers', {}));
  }, []);
  useEffect(() => {
    const lookAgain = () => {
      if (document.visibilityState === 'visible') look().catch(() => undefined);
    };
    lookAgain();
    window.addEventListener('focus', lookAgain);
    return () => window.removeEventListener('focus', lookAgain);
  }, [look]);
  return { found, look };
}
