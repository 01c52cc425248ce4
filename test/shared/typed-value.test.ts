/** What a person pastes for a field, as it is meant. */
import { describe, expect, it } from 'vitest';
import { typedValue } from '../../shared/typed-value.ts';

describe('a pasted key', () => {
  it.each([
    ['in straight quotation marks', '"ct_live_1"'],
    ['in single ones', "'ct_live_1'"],
    ['in typographic ones', '“ct_live_1”'],
    ['in German ones', '„ct_live_1“'],
    ['in Spanish ones', '«ct_live_1»'],
    ['as a header has it', 'Bearer ct_live_1'],
    ['as a header in JSON has it', ' "bearer  ct_live_1"\n'],
    ['with the word before the quotation marks', 'Bearer "ct_live_1"'],
    ['with blanks inside the quotation marks', '" ct_live_1 "'],
  ])('%s is the key itself', (_how, text) => {
    expect(typedValue('access-token', text)).toBe('ct_live_1');
    expect(typedValue('api-key', text)).toBe('ct_live_1');
  });

  it.each(['bearer', 'ct"live"1', 'Bearerct_live_1', '"', '""', '"ct_live_1', 'ct live'])(
    '%s stays as it is',
    (text) => {
      expect(typedValue('access-token', text)).toBe(text);
    },
  );
});

describe('other fields', () => {
  it('a password is never changed', () => {
    for (const text of ['"secret"', ' secret ', 'Bearer secret', '\u200bsecret']) {
      expect(typedValue('password', text)).toBe(text);
    }
  });

  it('a secret keeps its quotation marks, a name loses what nobody sees', () => {
    expect(typedValue('client-secret', ' "s" ')).toBe('"s"');
    expect(typedValue('username', ' \u200bana\u00ad ')).toBe('ana');
    expect(typedValue('email')).toBe('');
  });
});
