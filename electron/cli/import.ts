/**
 * `conexor import`: services from what a dashboard handed out, by a file, by standard input, or as Claude Desktop's own
 * file has them. Secrets go to the sealed file; out of the file they came from only on a yes, with a copy beside it.
 */
import { resolve } from 'node:path';
import { Fault } from '../../shared/faults.ts';
import {
  type Cleaning,
  type FoundImport,
  type FoundServer,
  type ImportResult,
  type ImportSource,
  longestPasted,
} from '../../shared/imports.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import type { WayInId } from '../../shared/ways-in.ts';
import type { ControlClient } from '../core/control/client.ts';
import type { Context } from './context.ts';
import { exitCodeOf, exitCodes } from './output.ts';
import { ask, canAsk, readAll } from './prompt.ts';
import { signIn, untilStopped } from './sign-in.ts';
import { anyWayIn } from './ways-in.ts';
import { asWord } from './words.ts';

/** One place where servers were found, and how the broker is told of it. */
interface Place {
  readonly source: ImportSource;
  readonly found: FoundImport;
}

export async function importServers(context: Context): Promise<number> {
  const { options, parameters, output } = context;
  const wayIn = anyWayIn(options);
  const control = await context.control();
  if (options['delete-backups']) return deleteBackups(context, control);
  const places = await placesOf(context, control);
  if (places === undefined) return exitCodes.cancelled;
  const unreadable = places.find(({ found }) => found.fault)?.found.fault;
  const usable = places.filter(({ found }) => chosen(context, found).length > 0);
  if (usable.length === 0) {
    if (options.server !== undefined && !unreadable) throw notThere(places, options.server);
    output.data({ imports: [] });
    if (unreadable) {
      if (!output.json) output.fail(unreadable);
      return exitCodeOf(unreadable.fault);
    }
    for (const { found } of places) for (const line of foundInWords(context, found, [])) output.say(line);
    output.say('There is nothing to import: no service with an address of its own was found.');
    if (parameters.length === 0) output.say('Give a file: npx conexor import <file> (- is standard input)');
    return exitCodes.failed;
  }
  return untilStopped((stopped) => importAll(context, control, { places: usable, wayIn }, stopped));
}

