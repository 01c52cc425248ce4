/** What did not change keeps its identity from one state to the next: that is how the window knows what to draw again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepingIdentity } from '../../renderer/client/identity.ts';

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('keepingIdentity', () => {
  const before = {
    list: [
      { id: 'a', names: ['x'] },
      { id: 'b', names: [] },
    ],
    other: { deep: { n: 1 } },
  };

  it('gives back the same object for an equal one', () => {
    expect(keepingIdentity(before, copy(before))).toBe(before);
  });

  it('replaces only what lies on the way to the change', () => {
    const next = copy(before);
    const [first] = next.list;
    if (first) first.names.push('y');
    const kept = keepingIdentity(before, next);
    expect(kept).toEqual(next);
    expect(kept).not.toBe(before);
    expect(kept.other).toBe(before.other);
    expect(kept.list[0]).not.toBe(before.list[0]);
    expect(kept.list[1]).toBe(before.list[1]);
  });

  it('finds members with an id again wherever they moved to', () => {
    const kept = keepingIdentity(before, { ...copy(before), list: copy(before.list).toReversed() });
    expect(kept.list[0]).toBe(before.list[1]);
    expect(kept.list[1]).toBe(before.list[0]);
    const without = keepingIdentity(before, { ...copy(before), list: copy(before.list).slice(1) });
    expect(without.list[0]).toBe(before.list[1]);
  });

  it('tells an absent member from an undefined one, a list from an object', () => {
    expect(Object.hasOwn(keepingIdentity({ a: undefined }, {}), 'a')).toBe(false);
    expect(keepingIdentity({ a: 1 }, { b: 1 })).toEqual({ b: 1 });
    expect(keepingIdentity({}, [])).toEqual([]);
    expect(keepingIdentity([], {})).toEqual({});
    expect(keepingIdentity([1], [1, 2])).toEqual([1, 2]);
  });

  it('never changes the value, whatever was there before', () => {
    // As it comes out of a message: JSON has no -0.
    const told = fc.jsonValue().map(copy);
    fc.assert(
      fc.property(told, told, (previous, next) => {
        expect(keepingIdentity(previous, next)).toEqual(next);
        expect(keepingIdentity(next, copy(next))).toEqual(next);
      }),
    );
  });
});
