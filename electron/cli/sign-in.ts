/**
 * One sign-in from its beginning to its outcome: what is asked for, what will happen, the wait, and what came of it
 * (rules 2 to 5 of the face).
 */
import type { ControlResult } from '../../shared/control.ts';
import type { ConnectionView } from '../../shared/snapshot.ts';
import { isOnThisComputer } from '../../shared/this-computer.ts';
import type { GivenFields, WayInOfferView } from '../../shared/ways-in.ts';
import { wordsOf } from '../../shared/words/words.ts';
import { type ControlClient, ControlError } from '../core/control/client.ts';
import type { Context } from './context.ts';
import { farWords, isFarAway } from './far-browser.ts';
import { givenFields, missingField } from './given-fields.ts';
import { exitCodeOf, exitCodes, type Output } from './output.ts';
import { ask, canAsk } from './prompt.ts';
import { qrCode } from './qr-code.ts';
import { chosenWayIn } from './ways-in.ts';
import { asWord, keptInWords } from './words.ts';

const words = wordsOf('en').waysIn;
const stillWaitingMs = 120_000;
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Started = ControlResult<'startSignIn'>;

export interface Wish {
  /** What is known already, in place of asking for it: the service may have it from an import. */
  readonly given?: GivenFields;
}

/**
 * Runs `work` with a signal that says when the person wants to stop; a Ctrl+C alone would leave the broker waiting. A
 * second one ends us at once.
 */
export async function untilStopped<T>(work: (stopped: AbortSignal) => Promise<T>): Promise<T> {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  for (const signal of stopSignals) process.once(signal, stop);
  try {
    return await work(stopped.signal);
  } finally {
    for (const signal of stopSignals) process.removeListener(signal, stop);
  }
}

/** Returns the exit code. Rejects with what keeps the sign-in from beginning. */
export async function signIn(
  context: Context,
  control: ControlClient,
  connection: ConnectionView,
  stopped: AbortSignal,
  wish: Wish = {},
): Promise<number> {
  const { options, output, env } = context;
  const offer = chosenWayIn(connection, options);
  const given = wish.given ?? (await givenFields(context, offer, stopped));
  if (given === undefined || stopped.aborted) return tell(context, { kind: 'cancelled' });
  if (Object.keys(given).length > 0) output.say(words.trying(connection.host));
  // Begun and then stopped: what is on its way is called back by the connection's name.
  const giveUp = () => void control.ask('cancelSignIn', { attempt: connection.id }).catch(() => undefined);
  stopped.addEventListener('abort', giveUp, { once: true });
  const started = await control
    .ask('startSignIn', {
      connection: connection.id,
      wayIn: offer.id,
      openBrowser: !options['no-browser'] && !isFarAway(env),
      ...(Object.keys(given).length > 0 ? { given } : {}),
      ...(options.another ? { another: true } : {}),
      ...(options.scope === undefined ? {} : { scopes: options.scope.split(/[\s,]+/).filter(Boolean) }),
    })
    .catch((thrown: unknown) => {
      const isMissing = thrown instanceof ControlError && thrown.words.fault === 'input-invalid';
      if (isMissing && offer.fields.length > 0 && Object.keys(given).length === 0) throw missingField(offer);
      throw thrown;
    })
    .finally(() => stopped.removeEventListener('abort', giveUp));
  say(context, connection, started);
  const cancel = () => void control.ask('cancelSignIn', { attempt: started.attempt }).catch(() => undefined);
  if (stopped.aborted) cancel();
  else stopped.addEventListener('abort', cancel, { once: true });
  const still = setTimeout(() => output.say('Still waiting. Nothing has been saved.'), stillWaitingMs);
  const over = new AbortController();
  try {
    const outcome = control.ask('signInOutcome', { attempt: started.attempt });
    if (mayPaste(started)) void paste(control, output, started.attempt, over.signal);
    const code = await tell(context, await outcome);
    if (code === exitCodes.done && output.json === false) await sayWhereKept(context, control, offer);
    return code;
  } finally {
    clearTimeout(still);
    over.abort();
  }
}

