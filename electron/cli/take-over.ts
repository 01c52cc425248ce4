/**
 * `conexor take-over`: entries of other programs that start `mcp-remote` become Conexor's, and the sign-ins that it has
 * left in plain files are cancelled at their services and deleted. Each step is shown first; nothing is done without a yes.
 */

import { clientTitles } from '../../shared/client-titles.ts';
import type { PlannedChange, RemoteEntry, RemoteTokens, TakenOver } from '../../shared/clients.ts';
import { Fault } from '../../shared/faults.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import { changeInWords } from './client-words.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { ask, canAsk } from './prompt.ts';
import { untilStopped } from './sign-in.ts';
import { asWord, moment } from './words.ts';

interface Found {
  readonly entries: readonly RemoteEntry[];
  readonly tokens: readonly RemoteTokens[];
  readonly changes?: readonly PlannedChange[] | undefined;
}

/** What is to be done, and what is left and why. */
interface Plan {
  readonly entries: readonly RemoteEntry[];
  readonly tokens: readonly RemoteTokens[];
  readonly left: readonly string[];
}

export async function takeOver(context: Context): Promise<number> {
  const { options, output } = context;
  const control = await context.control();
  const found = await control.ask('findTakeOvers', {});
  const { vault } = await control.ask('snapshot', {});
  const plan = planOf(context, found);
  for (const line of foundInWords(found, vault.kind)) output.say(line);
  for (const line of plan.left) output.say(line);
  if (plan.entries.length + plan.tokens.length === 0) {
    output.data({ ...found, done: false });
    const isEmpty = found.entries.length + found.tokens.length === 0;
    output.say(isEmpty ? 'Nothing was found that starts mcp-remote, and no sign-in of it.' : 'There is nothing to do.');
    return exitCodes.done;
  }
  for (const line of stepsInWords(plan)) output.say(line);
  for (const line of exactlyInWords(found, plan)) output.say(line);
  if (options['dry-run']) {
    output.data({ ...found, done: false });
    output.say('Nothing was changed.');
    return exitCodes.done;
  }
  return untilStopped(async (stopped) => {
    if (!(await isWanted(context, stopped))) {
      output.data({ ...found, done: false });
      output.say(`Nothing was changed.${canAsk() ? '' : ' Do it with: conexor take-over --yes'}`);
      return exitCodes.cancelled;
    }
    const result = await control.ask('takeOver', {
      entries: plan.entries.map(({ client, path, name, seen }) => ({ client, path, name, seen })),
      tokens: plan.tokens.map(({ id }) => id),
      deleteUnreachable: options['delete-unreachable'] ?? false,
      deleteUnread: options['unknown-tokens'] ?? false,
    });
    output.data({ ...result, done: true });
    for (const line of resultInWords(result, plan)) output.say(line);
    const faults = [...result.entries, ...result.tokens].flatMap(({ fault }) => fault ?? []);
    for (const fault of output.json ? [] : faults) output.fail(fault);
    return faults.length === 0 ? exitCodes.done : exitCodes.failed;
  });
}

/** Of files in which all that was found is taken over: what is shown is the change of the whole file. */
function exactlyInWords({ entries, changes = [] }: Found, plan: Plan): readonly string[] {
  const isWhole = (path: string) =>
    entries.every((one) => one.path !== path || one.fault !== undefined || plan.entries.includes(one));
  return changes.filter(({ path, what }) => what !== 'nothing' && isWhole(path)).flatMap(changeInWords);
}

