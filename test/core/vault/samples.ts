/** Any record at all, for the vault's property tests. */

import fc from 'fast-check';
import { Secret } from '../../../electron/core/vault/secret.ts';
import type { Change } from '../../../electron/core/vault/vault.ts';
import { waysIn } from '../../../shared/ways-in.ts';

const text = fc.string({ unit: 'binary' });
const timeMs = fc.nat();
const secret = text.map((value) => new Secret(value));
// An object with a key of its own called `__proto__` is not something a record has.
const name = text.filter((value) => value !== '__proto__');
const recordKey = fc.oneof(fc.constantFrom('a', 'b', '1', '0', '__proto__', 'constructor', ''), text);

const anyGrant = fc.record(
  {
    accountId: text,
    issuer: text,
    resource: text,
    clientId: text,
    wayIn: fc.constantFrom(...waysIn),
    tokenType: text,
    accessToken: secret,
    requestedScopes: fc.array(text),
    grantedScopes: fc.array(text),
    obtainedAtMs: timeMs,
    refreshToken: secret,
    expiresAtMs: timeMs,
    rotatesRefreshToken: fc.boolean(),
  },
  {
    requiredKeys: [
      'accountId',
      'issuer',
      'resource',
      'clientId',
      'wayIn',
      'tokenType',
      'accessToken',
      'requestedScopes',
      'grantedScopes',
      'obtainedAtMs',
    ],
  },
);

const anyConnection = fc.record({
  id: text,
  name: text,
  service: text,
  resource: text,
  createdAtMs: timeMs,
  paused: fc.boolean(),
  access: fc.constantFrom('authorization-code' as const, 'none' as const),
  wayIn: fc.constantFrom(...waysIn),
  extraScopes: fc.array(text),
  accountByClient: fc.dictionary(name, text, { noNullPrototype: true }),
});

/** As it comes out of a file: JSON has no -0. */
const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));

const anyServer = fc.record({
  issuer: text,
  source: fc.constantFrom('discovered' as const, 'preset' as const),
  metadata: fc.dictionary(name, json, { noNullPrototype: true }),
  fetchedAtMs: timeMs,
});

const anyJournal = fc.record({ refreshTokenDigest: text, startedAtMs: timeMs });

export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('grant' as const), key: recordKey, record: anyGrant }),
  fc.record({ kind: fc.constant('connection' as const), key: recordKey, record: anyConnection }),
  fc.record({ kind: fc.constant('authorizationServer' as const), key: recordKey, record: anyServer }),
  fc.record({ kind: fc.constant('refreshJournal' as const), key: recordKey, record: anyJournal }),
  fc.record({
    kind: fc.constantFrom('grant' as const, 'connection' as const, 'refreshJournal' as const),
    key: recordKey,
    record: fc.constant(undefined),
  }),
);

/** A record as plain JSON with its secrets open, to compare two of them. */
export function opened(record: unknown): unknown {
  if (record === undefined) return undefined;
  const text = JSON.stringify(record, function (this: Record<string, unknown>, key, value) {
    // JSON asks a Secret for its `[secret]` before this is called: look at the original.
    const original = this[key];
    return original instanceof Secret ? { secret: original.open() } : value;
  });
  return JSON.parse(text);
}
