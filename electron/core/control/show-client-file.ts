/**
 * A file of another program shown in its folder: the window may name only what it was told of, so that a page gone wild
 * opens nothing else.
 */
import type { ClientId } from '../../../shared/clients.ts';
import { Fault } from '../../../shared/faults.ts';
import type { ControlHandlers } from './door.ts';
import type { FaceHost } from './face.ts';

type Needs = {
  readonly handlers: Pick<ControlHandlers, 'clients' | 'openClient'>;
  readonly host: Pick<FaceHost, 'showFile'>;
};

/** Rejects with `input-invalid` where it is neither a file of that program nor the bundle made for it. */
export async function showClientFile(
  { handlers, host }: Needs,
  { client, path }: { readonly client: ClientId; readonly path: string },
): Promise<{ shown: boolean }> {
  const { clients } = await handlers.clients({});
  const found = clients.find(({ id }) => id === client);
  const isOwn = found?.files.some((file) => file.path === path || file.backups.includes(path)) ?? false;
  if (!isOwn && !(found?.ways.includes('bundle') && (await isBundle(handlers, client, path)))) {
    throw new Fault('input-invalid', { reason: 'not a file of that program' });
  }
  await host.showFile?.(path);
  return { shown: host.showFile !== undefined };
}

async function isBundle(handlers: Needs['handlers'], client: ClientId, path: string): Promise<boolean> {
  const made = await handlers.openClient({ client, way: 'bundle', open: false });
  return made.way === 'bundle' && made.path === path;
}
