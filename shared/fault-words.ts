/**
 * The words for a fault: what happened, and what to do now. In a language of the catalogue they are for a person in
 * front of a window; without one they are the English of the command line and of answers to programs, which may name
 * commands and terms that a window does not.
 */
import type { Advice, Fault, FaultCode } from './faults.ts';
import type { Language } from './settings.ts';
import { type FaultText, faultTexts } from './words/faults.ts';
import { pseudo } from './words/section.ts';

export interface FaultWords {
  /** What happened, one sentence. */
  readonly what: string;
  /** What to do now, one sentence. */
  readonly next: string;
}

const forPrograms: { readonly [C in FaultCode | Advice]?: string } = {
  'sign-in-needed': 'Sign in with Conexor (in a terminal: npx conexor connect), then try again.',
  'connection-unknown': 'Connect it with Conexor (in a terminal: npx conexor connect).',
  'pkce-unsupported': 'Ask whoever runs the service to allow sign-ins with PKCE (S256).',
  'conexor-client-id': 'You find the client ID in the Conexor dashboard, under Servers, your server, OAuth Clients.',
  'address-forms':
    'Give "practice", an organisation and server such as acme/sales-api, or an address that begins with https.',
};

export function faultWords(fault: Pick<Fault, 'code' | 'detail'>, language?: Language | 'pseudo'): FaultWords {
  if (language === 'pseudo') return pseudo(faultWords(fault, 'en'));
  const texts = faultTexts[language ?? 'en'];
  const { subject: value, thing, advice, next } = fault.detail;
  const subject = thing === undefined || value === undefined ? value : texts.thing[thing](value);
  const { what, next: usual } = texts.of[fault.code];
  const toPrograms = language === undefined ? (next ?? forPrograms[advice ?? fault.code]) : undefined;
  const happened = textOf(what, subject);
  return {
    what: thing === undefined ? happened : happened.charAt(0).toUpperCase() + happened.slice(1),
    next: toPrograms ?? (advice === undefined ? textOf(usual, subject) : texts.advice[advice]),
  };
}

/** Both sentences in one line. */
export function faultSentence(fault: Pick<Fault, 'code' | 'detail'>, language?: Language | 'pseudo'): string {
  const { what, next } = faultWords(fault, language);
  return `${what} ${next}`;
}

function textOf(text: FaultText, subject: string | undefined): string {
  return typeof text === 'string' ? text : text(subject);
}
