import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeLabel } from '../../electron/core/broker/accounts.ts';
import type { AccountRecord } from '../../electron/core/vault/records.ts';
import { oneLine } from '../../shared/one-line.ts';

const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const anything = fc.string({ unit: 'binary', maxLength: 300 });

describe('words of others on one line of ours', () => {
  it('never steer, never go on for ever, and never end in half a character', () => {
    fc.assert(
      fc.property(anything, (words) => {
        const line = oneLine(words);
        expect(steering.test(line)).toBe(false);
        expect(line.length).toBeLessThanOrEqual(100);
        expect(oneLine(line)).toBe(line);
      }),
    );
    expect(oneLine(`${'a'.repeat(99)}😀`)).toBe('a'.repeat(99));
    expect(oneLine('Ana\u202egnp.exe\u0007\n b')).toBe('Ana gnp.exe  b');
  });

  it('make labels that fit and that no two accounts share', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ label: anything, organisation: anything }), { maxLength: 8 }), (identities) => {
        const accounts: AccountRecord[] = [];
        for (const identity of [...identities, ...identities]) {
          const label = freeLabel(accounts, { subject: 's', ...identity }, 'authorization-code');
          expect(label.length).toBeLessThanOrEqual(100);
          expect(label).not.toBe('');
          expect(steering.test(label)).toBe(false);
          expect(accounts.map((one) => one.label.toLowerCase())).not.toContain(label.toLowerCase());
          accounts.push({
            id: label,
            connectionId: 'c',
            issuer: 'i',
            label,
            wayIn: 'authorization-code',
            addedAtMs: 0,
          });
        }
      }),
    );
  });
});
