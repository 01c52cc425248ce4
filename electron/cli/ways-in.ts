/** `services`, and which way in a sign-in takes: the one that was named, else that of the account, else the suggested one. */
import { Fault } from '../../shared/faults.ts';
import { serviceNamed } from '../../shared/service-names.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { type ServiceView, type WayInId, type WayInOfferView, wayInSchema, waysIn } from '../../shared/ways-in.ts';
import { wordsOf } from '../../shared/words/words.ts';
import type { ControlClient } from '../core/control/client.ts';
import type { Context } from './context.ts';
import type { Options } from './options.ts';
import { columns, exitCodes } from './output.ts';

const words = wordsOf('en').waysIn;

export async function services({ control, output }: Context): Promise<number> {
  const broker = await control();
  const { services: all } = await broker.ask('services', {});
  output.data(all);
  const rows = all.map(({ id, title, waysIn, ...service }) => [
    id,
    title,
    addressIn(service),
    waysIn.map((offer) => (offer.legacy ? `${offer.id} (old)` : offer.id)).join(', '),
  ]);
  for (const line of columns([['SERVICE', 'NAME', 'ADDRESS', 'WAYS IN'], ...rows])) output.say(line);
  output.say();
  output.say('Connect one with: npx conexor connect <service or address> [--service <service>] [--way <way in>]');
  for (const id of new Set(all.flatMap(({ waysIn }) => waysIn.map((offer) => offer.id)))) {
    output.say(`  ${id}: ${words.way[id].name}`);
  }
  return exitCodes.done;
}

function addressIn({ target, resource }: Pick<ServiceView, 'target' | 'resource'>): string {
  if (target === 'fixed') return resource ?? '-';
  return target === 'short-name' ? 'organisation/server' : 'its address';
}

/** Throws `input-invalid` with the ways in that there are. */
export function chosenWayIn(connection: ConnectionView, options: Options): WayInOfferView {
  const current = options.another ? undefined : connection.accounts.find((account) => account.current);
  const wanted = options.way ?? current?.wayIn ?? connection.wayIn;
  const offer = connection.waysIn.find(({ id }) => id === wanted);
  if (offer) return offer;
  const all = connection.waysIn.map(({ id }) => id).join(', ');
  throw new Fault('input-invalid', {
    subject: wanted,
    thing: 'way-in',
    next: `Ways into ${connection.title}: ${all}. Name one of them with --way.`,
  });
}

/** A way in for services that are not known yet. Throws `input-invalid` with all that there are. */
export function anyWayIn({ way }: Options): WayInId | undefined {
  if (way === undefined) return undefined;
  const known = wayInSchema.safeParse(way);
  if (known.success) return known.data;
  throw new Fault('input-invalid', {
    subject: 'The value of --way',
    next: `It is one of these: ${waysIn.join(', ')}.`,
  });
}

/**
 * A service that needs an address and was given by its name alone; a practice service is started and has one then.
 * Returns the id of the service that was named, else what was given. Throws `input-invalid`.
 */
export async function requireAddress(control: ControlClient, wanted: string): Promise<string> {
  const { services: all } = await control.ask('services', {});
  const service = serviceNamed(all, wanted);
  if (!service) return wanted;
  if (service.practice || service.target === 'fixed') return service.id;
  const form = service.target === 'short-name' ? '<organisation>/<server>' : '<address>';
  throw new Fault('input-invalid', {
    subject: `"${wanted}" without an address`,
    next: `Write it like this: npx conexor connect ${form} --service ${service.id}`,
  });
}
