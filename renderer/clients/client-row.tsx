/** One app: its state as a word and a shape, one sentence where something is to be done, and its one main action. */
import type { ClientView } from '../../shared/clients.ts';
import { ago } from '../../shared/words/times.ts';
import { useNow } from '../client/clock.ts';
import { Badge } from '../parts/badge.tsx';
import { Row } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Menu, type MenuEntry } from '../parts/menu.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { useWords } from '../words/use-words.ts';
import { canUndo, hasEntry, lookOf, mainLabel, mainOf, suggestedWay, verdictWords } from './client-actions.ts';
import { openClientSheet } from './sheet-store.ts';

/** `leads`: it is what the page suggests. */
export function ClientRow({ client, leads }: { readonly client: ClientView; readonly leads: boolean }) {
  const words = useWords();
  const { action, more } = words.clients;
  const main = mainOf(client);
  const label = mainLabel(client, words);
  const [tone, icon] = lookOf(client);
  const entries: MenuEntry[] = [
    ...(main === 'add' && client.ways.includes('bundle') && client.ways[0] !== 'bundle'
      ? [{ id: 'extension', label: action.extension, icon: 'apps' as const }]
      : []),
    ...(canUndo(client) ? [{ id: 'undo', label: action.undo, icon: 'retry' as const }] : []),
    ...(main !== 'remove' && hasEntry(client)
      ? [{ id: 'remove', label: action.remove(client.title), icon: 'remove' as const, danger: true }]
      : []),
  ];
  const open = (id: string) => {
    if (id === 'extension') openClientSheet({ client: client.id, action: 'add', way: 'bundle' });
    else openClientSheet({ client: client.id, action: id === 'undo' ? 'undo' : 'remove' });
  };
  return (
    <Row
      picture={<Monogram name={client.title} size={32} />}
      title={
        <span className="client-title">
          <h3>{client.title}</h3>
          <Badge tone={tone} icon={icon}>
            {words.clients.state[client.state]}
          </Badge>
        </span>
      }
      actions={
        <>
          <Button
            tone={leads ? 'primary' : main === 'remove' ? 'quiet' : 'plain'}
            label={label.includes(client.title) ? label : action.actionOf(label, client.title)}
            onPress={() => openClientSheet({ client: client.id, action: main })}
          >
            {label}
          </Button>
          {entries.length > 0 ? <Menu label={more(client.title)} entries={entries} onAction={open} /> : null}
        </>
      }
    >
      <Line client={client} />
    </Row>
  );
}

/** Of one that works, when it last did; of one that was added, what is to be done. */
function Line({ client }: { readonly client: ClientView }) {
  const words = useWords();
  const nowMs = useNow();
  if (client.state === 'connected') {
    if (client.startedAtMs === undefined) return null;
    return <p>{words.clients.lastStarted(ago(client.startedAtMs, nowMs, words.locale))}</p>;
  }
  if (client.state === 'added' && suggestedWay(client) === 'copy') return <p>{words.clients.verdict.key.line}</p>;
  if (client.state === 'added') return <p>{verdictWords(client, words).title}</p>;
  const fault = client.files.find((file) => file.fault)?.fault;
  if (client.state === 'unusable' && fault) return <p>{fault.what}</p>;
  return null;
}