async function importAll(
  context: Context,
  control: ControlClient,
  { places, wayIn }: { readonly places: readonly Place[]; readonly wayIn: WayInId | undefined },
  stopped: AbortSignal,
): Promise<number> {
  const { options, output } = context;
  const { vault } = await control.ask('snapshot', {});
  const results: ImportResult[] = [];
  for (const { source, found } of places) {
    const servers = chosen(context, found);
    for (const line of foundInWords(context, found, servers)) output.say(line);
    const clean = await cleaningOf(context, found, servers, stopped);
    if (clean === undefined) {
      output.say('Stopped. Nothing was imported from there.');
      return exitCodes.cancelled;
    }
    const names = servers.map(({ name }) => name);
    const { service } = options;
    const result = await control.ask('importServers', { source, servers: names, service, wayIn, clean });
    results.push(result);
    for (const line of importedInWords(result, { found, clean, vault: vault.kind })) output.say(line);
  }
  output.data({ imports: results });
  const failed = results.flatMap(({ servers }) =>
    servers.flatMap(({ name, fault }) => (fault ? { ...fault, what: `${name}: ${fault.what}` } : [])),
  );
  for (const words of output.json ? [] : failed) output.fail(words);
  const notCleaned = results.flatMap((result) => result.notCleaned ?? []);
  for (const words of output.json ? [] : notCleaned) output.fail(words);
  const signedIn = await signInToAll(context, control, results, stopped);
  if (signedIn !== exitCodes.done) return signedIn;
  return failed.length + notCleaned.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** Undefined where the person stopped. Throws what keeps the file or the text from being read. */
async function placesOf(context: Context, control: ControlClient): Promise<readonly Place[] | undefined> {
  const [file] = context.parameters;
  if (file !== undefined && file !== '-') return look(control, { kind: 'file', path: resolve(file) });
  if (file === '-') return look(control, { kind: 'text', text: await input() });
  const { found } = await control.ask('findImports', {});
  const places = found.map((one) => ({
    source: { kind: 'claude-desktop' as const, path: one.path ?? '' },
    found: one,
  }));
  if (places.some(({ found: one }) => one.servers.length > 0 || one.fault) || !canAsk()) return places;
  process.stderr.write('Paste what the dashboard shows, then press Enter and Ctrl+D:\n');
  const text = await input();
  return text.trim() === '' ? undefined : look(control, { kind: 'text', text });
}

async function look(control: ControlClient, source: ImportSource): Promise<readonly Place[]> {
  const { found } = await control.ask('findImports', { source });
  return found.map((one) => ({ source, found: one }));
}

async function input(): Promise<string> {
  try {
    return await readAll(longestPasted);
  } catch (cause) {
    if (cause instanceof RangeError) throw new Fault('too-large', { advice: 'paste-less' });
    throw cause;
  }
}

/**
 * A program that is started here is no service to sign in to. One that cannot be connected is asked for like the others,
 * so that what is wrong with it is told, and not left out.
 */
function chosen({ options }: Context, { servers }: FoundImport): readonly FoundServer[] {
  return servers.filter(({ name, local }) => !local && (options.server === undefined || name === options.server));
}

/** Of one that is started here, why it stays; of any other name, which there are. */
function notThere(places: readonly Place[], wanted: string): Fault {
  const servers = places.flatMap(({ found }) => found.servers);
  const names = servers.map(({ name }) => name);
  const local = servers.find(({ name }) => name === wanted)?.fault;
  const there = names.length === 0 ? 'Nothing was found there.' : `There is: ${names.join(', ')}.`;
  return new Fault('input-invalid', { subject: `the server "${wanted}"`, next: local?.next ?? there });
}

function foundInWords(
  { options }: Context,
  { path, servers: all }: FoundImport,
  servers: readonly FoundServer[],
): readonly string[] {
  const where = path === undefined ? 'In what was pasted' : `In ${path}`;
  const left = options.server === undefined ? all.filter(({ local }) => local) : [];
  if (servers.length + left.length === 0) return [];
  return [
    `${where}:`,
    ...left.map(({ name }) => `  ${name}: left where it is, since it starts a program here and needs no sign-in`),
    ...servers.map(({ name, target, fault, hasClientId, hasSecret, replaces, unknownKeys }) => {
      if (fault) return `  ${name}: cannot be imported`;
      const client = hasSecret ? ', with a client ID and a secret' : hasClientId ? ', with a client ID' : '';
      const left = unknownKeys.length === 0 ? '' : ` (left out: ${unknownKeys.join(', ')})`;
      const instead = replaces === undefined ? '' : `, which replaces the client that ${replaces} signs in with`;
      return `  ${name}: ${target}${client}${instead}${left}`;
    }),
  ];
}

/** Nothing leaves a file without the person's word: given as an option, or here. Undefined where they stopped. */
async function cleaningOf(
  { options }: Context,
  { path, notCleanable }: FoundImport,
  servers: readonly FoundServer[],
  signal: AbortSignal,
): Promise<Cleaning | undefined> {
  if (path === undefined) return 'nothing';
  if (options.clean !== undefined) return options.clean;
  if (notCleanable || !servers.some(({ hasSecret, fault }) => hasSecret && !fault) || !canAsk()) return 'nothing';
  const answer = await ask(
    'Take the secret out of that file, once Conexor has it? A copy is made beside it first. [y/N] ',
    { hidden: false, signal },
  );
  if (answer === undefined) return undefined;
  return /^y(es)?$/i.test(answer.trim()) ? 'secret' : 'nothing';
}

interface Done {
  readonly found: FoundImport;
  readonly clean: Cleaning;
  readonly vault: Snapshot['vault']['kind'];
}

function importedInWords(result: ImportResult, { found, clean, vault }: Done): readonly string[] {
  const lines: string[] = [];
  const where = vault === 'memory' ? 'kept only until Conexor stops' : 'in the sealed file now';
  for (const { connection, added, took, name } of result.servers) {
    if (!connection) {
      lines.push(`Not imported: ${name}.`);
      continue;
    }
    const kept = took.includes('client-secret') ? ` Its secret is ${where}.` : '';
    lines.push(`${added ? 'Added' : 'Already there'}: ${connection.name} (${connection.host}).${kept}`);
  }
  if (result.cleaned) lines.push(...cleanedInWords(result.cleaned, result.servers, clean));
  for (const { name, secretLeft, connection } of result.servers) {
    if (!secretLeft) continue;
    lines.push(
      result.cleaned?.backup !== undefined && connection
        ? `The secret of ${name} stands in another place of ${found.path}, too. That was left alone: take it out yourself.`
        : `The secret of ${name} still stands in ${found.path}.`,
    );
  }
  return lines;
}

function cleanedInWords(
  { path, backup }: NonNullable<ImportResult['cleaned']>,
  servers: ImportResult['servers'],
  clean: Cleaning,
): readonly string[] {
  if (backup === undefined) {
    return servers.some(({ secretLeft }) => secretLeft) ? [] : [`Nothing had to be taken out of ${path}.`];
  }
  return [
    `${clean === 'entry' ? 'The entries were' : 'The secret was'} taken out of ${path}; nothing else in it was changed.`,
    `What it was before is in ${backup}. It still holds the secret: delete it when all works, with`,
    `  npx conexor import --delete-backups ${asPath(path)}`,
    'A program that was open meanwhile may write its old settings back: quit it, then look again with the same command.',
  ];
}

function asPath(path: string): string {
  return asWord(path).replace(/^'(\/[\w./-]+)'$/, '$1');
}

/** Where a way in was named that needs no more than what was imported, the sign-in follows at once. */
async function signInToAll(
  context: Context,
  control: ControlClient,
  results: readonly ImportResult[],
  stopped: AbortSignal,
): Promise<number> {
  const { options, output } = context;
  const imported = results.flatMap(({ servers }) => servers.filter(({ connection }) => connection !== undefined));
  if (options.way !== 'client-credentials') {
    for (const { connection } of imported) {
      if (connection && connection.accounts.length === 0) output.say(`Sign in: npx conexor connect ${connection.name}`);
    }
    return exitCodes.done;
  }
  let code: number = exitCodes.done;
  for (const { connection, took } of imported) {
    if (!connection || !took.includes('client-secret') || stopped.aborted) continue;
    const signedIn = await signIn(context, control, connection, stopped, { given: {} });
    if (code === exitCodes.done) code = signedIn;
  }
  return code;
}

async function deleteBackups({ parameters, output }: Context, control: ControlClient): Promise<number> {
  const [file] = parameters;
  const { removed } = await control.ask('removeBackups', file === undefined ? {} : { path: resolve(file) });
  output.data({ removed });
  for (const path of removed) output.say(`Deleted: ${path}`);
  if (removed.length === 0) output.say('No copy was left there by an import.');
  return exitCodes.done;
}
