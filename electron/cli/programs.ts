/** `programs`, `allow`, `deny`: which programs on this computer may use which service. */
import { Fault } from '../../shared/faults.ts';
import type { ClientUse, ConnectionView } from '../../shared/snapshot.ts';
import type { ControlClient } from '../core/control/client.ts';
import type { Context } from './context.ts';
import { columns, exitCodes } from './output.ts';
import { missingAfter } from './usage.ts';
import { asWord, moment } from './words.ts';

const accessWords: Record<ClientUse['access'], string> = {
  allowed: 'Allowed',
  asking: 'Asks',
  refused: 'Not allowed',
};
const doorWords: Record<ClientUse['door'], string> = { stdio: 'as an app', http: 'over HTTP' };

export async function programs({ control, output }: Context): Promise<number> {
  const broker = await control();
  const { connections } = await broker.ask('snapshot', {});
  const all = connections.flatMap(({ name: connection, clients }) => clients.map((one) => ({ connection, ...one })));
  output.data(all);
  if (all.length === 0) output.say('No program has come for a service yet.');
  else {
    const rows = all.map(({ name, connection, access, door, lastUsedAtMs, path, signer }) => [
      name,
      connection,
      accessWords[access],
      doorWords[door],
      lastUsedAtMs === undefined ? '-' : moment(lastUsedAtMs),
      path === undefined ? '-' : `${path}${signedBy(signer)}`,
    ]);
    const titles = ['PROGRAM', 'SERVICE', 'ACCESS', 'COMES', 'LAST USE', 'FROM'];
    for (const line of columns([titles, ...rows])) output.say(line);
  }
  for (const line of connections.flatMap(waitingInWords)) output.say(line);
  return exitCodes.done;
}

/** What a person has to answer, and how. */
export function waitingInWords(connection: ConnectionView): readonly string[] {
  return connection.clients
    .filter(({ access }) => access === 'asking')
    .map((one) => `${askerInWords(one)} asks to use ${connection.name}: ${howToAllow(one.name, connection.name)}`);
}

/** Who it is that asks: as it calls itself, where it comes from, and whose name it comes under. */
function askerInWords({ name, title, path, signer, otherPath }: ClientUse): string {
  if (path === undefined) return name;
  const from = `${path}${signedBy(signer)}`;
  if (title === undefined) return `${name} (${from})`;
  return `${title} now comes from ${from}${otherPath === undefined ? '' : `, not from ${otherPath}`}, and`;
}

function signedBy(signer: string | undefined): string {
  return signer === undefined ? '' : signer === '' ? ', signed by nobody' : `, signed by ${signer}`;
}

export function howToAllow(program: string, connection: string): string {
  return `conexor allow ${asWord(program)} ${connection} (or: conexor deny ${asWord(program)} ${connection})`;
}

export async function allow(context: Context): Promise<number> {
  const { control, parameters, options, output } = context;
  const [word] = parameters;
  if (word === undefined) throw missingAfter('allow');
  const broker = await control();
  const { connections } = await broker.ask('snapshot', {});
  const program = knownAs(connections, word);
  const views: ConnectionView[] = [];
  for (const connection of await chosen(broker, connections, program, parameters[1] ?? options.connection)) {
    views.push(await broker.ask('decideProgram', { connection: connection.id, program, allow: true }));
  }
  output.data(views);
  for (const view of views) output.say(`${program} may use ${view.name} now.`);
  return exitCodes.done;
}

export async function deny(context: Context): Promise<number> {
  const { control, parameters, options, output } = context;
  const [word] = parameters;
  if (word === undefined) throw missingAfter('deny');
  const broker = await control();
  const { connections, localClients } = await broker.ask('snapshot', {});
  const program = knownAs(connections, word);
  const reference = parameters[1] ?? options.connection;
  if (reference !== undefined) {
    const { id } = await broker.ask('findConnection', { connection: reference });
    const view = await broker.ask('decideProgram', { connection: id, program, allow: false });
    output.data(view);
    output.say(`${program} may not use ${view.name}. To change that: conexor allow ${asWord(program)} ${view.name}`);
    return exitCodes.done;
  }
  const isKnown = connections.some(({ clients }) => clients.some(({ name }) => name === program));
  if (!isKnown && !localClients.some(({ name }) => name === program)) {
    throw new Fault('input-invalid', {
      subject: `"${program}"`,
      next: 'See the programs with "conexor programs", or name the service as well: conexor deny <program> <connection>',
    });
  }
  const result = await broker.ask('removeProgram', { program });
  output.data(result);
  output.say(`${program} may not use any service of Conexor.`);
  if (result.keyRemoved) output.say('Its local key has ended.');
  return exitCodes.done;
}

/** A program's name as it is known, where only the case of the letters differs. */
function knownAs(connections: readonly ConnectionView[], word: string): string {
  const names = [...new Set(connections.flatMap(({ clients }) => clients.map(({ name }) => name)))];
  const alike = names.filter((name) => name.toLowerCase() === word.toLowerCase());
  return names.includes(word) || alike.length !== 1 ? word : (alike[0] ?? word);
}

async function chosen(
  broker: ControlClient,
  connections: readonly ConnectionView[],
  program: string,
  reference: string | undefined,
): Promise<readonly ConnectionView[]> {
  if (reference !== undefined) return [await broker.ask('findConnection', { connection: reference })];
  const having = connections.filter(({ clients }) => clients.some(({ name }) => name === program));
  const asked = having.filter(({ clients }) =>
    clients.some(({ name, access }) => name === program && access === 'asking'),
  );
  if (asked.length > 0) return asked;
  return having.length > 0 ? having : [await broker.ask('findConnection', {})];
}
