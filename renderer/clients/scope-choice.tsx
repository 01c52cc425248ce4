/** Everything by one entry, or an entry for each of some services. */
import { useId } from 'react';
import type { EntryScope } from '../../shared/clients.ts';
import { useSelected } from '../client/state.ts';
import { Choice } from '../parts/choice.tsx';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';

export function ScopeChoice(props: { readonly scope: EntryScope; readonly onChange: (scope: EntryScope) => void }) {
  const { scope, onChange } = props;
  const { sheet } = useWords().clients;
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  const names = useServiceNames();
  const id = useId();
  if (connections.length === 0) return null;
  const chosen = scope.kind === 'each' ? scope.connections : [];
  const all = connections.map(({ name }) => name);
  const toggle = (name: string, on: boolean) => {
    // The order of the list; the last one stays, because an entry for none is no entry.
    const next = all.filter((one) => (one === name ? on : chosen.includes(one)));
    if (next.length > 0) onChange({ kind: 'each', connections: next });
  };
  return (
    <fieldset className="choices">
      <legend>{sheet.scope}</legend>
      <Choice
        group={id}
        label={sheet.all}
        hint={sheet.allHint}
        on={scope.kind === 'all'}
        onChange={() => onChange({ kind: 'all' })}
      />
      <Choice
        group={id}
        label={sheet.each}
        hint={sheet.eachHint}
        on={scope.kind === 'each'}
        onChange={() => onChange({ kind: 'each', connections: all })}
      />
      {scope.kind === 'each' ? (
        <fieldset className="choices inner">
          <legend className="unseen">{sheet.each}</legend>
          {connections.map((connection) => (
            <label key={connection.id} className="choice">
              <input
                type="checkbox"
                className="check"
                checked={chosen.includes(connection.name)}
                onChange={({ target }) => toggle(connection.name, target.checked)}
              />
              <span>{names.get(connection.id) ?? connection.title}</span>
            </label>
          ))}
        </fieldset>
      ) : null}
    </fieldset>
  );
}
