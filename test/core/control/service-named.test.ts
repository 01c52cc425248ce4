/** What a service is called in the faults that a window tells. */
import { describe, expect, it } from 'vitest';
import { serviceNamed } from '../../../electron/core/control/service-named.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { Fault } from '../../../shared/faults.ts';
import { connexease } from '../../e2e/window/ways-screens.ts';

const practice = connexease({ service: 'practice-connexease', title: 'Connexease (practice)', host: '127.0.0.1:4802' });
const snapshot = { connections: [practice] };
const told = (code: 'account-banned' | 'account-disabled' | 'credentials-refused' | 'unreachable', subject: string) =>
  faultWords(serviceNamed(new Fault(code, { subject, reason: 'status 403' }), practice.id, snapshot, 'en'), 'en').what;

describe('a service in the window', () => {
  it.each([
    ['account-banned', 'Connexease practice service has blocked this user.'],
    ['account-disabled', 'Your account at Connexease practice service has been disabled there.'],
    ['credentials-refused', 'Connexease practice service did not accept what you entered.'],
  ] as const)('has the same name in %s as in its form', (code, sentence) => {
    expect(told(code, practice.host)).toBe(sentence);
  });

  it('is an address where the address may be wrong, and others keep their names', () => {
    expect(told('unreachable', practice.host)).toContain('127.0.0.1:4802');
    expect(told('account-banned', 'login.example')).toBe('login.example has blocked this user.');
    const fault = new Fault('account-banned', { subject: practice.host });
    expect(serviceNamed(fault, 'gone', snapshot, 'en')).toBe(fault);
  });
});
