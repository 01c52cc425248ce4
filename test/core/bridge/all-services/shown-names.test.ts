import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  prefixFor,
  readShownName,
  shownName,
  shownNames,
} from '../../../../electron/core/bridge/all-services/shown-names.ts';

const numRuns = Number(process.env['CONEXOR_TEST_RUNS'] ?? 1_000);
const prefixes = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,39}$/);
/** Names that are likely to meet. */
const names = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'A', '_', '.', '-', '1', 'é'), minLength: 1, maxLength: 5 }),
  fc.stringMatching(/^[a-z]{20,90}$/),
  fc.stringMatching(/^a_[0-9a-f]{8}$/),
  fc.string({ minLength: 1 }),
);
const free = () => false;

describe('the names of several services’ tools', () => {
  it('fit every host, differ even in one case of letters, and mean the same whatever else is listed', () => {
    fc.assert(
      fc.property(prefixes, fc.uniqueArray(names, { maxLength: 12 }), (prefix, all) => {
        const shown = shownNames(prefix, all);
        for (const one of shown) expect(one).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        for (const one of shown) expect(one.startsWith(`${prefix}__`)).toBe(true);
        expect(new Set(shown.map((one) => one.toLowerCase())).size).toBe(all.length);
        for (const [index, name] of all.entries()) {
          // Alone, or with any others: under this name nothing else can stand.
          const read = readShownName(shown[index] ?? '');
          expect(read?.prefix).toBe(prefix);
          if (read?.name !== undefined)
            expect(read.name === name || shownName(prefix, read.name) !== shown[index]).toBe(true);
        }
      }),
      { numRuns },
    );
  });

  it('stay what they are when another service is added: the name is always there', () => {
    expect(shownName('sales', 'list_orders')).toBe('sales__list_orders');
    expect(shownName('sales', 'listOrders')).toBe('sales__listOrders');
  });

  it('are marked where letters had to be replaced, where they are too long, or where they look marked', () => {
    expect(shownName('sales', 'orders.list')).toMatch(/^sales__orders_list_[0-9a-f]{8}$/);
    expect(shownName('sales', 'orders/list')).not.toBe(shownName('sales', 'orders.list'));
    expect(shownName('sales', 'orders_1234abcd')).toMatch(/^sales__orders_1234abcd_[0-9a-f]{8}$/);
    const long = shownName('a'.repeat(40), 'x'.repeat(60));
    expect(long).toHaveLength(64);
    expect(shownName('sales', 'x'.repeat(57))).toBe(`sales__${'x'.repeat(57)}`);
    expect(shownName('sales', 'x'.repeat(58))).not.toBe(`sales__${'x'.repeat(58)}`);
  });

  it('differ by more than upper and lower case, and the one in lower case stays plain', () => {
    const [lower, upper] = shownNames('sales', ['echo', 'Echo']);
    expect(lower).toBe('sales__echo');
    expect(upper).toMatch(/^sales__Echo_[0-9a-f]{8}$/);
    expect(shownNames('sales', ['Echo'])).toEqual(['sales__Echo']);
  });

  it('say whose they are; where that needs a look at the list, no more', () => {
    expect(readShownName('sales__a__b')).toEqual({ prefix: 'sales', name: 'a__b' });
    expect(readShownName('sales__a_1234abcd')).toEqual({ prefix: 'sales', name: undefined });
    expect(readShownName('plain')).toBeUndefined();
    expect(readShownName('__x')).toBeUndefined();
  });

  it('begin otherwise where another service’s names begin so already', () => {
    expect(prefixFor('sales', 'id-1', free)).toBe('sales');
    expect(prefixFor('sales', 'id-1', (one) => one === 'sales')).toMatch(/^sales-[0-9a-f]{4}$/);
    expect(prefixFor('Ventas_ñ', 'id-1', free)).toBe('Ventas-');
  });
});
