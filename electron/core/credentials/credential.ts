/**
 * What a request carries to be let in, made anew for each one because some proofs are good for one only (RFC 9449).
 * This is the one place where a secret becomes a header.
 */
import type { Secret } from '../vault/secret.ts';

/** Lower-case names. */
export type HeaderFields = Readonly<Record<string, string>>;

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
}

export interface HeardAnswer {
  readonly status: number;
  header(name: string): string | undefined;
}

export interface Credential {
  /** What is presented, to tell one access from a later one. */
  readonly secret: Secret;
  /** A promise only where something has to be signed: the common case costs no turn of the event loop. */
  headers(request: OutgoingRequest): HeaderFields | Promise<HeaderFields>;
  /** Told of every answer; true: this very request is to be sent once more, as the answer asked (RFC 9449 s9). */
  heard?(answer: HeardAnswer, request: OutgoingRequest): boolean;
}

/** One header field, such as `authorization: Bearer …` (RFC 6750 s2.1), or a bare key where there is no scheme. */
export function headerCredential(name: string, scheme: string | undefined, secret: Secret): Credential {
  const fields = () => ({ [name]: scheme === undefined ? secret.open() : `${scheme} ${secret.open()}` });
  return { secret, headers: fields };
}

export function isSameCredential(a: Credential | undefined, b: Credential | undefined): boolean {
  return a !== undefined && b !== undefined && a.secret.open() === b.secret.open();
}

/** Shorter ones are words that may stand anywhere. */
const shortestHidden = 8;

/** A text for those who must not read the access, should a service repeat what it was sent. */
export function withoutSecret(text: string, { secret }: Credential): string {
  const open = secret.open();
  if (open.length < shortestHidden) return text;
  const spellings = new Set([open, encodeURIComponent(open), JSON.stringify(open).slice(1, -1)]);
  return [...spellings].reduce((shown, one) => shown.replaceAll(one, '[secret]'), text);
}
