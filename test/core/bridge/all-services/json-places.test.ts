import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf, placeOf, withValue } from '../../../../electron/core/bridge/all-services/json-places.ts';

const numRuns = Number(process.env['CONEXOR_TEST_RUNS'] ?? 600);
const spaces = fc.constantFrom('', ' ', '\n', '\t ', '\r\n');
const values = fc.jsonValue({ maxDepth: 4 });
const parse = (json: Buffer): unknown => JSON.parse(json.toString());

describe('places of values in JSON', () => {
  it('finds every member and element of any text, however it is spaced', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), values, { maxKeys: 6 }),
        fc.array(values, { maxLength: 5 }),
        spaces,
        (members, list, gap) => {
          const json = Buffer.from(JSON.stringify({ members, list }, null, gap));
          for (const [name, value] of Object.entries(members)) {
            const place = placeOf(json, ['members', name]);
            expect(place && parse(json.subarray(...place))).toEqual(JSON.parse(JSON.stringify(value)));
          }
          const all = placeOf(json, ['list']);
          expect(all && elementsOf(json, all).map(parse)).toEqual(JSON.parse(JSON.stringify(list)));
          for (const index of list.keys()) {
            const place = placeOf(json, ['list', index]);
            expect(place && parse(json.subarray(...place))).toEqual(JSON.parse(JSON.stringify(list[index])));
          }
          expect(placeOf(json, ['list', list.length])).toBeUndefined();
        },
      ),
      { numRuns },
    );
  });

  it('exchanges one value and leaves every other byte', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), values, { maxKeys: 5 }), fc.string(), values, (members, name, value) => {
        const json = Buffer.from(JSON.stringify({ a: 1, params: members, z: [1.5] }));
        const told = withValue(json, ['params', name], JSON.stringify(value));
        expect(parse(told)).toEqual(
          JSON.parse(JSON.stringify({ a: 1, params: { ...members, [name]: value }, z: [1.5] })),
        );
        const before = placeOf(json, ['params', name]);
        if (before) {
          expect(told.subarray(0, before[0]).equals(json.subarray(0, before[0]))).toBe(true);
          const rest = json.length - before[1];
          expect(told.subarray(told.length - rest).equals(json.subarray(before[1]))).toBe(true);
        }
      }),
      { numRuns },
    );
  });

  it('keeps what JavaScript cannot hold, and takes the last of members with one name', () => {
    const json = Buffer.from('{ "n":12345678901234567890,"name" : "first", "na\\u006de":"last" , "u":"\\u00e9" }');
    expect(withValue(json, ['name'], '"x"').toString()).toBe(
      '{ "n":12345678901234567890,"name" : "first", "na\\u006de":"x" , "u":"\\u00e9" }',
    );
  });

  it('makes what is missing on the way', () => {
    const at = (json: string) => withValue(Buffer.from(json), ['params', '_meta'], '{}').toString();
    expect(at('{"id":1}')).toBe('{"params":{"_meta":{}},"id":1}');
    expect(at('{"params":{}}')).toBe('{"params":{"_meta":{}}}');
    expect(at('{"params":null}')).toBe('{"params":{"_meta":{}}}');
  });

  it('ends on what is no JSON at all', () => {
    for (const text of ['', '{', '[', '[}', '{"a"}', '{"a":}', '[,,]', '{"a', '"', '{"result":[}]}', '{"a":1,,}']) {
      const json = Buffer.from(text);
      placeOf(json, ['a', 1]);
      withValue(json, ['result', 'b'], '1');
      elementsOf(json, [0, json.length]);
    }
  });
});
