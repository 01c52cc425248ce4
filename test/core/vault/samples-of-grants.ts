/** A grant for the vault's tests, without their libraries: a bundled program uses it as well. */
import type { GrantRecord } from '../../../electron/core/vault/records.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';

export function grant(accessToken: string, more: Partial<GrantRecord> = {}): GrantRecord {
  return {
    accountId: 'account-1',
    issuer: 'https://issuer.example',
    resource: 'https://issuer.example/mcp',
    clientId: 'client',
    wayIn: 'authorization-code',
    tokenType: 'Bearer',
    accessToken: new Secret(accessToken),
    refreshToken: new Secret(`refresh-${accessToken}`),
    requestedScopes: ['a'],
    grantedScopes: ['a', 'b'],
    obtainedAtMs: 1_000,
    expiresAtMs: 3_601_000,
    ...more,
  };
}
