/** `list`, `accounts`, `use`, `revoke`, `remove`, `url`: what people do with services that are connected already. */
import { clientIds } from '../../shared/clients.ts';
import type { ConnectionView, Snapshot } from '../../shared/snapshot.ts';
import { wordsOf } from '../../shared/words/words.ts';
import type { ControlClient } from '../core/control/client.ts';
import { waysInWords } from './containers.ts';
import type { Context } from './context.ts';
import { columns, exitCodes } from './output.ts';
import { waitingInWords } from './programs.ts';
import { questionsInWords } from './questions.ts';
import { missingAfter } from './usage.ts';
import { nearNames } from './which-client.ts';
import { connectionWith, noSuchAccount, serviceNamed } from './which-connection.ts';
import { asWord, moment, noneInUseInWords, signOutInWords, stateInWords, staysSignedIn } from './words.ts';

/** In place of a connection: all of them, at one address. */
const everything = '_all';

const { waysIn: words, containers: containerWords } = wordsOf('en');

export async function list({ control, output }: Context): Promise<number> {
  const broker = await control();
  const locked = (await broker.ask('snapshot', {})).vault.kind === 'locked';
  // Asking again is what opens it; a keychain that stays locked is told by the broker's own fault.
  if (locked) await broker.ask('unlock', {});
  const snapshot = await broker.ask('snapshot', {});
  output.data(snapshot);
  if (snapshot.vault.kind === 'memory')
    output.say('There is no keychain here: sign-ins last until Conexor stops. "npx conexor doctor" says what to do.');
  if (snapshot.vault.kind !== 'memory' && snapshot.vault.note) output.say(snapshot.vault.note);
  if (snapshot.connections.length === 0) {
    output.say('No service is connected yet. To try one without an account: npx conexor connect practice');
  } else {
    const rows = snapshot.connections.map((connection) => [
      connection.name,
      connection.title,
      connection.accounts.find((account) => account.current)?.label ?? '-',
      stateInWords(connection, Date.now()),
      usersOf(connection),
    ]);
    for (const line of columns([['NAME', 'SERVICE', 'ACCOUNT', 'STATE', 'USED BY'], ...rows])) output.say(line);
  }
  for (const line of snapshot.connections.flatMap(noneInUseInWords)) output.say(line);
  for (const line of snapshot.connections.flatMap(waitingInWords)) output.say(line);
  for (const { name, signIn } of snapshot.connections) {
    if (signIn?.device)
      output.say(`${name}: ${words.device.waiting(signIn.device.userCode, signIn.device.verificationUri)}`);
  }
  for (const { what, next } of questionsInWords(snapshot)) output.say(`${what}: ${next}`);
  for (const pending of snapshot.pendingRevocations) {
    output.say(
      `Still to be cancelled at ${pending.host}: ${pending.subject} (next try ${moment(pending.nextAttemptAtMs)})`,
    );
  }
  return exitCodes.done;
}

function usersOf({ clients }: ConnectionView): string {
  const allowed = clients.filter(({ access }) => access === 'allowed');
  return allowed.map(({ name }) => name).join(', ') || '-';
}

export async function accounts({ control, parameters, options, output }: Context): Promise<number> {
  const broker = await control();
  const reference = parameters[0] ?? options.connection;
  const { vault, connections: all } = await broker.ask('snapshot', {});
  const connections = reference === undefined ? all : [await broker.ask('findConnection', { connection: reference })];
  output.data(connections.map(({ name, accounts: its, clients }) => ({ connection: name, accounts: its, clients })));
  if (connections.length === 0)
    output.say('No service is connected yet. To try one without an account: npx conexor connect practice');
  for (const connection of connections) {
    output.say(`${connection.name} (${connection.host})`);
    if (connection.accounts.length === 0) output.say('  nobody is signed in');
    for (const account of connection.accounts) {
      output.say(
        `  ${account.current ? '*' : ' '} ${account.label}  ${staysSignedIn(account, vault.kind, Date.now())}  ${account.grantedScopes.join(' ')}`,
      );
      output.say(`      ${words.via[account.wayIn]}${account.bound ? `. ${words.bound}` : ''}`);
      for (const client of connection.clients.filter((one) => one.accountId === account.id))
        output.say(`      used by ${client.name}`);
    }
    for (const line of noneInUseInWords(connection)) output.say(`  ${line}`);
  }
  return exitCodes.done;
}

