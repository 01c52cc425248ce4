/** Which service is meant where an account is expected. */
import { describe, expect, it } from 'vitest';
import { connectionWith, noSuchAccount, serviceNamed } from '../../electron/cli/which-connection.ts';
import { ControlError } from '../../electron/core/control/client.ts';
import { ana, globex, service } from '../e2e/window/scenes.ts';

const sales = service('Sales', { accounts: [ana] });
const practice = service('Practice', { accounts: [globex] });
const all = [sales, practice];

describe('a word after `revoke`', () => {
  it('is a service where it names one and no account', () => {
    expect(serviceNamed(all, 'practice', undefined)).toBe(practice.id);
    expect(serviceNamed(all, 'Practice', undefined)).toBe(practice.id);
    const alike = service('Notes', { accounts: [{ ...ana, label: 'practice@acme.example' }] });
    expect(serviceNamed([...all, alike], 'practice', undefined)).toBeUndefined();
    expect(serviceNamed(all, 'practice', 'sales')).toBeUndefined();
    expect(serviceNamed(all, ana.label, undefined)).toBeUndefined();
    expect(connectionWith(all, ana.label, undefined)).toBe(sales.id);
  });

  it('that names neither is told so, with what to write', () => {
    const ambiguous = new ControlError({ fault: 'connection-ambiguous', what: '…', next: '…' });
    expect(noSuchAccount(ambiguous, 'nobody')).toMatchObject({
      words: {
        fault: 'connection-ambiguous',
        what: '"nobody" is neither the name of a service nor of an account that only one service has.',
        next: expect.stringContaining('-c <name>'),
      },
    });
    const other = new ControlError({ fault: 'broker-absent', what: '…', next: '…' });
    expect(noSuchAccount(other, 'nobody')).toBe(other);
  });
});
