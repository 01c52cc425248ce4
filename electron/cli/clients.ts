/** `conexor clients`: Conexor's own entry in the settings of assistants: looked at, added, removed, verified, taken back. */
import { type ChangedClient, type ClientView, clientMethods } from '../../shared/clients.ts';
import { Fault } from '../../shared/faults.ts';
import type { ControlClient } from '../core/control/client.ts';
import { changeClient, isAgreed } from './client-change.ts';
import { doneInWords, listed, verdictOf } from './client-words.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { missingAfter, unknownWord } from './usage.ts';
import { clientNamed } from './which-client.ts';

export async function clients(context: Context): Promise<number> {
  const { parameters, options, output } = context;
  const [action = 'list', word, extra] = parameters;
  if (!isAction(action)) throw unknownWord('clients', action);
  if (extra !== undefined && !options.each) throw unknownWord('clients', extra, action, word ?? '');
  switch (action) {
    case 'list': {
      const { clients: all } = await (await context.control()).ask('clients', {});
      output.data(all);
      for (const line of listed(all)) output.say(line);
      return exitCodes.done;
    }
    case 'verify':
      return verify(context, await context.control(), word);
    case 'remove':
      if (options.all) return removeAll(context);
  }
  if (word === undefined) throw missingAfter('clients', action);
  const client = clientNamed(word);
  return changeClient(context, await context.control(), action, client);
}

const actions = ['list', 'add', 'remove', 'verify', 'undo'] as const;

function isAction(word: string): word is (typeof actions)[number] {
  return (actions as readonly string[]).includes(word);
}

/** Done only where all that were asked about are connected. */
async function verify({ options, output }: Context, broker: ControlClient, word: string | undefined): Promise<number> {
  const isOurs = ({ state }: ClientView) => state !== 'not-found' && state !== 'not-added';
  const views =
    word === undefined || options.all
      ? (await broker.ask('clients', {})).clients.filter(isOurs)
      : [await broker.ask('verifyClient', { client: clientNamed(word) })];
  output.data(views);
  for (const view of views) for (const line of verdictOf(view)) output.say(line);
  if (views.length === 0) output.say('Conexor has not been added to any program yet. Add it: npx conexor clients add');
  return views.every(({ state }) => state === 'connected') ? exitCodes.done : exitCodes.failed;
}

/** Also where no Conexor runs and none can: whoever uninstalls it has nothing else to ask. */
async function removeAll(context: Context): Promise<number> {
  const { output, options, broker: place } = context;
  if (options['dry-run']) return dryRemoveAll(context);
  if (!(await isAgreed(context))) return exitCodes.cancelled;
  const broker = await running(context);
  const done: readonly ChangedClient[] = broker
    ? (await broker.ask('removeAllClients', {})).clients
    : // Loaded where it is needed: the other commands are faster without it.
      await (await import('../remove-clients.ts')).removeAllHere(place, context.env);
  output.data({ clients: clientMethods.removeAllClients.result.shape.clients.parse(done) });
  for (const one of done) for (const line of doneInWords(one, { withTitle: true })) output.say(line);
  if (done.length === 0) output.say('Nothing of Conexor is in any program.');
  return done.some(({ failed }) => failed.length > 0) ? exitCodes.failed : exitCodes.done;
}

async function dryRemoveAll({ output, control }: Context): Promise<number> {
  const { clients: all } = await (await control()).ask('clients', {});
  const ours = all.flatMap(({ title, files }) =>
    files.flatMap(({ path, entries }) => entries.map(({ name }) => ({ title, path, name }))),
  );
  output.data(ours);
  for (const { title, path, name } of ours) output.say(`${title}: the entry "${name}" in ${path}`);
  if (ours.length === 0) output.say('Nothing of Conexor is in any program.');
  return exitCodes.done;
}

async function running(context: Context): Promise<ControlClient | undefined> {
  try {
    return await context.control(false);
  } catch (thrown) {
    if (thrown instanceof Fault && (thrown.code === 'broker-absent' || thrown.code === 'broker-unreachable')) {
      return undefined;
    }
    throw thrown;
  }
}
