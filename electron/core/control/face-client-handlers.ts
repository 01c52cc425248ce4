/**
 * The window's questions about other programs' settings: the command line's own, passed on; and a file of theirs shown
 * in its folder, where the window may name only what it was told of.
 */
import type { z } from 'zod';
import { type ClientId, clientMethods, takeOverMethods } from '../../../shared/clients.ts';
import { Fault } from '../../../shared/faults.ts';
import type { FaceNeeds } from './create-face.ts';

const passedOn = { ...clientMethods, ...takeOverMethods };
type Table = typeof passedOn;
export type ClientHandlers = {
  readonly [M in keyof Table]: (
    argument: z.output<Table[M]['argument']>,
  ) => Promise<z.output<Table[M]['result']>> | z.output<Table[M]['result']>;
};

export type ClientFaceHandlers = ClientHandlers & {
  readonly showClientFile: (argument: { client: ClientId; path: string }) => Promise<{ shown: boolean }>;
};

export function clientFaceHandlers({ handlers, host }: FaceNeeds): ClientFaceHandlers {
  const given: Partial<ClientHandlers> = handlers as object;
  const pass = <M extends keyof Table>(method: M) =>
    ((argument: never) => {
      const handler = given[method] as ((argument: never) => unknown) | undefined;
      if (!handler) throw new Fault('internal', { reason: `${method}: not on this host` });
      return handler(argument);
    }) as ClientHandlers[M];
  const clients = pass('clients');
  const openClient = pass('openClient');
  return {
    clients,
    planClient: pass('planClient'),
    addClient: pass('addClient'),
    removeClient: pass('removeClient'),
    removeAllClients: pass('removeAllClients'),
    undoClient: pass('undoClient'),
    verifyClient: pass('verifyClient'),
    setClientRestores: pass('setClientRestores'),
    openClient,
    findTakeOvers: pass('findTakeOvers'),
    takeOver: pass('takeOver'),
    async showClientFile({ client, path }) {
      const found = (await clients({})).clients.find(({ id }) => id === client);
      const own = found?.files.some((file) => file.path === path || file.backups.includes(path)) ?? false;
      if (!own && !(await isBundle(path))) throw new Fault('input-invalid', { reason: 'not a file of that program' });
      await host.showFile?.(path);
      return { shown: host.showFile !== undefined };

      async function isBundle(wanted: string): Promise<boolean> {
        if (!found?.ways.includes('bundle')) return false;
        const made = await openClient({ client, way: 'bundle', open: false });
        return made.way === 'bundle' && made.path === wanted;
      }
    },
  };
}
