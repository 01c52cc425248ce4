/** One member out of an object, and every other byte where it was: on written examples, and on thousands of files. */
import fc from 'fast-check';
import { createScanner, getNodeValue, parseTree } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { membersOf, parseConfig } from '../../../../electron/core/clients/text/config-text.ts';
import { removeMember } from '../../../../electron/core/clients/text/remove-member.ts';

/** Removes the member `x` of the innermost object that has it. */
function withoutX(text: string): string {
  const root = parseConfig(text, 'file').root;
  const find = (node: typeof root): typeof root | undefined => {
    for (const { name, node: member, value } of membersOf(node)) {
      const found = find(value) ?? (name === 'x' ? member : undefined);
      if (found) return found;
    }
    return undefined;
  };
  const member = find(root);
  if (!member) throw new Error('no x');
  return removeMember(text, member);
}

describe('a member is taken out', () => {
  it.each([
    ['the only one', '{"x":1}', '{}'],
    ['the only one, with blanks', '{ "x" : 1 }', '{ }'],
    ['the first', '{ "x": 1, "b": 2 }', '{ "b": 2 }'],
    ['the last', '{ "a": 1, "x": 2 }', '{ "a": 1 }'],
    ['one between', '{ "a": 1, "x": 2, "b": 3 }', '{ "a": 1, "b": 3 }'],
    ['with its line', '{\n  "a": 1,\n  "x": 2,\n  "b": 3\n}\n', '{\n  "a": 1,\n  "b": 3\n}\n'],
    ['with its line and the comma before', '{\n\t"a": 1,\n\t"x": 2\n}', '{\n\t"a": 1\n}'],
    ['with its line, as Windows ends it', '{\r\n  "a": 1,\r\n  "x": 2\r\n}\r\n', '{\r\n  "a": 1\r\n}\r\n'],
    ['with all of its lines', '{\n  "x": {\n    "y": [1,\n 2]\n  },\n  "b": 3\n}', '{\n  "b": 3\n}'],
    ['beside a comment that stays', '{\n  "x": 1, // why\n  "b": 2\n}', '{\n  // why\n  "b": 2\n}'],
    [
      'below a comment that stays',
      '{\n  // one\n  "a": 1, /* two */\n  "x": 2\n  // three\n}',
      '{\n  // one\n  "a": 1 /* two */\n  // three\n}',
    ],
    ['with a comment before its comma', '{ "x": 1 /* c */ , "b": 2 }', '{  /* c */  "b": 2 }'],
    ['where commas trail', '{\n  "a": 1,\n  "x": 2,\n}', '{\n  "a": 1,\n}'],
    ['the only one where commas trail', '{ "x": 2, }', '{ }'],
    ['at the start of a line with more', '{\n  "x": 1, "b": 2\n}', '{\n  "b": 2\n}'],
    ['at the end of a line with more', '{ "a": 1, "x": 2,\n  "b": 3 }', '{ "a": 1,\n  "b": 3 }'],
    ['with a comma in a text behind it', '{"x":1,"b":",","c":"x,"}', '{"b":",","c":"x,"}'],
  ])('%s', (_, before, after) => {
    expect(withoutX(before)).toBe(after);
  });
});

/** JSON as people and programs write it: any blanks, line ends and comments wherever they may stand. */
const lineEnd = fc.constantFrom('\n', '\r\n');
const blank = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', ' ', '  ', '\t', '\n', '\n  ', '\r\n    ', '\n\n') },
  { weight: 1, arbitrary: fc.constantFrom(' /* c, } */ ', '/*\n"x": 1,\n*/') },
  { weight: 1, arbitrary: lineEnd.map((end) => ` // it's "so", {${end}  `) },
);
const name = fc.constantFrom('a', 'b', 'url', 'é', '😀', 'a b', '', 'x"y', '__proto__', 'mcpServers');
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('1', '-0.5e3', 'true', 'null', '"\\u00e9,"', '"// no"', '"/* no */"', '","', '"}"'),
);

const { object } = fc.letrec<{ value: string; list: string; object: string; member: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', maxDepth: 3 }, scalar, tie('object'), tie('list')),
  list: fc
    .array(fc.tuple(blank, tie('value'), blank), { maxLength: 3 })
    .map((items) => `[${items.map((parts) => parts.join('')).join(',')}]`),
  member: fc
    .tuple(blank, name, blank, blank, tie('value'), blank)
    .map(([before, own, beforeColon, afterColon, value, after]) =>
      [before, JSON.stringify(own), beforeColon, ':', afterColon, value, after].join(''),
    ),
  object: fc
    .tuple(fc.uniqueArray(tie('member'), { maxLength: 4, selector: nameOf }), blank, fc.boolean())
    .map(([members, inside, trails]) => `{${members.join(',')}${trails && members.length > 0 ? ',' : ''}${inside}}`),
}));

