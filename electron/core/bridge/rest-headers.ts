/**
 * What of a request's and an answer's fields belongs to one side only: to the connection (RFC 9110 s7.6.1), to the
 * program and us (its key, its address), or to the service and us (cookies, challenges, proofs).
 */
import type { IncomingMessage } from 'node:http';
import type { HeaderFields } from '../credentials/credential.ts';
import { foldedName } from './exchange.ts';
import type { AnswerFields } from './response-body.ts';
import { faultHeader } from './rest-answers.ts';
import { type Local, localLinks, localPlaces } from './rest-links.ts';

/** Fields by which some services take a request for one of another method. */
export const methodOverrides: readonly string[] = ['x-http-method-override', 'x-http-method', 'x-method-override'];

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The program's own, which are nobody else's, and what tells a service of an address on this computer. */
const keptHere = new Set([
  ...hopByHop,
  'host',
  'authorization',
  'cookie',
  'cookie2',
  'content-length',
  'expect',
  'dpop',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'client-ip',
  'x-cluster-client-ip',
  'cf-connecting-ip',
  'x-remote-addr',
  'x-host',
  'x-forwarded',
  // Another path than the one that was looked at, to some services.
  'x-rewrite-url',
  ...methodOverrides,
]);
/** What was asked of somebody before us. */
const keptPrefixes = /^(?:x-forwarded|x-original|sec-fetch)-/;

/** What would have a program begin a sign-in, keep something of the service's, or speak to another address of it. */
const keptFromPrograms = new Set([
  ...hopByHop,
  'set-cookie',
  'set-cookie2',
  'www-authenticate',
  'authentication-info',
  'proxy-authentication-info',
  'dpop-nonce',
  'alt-svc',
  'refresh',
  'clear-site-data',
  'strict-transport-security',
  'link',
  'x-content-type-options',
  faultHeader,
]);

/** What goes on to the service. `key`: the program's own, which goes nowhere, in whichever field it stands. */
export function requestFields(request: IncomingMessage, key: string | undefined): Record<string, string> {
  const named = namedIn(request.headers.connection);
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    // As the service may read it.
    const folded = foldedName(name);
    if (keptHere.has(folded) || named.has(name) || keptPrefixes.test(folded)) continue;
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (text !== undefined && !(key && text.includes(key))) fields[name] = text;
  }
  return fields;
}

/** What the program gets. A redirect's `location` has been seen to be one of the connection's own. */
export function answerFields(answer: AnswerFields, local: Local): Record<string, string | readonly string[]> {
  const named = namedIn(list(answer['connection']).join(','));
  // Guessed types are a browser's business, and no page of a service's is to run at an address of ours.
  const fields: Record<string, string | readonly string[]> = { 'x-content-type-options': 'nosniff' };
  for (const [name, value] of Object.entries(answer)) {
    const isKept = keptFromPrograms.has(name) || named.has(name) || name.startsWith('access-control-');
    if (value === undefined || isKept) continue;
    const places = localPlaces(name, value, local);
    if (places === undefined) fields[name] = value;
    else if (places.length > 0) fields[name] = places.length === 1 && places[0] ? places[0] : places;
  }
  const links = localLinks(list(answer['link']), local);
  return links.length === 0 ? fields : { ...fields, link: links.join(', ') };
}

function namedIn(connection: string | undefined): ReadonlySet<string> {
  return new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
}

function list(value: AnswerFields[string]): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

/** A body's length, where the request told it. */
export function lengthField(length: string | undefined): HeaderFields {
  return length === undefined ? {} : { 'content-length': length };
}
