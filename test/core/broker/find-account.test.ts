/** Which account a person means by what they type. */
import { describe, expect, it } from 'vitest';
import { findAccount } from '../../../electron/core/broker/accounts.ts';
import type { AccountRecord } from '../../../electron/core/vault/records.ts';

const account = (id: string, label: string, more: Partial<AccountRecord> = {}): AccountRecord => ({
  id,
  label,
  connectionId: 'c',
  issuer: 'https://a.example',
  wayIn: 'authorization-code',
  addedAtMs: 0,
  ...more,
});
const accounts = [
  account('1', 'acme', { wayIn: 'api-key' }),
  account('2', 'ana@acme.example (acme)', { email: 'ana@acme.example', organisation: 'acme' }),
  account('3', 'Globex', { organisation: 'Initech' }),
  account('4', 'bob', { email: 'bob@globex.example', organisation: 'Initech' }),
];

describe('an account that is named', () => {
  it.each([
    ['acme', '1'],
    ['ACME', '1'],
    [' acme ', '1'],
    ['ana@acme.example', '2'],
    ['ana', '2'],
    ['glob', '3'],
    ['2', '2'],
  ])('%j is account %s, whatever else others have of that name', (reference, id) => {
    expect(findAccount(accounts, reference).id).toBe(id);
  });

  it.each([
    ['initech', 'account-ambiguous'],
    ['a', 'account-ambiguous'],
    ['carol', 'account-unknown'],
  ])('%j is %s', (reference, code) => {
    expect(() => findAccount(accounts, reference)).toThrow(expect.objectContaining({ code }));
  });
});
