/** What an assistant is given: the exact command for each service, and all of them as a block for its settings. Under Details only. */
import { useSelected } from '../client/state.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { LocalAddress } from '../services/local-address.tsx';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';

export function ConnectCommands() {
  const { help: words, waysIn } = useWords();
  const connections = useSelected(({ snapshot }) => snapshot.connections);
  const relay = useSelected(({ app }) => app.relayCommand);
  const names = useServiceNames();
  if (connections.length === 0) return <p className="small soft">{words.noService}</p>;
  if (!relay) return <p className="small soft">{words.nodeMissing}</p>;
  const block = settingsBlock(
    connections.map(({ name }) => name),
    relay,
  );
  return (
    <>
      {connections.map(({ id, name, title }) => (
        <div key={id} className="command-block">
          <p className="small">{words.commandFor(names.get(id) ?? title)}</p>
          <div className="copy-line">
            <code className="command">{commandLine(name, relay)}</code>
            <CopyButton label={words.copy} text={commandLine(name, relay)} />
          </div>
        </div>
      ))}
      <div className="command-block">
        <p className="small">{words.settingsBlock}</p>
        <div className="copy-line">
          <pre className="command" data-decoration="">
            {block}
          </pre>
          <CopyButton label={words.copyBlock} text={block} />
        </div>
      </div>
      {connections
        .filter(({ speaks }) => speaks === 'rest')
        .map((one) => (
          <div key={one.id} className="command-block">
            <p className="small">{waysIn.local.text(names.get(one.id) ?? one.title)}</p>
            <LocalAddress connection={one} />
          </div>
        ))}
    </>
  );
}

function commandFor(connection: string, relay: readonly string[]): readonly string[] {
  return [...relay, '--client', 'claude', '--connection', connection];
}

/** A command line, not a text of the catalogue. */
function commandLine(connection: string, relay: readonly string[]): string {
  return commandFor(connection, relay)
    .map((word) => (/[^\w./:\\-]/.test(word) ? `"${word}"` : word))
    .join(' ');
}

/** As Claude's settings file wants it. */
function settingsBlock(connections: readonly string[], relay: readonly string[]): string {
  const mcpServers = Object.fromEntries(
    connections.map((connection) => {
      const [command, ...args] = commandFor(connection, relay);
      return [connection, { command, args }];
    }),
  );
  return JSON.stringify({ mcpServers }, undefined, 2);
}