export async function use({ control, parameters, options, output }: Context): Promise<number> {
  const [account] = parameters;
  if (account === undefined) throw missingAfter('use');
  const broker = await control();
  const before = await broker.ask('snapshot', {});
  const connection = await connectionWith(before.connections, account, options.connection);
  const view = await broker.ask('useAccount', {
    account,
    ...(connection === undefined ? {} : { connection }),
    ...(options.for === undefined ? {} : { client: options.for }),
  });
  output.data(view);
  const current = view.accounts.find((one) => one.current)?.label;
  if (options.for === undefined) {
    output.say(`${current} is now in use at ${view.name}.`);
    for (const client of view.clients.filter((one) => one.accountId !== undefined)) {
      const own = view.accounts.find((one) => one.id === client.accountId)?.label ?? 'an account that is signed out';
      output.say(
        `${client.name} keeps its own: ${own}. To end that: npx conexor use current --for ${asWord(client.name)}`,
      );
    }
  } else if (account === 'current')
    output.say(`${options.for} now uses whatever is in use at ${view.name}: ${current}.`);
  else {
    output.say(`${options.for} now uses ${account} at ${view.name}, whatever the others use.`);
    for (const line of strangerInWords(options.for, before, view.name)) output.say(line);
  }
  return exitCodes.done;
}

/** Who is given an account before it has come may use it when it comes: of a slip of the fingers that has to be told. */
function strangerInWords(program: string, { connections, localClients }: Snapshot, service: string): readonly string[] {
  const come = [...connections.flatMap(({ clients }) => clients), ...localClients].map(({ name }) => name);
  const known = [...new Set([...come, ...clientIds])];
  if (known.includes(program)) return [];
  const near = nearNames(program, known);
  return [
    `No program called ${program} has come yet; it may use ${service} when it does.`,
    `${near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''}To take it back: npx conexor deny ${asWord(program)} ${service}`,
  ];
}

export async function revoke({ control, parameters, options, output }: Context): Promise<number> {
  const broker = await control();
  const snapshot = await broker.ask('snapshot', {});
  const [wanted] = parameters;
  const service = serviceNamed(snapshot.connections, wanted, options.connection);
  const account = service === undefined ? wanted : undefined;
  const connection = service ?? connectionWith(snapshot.connections, account, options.connection);
  const view = await broker
    .ask('findConnection', connection === undefined ? {} : { connection })
    .catch((thrown: unknown) => {
      throw wanted === undefined ? thrown : noSuchAccount(thrown, wanted);
    });
  const result = await broker.ask('signOut', { connection: view.id, ...(account === undefined ? {} : { account }) });
  output.data(result);
  for (const line of signOutInWords(result, view.host)) output.say(line);
  return exitCodes.done;
}

export async function remove({ control, parameters, options, output }: Context): Promise<number> {
  const reference = parameters[0] ?? options.connection;
  if (reference === undefined) throw missingAfter('remove');
  const broker = await control();
  const view = await broker.ask('findConnection', { connection: reference });
  const result = await broker.ask('removeConnection', { connection: view.id });
  output.data(result);
  for (const signedOut of result.signedOut) for (const line of signOutInWords(signedOut, view.host)) output.say(line);
  output.say(`Removed ${result.name}.`);
  return exitCodes.done;
}

export async function url({ control, parameters, options, output }: Context): Promise<number> {
  const broker = await control();
  const reference = parameters[0] ?? options.connection;
  const connection = reference === undefined ? {} : { connection: reference };
  const { container = false } = options;
  const result = await broker.ask('localClientKey', { name: options.client ?? 'script', ...connection, container });
  const program = result.name;
  const view = reference === everything ? undefined : await broker.ask('findConnection', connection);
  output.data(result);
  output.say(`Address:  ${result.url}`);
  output.say(`Header:   Authorization: Bearer ${result.key}`);
  if (container) for (const line of await containerHints(broker)) output.say(line);
  else output.say('The key is for programs on this computer only. Keep it out of files that others can read.');
  if (view === undefined) return exitCodes.done;
  if (view.speaks === 'rest') {
    output.say(
      `What is sent there goes to ${view.host} with your access added; its own path comes behind. For example:`,
    );
    // Typed as a part of a command, the key would stay in the shell's history.
    output.say('  read -rs KEY     (paste the key, press Enter)');
    output.say(`  curl -H "Authorization: Bearer $KEY" ${result.url.replace(/\/$/, '')}/`);
    output.say('Assistants read and write there with two tools, read_api and write_api:');
    const { relayCommand } = await broker.ask('status', {});
    output.say(`  over HTTP:   ${new URL(result.url).origin}/mcp/${view.name} (with the same header)`);
    if (!container) output.say(`  by command:  ${assistantsCommand(relayCommand, program, view.name)}`);
  }
  const alike = view.clients.filter(({ name }) => name === program);
  // A refusal as an app counts here too, until its key was allowed.
  if ((alike.find(({ door }) => door === 'http') ?? alike[0])?.access === 'refused') {
    output.say(`${program} may not use ${view.name} yet: npx conexor allow ${program} ${view.name}`);
  }
  return exitCodes.done;
}

async function containerHints(broker: ControlClient): Promise<readonly string[]> {
  const view = await broker.ask('containers', {});
  return [containerWords.keyHint, ...waysInWords(view).slice(1)];
}

/** What an assistant is told to start; as in the window. */
function assistantsCommand(relay: readonly string[] | undefined, client: string, connection: string): string {
  const words = relay
    ? [...relay, '--client', client, '--connection', connection]
    : ['npx', 'conexor', 'bridge', connection, '--client', client];
  return words.map(asWord).join(' ');
}
