import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/core/vault/secret.ts';

const value = 'canary-7f3a';
const secret = new Secret(value);

describe('a secret', () => {
  it('gives its value to whoever opens it', () => {
    expect(secret.open()).toBe(value);
  });

  it.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['a template', () => `${secret}`],
    ['concatenation', () => `a${String(secret)}`],
    ['JSON', () => JSON.stringify({ nested: [secret] })],
    ['util.inspect', () => inspect({ nested: [secret] }, { depth: 9, showHidden: true })],
    ['util.format', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['an error message', () => String(new Error(`failed with ${secret}`).stack)],
  ])('P-63 does not leak by %s', (_, print) => {
    expect(print()).toContain('[secret]');
    expect(print()).not.toContain(value);
  });

  it('P-63 does not leak by structuredClone, spreading or its properties', () => {
    expect(inspect(structuredClone(secret))).toBe('{}');
    expect({ ...secret }).toEqual({});
    expect(Reflect.ownKeys(secret)).toEqual([]);
  });
});
