/** Other programs' settings for our own faces: built over the broker, and what each control method does with them. */
import type { clientMethods } from '../../../shared/clients.ts';
import type { Language } from '../../../shared/settings.ts';
import type { Broker } from '../broker/create-broker.ts';
import { type Clients, type ClientsNeeds, createClients } from '../clients/clients.ts';
import type { ControlHandlers } from './door.ts';

export interface BrokerClientsNeeds extends Omit<ClientsNeeds, 'broker'> {
  readonly broker: Pick<Broker, 'snapshot' | 'findConnection' | 'decideProgram' | 'localClients'>;
  /** The address on the HTTP face that serves every connection. */
  readonly allUrl: () => string;
}

export function brokerClients({ broker, allUrl, ...needs }: BrokerClientsNeeds): Clients {
  return createClients({
    ...needs,
    broker: {
      snapshot: () => broker.snapshot(),
      nameOf: (reference) => broker.findConnection(reference).name,
      async allow(connectionId, program) {
        await broker.decideProgram(connectionId, program, true, 'stdio');
      },
      async keyFor(name) {
        const key = await broker.localClients.keyFor(name);
        for (const { id, clients } of broker.snapshot().connections) {
          // As for a key of one service: whoever hands it over means it to be used; a refusal stays what it is.
          const isAnswered = clients.some(
            (one) =>
              one.name === name && (one.access === 'refused' || (one.door === 'http' && one.access === 'allowed')),
          );
          if (!isAnswered) await broker.decideProgram(id, name, true, 'http');
        }
        return { url: allUrl(), key: key.open() };
      },
    },
  });
}

/** `language` of the words about single files; for the command line without. */
export function clientHandlers(
  clients: Clients,
  language: () => Language | undefined = () => undefined,
): Pick<ControlHandlers, keyof typeof clientMethods> {
  return {
    clients: async () => ({ clients: [...(await clients.list(language()))] }),
    planClient: async ({ client, action, scope }) => {
      const { changes, closeFirst } = await clients.plan(client, action, scope, language());
      return { changes: [...changes], closeFirst };
    },
    addClient: ({ client, scope, seen }) => clients.add(client, { scope, seen, language: language() }),
    removeClient: ({ client, seen }) => clients.remove(client, { seen, language: language() }),
    removeAllClients: async () => ({ clients: [...(await clients.removeAll(language()))] }),
    undoClient: ({ client, seen }) => clients.undo(client, { seen, language: language() }),
    verifyClient: ({ client }) => clients.view(client, language()),
    setClientRestores: ({ client, on }) => clients.setRestores(client, on, language()),
    openClient: ({ client, way, scope, open }) => clients.open(client, way, { scope, open }),
  };
}
