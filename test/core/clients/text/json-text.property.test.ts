/**
 * Whatever the settings: JSON as people and programs write it, generated as text. What is put in is all that is new,
 * what is taken out leaves every byte, and what is refused is left alone. CONEXOR_TEST_RUNS multiplies the files.
 */
import fc from 'fast-check';
import { createScanner, parseTree } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { jsonFormat } from '../../../../electron/core/clients/text/json-format.ts';
import { Fault } from '../../../../shared/faults.ts';

const numRuns = 500 * Number(process.env['CONEXOR_TEST_RUNS'] ?? 1);
const path = '/home/ana/settings.json';

interface Look {
  readonly lineEnd: string;
  readonly step: string;
  readonly isFlat: boolean;
  readonly isSpaced: boolean;
  readonly trails: boolean;
  readonly comments: readonly string[];
}

const look: fc.Arbitrary<Look> = fc.record({
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  step: fc.constantFrom('', ' ', '  ', '    ', '\t', '             '),
  isFlat: fc.boolean(),
  isSpaced: fc.boolean(),
  trails: fc.boolean(),
  comments: fc.array(
    fc.constantFrom('/* c, } */', '/*"mcpServers":{}*/', '// it\'s "so", {', '/* é\n"x": 1,\n*/', '//', ''),
    { maxLength: 6 },
  ),
});

const name = fc.oneof(
  fc.constantFrom('"a"', '"__proto__"', '"constructor"', '""', '"é"', '"\\u0061b"', '"x\\"y"', '"1"', '"0"', '"a b"'),
  fc.constantFrom('"mcp"', '"servers"', '"mcpServers"', '"conexor"', '"// no"', '"\\ud83d\\ude00"', '"\\ud800"'),
);
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '1',
    '-0',
    '1e400',
    '-1.5E-3',
    '123456789012345678901',
    'true',
    'null',
    '"\\u00e9\\/,"',
    '"}"',
    '"*/"',
  ),
);

type Value = string | readonly Value[] | { readonly members: readonly (readonly [name: string, value: Value])[] };
const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { maxLength: 4, selector: ([own]) => JSON.parse(own) })
      .map((members) => ({ members })),
  ),
}));

const others = (...taken: readonly string[]) =>
  fc.uniqueArray(
    fc.tuple(name, anyValue).filter(([own]) => !taken.includes(JSON.parse(own))),
    { maxLength: 4, selector: ([own]) => JSON.parse(own) },
  );

/** In this look, with its comments wherever one may stand. */
function written(value: Value, how: Look, indent: string, next: () => string): string {
  if (typeof value === 'string') return value;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item: Value) => written(item, how, indent + how.step, next))
    : 'members' in value
      ? value.members.map(([own, item]) => {
          const blank = how.isSpaced ? ' ' : '';
          return `${own}${next()}:${blank}${next()}${written(item, how, indent + how.step, next)}`;
        })
      : [];
  const [open, close] = isList ? '[]' : '{}';
  const inner = how.isFlat ? (how.isSpaced ? ' ' : '') : how.lineEnd + indent + how.step;
  const outer = how.isFlat ? (how.isSpaced ? ' ' : '') : how.lineEnd + indent;
  if (items.length === 0) return `${open}${next()}${close}`;
  const comma = how.trails ? `${next()},` : '';
  return `${open}${next()}${inner}${items.join(`${next()},${next()}${inner}`)}${comma}${next()}${outer}${close}`;
}

function textOf(value: Value, how: Look, mark: string, before: string, after: string): string {
  let at = 0;
  const next = () => {
    // Between most tokens stands nothing.
    const comment = at % 5 === 2 ? (how.comments[Math.floor(at / 5) % Math.max(1, how.comments.length)] ?? '') : '';
    at += 1;
    return comment.startsWith('//') ? `${comment}${how.lineEnd}` : comment;
  };
  return mark + before + written(value, how, '', next) + after;
}

const around = fc.constantFrom('', ' ', '\n', '\r\n', '\t\r\n', '// above\n', '/* a */ ');
const mark = fc.constantFrom('', '', '\ufeff');
const servers = fc.constantFrom<readonly string[]>(['mcpServers'], ['mcp', 'servers'], ['a"\\', 'é', '__proto__']);
const ownName = fc.constantFrom('conexor', 'conexor-sales', '__proto__', 'é"', '');
const entry = fc.record({
  command: fc.constantFrom('/usr/bin/node', 'C:\\Program Files\\Niño\\node.exe', '/a "b"/🙂'),
  args: fc.array(fc.string({ unit: 'binary', maxLength: 6 }), { maxLength: 3 }),
  env: fc.constantFrom({}, { A: 'b' }),
});

