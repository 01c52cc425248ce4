/**
 * Access that a person brings along: a token or key that the service's people or its dashboard issued. It is kept as it
 * is, renewed by nobody, and ends when the service says so.
 */
import { Fault } from '../../../shared/faults.ts';
import type { Field } from '../../../shared/ways-in.ts';
import { type Identity, identityOfToken } from '../oauth/identity.ts';
import type { WayInOffer } from '../services/service.ts';
import type { GrantRecord } from '../vault/records.ts';
import type { Secret } from '../vault/secret.ts';
import { headerCredential } from './credential.ts';
import { requireGiven } from './given.ts';
import type { Obtained, Target, WayIn, WayInNeeds } from './way-in.ts';

/** Long-lived, in the standard's header (RFC 6750 s2.1). */
export function accessToken({ now }: WayInNeeds): WayIn {
  return {
    ...asGiven,
    id: 'access-token',
    fields: () => [{ name: 'access-token', secret: true, required: true }],
    credential: ({ tokenType, accessToken: token }) => headerCredential('authorization', tokenType, token),
    async obtain(target, given) {
      const token = requireToken(requireGiven(given, 'access-token'), 'access-token');
      const identity = identityOfToken(token, target.connection.resource);
      return obtained('access-token', target, token, { tokenType: 'Bearer', identity, nowMs: now() });
    },
  };
}

/** In a header of the service's own. */
export function apiKey({ now }: WayInNeeds): WayIn {
  return {
    ...asGiven,
    id: 'api-key',
    fields: apiKeyFields,
    credential: ({ header, accessToken: key }) => headerCredential(header ?? 'x-api-key', undefined, key),
    async obtain(target, given) {
      const key = requireToken(requireGiven(given, 'api-key'), 'api-key');
      const header = headerOf(target.offer, given['header-name']);
      const identity = identityOfToken(undefined, target.connection.resource);
      return obtained('api-key', target, key, { tokenType: '', header, identity, nowMs: now() });
    },
  };
}

const asGiven = {
  keepsTyped: true,
  isUntried: true,
  renewFromMs: () => undefined,
  canRenew: () => false,
  mayRepeat: () => true,
  renew: () => Promise.reject(new Fault('sign-in-needed', { reason: 'nobody renews what was given' })),
  // What its people issued only they can take back.
  cancellations: () => [],
} as const;

function apiKeyFields(offer: WayInOffer): readonly Field[] {
  if (offer.way !== 'api-key') return [];
  const example = offer.prefix === undefined ? {} : { example: `${offer.prefix}…` };
  const key: Field = { name: 'api-key', secret: true, required: true, ...example };
  return offer.header === undefined
    ? [{ name: 'header-name', secret: false, required: false, example: 'X-API-Key' }, key]
    : [key];
}

/** A name that RFC 9110 s5.1 allows and that nothing else of a request depends on. */
function headerOf(offer: WayInOffer, given: Secret | undefined): string {
  if (offer.way === 'api-key' && offer.header !== undefined) return offer.header.toLowerCase();
  const name = (given?.open() ?? 'x-api-key').toLowerCase();
  const reserved = /^(host|connection|content-.*|transfer-encoding|te|upgrade|cookie|accept.*|mcp-.*|expect|trailer)$/;
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]{1,64}$/.test(name) || reserved.test(name)) {
    throw new Fault('input-invalid', { subject: 'header-name', thing: 'field' });
  }
  return name;
}

/** Visible ASCII without blanks: nothing else can stand in a header. Never says what it was. */
function requireToken(token: Secret, field: 'access-token' | 'api-key'): Secret {
  if (/^[\x21-\x7e]+$/.test(token.open())) return token;
  throw new Fault('input-invalid', { subject: field, thing: 'field' });
}

function obtained(
  wayIn: GrantRecord['wayIn'],
  { connection }: Target,
  token: Secret,
  more: { readonly tokenType: string; readonly header?: string; readonly identity: Identity; readonly nowMs: number },
): Obtained {
  const { origin } = new URL(connection.resource);
  return {
    identity: more.identity,
    grant: {
      accountId: '',
      wayIn,
      issuer: origin,
      resource: connection.resource,
      clientId: '',
      tokenType: more.tokenType,
      header: more.header,
      accessToken: token,
      requestedScopes: [],
      grantedScopes: [],
      obtainedAtMs: more.nowMs,
    },
  };
}
