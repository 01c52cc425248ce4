/**
 * The words for a fault: what happened, and what to do now. In a language of the catalogue they are for a person in
 * front of a window; without one they are the English of the command line and of answers to programs, which may name
 * commands and terms that a window does not.
 */
import type { Advice, Fault, FaultCode, Thing } from './faults.ts';
import type { Language } from './settings.ts';
import { faultAdvice } from './words/fault-advice.ts';
import { faultNext } from './words/fault-next.ts';
import { type FaultText, faultTexts } from './words/faults.ts';
import { pseudo } from './words/section.ts';
import { weekdayAndHour } from './words/times.ts';
import { waysInWords } from './words/ways-in.ts';

export interface FaultWords {
  /** What happened, one sentence. */
  readonly what: string;
  /** What to do now, one sentence. */
  readonly next: string;
}

const forPrograms: { readonly [C in FaultCode | Advice]?: string } = {
  'sign-in-needed': 'Sign in with Conexor (in a terminal: npx conexor connect), then try again.',
  'connection-unknown': 'Connect it with Conexor (in a terminal: npx conexor connect).',
  'connection-ambiguous': 'Name one of them: in a terminal with -c <name>, in an app in its settings.',
  'pkce-unsupported': 'Ask whoever runs the service to allow sign-ins with PKCE (S256).',
  'conexor-client-id': 'You find the client ID in the Conexor dashboard, under Servers, your server, OAuth Clients.',
  'address-forms':
    'Give a service that "npx conexor services" lists, an organisation and server such as acme/sales-api, or an address that begins with https.',
};

/** Codes that have a sentence of their own for some things. */
const ownSentences: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'input-invalid',
  'too-large',
  'file-not-writable',
  'connection-unknown',
]);

export function faultWords(fault: Pick<Fault, 'code' | 'detail'>, language?: Language | 'pseudo'): FaultWords {
  if (language === 'pseudo') return pseudo(faultWords(fault, 'en'));
  const inLanguage = language ?? 'en';
  const texts = faultAdvice[inLanguage];
  const { thing, advice, next, retryAtMs, triesLeft } = fault.detail;
  const value = thing === undefined ? fault.detail.subject : labelOf(thing, fault.detail.subject, inLanguage);
  const isOwn = ownSentences.has(fault.code);
  const own = isOwn && thing !== undefined ? texts.ofThing[thing] : undefined;
  const subject = thing === undefined || value === undefined ? value : texts.thing[thing](value);
  const what = faultTexts[inLanguage][fault.code];
  const usual = faultNext[inLanguage][fault.code];
  const toPrograms = language === undefined ? (next ?? forPrograms[advice ?? fault.code]) : undefined;
  const plain = own && value !== undefined ? own.what(value) : textOf(what, subject);
  const happened = triesLeft === undefined ? plain : `${plain} ${texts.triesLeft(triesLeft)}`;
  const later =
    fault.code === 'generation-limit' && retryAtMs !== undefined
      ? texts.notBefore(weekdayAndHour(retryAtMs, inLanguage))
      : undefined;
  return {
    // A name stays as it is written.
    what:
      thing === undefined && !/^(?:an?|the) /.test(happened)
        ? happened
        : happened.charAt(0).toUpperCase() + happened.slice(1),
    next: toPrograms ?? (advice === undefined ? (later ?? own?.next ?? textOf(usual, subject)) : texts.advice[advice]),
  };
}

/** Fields and ways in are called in a fault as they are in the window. */
function labelOf(thing: Thing, value: string | undefined, language: Language): string | undefined {
  const { field, way } = waysInWords[language];
  if (value === undefined) return undefined;
  if (thing === 'missing-field' || thing === 'field' || thing === 'key-file')
    return isIn(value, field) ? field[value].label : value;
  if (thing === 'way-in') return isIn(value, way) ? way[value].name : value;
  return value;
}

function isIn<T extends object>(name: string, names: T): name is string & keyof T {
  return Object.hasOwn(names, name);
}

/** Both sentences in one line. */
export function faultSentence(fault: Pick<Fault, 'code' | 'detail'>, language?: Language | 'pseudo'): string {
  const { what, next } = faultWords(fault, language);
  return `${what} ${next}`;
}

function textOf(text: FaultText, subject: string | undefined): string {
  return typeof text === 'string' ? text : text(subject);
}
