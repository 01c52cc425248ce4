/** `clients add`, `remove` and `undo`: the exact change is shown, then asked about, then made. */
import { clientTitles } from '../../shared/client-titles.ts';
import {
  type ChangedClient,
  type ClientAction,
  type ClientId,
  type ClientWay,
  clientWaySchema,
  type EntryScope,
  type OpenedWay,
} from '../../shared/clients.ts';
import { Fault } from '../../shared/faults.ts';
import type { ControlClient } from '../core/control/client.ts';
import { changeInWords, doneInWords, verdictOf } from './client-words.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { ask, canAsk } from './prompt.ts';

export async function changeClient(context: Context, broker: ControlClient, action: ClientAction, client: ClientId) {
  const { options, output } = context;
  const scope = action === 'add' ? scopeOf(context) : undefined;
  const way = action === 'add' ? await wayOf(broker, client, options.way) : 'file';
  if (way !== 'file') return openClient(context, broker, client, way, scope);
  const wish = { client, ...(scope ? { scope } : {}) };
  const { changes, closeFirst } = await broker.ask('planClient', { ...wish, action });
  const writes = changes.filter(({ what }) => what !== 'nothing');
  /** What is wrong with files, which is told once. */
  const said = changes.flatMap(({ fault }) => (fault ? [fault.what] : []));
  for (const line of changes.flatMap(changeInWords)) output.say(line);
  if (action === 'add' && writes.length > 0) output.say(leaveInWords(clientTitles[client], scope));
  if (options['dry-run']) {
    output.data({ changes, closeFirst });
    if (said.length === 0 && writes.length === 0) output.say('Nothing would be changed.');
    if (writes.length > 0 && closeFirst)
      output.say(`${clientTitles[client]} has to be closed for that: it is open now.`);
    return said.length === 0 ? exitCodes.done : exitCodes.failed;
  }
  if (writes.length > 0 && closeFirst) throw new Fault('program-running', { subject: clientTitles[client] });
  if (writes.length > 0 && !(await isAgreed(context))) return exitCodes.cancelled;
  const seen = writes.map((change) => change.seen);
  const done = await make(broker, action, { ...wish, ...(seen.length > 0 ? { seen } : {}) });
  output.data(done);
  for (const line of doneInWords(done, { said })) output.say(line);
  if (action === 'add' && done.failed.length === 0) for (const line of verdictOf(done.client)) output.say(line);
  if (action !== 'undo' && done.changed.length > 0) output.say(`To take it back: npx conexor clients undo ${client}`);
  return done.failed.length > 0 ? exitCodes.failed : exitCodes.done;
}

function make(
  broker: ControlClient,
  action: ClientAction,
  wish: { client: ClientId; scope?: EntryScope; seen?: string[] },
): Promise<ChangedClient> {
  if (action === 'add') return broker.ask('addClient', wish);
  const { client, seen } = wish;
  const about = { client, ...(seen ? { seen } : {}) };
  return action === 'remove' ? broker.ask('removeClient', about) : broker.ask('undoClient', about);
}

function scopeOf({ options, parameters }: Context): EntryScope | undefined {
  const named = [...(options.each ?? []).flatMap((one) => one.split(',')), ...parameters.slice(2)].filter(Boolean);
  return options.each ? { kind: 'each', connections: named } : undefined;
}

/** The one that was named, else the first that is there. Throws `input-invalid` with those that there are. */
async function wayOf(broker: ControlClient, client: ClientId, wanted: string | undefined): Promise<ClientWay> {
  const { ways } = await broker.ask('verifyClient', { client });
  if (wanted === undefined) return ways[0] ?? 'file';
  const known = clientWaySchema.safeParse(wanted);
  if (known.success && ways.includes(known.data)) return known.data;
  throw new Fault('input-invalid', {
    subject: `the way "${wanted.slice(0, 60)}" into ${clientTitles[client]}`,
    next: ways.length > 0 ? `Here it is one of these: ${ways.join(', ')}.` : 'It was not found on this computer.',
  });
}

async function openClient(
  context: Context,
  broker: ControlClient,
  client: ClientId,
  way: Exclude<ClientWay, 'file'>,
  scope: EntryScope | undefined,
): Promise<number> {
  const { output, options } = context;
  const wish = { client, way, ...(scope ? { scope } : {}) };
  const title = clientTitles[client];
  if (options['dry-run'] || way === 'command') {
    // A key is shown to who asked for it, not to who wanted to see what would happen.
    const prepared = way === 'copy' ? undefined : await broker.ask('openClient', { ...wish, open: false });
    for (const line of prepared ? preparedInWords(prepared) : [`${title} is given an address and a key of its own.`]) {
      output.say(line);
    }
    output.say(leaveInWords(title, scope));
    if (options['dry-run']) {
      output.data(prepared ?? { way });
      return exitCodes.done;
    }
    if (!(await isAgreed(context))) return exitCodes.cancelled;
  }
  const opened = await broker.ask('openClient', wish);
  output.data(opened);
  for (const line of openedInWords(title, opened)) output.say(line);
  return exitCodes.done;
}

function preparedInWords(prepared: OpenedWay): readonly string[] {
  switch (prepared.way) {
    case 'bundle':
      return [`This file is opened: ${prepared.path}`];
    case 'link':
      return [`This address is opened: ${prepared.url}`];
    case 'command':
      return [`This is run: ${prepared.words.map(quoted).join(' ')}`];
    case 'copy':
      return [];
  }
}

function openedInWords(title: string, opened: OpenedWay): readonly string[] {
  switch (opened.way) {
    case 'bundle':
      return opened.opened
        ? [`${title} was asked to open ${opened.path}. Press Install there.`]
        : [`Open this file with ${title}: ${opened.path}`];
    case 'link':
      return opened.opened ? [`${title} asks you now. Say yes there.`] : [`Open this address here: ${opened.url}`];
    case 'command':
      return opened.ran
        ? [`Done: ${title} has written it into its settings.`]
        : [`Run this yourself: ${opened.words.map(quoted).join(' ')}`];
    case 'copy':
      return [`Address: ${opened.url}`, `Key:     ${opened.key}`];
  }
}

/** For a shell; it is shown only. */
function quoted(word: string): string {
  return /^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Adding a program is the person's yes, and the person is told so. */
function leaveInWords(title: string, scope: EntryScope | undefined): string {
  const what = scope?.kind === 'each' ? scope.connections.join(', ') : 'the services that are connected now';
  return `From then on ${title} may use ${what}; what you have not allowed it stays closed to it.`;
}

/** Throws `input-invalid` where nobody can be asked and nobody has said yes. */
export async function isAgreed({ options, output }: Pick<Context, 'options' | 'output'>): Promise<boolean> {
  if (options.yes) return true;
  if (!canAsk()) {
    throw new Fault('input-invalid', {
      subject: 'A change of other programs without --yes',
      next: 'Look at it with --dry-run, then say --yes.',
    });
  }
  const answer = await ask('Do it? [y/N] ', { hidden: false });
  const isYes = /^\s*(y|yes)\s*$/i.test(answer ?? '');
  if (!isYes) output.say('Nothing was changed.');
  return isYes;
}
