/**
 * What the stand-in's one tool does: opens the browser where signing in helps, tries again where it does not, and
 * says in words what a person sees next. It never opens a browser because a service is down.
 */
import { faultSentence } from '../../../shared/fault-words.ts';
import { asFault, type Fault } from '../../../shared/faults.ts';
import type { ConnectionView } from '../../../shared/snapshot.ts';
import type { BridgeBroker } from '../broker/broker.ts';
import { helpsToSignIn, toolText } from './stand-in.ts';

export interface SignInTurn {
  readonly broker: BridgeBroker;
  readonly connection: ConnectionView | undefined;
  /** Why there is no way to the service just now; undefined where there is one. */
  readonly fault: Fault | undefined;
  /** Whether this conversation has asked for a sign-in before. */
  readonly askedBefore: boolean;
  /** Tells that a sign-in was begun. */
  readonly asked: () => void;
  /** What there is to do when the person has signed in, where that is not to wait for other tools. */
  readonly afterwards?: string;
}

const usualAfterwards = 'the other tools appear by themselves';

export async function signInResult({
  broker,
  connection,
  fault,
  askedBefore,
  asked,
  afterwards,
}: SignInTurn): Promise<object> {
  if (fault === undefined) return toolText(signedIn(connection, afterwards));
  if (!connection || !helpsToSignIn(fault)) return toolText(faultSentence(fault), true);
  const underWay = connection.state === 'signing-in';
  try {
    const { authorizationUrl, host, userCode } = await broker.signIn(connection.id);
    asked();
    if (userCode !== undefined) return toolText(withCode(authorizationUrl, host, userCode, afterwards));
    return toolText(
      [
        underWay
          ? `A sign-in at ${host} is already open in the browser and waits for the person to finish it.`
          : askedBefore
            ? `The last sign-in was not finished (access was not allowed, or the page was closed). Nothing changed. The sign-in page of ${host} is open in the browser again.`
            : `The sign-in page of ${host} is now open in the person's browser.`,
        `Ask them to sign in and allow access there, then to come back here; ${afterwards ?? usualAfterwards}.`,
        `If no page opened, open this address in a browser on this computer: ${authorizationUrl}`,
      ].join('\n'),
    );
  } catch (thrown) {
    return toolText(faultSentence(asFault(thrown)), true);
  }
}

/** Nothing has been opened: the person may be at another device. */
function withCode(address: string, host: string, userCode: string, afterwards = usualAfterwards): string {
  return [
    `${host} gave a code for this sign-in: ${userCode}`,
    `Ask the person to open ${address} in any browser, also on a phone, to type the code there, and to allow access.`,
    `When that is done, ${afterwards}.`,
  ].join('\n');
}

function signedIn(connection: ConnectionView | undefined, afterwards: string | undefined): string {
  const account = connection?.accounts.find((one) => one.current);
  const who = account ? ` as ${account.label}` : '';
  const next =
    afterwards === undefined
      ? 'Its tools are there now; list the tools again if they are not shown'
      : `Now ${afterwards}`;
  return `${connection?.title ?? 'The service'} is connected${who}. ${next}.`;
}