function nameOf(member: string): string {
  return String(parseTree(`{${member}}`)?.children?.[0]?.children?.[0]?.value);
}

interface Holed {
  readonly text: string;
  /** Where the members before and behind `x` end and begin. */
  readonly keepTo: number;
  readonly keepFrom: number;
  /** All but the member itself. */
  readonly rest: string;
}

const secretMember = fc
  .tuple(blank, blank, scalar, blank, blank)
  .map(([before, a, value, b, after]) => ({ before, own: `"x"${a}:${b}${value}`, after }));

/** An object with `x` somewhere in it, inside others. */
const holed: fc.Arbitrary<Holed> = fc
  .record({
    members: fc.uniqueArray(
      fc
        .tuple(blank, name, scalarOrObject(), blank)
        .map(([before, own, value, after]) => ({ before, own, value, after })),
      { maxLength: 5, selector: ({ own }) => own },
    ),
    at: fc.nat(5),
    x: secretMember,
    trails: fc.boolean(),
    inside: blank,
    around: fc.array(fc.tuple(blank, blank, blank), { maxLength: 3 }),
  })
  .map(({ members, at, x, trails, inside, around }) => {
    const place = Math.min(at, members.length);
    const all = members.map(({ before, own, value, after }) => `${before}${JSON.stringify(own)}: ${value}${after}`);
    const left = all.slice(0, place).join(',');
    const right = all.slice(place).join(',');
    const previousEnd = place === 0 ? 0 : left.length - (members[place - 1]?.after.length ?? 0);
    const nextBegin = place === members.length ? 0 : (members[place]?.before.length ?? 0);
    let before = `{${left}${left === '' ? '' : ','}${x.before}`;
    let after = `${x.after}${right === '' ? '' : ','}${right}${trails ? ',' : ''}${inside}}`;
    let keepTo = 1 + previousEnd;
    let keepBack = right === '' ? 1 : right.length - nextBegin + (trails ? 1 : 0) + inside.length + 1;
    for (const [outer, beforeValue, behind] of around) {
      const head = `{${outer}"deep":${beforeValue}`;
      const tail = `${behind}}`;
      before = head + before;
      after += tail;
      keepTo += head.length;
      keepBack += tail.length;
    }
    const text = before + x.own + after;
    return { text, keepTo, keepFrom: text.length - keepBack, rest: before + after };
  });

function scalarOrObject(): fc.Arbitrary<string> {
  return fc.oneof(scalar, object);
}

describe('whatever the file', () => {
  it('everything but the member, its line and its comma stays byte for byte (5,000 files)', () => {
    fc.assert(
      fc.property(holed, ({ text, keepTo, keepFrom, rest }) => {
        const left = withoutX(text);
        expect(left.startsWith(text.slice(0, keepTo))).toBe(true);
        expect(left.endsWith(text.slice(keepFrom))).toBe(true);
        const letters = (part: string) => part.replaceAll(/\s/g, '');
        expect(isSubsequence(left, text)).toBe(true);
        expect(comments(left)).toEqual(comments(rest));
        // Of the rest nothing goes but blanks and at most one comma.
        const lost = letters(rest).length - letters(left).length;
        expect(lost === 0 || lost === 1).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('the rest means what it meant, and plain JSON stays plain JSON (5,000 files)', () => {
    fc.assert(
      fc.property(holed, ({ text }) => {
        const left = withoutX(text);
        const before = getNodeValue(parseConfig(text, 'file').root) as object;
        expect(getNodeValue(parseConfig(left, 'file').root)).toEqual(lessX(before));
        if (isPlain(text)) expect(isPlain(left)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});

function lessX(value: object): object {
  const copy: Record<string, unknown> = Object.assign(Object.create(null), value);
  if ('x' in copy) delete copy['x'];
  else if (typeof copy['deep'] === 'object' && copy['deep'] !== null) copy['deep'] = lessX(copy['deep']);
  return copy;
}

function isPlain(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const char of part) {
    at = whole.indexOf(char, at);
    if (at < 0) return false;
    at += char.length;
  }
  return true;
}

/** Every comment in its order. */
function comments(text: string): readonly string[] {
  const scanner = createScanner(text, false);
  const found: string[] = [];
  for (;;) {
    scanner.scan();
    if (scanner.getTokenLength() === 0) return found;
    const token = text.slice(scanner.getTokenOffset(), scanner.getTokenOffset() + scanner.getTokenLength());
    if (/^\/[/*]/.test(token)) found.push(token);
  }
}
