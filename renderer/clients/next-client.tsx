/** From a service that is signed in to the app that is to use it: one button, until one app works. */
import type { ClientView } from '../../shared/clients.ts';
import { showPage } from '../frame/page-store.ts';
import { Section } from '../parts/blocks.tsx';
import { Button } from '../parts/button.tsx';
import { Monogram } from '../parts/monogram.tsx';
import { useWords } from '../words/use-words.ts';
import { mainLabel, mainOf, suggestedClient, verdictWords } from './client-actions.ts';
import { useClients } from './clients-store.ts';
import { openClientSheet } from './sheet-store.ts';

/** The app that is suggested next; undefined where there is none, or where one works already. */
export function useNextClient(): ClientView | undefined {
  const clients = useClients();
  return clients && suggestedClient(clients);
}

/** The one main button; pressed again it goes on where it was left. */
export function NextClientButton(props: {
  readonly client: ClientView;
  readonly before?: () => void;
  readonly autoFocus?: boolean;
}) {
  const { client, before } = props;
  const words = useWords();
  const main = mainOf(client);
  return (
    <Button
      tone="primary"
      autoFocus={props.autoFocus ?? false}
      onPress={() => {
        before?.();
        openClientSheet({ client: client.id, action: main });
      }}
    >
      {main === 'add' ? words.clients.next.button(client.title) : mainLabel(client, words)}
    </Button>
  );
}

/** On a service's page, while no app uses it. */
export function NextClient() {
  const client = useNextClient();
  const words = useWords();
  const { next } = words.clients;
  if (!client) return null;
  return (
    <Section title={next.title}>
      <div className="next-client">
        <Monogram name={client.title} size={36} />
        <p>{mainOf(client) === 'add' ? next.add(client.title) : verdictWords(client, words).title}</p>
        <div className="buttons">
          <NextClientButton client={client} />
          <Button tone="quiet" onPress={() => showPage({ name: 'programs' })}>
            {next.others}
          </Button>
        </div>
      </div>
    </Section>
  );
}
