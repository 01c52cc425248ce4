/** With which way in a sign-in begins, where nobody has chosen one. */
import { describe, expect, it } from 'vitest';
import { wayInOf } from '../../renderer/sign-in/wanted.ts';
import type { AccountView, ConnectionView } from '../../shared/snapshot.ts';
import type { WayInId } from '../../shared/ways-in.ts';

function connexease(change: Partial<ConnectionView> = {}): ConnectionView {
  const offer = (id: WayInId, legacy: boolean) => ({ id, fields: [], keepsTyped: true, legacy });
  return {
    ...{ id: 'c', name: 'c', service: 'connexease', title: 'C', resource: 'https://c.example/', host: 'c.example' },
    ...{ access: 'sign-in', speaks: 'rest', state: 'connected', paused: false, clients: [] },
    accounts: [account({ id: 'a', wayIn: 'jwt-login', current: true })],
    wayIn: 'jwt-login',
    waysIn: [offer('access-token', false), offer('jwt-login', true)],
    ...change,
  };
}

function account(change: Partial<AccountView>): AccountView {
  return {
    ...{ id: 'a', label: 'Ana', wayIn: 'access-token', current: false, state: 'connected', addedAtMs: 0 },
    ...{ requestedScopes: [], grantedScopes: [], neededScopes: [], renewsItself: false, bound: false },
    ...change,
  };
}

describe('a sign-in begins', () => {
  it('for another account never with a way that the service advises against', () => {
    expect(wayInOf({ connection: 'c', another: true }, connexease())).toBe('access-token');
  });

  it('for another account with what the service suggests; of any service of its kind with what worked here', () => {
    expect(wayInOf({ connection: 'c', another: true }, connexease({ wayIn: 'access-token' }))).toBe('access-token');
    const byKey = {
      wayIn: 'api-key' as const,
      waysIn: (['authorization-code', 'api-key'] as const).map((id) => ({
        ...{ id, fields: [], keepsTyped: false, legacy: false },
      })),
    };
    expect(wayInOf({ connection: 'c', another: true }, connexease(byKey))).toBe('authorization-code');
    expect(wayInOf({ connection: 'c', another: true }, connexease({ ...byKey, service: 'web-api' }))).toBe('api-key');
  });

  it('again with the way of the account, whatever the service advises', () => {
    expect(wayInOf({ connection: 'c' }, connexease())).toBe('jwt-login');
    expect(wayInOf({ connection: 'c', another: true, wayIn: 'jwt-login' }, connexease())).toBe('jwt-login');
  });
});
