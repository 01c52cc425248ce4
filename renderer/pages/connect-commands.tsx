/** The exact command an assistant is given, one for each service. Under Details only. */
import { useSelected } from '../client/state.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';

export function ConnectCommands() {
  const words = useWords().help;
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  const relay = useSelected(({ app }) => app.relayCommand);
  const names = useServiceNames();
  if (connections.length === 0) return <p className="small soft">{words.noService}</p>;
  return connections.map(({ id, name, title }) => (
    <div key={id} className="command-block">
      <p className="small">{words.commandFor(names.get(id) ?? title)}</p>
      <div className="copy-line">
        <code className="command">{commandFor(name, relay)}</code>
        <CopyButton label={words.copy} text={commandFor(name, relay)} />
      </div>
    </div>
  ));
}

/** A command line, not a text of the catalogue. */
function commandFor(connection: string, relay: readonly string[] | undefined): string {
  const words = relay
    ? [...relay, '--client', 'claude', '--connection', connection]
    : ['conexor', 'bridge', connection];
  return words.map((word) => (/[^\w./:\\-]/.test(word) ? `"${word}"` : word)).join(' ');
}
