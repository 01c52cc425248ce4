/** The last step of the first run: who is signed in, and what to do now. */
import type { ConnectionView } from '../../shared/snapshot.ts';
import { useSelected } from '../client/state.ts';
import { suggestedClient } from '../clients/client-actions.ts';
import { useClients } from '../clients/clients-store.ts';
import { NextClientButton } from '../clients/next-client.tsx';
import { showPage } from '../frame/page-store.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { useServiceNames } from '../services/names.ts';
import { useWords } from '../words/use-words.ts';

/** Somebody is signed in there, or need not be. */
export function isReadyToUse(connection: ConnectionView): boolean {
  return connection.access === 'none' || connection.accounts.length > 0;
}

export function FirstRunReady({ connection }: { readonly connection: ConnectionView | undefined }) {
  const { ready } = useWords().firstRun;
  const names = useServiceNames();
  const newPrograms = useSelected(({ app }) => app.newPrograms);
  const clients = useClients();
  const client = clients && suggestedClient(clients);
  const connected = clients?.find(({ state }) => state === 'connected');
  if (!connection) return null;
  const name = names.get(connection.id) ?? connection.title;
  const account = connection.accounts.find(({ current }) => current) ?? connection.accounts[0];
  return (
    <>
      <h1 id="page-title" tabIndex={-1}>
        {ready.title}
      </h1>
      <p className="first-done">
        <Icon name="check" />
        <span>{account ? ready.signedIn(name, account.label) : ready.open(name)}</span>
      </p>
      {connected ? (
        <p className="first-done">
          <Icon name="check" />
          <span>{ready.connected(connected.title)}</span>
        </p>
      ) : null}
      <h2>{ready.next}</h2>
      <ol className="steps">
        {connected ? <li>{ready.askIt}</li> : null}
        {connected ? null : (
          <li>
            {client ? ready.add(client.title) : ready.connect}
            <div className="buttons">
              {client ? <NextClientButton client={client} /> : null}
              <Button
                icon="apps"
                onPress={() => showPage(client ? { name: 'programs' } : { name: 'help', topic: 'connect' })}
              >
                {client ? ready.otherApp : ready.connectHow}
              </Button>
            </div>
          </li>
        )}
        {connected ? null : <li>{ready.askIt}</li>}
        <li>{ready.firstTime[newPrograms]}</li>
      </ol>
    </>
  );
}
