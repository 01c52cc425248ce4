/** `conexor connect` and `finish`: a service by its name, short name or address, and the sign-in to it. */
import type { ControlArgument } from '../../shared/control.ts';
import { Fault } from '../../shared/faults.ts';
import { serviceNamed } from '../../shared/service-names.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import type { ControlClient } from '../core/control/client.ts';
import { type Context, clientSecretOf } from './context.ts';
import { exitCodes } from './output.ts';
import { ask, canAsk, readAll } from './prompt.ts';
import { signIn, untilStopped } from './sign-in.ts';
import { missingAfter } from './usage.ts';
import { chosenWayIn, requireAddress } from './ways-in.ts';

export async function connect(context: Context): Promise<number> {
  const [wanted] = context.parameters;
  if (wanted === undefined) throw missingAfter('connect');
  const control = await context.control();
  return untilStopped(async (stopped) => {
    const { connection, added } = await connectionFor(context, control, wanted);
    sayOwnName(context, connection);
    if (!added) await sayOwnService(context, control, connection);
    try {
      return await signIn(context, control, connection, stopped);
    } finally {
      if (added) await forgetIfUnused(control, connection.id);
    }
  });
}

/** The connection of this name, else a new one; the way in that was named is checked before it is remembered. */
async function connectionFor(
  context: Context,
  control: ControlClient,
  wanted: string,
): Promise<{ readonly connection: ConnectionView; readonly added: boolean }> {
  const { connections } = await control.ask('snapshot', {});
  const known = connections.find(({ name }) => name === wanted.trim().toLowerCase());
  if (known && !givesClient(context)) return { connection: known, added: false };
  const named = known ? wanted : await requireAddress(control, wanted);
  const target: ControlArgument<'addConnection'> = known
    ? { ...(await settingsOf(context)), target: known.resource, service: known.service }
    : await targetOf(context, control, named);
  const added = await control.ask('addConnection', target);
  if (context.options.way === undefined) return added;
  try {
    const { id: wayIn } = chosenWayIn(added.connection, context.options);
    if (added.connection.wayIn === wayIn) return added;
    return { ...(await control.ask('addConnection', { ...target, wayIn })), added: added.added };
  } catch (thrown) {
    if (added.added) await forgetIfUnused(control, added.connection.id);
    throw thrown;
  }
}

/** A service that is here keeps its name: programs were given it in addresses and commands. */
function sayOwnName({ options, output }: Context, { name }: ConnectionView): void {
  if (options.name === undefined || options.name.trim().toLowerCase() === name) return;
  output.say(`It is connected already and keeps its name, ${name}: programs may have been given it.`);
}

/** Whose rules hold is settled while somebody is signed in by them. */
async function sayOwnService({ options, output }: Context, control: ControlClient, { service, name }: ConnectionView) {
  if (options.service === undefined) return;
  const { services } = await control.ask('services', {});
  const wanted = serviceNamed(services, options.service);
  if (wanted === undefined || wanted.id === service) return;
  output.say(`It is connected already by the rules of ${service} and keeps them, so --service was left out.`);
  output.say(`For others, remove it first: npx conexor remove ${name}`);
}

/** What a person gave, as the broker takes it; `practice` starts the practice service inside the broker. */
export async function targetOf(
  context: Context,
  control: ControlClient,
  wanted: string,
): Promise<ControlArgument<'addConnection'>> {
  const { options } = context;
  const practice = wanted === 'practice' ? (await control.ask('startPractice', {})).resource : undefined;
  return {
    ...(await settingsOf(context)),
    target: practice ?? wanted,
    service: practice === undefined ? options.service : 'practice',
    name: options.name,
  };
}

/** A client by hand belongs to the ways in that lead through an authorization server's pages. */
const inBrowser: readonly (string | undefined)[] = [undefined, 'authorization-code', 'device-code'];

async function settingsOf(context: Context) {
  const { options } = context;
  return {
    redirectUri: options['redirect-uri'],
    issuer: options.issuer,
    tokenEndpoint: options['token-endpoint'],
    authorizationEndpoint: options['authorization-endpoint'],
    revocationEndpoint: options['revocation-endpoint'],
    ...(inBrowser.includes(options.way)
      ? { clientId: options['client-id'], clientSecret: await clientSecretOf(context) }
      : {}),
  };
}

function givesClient({ options, env }: Context): boolean {
  const { 'client-id': clientId, 'redirect-uri': redirectUri, issuer, way } = options;
  const endpoint = options['token-endpoint'] ?? options['authorization-endpoint'] ?? options['revocation-endpoint'];
  const secret = options['client-secret-file'] ?? env['CONEXOR_CLIENT_SECRET'];
  return [clientId, redirectUri, issuer, endpoint, way, secret].some((one) => one !== undefined);
}

/** A sign-in that came to nothing must not leave a service in the list: "nothing changed" has to be true. */
export async function forgetIfUnused(control: ControlClient, connection: string): Promise<void> {
  try {
    const view = await control.ask('findConnection', { connection });
    if (view.accounts.length === 0 && view.state !== 'connected') await control.ask('removeConnection', { connection });
  } catch {
    // The outcome has been told already; a broker that is gone now is told at the next command.
  }
}

const longestAddress = 16_384;

/** The address at which the browser ended, from another terminal or a program; it comes on standard input, not in a word. */
export async function finish({ control, options, output }: Context): Promise<number> {
  const broker = await control();
  const { connections } = await broker.ask('snapshot', {});
  const named = options.connection;
  const id = named === undefined ? undefined : (await broker.ask('findConnection', { connection: named })).id;
  const waiting = connections.filter(({ signIn: one }) => one !== undefined && one.device === undefined);
  const found = id === undefined ? waiting : waiting.filter((one) => one.id === id);
  const [only] = found;
  if (!only?.signIn)
    throw new Fault('sign-in-unknown', { next: 'Start one first: npx conexor connect … --no-browser' });
  if (found.length > 1) {
    const next = `Name the service: ${found.map(({ name }) => `-c ${name}`).join(', ')}`;
    throw new Fault('connection-ambiguous', { next });
  }
  const text = canAsk()
    ? await ask('Address at which the browser ended: ', { hidden: false })
    : await readAll(longestAddress).catch(() => '');
  if (text === undefined) return exitCodes.cancelled;
  await broker.ask('finishSignIn', { attempt: only.signIn.attempt, redirectUrl: text.trim() });
  output.data({ connection: only.name });
  output.say(`Delivered. Whoever waits for the sign-in to ${only.name} goes on now.`);
  return exitCodes.done;
}
