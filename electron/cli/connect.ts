/** `conexor connect`: say what will happen, open the browser, wait, and say what came of it (rules 2 to 5 of the face). */
import type { ControlArgument, ControlResult } from '../../shared/control.ts';
import type { ControlClient } from '../core/control/client.ts';
import { type Context, clientSecretOf } from './context.ts';
import { exitCodeOf, exitCodes, type Output } from './output.ts';
import { usageFault } from './usage.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const stillWaitingMs = 120_000;

export async function connect(context: Context): Promise<number> {
  const [wanted] = context.parameters;
  if (wanted === undefined) throw usageFault('connect');
  const control = await context.control();
  // Listened for from here on: a Ctrl+C that ended us at once would leave the broker waiting, and the service in the list.
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  for (const signal of stopSignals) process.once(signal, stop);
  try {
    const { connection, added } = await control.ask('addConnection', await targetOf(context, control, wanted));
    try {
      return await signIn(context, control, connection.id, stopped.signal);
    } finally {
      if (added) await forgetIfUnused(control, connection.id);
    }
  } finally {
    for (const signal of stopSignals) process.removeListener(signal, stop);
  }
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
    target: practice ?? wanted,
    service: practice === undefined ? options.service : 'practice',
    name: options.name,
    redirectUri: options['redirect-uri'],
    clientId: options['client-id'],
    clientSecret: await clientSecretOf(context),
  };
}

/** A sign-in that came to nothing must not leave a service in the list: "nothing changed" has to be true. */
async function forgetIfUnused(control: ControlClient, connection: string): Promise<void> {
  try {
    const view = await control.ask('findConnection', { connection });
    if (view.accounts.length === 0 && view.state !== 'connected') await control.ask('removeConnection', { connection });
  } catch {
    // The outcome has been told already; a broker that is gone now is told at the next command.
  }
}

async function signIn(
  context: Context,
  control: ControlClient,
  connection: string,
  stopped: AbortSignal,
): Promise<number> {
  const { options, output } = context;
  const started = await control.ask('startSignIn', {
    connection,
    openBrowser: !options['no-browser'],
    ...(options.another ? { another: true } : {}),
    ...(options.scope === undefined ? {} : { scopes: options.scope.split(/[\s,]+/).filter(Boolean) }),
  });
  if (started.authorizationUrl !== undefined) {
    output.say(`Sign in at ${started.host} in your browser, then come back here.`);
    if (started.permissions.length > 0) output.say(`It will ask you to allow: ${started.permissions.join('; ')}.`);
    output.say();
    output.say(
      started.browserOpened
        ? 'If no page has opened, open this address:'
        : 'Open this address in a browser on this computer:',
    );
    output.say(started.authorizationUrl);
    output.say();
    output.say('Waiting for you in the browser… (Ctrl+C stops waiting; nothing is saved then)');
    // A program that reads JSON needs the address as well, before it can wait.
    if (output.json) process.stderr.write(`${started.authorizationUrl}\n`);
  }
  const cancel = () => void control.ask('cancelSignIn', { attempt: started.attempt }).catch(() => undefined);
  if (stopped.aborted) cancel();
  else stopped.addEventListener('abort', cancel);
  const still = setTimeout(() => output.say('Still waiting. Nothing has been saved.'), stillWaitingMs);
  try {
    return tell(output, await control.ask('signInOutcome', { attempt: started.attempt }));
  } finally {
    clearTimeout(still);
  }
}

function tell(output: Output, outcome: ControlResult<'signInOutcome'>): number {
  output.data(outcome);
  switch (outcome.kind) {
    case 'done': {
      const { account, connection, known, current } = outcome;
      output.say();
      output.say(`${known ? 'Signed in again' : 'Signed in'} as ${account}. A first call has worked.`);
      if (!current)
        output.say(`Another account is in use. To switch: npx conexor use "${account}" -c ${connection.name}`);
      output.say(`It is called "${connection.name}". What it can do: npx conexor tools -c ${connection.name}`);
      return exitCodes.done;
    }
    case 'open':
      output.say(`${outcome.connection.host} needs no sign-in. It is called "${outcome.connection.name}".`);
      return exitCodes.done;
    case 'denied':
      output.say("You didn't allow access. Nothing changed. To try again, run the same command.");
      return exitCodes.failed;
    case 'cancelled':
      output.say('Stopped. Nothing has been saved.');
      return exitCodes.cancelled;
    case 'timed-out':
      output.say('Nobody signed in within the time allowed, so Conexor stopped waiting. Nothing has been saved.');
      output.say('To try again, run the same command.');
      return exitCodes.failed;
    case 'failed': {
      const { fault, what, next } = outcome;
      if (!output.json) output.fail({ fault, what, next });
      return exitCodeOf(fault);
    }
  }
}
