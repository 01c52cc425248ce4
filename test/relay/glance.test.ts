/** The relay's glance says what a whole parse would say, however a writer of JSON orders and spaces its members. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glance, members } from '../../electron/relay/glance.ts';

const id = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string(),
  fc.string({ unit: 'binary' }),
);
const method = fc.oneof(fc.constantFrom('tools/call', 'initialize', 'notifications/cancelled', 'ping'), fc.string());
/** Values that look like members of the message. */
const tricky = fc.constantFrom<unknown>(
  { id: 1 },
  { x: { id: 'inner', method: 'inner' } },
  [{ id: 5 }],
  ',"id":7}',
  '{"jsonrpc":"2.0","id":1,"method":"x"',
  '\\","id":9}',
  'x'.repeat(2_000),
  { text: `${'y'.repeat(1_500)},"id":3}` },
  '',
  null,
  {},
);

interface Member {
  readonly name: string;
  readonly value: unknown;
}

const message = fc
  .record({
    id: fc.option(id, { nil: undefined }),
    method: fc.option(method, { nil: undefined }),
    rest: fc.uniqueArray(
      fc.record({ name: fc.constantFrom('params', 'result', 'error', 'other', '_id'), value: tricky }),
      {
        selector: (one) => one.name,
      },
    ),
    order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  })
  .map((one) => {
    const members: Member[] = [
      { name: 'jsonrpc', value: '2.0' },
      ...(one.id === undefined ? [] : [{ name: 'id', value: one.id }]),
      ...(one.method === undefined ? [] : [{ name: 'method', value: one.method }]),
      // A request or notification has neither result nor error (JSON-RPC 2.0 section 4 and 5).
      ...one.rest.filter(({ name }) => one.method === undefined || (name !== 'result' && name !== 'error')),
    ];
    return members
      .map((member, at) => ({ member, weight: one.order[at] ?? 0 }))
      .sort((a, b) => a.weight - b.weight)
      .map(({ member }) => member);
  });

const spaces = fc.constantFrom('', ' ', '  ', '\t');

function written(list: readonly Member[], space: string): Buffer {
  const parts = list.map(({ name, value }) => `${JSON.stringify(name)}${space}:${space}${JSON.stringify(value)}`);
  return Buffer.from(`{${space}${parts.join(`,${space}`)}${space}}${space}\n`);
}

/** By parsing the whole. */
function expected(line: Buffer): object[] {
  const { id: found, method: named } = members(line);
  const known = typeof found === 'string' || typeof found === 'number' ? JSON.stringify(found) : undefined;
  if (typeof named === 'string')
    return [
      {
        kind: known === undefined ? 'notification' : 'request',
        method: named,
        ...(known === undefined ? {} : { id: known }),
      },
    ];
  return known === undefined ? [] : [{ kind: 'response', id: known }];
}

describe('a glance', () => {
  it('says what a whole parse would', () => {
    fc.assert(
      fc.property(message, spaces, fc.integer({ min: 1, max: 3_000 }), (list, space, size) => {
        const line = written(list, space);
        expect(glance(line)).toEqual(expected(line));
        const parts: Buffer[] = [];
        for (let at = 0; at < line.length; at += size) parts.push(line.subarray(at, at + size));
        expect(glance(parts)).toEqual(expected(line));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [
      'a batch',
      '[{"jsonrpc":"2.0","id":1,"method":"a"},{"id":"x","result":{}},7]',
      [
        { kind: 'request', id: '1', method: 'a' },
        { kind: 'response', id: '"x"' },
      ],
    ],
    ['no JSON', '{"id":1,', []],
    ['no object', '"id"', []],
    ['an error without an id', '{"jsonrpc":"2.0","id":null,"error":{}}', []],
    ['an escaped quote before its id', '{"result":1,"a\\\\":0,"id":1}', [{ kind: 'response', id: '1' }]],
  ])('of %s', (_what, line, seen) => {
    expect(glance(Buffer.from(`${line}\n`))).toEqual(seen);
  });
});
