/**
 * What a protected resource says when it wants a token: `WWW-Authenticate` (RFC 9110 s11.6.1, RFC 6750 s3,
 * RFC 9728 s5.1). Read leniently, because a challenge that we misread is a sign-in that cannot begin.
 */
import { scopesOf } from './scopes.ts';

export interface Challenge {
  /** Lower case: `bearer`. */
  readonly scheme: string;
  readonly error?: string;
  /** Well-formed scopes with one space between them. */
  readonly scope?: string;
  readonly resourceMetadata?: string;
}

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

const separators = /[\s,]*/y;
const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
/** `Negotiate oYH1MIHyoAMKA…==`: the credentials of schemes without parameters; only after white space. */
const token68 = /\s+[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))/y;
const equals = /\s*=\s*/y;
const quoted = /"((?:[^"\\]|\\.)*)"/sy;
/** Wider than a token, since addresses are seen unquoted. */
const unquoted = /[^\s,"]+/y;

/**
 * The Bearer challenge among those of the header, or the DPoP one where that says more (RFC 9449 s7.1), else one of
 * another scheme that names the resource's metadata; undefined where there is none.
 */
export function parseChallenge(header: string | string[] | undefined): Challenge | undefined {
  if (header === undefined) return undefined;
  const challenges = readChallenges(Array.isArray(header) ? header.join(', ') : header);
  const chosen =
    challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.size > 0) ??
    challenges.find(({ scheme, parameters }) => scheme === 'dpop' && saysMore.some((name) => parameters.has(name))) ??
    challenges.find(({ scheme }) => scheme === 'bearer') ??
    challenges.find(({ parameters }) => parameters.has('resource_metadata'));
  if (!chosen) return undefined;
  const error = chosen.parameters.get('error');
  const scope = scopesOf(chosen.parameters.get('scope')).join(' ');
  const resourceMetadata = chosen.parameters.get('resource_metadata');
  return {
    scheme: chosen.scheme,
    ...(error ? { error } : {}),
    ...(scope ? { scope } : {}),
    ...(resourceMetadata ? { resourceMetadata } : {}),
  };
}

const saysMore = ['resource_metadata', 'scope', 'error'];

/** Whether a resource refuses only because its nonce was not in the proof (RFC 9449 s9). */
export function asksForNonce(header: string | undefined): boolean {
  if (header === undefined || !/use_dpop_nonce/i.test(header)) return false;
  return readChallenges(header).some(
    ({ scheme, parameters }) => scheme === 'dpop' && parameters.get('error') === 'use_dpop_nonce',
  );
}

/** One pass from left to right; a name followed by `=` is a parameter of the scheme before it, any other a scheme. */
function readChallenges(text: string): readonly RawChallenge[] {
  const challenges: RawChallenge[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (!match) return undefined;
    position = pattern.lastIndex;
    return match;
  };
  while (position < text.length) {
    take(separators);
    const name = take(token)?.[0]?.toLowerCase();
    if (name === undefined) {
      // Not a token: skip what cannot be read rather than give up on what follows.
      position += 1;
      continue;
    }
    const current = challenges.at(-1);
    if (current && take(equals)) {
      const value = take(quoted)?.[1]?.replace(/\\(.)/gs, '$1') ?? take(unquoted)?.[0] ?? '';
      if (!current.parameters.has(name)) current.parameters.set(name, value);
      continue;
    }
    challenges.push({ scheme: name, parameters: new Map() });
    take(token68);
  }
  return challenges;
}
