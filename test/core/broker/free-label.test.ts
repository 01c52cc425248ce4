/** What an account is called where the service does not say whose it is. */
import { describe, expect, it } from 'vitest';
import { freeLabel } from '../../../electron/core/broker/accounts.ts';
import { isUnnamed } from '../../../shared/account-labels.ts';

describe('an account of which the service names nobody', () => {
  it('is called by what was entered, told apart from the next one, and known to be without a name', () => {
    const first = freeLabel([], {}, 'access-token');
    expect(first).toBe('Access key');
    const record = { id: 'a', connectionId: 'c', issuer: 'i', label: first, addedAtMs: 0 };
    expect(freeLabel([{ ...record, wayIn: 'access-token' }], {}, 'access-token')).toBe('Access key 2');
    expect(freeLabel([], {}, 'api-key')).toBe('API key');
    expect(freeLabel([], {}, 'authorization-code')).toBe('Account');
    expect(freeLabel([], { email: 'ana@acme.example' }, 'api-key')).toBe('ana@acme.example');
    expect(isUnnamed({ label: 'Access key 2', wayIn: 'access-token' })).toBe(true);
    expect(isUnnamed({ label: 'Support of Acme', wayIn: 'access-token' })).toBe(false);
  });
});
