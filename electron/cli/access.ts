/** `rename`, `validate`, `registration`: what people do with an access, and with Conexor's entry at the service. */
import type { ControlResult } from '../../shared/control.ts';
import { Fault } from '../../shared/faults.ts';
import { wordsOf } from '../../shared/words/words.ts';
import { ControlError } from '../core/control/client.ts';
import type { Context } from './context.ts';
import { exitCodes } from './output.ts';
import { ask, canAsk } from './prompt.ts';
import { missingAfter, unknownWord } from './usage.ts';
import { connectionWith } from './which-connection.ts';
import { moment } from './words.ts';

const words = wordsOf('en').waysIn;

export async function rename({ control, parameters, options, output }: Context): Promise<number> {
  const [account, label] = parameters;
  if (account === undefined || label === undefined) throw missingAfter('rename', ...parameters);
  const broker = await control();
  const { connections } = await broker.ask('snapshot', {});
  const connection = connectionWith(connections, account, options.connection);
  const view = await broker.ask('renameAccount', {
    account,
    label,
    ...(connection === undefined ? {} : { connection }),
  });
  output.data(view);
  const name = view.accounts.find((one) => one.label.toLowerCase() === label.trim().toLowerCase())?.label ?? label;
  output.say(words.rename.done(name));
  return exitCodes.done;
}

export async function validate({ control, parameters, options, output }: Context): Promise<number> {
  const broker = await control();
  const [account] = parameters;
  const { connections } = await broker.ask('snapshot', {});
  const connection = connectionWith(connections, account, options.connection);
  const view = await broker.ask('findConnection', connection === undefined ? {} : { connection });
  const result = await broker.ask('validate', { connection: view.id, ...(account === undefined ? {} : { account }) });
  output.data(result);
  for (const line of validationInWords(result, view.host)) output.say(line);
  if (result.active === 'no' || result.signature === 'invalid') return exitCodes.signInNeeded;
  return result.active === 'yes' ? exitCodes.done : exitCodes.failed;
}

function validationInWords(result: ControlResult<'validate'>, host: string): readonly string[] {
  const { active, checkedBy, signature, scopes, expiresAtMs } = result;
  return [
    `${words.check.title(result.account)}:`,
    active === 'unknown' ? words.check.unknown(host) : words.check[active][checkedBy](host),
    ...(signature === 'invalid' ? [words.check.forged] : []),
    ...(signature === 'valid' ? [words.check.signed] : []),
    ...(active === 'yes' && expiresAtMs !== undefined ? [words.check.until(moment(expiresAtMs))] : []),
    ...(scopes.length > 0 ? [`${words.check.scopes}: ${scopes.join(' ')}`] : []),
  ];
}

/** Said before: what ends, and where else. Throws `input-invalid` where there is nobody to ask and no `--yes`. */
async function mayDelete(
  { issuer, alsoUsedBy }: ControlResult<'registration'>,
  yes: boolean | undefined,
): Promise<boolean> {
  if (yes) return true;
  const { title, stops, affects } = words.registration.dialog;
  const elsewhere = alsoUsedBy.length === 0 ? '' : ` ${affects(alsoUsedBy.join(', '))}`;
  const what = `${title(new URL(issuer).host)} ${stops}${elsewhere}`;
  if (!canAsk()) {
    throw new Fault('input-invalid', {
      subject: '"conexor registration delete" alone',
      next: `${stops}${elsewhere} If you mean it, add --yes.`,
    });
  }
  const answer = await ask(`${what} [y/N] `, { hidden: false });
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

const registrationActions = ['read', 'update', 'delete'] as const;

export async function registration({ control, parameters, options, output }: Context): Promise<number> {
  const [wanted = 'read'] = parameters;
  const action = registrationActions.find((one) => one === wanted);
  if (action === undefined) throw unknownWord('registration', wanted);
  const broker = await control();
  const named = options.connection;
  const view = await broker.ask('findConnection', named === undefined ? {} : { connection: named });
  const asked = (what: typeof action) =>
    broker.ask('registration', { action: what, connection: view.id }).catch((thrown: unknown) => {
      if (!(thrown instanceof ControlError) || thrown.words.fault !== 'client-id-needed') throw thrown;
      const next = 'One is made at a sign-in in the browser, where the service allows it.';
      throw new ControlError({ ...thrown.words, what: `${view.title} has no entry for Conexor.`, next });
    });
  if (action === 'delete') {
    const present = await asked('read');
    if (present.managed && !(await mayDelete(present, options.yes))) {
      output.say('Nothing was deleted.');
      return exitCodes.cancelled;
    }
  }
  const result = await asked(action);
  output.data(result);
  const { clientId, source, issuer, redirectUris, outcome, alsoUsedBy } = result;
  output.say(`${words.registration.name}: ${clientId} (${words.registration.from[source]})`);
  output.say(`${words.registration.at}: ${issuer}`);
  for (const address of redirectUris) output.say(`Comes back to: ${address}`);
  switch (outcome) {
    case 'read':
      break;
    case 'updated':
      output.say('The service has taken what Conexor now says of itself.');
      break;
    case 'deleted':
      output.say(words.registration.deleted);
      if (alsoUsedBy.length > 0) output.say(words.registration.dialog.affects(alsoUsedBy.join(', ')));
      break;
    case 'gone':
      output.say(words.registration.gone);
      break;
    case 'not-managed':
      output.say('The service does not let it be read or changed from here.');
      break;
  }
  return outcome === 'not-managed' && action !== 'read' ? exitCodes.failed : exitCodes.done;
}
