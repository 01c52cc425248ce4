import { describe, expect, it } from 'vitest';
import { noneInUseInWords, stateInWords, staysSignedIn } from '../../electron/cli/words.ts';
import type { AccountView, ConnectionView } from '../../shared/snapshot.ts';

const nowMs = new Date('2026-03-01T12:00:00').getTime();

const account: AccountView = {
  id: 'a1',
  label: 'ana@acme.example (acme)',
  current: true,
  state: 'connected',
  requestedScopes: [],
  grantedScopes: [],
  neededScopes: [],
  addedAtMs: 0,
  renewsItself: true,
  bound: false,
  wayIn: 'authorization-code',
};
const connection: ConnectionView = {
  id: 'c1',
  name: 'sales',
  service: 'conexor',
  title: 'Conexor',
  resource: 'https://a.example/mcp',
  host: 'a.example',
  access: 'sign-in',
  speaks: 'mcp',
  wayIn: 'authorization-code',
  waysIn: [{ id: 'authorization-code', fields: [], keepsTyped: false, legacy: false }],
  state: 'sign-in-again',
  paused: false,
  accounts: [],
  clients: [],
};

describe('how long an account stays signed in', () => {
  it.each([
    ['keychain', 'Stays signed in'],
    ['key-file', 'Stays signed in'],
    ['memory', 'Stays signed in until Conexor stops'],
  ] as const)('follows where sign-ins are kept: %s', (vault, words) => {
    expect(staysSignedIn(account, vault, nowMs)).toBe(words);
  });

  it('is the day where nothing renews it, and the state where something is wrong', () => {
    const once = { ...account, renewsItself: false };
    const expiresAtMs = new Date('2026-03-03T12:00:00').getTime();
    expect(staysSignedIn({ ...once, expiresAtMs }, 'memory', nowMs)).toBe('Sign in again by March 3');
    expect(staysSignedIn({ ...once, expiresAtMs: nowMs }, 'keychain', nowMs)).toBe('Sign-in has ended');
    expect(staysSignedIn(once, 'keychain', nowMs)).toBe('Stays signed in until the service ends it');
    expect(staysSignedIn({ ...account, state: 'plan-limit' }, 'memory', nowMs)).toBe('Plan limit reached');
  });
});

describe('a service that asks for a person', () => {
  const other = { ...account, current: false };

  it('tells a sign-in from a choice of account', () => {
    expect(stateInWords(connection, nowMs)).toBe('Not signed in yet');
    expect(stateInWords({ ...connection, accounts: [other] }, nowMs)).toBe('No account in use');
    const lapsed = { ...account, state: 'sign-in-again' } as const;
    expect(stateInWords({ ...connection, accounts: [lapsed] }, nowMs)).toBe('Sign in again');
  });

  it('is told which account can be used, where there is one', () => {
    const lapsed = { ...other, id: 'a2', label: 'ana@globex.example', state: 'sign-in-again' } as const;
    expect(noneInUseInWords({ ...connection, accounts: [lapsed, other] })).toEqual([
      "No account is in use at sales. To use ana@acme.example (acme): npx conexor use 'ana@acme.example (acme)' -c sales",
    ]);
    expect(noneInUseInWords({ ...connection, accounts: [lapsed] })).toEqual([
      'No account is in use at sales. To sign in: npx conexor connect https://a.example/mcp',
    ]);
    expect(noneInUseInWords({ ...connection, accounts: [account, lapsed] })).toEqual([]);
    expect(noneInUseInWords(connection)).toEqual([]);
  });
});