/** At every step the object of the servers, among others; `depth` of them are there. */
const settings = fc
  .record({ how: look, mark, before: around, after: around, path: servers, name: ownName, depth: fc.nat(3) })
  .chain((base) =>
    fc
      .tuple(...base.path.map((step) => others(step)), others(base.name), fc.nat(4), entry, entry)
      .map((parts) => ({ base, parts })),
  )
  .map(({ base, parts }) => {
    const [value, other] = parts.slice(-2) as [object, object];
    const at = parts.at(-3) as number;
    const inner = parts.at(-4) as readonly (readonly [string, Value])[];
    const levels = parts.slice(0, base.path.length) as (readonly (readonly [string, Value])[])[];
    const depth = Math.min(base.depth, base.path.length);
    const group = levels.slice(0, depth).reduceRight<Value>(
      (value, beside, level) => {
        const members = [...beside];
        members.splice(at, 0, [JSON.stringify(base.path[level]), value]);
        return { members };
      },
      { members: depth === base.path.length ? inner : (levels[depth] ?? []) },
    );
    const text = textOf(group, base.how, base.mark, base.before, base.after);
    return { text, path: base.path, name: base.name, value, other, isThere: depth === base.path.length };
  });

describe('whatever the settings', () => {
  it(`what is put in is all that is new, and is gone again to the last byte (${numRuns} files)`, () => {
    let whole = 0;
    fc.assert(
      fc.property(settings, ({ text, path: way, name: own, value, other, isThere }) => {
        const put = jsonFormat.put(text, path, way, own, value).text;
        expect(isSubsequence(text, put)).toBe(true);
        expect(comments(put)).toEqual(comments(text));
        expect(jsonFormat.entries(put, path, way).get(own)).toEqual(value);
        expect(jsonFormat.put(put, path, way, own, value)).toEqual({ text: put, lines: [] });
        if (isPlain(text)) expect(isPlain(put)).toBe(true);
        if (isThere)
          expect([...jsonFormat.entries(put, path, way)].slice(0, -1)).toEqual([
            ...jsonFormat.entries(text, path, way),
          ]);

        const replaced = jsonFormat.put(put, path, way, own, other).text;
        const left = jsonFormat.remove(put, path, way, own).text;
        expect(jsonFormat.remove(replaced, path, way, own).text).toBe(left);
        expect(jsonFormat.entries(left, path, way).has(own)).toBe(false);
        // An object that was made for it stays, empty; all that was there before is untouched all the same.
        if (isThere) {
          whole += 1;
          expect(left).toBe(text);
        } else {
          expect(isSubsequence(text, left)).toBe(true);
          expect([...jsonFormat.entries(left, path, way)]).toEqual([]);
          expect(jsonFormat.remove(jsonFormat.put(left, path, way, own, value).text, path, way, own).text).toBe(left);
        }
      }),
      { numRuns },
    );
    expect(whole).toBeGreaterThan(numRuns / 10);
  });

  it(`what is refused is left alone, and never for another reason than its text (${numRuns} texts)`, () => {
    const damage = fc.record({
      cut: fc.nat(),
      put: fc.constantFrom('', '{', '}', '"', ',', ':', '[', '\\', '\u0000', '/*'),
    });
    let refused = 0;
    fc.assert(
      fc.property(settings, damage, ({ text, path: way, name: own, value }, { cut, put }) => {
        const at = cut % (text.length + 1);
        const broken = text.slice(0, at) + put + text.slice(put === '' ? at + 3 : at);
        let after: string;
        try {
          after = jsonFormat.put(broken, path, way, own, value).text;
        } catch (thrown) {
          refused += 1;
          expect(thrown).toBeInstanceOf(Fault);
          expect(thrown).toMatchObject({ code: 'input-invalid', detail: { subject: path } });
          return;
        }
        if (broken.trim() === '') return;
        // Whoever is no error to a reader is changed like any other.
        expect(readable(broken)).toBe(true);
        if (namesIn(broken, way)?.includes(own) === false) expect(isSubsequence(broken, after)).toBe(true);
      }),
      { numRuns },
    );
    expect(refused).toBeGreaterThan(numRuns / 4);
  });
});

/** Of the servers; undefined where two of them have one name, which is refused before anything is put in. */
function namesIn(text: string, way: readonly string[]): readonly string[] | undefined {
  try {
    return [...jsonFormat.entries(text, path, way).keys()];
  } catch (thrown) {
    expect(thrown).toMatchObject({ detail: { thing: 'config-name-twice' } });
    return undefined;
  }
}

function readable(text: string): boolean {
  const errors: never[] = [];
  parseTree(text.replace(/^\ufeff/, ''), errors, { allowTrailingComma: true });
  return errors.length === 0;
}

function isPlain(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Everything of one text is in the other, in order. */
function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (let n = 0; n < part.length; n++) {
    at = whole.indexOf(part.charAt(n), at) + 1;
    if (at === 0) return false;
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
