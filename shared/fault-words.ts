/**
 * What a person reads when something went wrong: what happened, and what to do now. One entry per fault code, in
 * plain words (PRODUCT, rule 11): no codes, no protocol names, no server's own text.
 */
import type { Fault, FaultCode } from './faults.ts';

export interface FaultWords {
  /** What happened, one sentence. */
  readonly what: string;
  /** What to do now, one sentence. */
  readonly next: string;
}

/** `subject` is whom it is about: a host name, a service, an account, a file. Undefined where the fault names nobody. */
type Entry = (subject: string | undefined) => readonly [what: string, next: string];

const english: Record<FaultCode, Entry> = {
  'browser-unavailable': () => [
    'The browser could not be opened.',
    'Copy the sign-in address and open it in a browser yourself.',
  ],
  'consent-denied': (who) => [
    `You didn't allow access${to(who)}. Nothing changed.`,
    'Sign in again whenever you want to allow it.',
  ],
  'sign-in-cancelled': () => ['The sign-in was cancelled. Nothing changed.', 'Start it again whenever you like.'],
  'sign-in-timed-out': () => [
    'The sign-in was not finished in time. Nothing has been saved.',
    'Start it again and finish it in the browser.',
  ],
  'sign-in-unknown': () => [
    'This sign-in is not the one that Conexor is waiting for.',
    'Start the sign-in again from Conexor.',
  ],
  'issuer-mismatch': (who) => [
    `The sign-in was stopped: part of it belongs to somebody else than ${who ?? 'the service'}.`,
    'Start it again; if it happens twice, tell whoever runs the service.',
  ],
  'pkce-unsupported': (who) => [
    `${name(who)} does not offer a sign-in that is safe for an app on a computer.`,
    'Ask whoever runs the service to allow sign-ins with PKCE (S256).',
  ],
  'discovery-failed': (who) => [
    `Conexor could not find out how to sign in${at(who)}.`,
    'Check the address, or try again later.',
  ],
  'resource-mismatch': (who) => [
    `${name(who)} says it is reached at another address than the one you gave.`,
    'Check the address and connect it again.',
  ],
  'registration-refused': (who) => [
    `${name(who)} did not accept Conexor as an app.`,
    'Ask whoever runs the service for a client ID and enter it in Conexor.',
  ],
  'client-id-needed': (who) => [
    `${name(who)} wants every app to be known beforehand.`,
    'Ask whoever runs the service for a client ID and enter it in Conexor.',
  ],
  'client-refused': (who) => [
    `${name(who)} does not accept this client ID or its secret.`,
    'Check both where they were created, then connect the service again.',
  ],
  'token-refused': (who) => [`${name(who)} did not complete the sign-in.`, 'Start the sign-in again.'],
  'target-refused': (who) => [
    `${name(who)} does not give access to this address.`,
    'Check the address of the service and connect it again.',
  ],
  'scope-refused': (who) => [
    `${name(who)} does not give the permissions that were asked for.`,
    'Ask whoever runs the service which permissions you may have.',
  ],
  'sign-in-needed': (who) => [
    `You are not signed in${to(who)}.`,
    'Sign in with Conexor (in a terminal: conexor connect), then try again.',
  ],
  paused: (who) => [`Access${to(who)} is paused in Conexor.`, 'Resume it in Conexor, then try again.'],
  'program-waiting': (who) => [
    `Conexor is asking you whether ${who ?? 'this app'} may use this service.`,
    'Open Conexor and allow it, then try again.',
  ],
  'program-refused': (who) => [
    `You have not allowed ${who ?? 'this app'} to use this service.`,
    'Allow it in Conexor under Apps, then try again.',
  ],
  'permission-needed': (who) => [
    `Your sign-in${to(who)} does not include the permission this needs.`,
    'Open Conexor and allow the new permission, then try again.',
  ],
  forbidden: (who) => [
    `${name(who)} does not allow your account to do this.`,
    'Ask your administrator for access, or use another account in Conexor.',
  ],
  'plan-limit': (who) => [
    `Your plan's limit${at(who)} is used up.`,
    'Wait until the limit starts anew or ask for a larger plan; trying again now does not help.',
  ],
  'rate-limited': (who) => [`${name(who)} is getting too many requests.`, 'Wait a minute, then try again.'],
  unreachable: (who) => [
    `Conexor could not reach ${who ?? 'the service'}.`,
    isHere(who) ? 'Check that it is running, then try again.' : 'Check the internet connection, then try again.',
  ],
  'answer-lost': (who) => [
    `The connection${to(who)} was lost before the answer arrived, so the request may have been carried out or not.`,
    'Check before you try again.',
  ],
  'tls-refused': (who) => [
    `The secure connection${to(who)} could not be trusted.`,
    "If your company inspects traffic, add its certificate to this computer; otherwise check the computer's date and the address.",
  ],
  'service-down': (who) => [`${name(who)} has trouble at the moment.`, 'Try again in a few minutes.'],
  'service-answer-invalid': (who) => [
    `${name(who)} gave an answer that Conexor does not understand.`,
    'Check the address of the service, or try again later.',
  ],
  'session-unknown': () => ['This conversation with Conexor has ended.', 'Connect again from your app.'],
  'keychain-locked': () => ["This computer's keychain is locked.", 'Unlock it, then try again.'],
  'keychain-missing': () => [
    'This computer has no keychain that Conexor can use.',
    'Install one (such as GNOME Keyring), or start Conexor with a key file.',
  ],
  'keychain-failed': () => ["This computer's keychain did not answer.", 'Restart the computer and try again.'],
  'vault-damaged': (who) => [
    `The file in which Conexor keeps your sign-ins could not be read${inPlace(who)}.`,
    'It was set aside untouched; sign in again.',
  ],
  'vault-newer': (who) => [
    `The file in which Conexor keeps your sign-ins was written by a newer Conexor${inPlace(who)}.`,
    'Update Conexor; the file was not touched.',
  ],
  'vault-key-missing': () => [
    'Your saved sign-ins are sealed with another key than the one that is here.',
    'Start Conexor with the key file or the keychain that was used before; the saved sign-ins were not touched.',
  ],
  'key-file-invalid': (who) => [
    `The key file${who ? ` ${who}` : ''} cannot be used.`,
    'It must be a file that you can read, holding 32 bytes as they are, in hexadecimal or in base64.',
  ],
  'data-folder-unusable': (who) => [
    `Conexor cannot use its folder${who ? ` ${who}` : ''}.`,
    'Check that it belongs to you, that nobody else may open it, and that its path is not too long.',
  ],
  'connection-unknown': (who) => [
    who ? `Conexor has no service named ${who}.` : 'No service is connected in Conexor yet.',
    'Connect it with Conexor (in a terminal: conexor connect).',
  ],
  'connection-ambiguous': () => [
    'Several services are connected in Conexor and none was named.',
    "Name the one to use in your app's settings.",
  ],
  'connection-exists': (who) => [
    `${who ?? 'This service'} is already connected in Conexor.`,
    'Use that one, or remove it first.',
  ],
  'account-unknown': (who) => [
    `Conexor has no account${who ? ` ${who}` : ' of that name'} there.`,
    'Choose one of the accounts that Conexor lists.',
  ],
  'account-ambiguous': (who) => [
    `Several accounts match${who ? ` ${who}` : ''}.`,
    'Write more of the name, so that only one matches.',
  ],
  'address-invalid': (who) => [`${who ?? 'This'} is not an address that can be used.`, 'Check how it is written.'],
  'address-insecure': (who) => [
    `${who ?? 'This address'} is not protected on the way, so nothing is sent there.`,
    'Use an address that begins with https.',
  ],
  'input-invalid': (who) => [
    `${who ? `${who} is` : 'This input is'} not something Conexor can use.`,
    'Check how it is written.',
  ],
  'port-taken': (who) => [
    `${who ? `Port ${who}` : 'The port'} is used by another program.`,
    'Close that program or choose another port.',
  ],
  'broker-absent': () => ["Conexor isn't running.", 'Start Conexor, then try again.'],
  'broker-unreachable': () => [
    'Conexor is running but does not answer.',
    'Quit Conexor and start it again, then try again.',
  ],
  'client-key-wrong': () => [
    'Conexor does not know the key that this program uses.',
    "Copy the program's key from Conexor again.",
  ],
  'host-refused': () => [
    'Conexor answers only to programs on this computer.',
    'Use the address exactly as Conexor shows it.',
  ],
  'too-large': (who) => [`What was sent${who ? ` by ${who}` : ''} is too large.`, 'Ask for less at a time.'],
  internal: () => [
    'Something went wrong inside Conexor.',
    'Try again; if it happens again, restart Conexor and send us its diagnostics.',
  ],
};

/**
 * The words for a fault. `locale` is a BCP 47 tag; languages without a catalogue get English.
 */
export function faultWords(fault: Pick<Fault, 'code' | 'detail'>, _locale?: string): FaultWords {
  const [what, next] = english[fault.code](fault.detail.subject);
  return { what, next: fault.detail.next ?? next };
}

/** Both sentences in one line. */
export function faultSentence(fault: Pick<Fault, 'code' | 'detail'>, locale?: string): string {
  const { what, next } = faultWords(fault, locale);
  return `${what} ${next}`;
}

function name(subject: string | undefined): string {
  return subject ?? 'The service';
}

/** A service on this computer does not need the internet. */
function isHere(subject: string | undefined): boolean {
  return subject !== undefined && /^(127\.|localhost\b|\[::1\])/.test(subject);
}

function to(subject: string | undefined): string {
  return subject ? ` to ${subject}` : '';
}

function at(subject: string | undefined): string {
  return subject ? ` at ${subject}` : '';
}

function inPlace(subject: string | undefined): string {
  return subject ? ` (${subject})` : '';
}