async function isWanted({ options }: Context, signal: AbortSignal): Promise<boolean> {
  if (options.yes) return true;
  if (!canAsk()) return false;
  const answer = await ask('Do this now? [y/N] ', { hidden: false, signal });
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

function planOf({ options }: Context, { entries, tokens }: Found): Plan {
  const named = entries.filter(({ name }) => options.server === undefined || name === options.server);
  if (options.server !== undefined && named.length === 0) {
    const names = entries.map(({ name }) => name);
    const next = names.length === 0 ? 'Nothing was found that starts mcp-remote.' : `There is: ${names.join(', ')}.`;
    throw new Fault('input-invalid', { subject: `the entry "${options.server}"`, next });
  }
  const chosen = named.filter(({ fault }) => fault === undefined);
  const isChosen = (one: Pick<RemoteEntry, 'client' | 'path' | 'name'>) =>
    chosen.some(({ client, path, name }) => client === one.client && path === one.path && name === one.name);
  const left: string[] = [];
  const wanted = tokens.filter(({ usedBy = [], host, files, unread, keptFor }) => {
    if (options['keep-tokens'] || (options.server !== undefined && usedBy.length === 0)) return false;
    const other = usedBy.find((one) => !isChosen(one));
    if (other && usedBy.some(isChosen)) left.push(`The sign-in of ${other.name} is kept: that entry still uses it.`);
    if (other) return false;
    if (keptFor !== undefined) {
      left.push(`${keptFor} cannot be read and may still use the sign-in in ${files[0] ?? ''}: it is kept.`);
      return false;
    }
    if (unread !== undefined) {
      if (options['unknown-tokens']) return true;
      left.push(`${unread} could not be read: it is kept (deleted with --unknown-tokens).`);
      return false;
    }
    if (host !== undefined || options['unknown-tokens']) return true;
    left.push(`Nobody knows whose sign-in is in ${files[0] ?? ''}: it is kept (deleted with --unknown-tokens).`);
    return false;
  });
  if (options['keep-tokens'] && tokens.length > 0) left.push('The sign-ins in files stay as they are (--keep-tokens).');
  return { entries: chosen, tokens: wanted, left };
}

function foundInWords({ entries, tokens }: Found, vault: Snapshot['vault']['kind']): readonly string[] {
  const lines = entries.flatMap(({ name, target, client, path, fault, unknownWords, secretLeftOut, hasSecret }) => [
    `${name} in ${clientTitles[client]}${target === '' ? '' : `: ${target}`}`,
    `  ${path}`,
    ...(fault ? [`  cannot be taken over: ${fault.what} ${fault.next}`] : []),
    ...(unknownWords.length > 0 ? [`  left out, because Conexor has no such thing: ${unknownWords.join(', ')}`] : []),
    ...(fault || !hasSecret ? [] : [`  ${secretInWords(secretLeftOut, vault)}`]),
  ]);
  const open = tokens.map(({ target, host, files, hasRefreshToken, unread }) =>
    unread !== undefined
      ? `A sign-in is in a file that could not be read:\n  ${unread}`
      : `A sign-in at ${target ?? host ?? 'nobody knows where'} lies open in ${files.length === 1 ? 'a file' : `${files.length} files`}${hasRefreshToken ? ' and can be renewed by whoever reads it' : ''}:\n  ${files.join('\n  ')}`,
  );
  return [...lines, ...open];
}

function secretInWords(leftOut: RemoteEntry['secretLeftOut'], vault: Snapshot['vault']['kind']): string {
  switch (leftOut) {
    case undefined:
      return vault === 'memory' ? 'its secret is kept only until Conexor stops' : 'its secret goes to the sealed file';
    case 'not-there':
      return 'its secret is not in there (a variable or a file that cannot be read): sign in to it afterwards';
    case 'no-way':
      return 'its secret is of a kind that Conexor does not send: sign in to it afterwards';
  }
}

function stepsInWords({ entries, tokens }: Plan): readonly string[] {
  const paths = [...new Set(entries.map(({ path }) => path))];
  const hosts = [...new Set(tokens.flatMap(({ host, unread }) => (unread === undefined ? (host ?? []) : [])))];
  return [
    '',
    'What will be done:',
    ...entries.map(
      ({ name, host, client }) =>
        `  Connect ${host}, and put Conexor in the place of ${name} in ${clientTitles[client]}.`,
    ),
    ...paths.map((path) => `  A copy of ${path} is made beside it first.`),
    ...hosts.map((host) => `  Ask ${host} to cancel the sign-in that lies open.`),
    ...(tokens.length > 0 ? [`  Delete ${tokens.flatMap(({ files }) => files).length} files of mcp-remote.`] : []),
    '',
  ];
}

function resultInWords({ entries, tokens }: TakenOver, plan: Plan): readonly string[] {
  const lines = entries.flatMap(({ outcome, name, client, connection, backup, signInNeeded, removed }) => {
    const title = clientTitles[client];
    if (outcome === 'failed') return [`Left as it was: ${name} in ${title}.`];
    return [
      removed
        ? `Taken over: ${name} in ${title} was taken out, because the entry of Conexor there serves ${connection ?? 'it'}.`
        : `Taken over: ${name} in ${title} is Conexor's ${connection ?? ''} now.`,
      ...(backup === undefined ? [] : [`  What it was before is in ${backup}. It may hold secrets.`]),
      ...(signInNeeded ? [`  Sign in: npx conexor connect ${asWord(connection ?? name)}`] : []),
    ];
  });
  const told = tokens.map((one) => {
    const known = plan.tokens.find(({ id }) => id === one.id);
    const files = one.deleted ? 'Its files are deleted.' : 'Its files are kept.';
    return `Sign-in at ${known?.host ?? 'nobody knows where'}: ${serviceInWords(one)} ${files}`;
  });
  const clients = [...new Set(entries.flatMap(({ outcome, client }) => (outcome === 'replaced' ? [client] : [])))];
  const cancelled = tokens.some(({ service }) => service === 'cancelled');
  return [
    ...lines,
    ...told,
    ...clients.map((client) => `To take it back: npx conexor clients undo ${client}`),
    ...(clients.length > 0 && cancelled ? ['What was cancelled at a service stays cancelled then.'] : []),
  ];
}

function serviceInWords({ service, proof, accessUntilMs, nothing }: TakenOver['tokens'][number]): string {
  const until = accessUntilMs === undefined ? '' : ` It may work until ${moment(accessUntilMs)}.`;
  switch (service) {
    case 'cancelled':
      return `the service has cancelled it${proof === 'refused' ? ', and refuses it now' : ''}.${until}`;
    case 'unreachable':
      return `the service could not be asked, so it may still work.${until}`;
    case 'refused':
      return `the service did not cancel it, so it may still work.${until}`;
    case 'no-way':
      return `the service has no way to cancel it.${until}`;
    case 'not-asked':
      return nothing ? 'there was no access in it.' : 'no service was asked.';
  }
}