function say(context: Context, connection: ConnectionView, started: Started): void {
  if (started.device) sayDevice(context, started.device);
  else if (started.authorizationUrl !== undefined) sayBrowser(context, connection, started, started.authorizationUrl);
}

function sayBrowser({ output, env }: Context, connection: ConnectionView, started: Started, address: string): void {
  output.say(`Sign in at ${started.host} in your browser, then come back here.`);
  if (started.permissions.length > 0) output.say(`It will ask you to allow: ${started.permissions.join('; ')}.`);
  output.say();
  if (isFarAway(env)) {
    for (const line of farWords(env, { connection, address, canPaste: mayPaste(started) })) output.say(line);
  } else {
    output.say(
      started.browserOpened
        ? 'If no page has opened, open this address:'
        : 'Open this address in a browser on this computer:',
    );
    output.say(address);
    if (!started.browserOpened && !canAsk())
      output.say(
        `Where it cannot come back, give the address at which it ended to: npx conexor finish -c ${connection.name}`,
      );
  }
  output.say();
  output.say('Waiting for you in the browser… (Ctrl+C stops waiting; nothing is saved then)');
  // A program that reads JSON needs the address as well, before it can wait.
  if (output.json) process.stderr.write(`${address}\n`);
}

function sayDevice({ output, env }: Context, device: NonNullable<Started['device']>): void {
  const { userCode, verificationUri, verificationUriComplete } = device;
  const here = isOnThisComputer(verificationUri);
  output.say(here ? words.device.textHere : words.device.text);
  output.say();
  output.say(`${words.device.page}:  ${verificationUri}`);
  output.say(`${words.device.code}:  ${userCode}`);
  output.say();
  const picture = here ? undefined : qrCode(verificationUriComplete ?? verificationUri, process.stdout, env);
  if (picture !== undefined && !output.json) {
    output.say(words.device.qrHint);
    process.stdout.write(`${picture}\n`);
  }
  output.say('Waiting until you have typed it… (Ctrl+C stops waiting; nothing is saved then)');
  if (output.json) process.stderr.write(`${verificationUri} ${userCode}\n`);
}

/** Where no browser could be opened here, the one that is used may not be able to come back either. */
function mayPaste({ authorizationUrl, browserOpened }: Started): boolean {
  return authorizationUrl !== undefined && !browserOpened && canAsk();
}

async function paste(control: ControlClient, output: Output, attempt: string, over: AbortSignal): Promise<void> {
  output.say('If the browser ends on a page that does not open, paste the address of that page here and press Enter.');
  while (!over.aborted) {
    const redirectUrl = (await ask('', { hidden: false, signal: over }))?.trim();
    if (redirectUrl === undefined) return;
    if (redirectUrl === '') continue;
    try {
      await control.ask('finishSignIn', { attempt, redirectUrl });
      return;
    } catch (thrown) {
      if (!(thrown instanceof ControlError) || over.aborted) return;
      output.say(`${thrown.words.what} ${thrown.words.next}`);
    }
  }
}

async function sayWhereKept({ output }: Context, control: ControlClient, offer: WayInOfferView): Promise<void> {
  const [{ vault }, { keychain }] = [await control.ask('snapshot', {}), await control.ask('status', {})];
  for (const line of keptInWords(offer, vault.kind, keychain)) output.say(line);
}

async function tell({ output }: Context, outcome: ControlResult<'signInOutcome'>): Promise<number> {
  output.data(outcome);
  switch (outcome.kind) {
    case 'done': {
      const { account, connection, known, current, works, stop } = outcome;
      output.say();
      const answered = works ? 'A first call has worked.' : 'It answered a first call without refusing the access.';
      output.say(`${known ? 'Signed in again' : 'Signed in'} as ${account}. ${stop ? '' : answered}`.trimEnd());
      if (stop) output.say(`${stop.what} ${stop.next}`);
      if (!current)
        output.say(`Another account is in use. To switch: npx conexor use ${asWord(account)} -c ${connection.name}`);
      output.say(
        connection.speaks === 'rest'
          ? `It is called "${connection.name}". Its local address for scripts: npx conexor url ${connection.name}`
          : `It is called "${connection.name}". What it can do: npx conexor tools -c ${connection.name}`,
      );
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
