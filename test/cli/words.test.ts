import { describe, expect, it } from 'vitest';
import { questionsInWords } from '../../electron/cli/questions.ts';
import {
  keptInWords,
  noneInUseInWords,
  signOutInWords,
  stateInWords,
  staysSignedIn,
} from '../../electron/cli/words.ts';
import type { AccountView, ConnectionView } from '../../shared/snapshot.ts';
import type { WayInOfferView } from '../../shared/ways-in.ts';

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
    expect(stateInWords(connection, nowMs)).toBe('Not signed in');
    expect(stateInWords({ ...connection, accounts: [other] }, nowMs)).toBe('No account in use');
    const lapsed = { ...account, state: 'sign-in-again' } as const;
    expect(stateInWords({ ...connection, accounts: [lapsed] }, nowMs)).toBe('Sign in again');
  });

  it('stays connected while another account signs in, as in the window', () => {
    const signingIn = { ...connection, state: 'signing-in' } as const;
    expect(stateInWords({ ...signingIn, accounts: [account] }, nowMs)).toBe('Connected');
    expect(stateInWords(signingIn, nowMs)).toBe('Signing in…');
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

describe('what is kept after a sign-in', () => {
  const offer: WayInOfferView = { id: 'password-login', fields: [], keepsTyped: false, legacy: false };
  const field = { name: 'password', secret: true, required: true } as const;

  it('is said once, with the place of what opens it', () => {
    const kept = (more: object, vault: 'keychain' | 'key-file' = 'keychain') =>
      keptInWords({ ...offer, ...more }, vault, 'GNOME Keyring').join(' ');
    expect(kept({ id: 'authorization-code' })).toMatch(/^Only the access .* in GNOME Keyring\.$/);
    expect(kept({ fields: [field] })).toMatch(
      /^Only what the service answers is kept; your password is not\. .*sealed file/,
    );
    expect(kept({ id: 'jwt-login', fields: [field], keepsTyped: true })).toMatch(/because renewing needs it/);
    expect(kept({ id: 'api-key', fields: [field], keepsTyped: true }, 'key-file')).toMatch(
      /sent to the service alone\. .*key file/,
    );
  });

  it('is not promised where nothing lasts', () => {
    expect(keptInWords(offer, 'memory', 'none')).toEqual([
      'Nothing of it is kept on disk: there is no keychain here, so it lasts until Conexor stops.',
    ]);
  });
});

it('a question is shown with the words that answer it', () => {
  const question = { id: '1a2b3c4d-0000', program: 'n8n', connectionId: 'c1', askedAtMs: 0, endsAtMs: 1 } as const;
  const questions = [
    { ...question, what: 'revoke' as const, account: 'ana' },
    { ...question, id: '5e6f7a8b-0000', what: 'sign-in' as const, connectionId: 'gone' },
    { ...question, what: 'sign-in' as const, another: true, scopes: ['email', 'admin'] },
  ];
  expect(questionsInWords({ questions, connections: [connection] })).toEqual([
    {
      what: 'n8n wants to sign ana out of Conexor (sales)',
      next: 'npx conexor answer 1a2b3c4d yes (or: npx conexor answer 1a2b3c4d no)',
    },
    { what: 'n8n wants you to sign in to a service', next: expect.stringContaining('npx conexor answer 5e6f7a8b yes') },
    {
      what: 'n8n wants you to sign in to Conexor (sales) with another account. Besides the usual it asks for: See your e-mail address and admin.',
      next: expect.any(String),
    },
  ]);
});

it.each([
  ['authorization-code', 'Remove Conexor in your account settings there.'],
  ['device-code', 'Remove Conexor in your account settings there.'],
  ['access-token', 'The key itself stays good at the service: delete it where it was issued.'],
  ['api-key', 'The key itself stays good at the service: delete it where it was issued.'],
  ['client-credentials', 'The client and its secret stay good at the service: delete the client or its secret there.'],
  ['password-login', /ends there by itself on Mar 1, 2026, 12:00\sPM\.$/],
  ['jwt-login', /ends there by itself on Mar 1, 2026, 12:00\sPM\.$/],
] as const)(
  'after a sign-out that the service does not know of, what is left there is said as it is: %s',
  (wayIn, left) => {
    for (const service of ['no-way', 'refused'] as const) {
      const result = { account: 'ana', service, proof: 'not-checked', accessUntilMs: nowMs, wayIn } as const;
      expect(signOutInWords(result, 'a.example')[1]).toMatch(left);
    }
  },
);

describe('after a sign-out', () => {
  const said = (service: 'waiting' | 'may-live') =>
    signOutInWords({ account: 'ana', service, proof: 'not-checked' }, 'a.example')[1];

  it('what the service did not confirm is said as that, whether it was out of reach or in trouble', () => {
    expect(said('waiting')).toMatch(/^a\.example has not confirmed it yet\. Conexor keeps trying/);
  });

  it('access that may have been issued and never arrived is named, with who can end it', () => {
    expect(said('may-live')).toMatch(
      /a\.example may have issued newer access .* Remove Conexor in your account settings/,
    );
  });
});
