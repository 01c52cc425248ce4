/**
 * Whatever the settings: TOML as people write it, generated as text. What is put in is all that is new, what is taken
 * out leaves every byte, and what is refused is left alone. CONEXOR_TEST_RUNS multiplies the files.
 */
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { tomlFormat } from '../../../../electron/core/clients/text/toml-format.ts';
import { Fault } from '../../../../shared/faults.ts';

const numRuns = 500 * Number(process.env['CONEXOR_TEST_RUNS'] ?? 1);
const fewer = Math.ceil(numRuns / 3);
const path = '/home/ana/.codex/config.toml';
const servers = ['mcp_servers'];

const value = fc.constantFrom(
  '1',
  '-0.0',
  'inf',
  'nan',
  '9223372036854775807',
  '0xDEAD_BEEF',
  'true',
  '1979-05-27T07:32:00Z',
  '07:32:00',
  '"é \\u00e9 # no"',
  "'C:\\x [a]'",
  '"""\n[mcp_servers.conexor]\n# >>> not\n"""',
  "'''\n# no\n[a]\n'''",
  '[1, 2, # two\n  3,\n]',
  '[ "a", [ "b" ] ]',
  '{ a = 1, "b c" = { d = [] } }',
  '{}',
);
const blank = fc.constantFrom('', ' ', '\t', '  ');
const remark = fc.constantFrom('', '', ' # mine', '#', '\t# é "[x]"');
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(blank, fc.nat(9999), blank, value, remark)
      .map(([a, n, b, own, c]) => `${a}k${n}${b}=${b}${own}${c}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '  ', '# alone', '# <<< conexor mcp_servers.conexor', '#') },
);
const header = fc.oneof(
  fc.nat(9999).map((n) => `[t${n}]`),
  fc.nat(9999).map((n) => `[ mcp_servers . s${n} ] # server`),
  fc.nat(9999).map((n) => `[mcp_servers.s${n}.env]`),
  fc.constantFrom('[mcp_servers."x y"]', '[[list]]', '[[list]]', '["__proto__"]', '[mcp_servers]'),
);
const section = fc
  .tuple(header, fc.array(line, { maxLength: 4 }))
  .map(([first, lines]) => [first, ...lines].join('\n'));

const settings = fc
  .record({
    mark: fc.constantFrom('', '', '\ufeff'),
    lines: fc.array(line, { maxLength: 4 }),
    sections: fc.array(section, { maxLength: 5 }),
    end: fc.constantFrom('', '\n', '\n\n', '\n# end', '  '),
    isWindows: fc.boolean(),
  })
  .map(({ mark, lines, sections, end, isWindows }) => {
    const text = `${[...lines, ...sections].join('\n')}${end}`;
    return mark + (isWindows ? text.replaceAll('\n', '\r\n') : text);
  });

/** Their table, and perhaps one in it, somewhere between others. */
const tableOfTheirs = fc
  .record({
    before: fc.array(section, { maxLength: 2 }),
    theirs: fc.array(line, { maxLength: 3 }),
    between: fc.array(section, { maxLength: 1 }),
    inner: fc.option(fc.array(line, { maxLength: 2 })),
    behind: fc.array(section, { maxLength: 2 }),
    end: fc.constantFrom('', '\n', '\n\n', '\n# end'),
    isWindows: fc.boolean(),
  })
  .map(({ before, theirs, between, inner, behind, end, isWindows }) => {
    const table = ['[mcp_servers.conexor]', 'command = "npx"', ...theirs].join('\n');
    const innerTable = inner ? [['[mcp_servers.conexor.env]', ...inner].join('\n')] : [];
    const text = [...before, table, ...between, ...innerTable, ...behind].join('\n') + end;
    return isWindows ? text.replaceAll('\n', '\r\n') : text;
  });

const name = fc.constantFrom('conexor', 'conexor-sales', '__proto__', 'é"', 'a b', '');
const entry = fc.record({
  command: fc.constantFrom('/usr/bin/node', 'C:\\Program Files\\Niño\\node.exe', '/a "b"/🙂\u007f'),
  args: fc.array(fc.string({ unit: 'binary-ascii', maxLength: 6 }), { maxLength: 3 }),
  env: fc.constantFrom({}, { A: 'b', 'c d': '' }),
});

const read = (text: string) => parse(text, { integersAsBigInt: 'asNeeded' });
const isReadable = (text: string) => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

describe('whatever the settings', () => {
  it(`what is put in is all that is new, and is gone again to the last byte (${numRuns} files)`, () => {
    fc.assert(
      fc.property(settings.filter(isReadable), name, name, entry, entry, (text, own, second, one, other) => {
        const put = tomlFormat.put(text, path, servers, own, one).text;
        expect(put.startsWith(text)).toBe(true);
        expect(tomlFormat.entries(put, path, servers).get(own)).toEqual(one);
        expect(tomlFormat.put(put, path, servers, own, one)).toEqual({ text: put, lines: [] });
        expect([...tomlFormat.entries(put, path, servers)].slice(0, -1)).toEqual([
          ...tomlFormat.entries(text, path, servers),
        ]);
        expect(tomlFormat.remove(put, path, servers, own).text).toBe(text);
        const replaced = tomlFormat.put(put, path, servers, own, other).text;
        expect(replaced.startsWith(text)).toBe(true);
        expect(tomlFormat.remove(replaced, path, servers, own).text).toBe(text);
        if (second === own) return;
        // A second one of ours, whichever goes first.
        const both = tomlFormat.put(put, path, servers, second, other).text;
        expect(tomlFormat.remove(both, path, servers, second).text).toBe(put);
        const last = tomlFormat.remove(both, path, servers, own).text;
        expect(last.startsWith(text)).toBe(true);
        expect(read(tomlFormat.remove(last, path, servers, second).text)).toEqual(read(text));
      }),
      { numRuns },
    );
  });

  it(`somebody else's table makes place for ours, and every line of others stays (${fewer} files)`, () => {
    let replaced = 0;
    fc.assert(
      fc.property(tableOfTheirs, entry, (text, one) => {
        fc.pre(isReadable(text));
        try {
          const { text: after, lines } = tomlFormat.replace(text, path, servers, 'conexor', one);
          replaced += 1;
          expect(tomlFormat.entries(after, path, servers).get('conexor')).toEqual(one);
          expect(withoutOwn(after, 'conexor')).toEqual(withoutOwn(text, 'conexor'));
          const own = lines.map((line) => line.text);
          const kept = after.split(/\r?\n/).filter((each) => each.trim() !== '' && !own.includes(each));
          expect(isPartOf(kept, text.split(/\r?\n/))).toBe(true);
          const remarks = (whole: string) => whole.match(/# alone|# mine/g)?.length ?? 0;
          expect(remarks(after)).toBe(remarks(text));
          const without = tomlFormat.remove(after, path, servers, 'conexor').text;
          expect(tomlFormat.entries(without, path, servers).has('conexor')).toBe(false);
        } catch (thrown) {
          if (!(thrown instanceof Fault)) throw thrown;
          expect(thrown).toMatchObject({ code: 'input-invalid', detail: { thing: 'config-comment-inside' } });
        }
      }),
      { numRuns: fewer },
    );
    expect(replaced).toBeGreaterThan(fewer / 5);
  });

  it(`what is refused is left alone, and never for another reason than its text (${numRuns} texts)`, () => {
    const damage = fc.record({
      cut: fc.nat(),
      put: fc.constantFrom('', '[', ']', '"', '\n', '=', "'''", '# ', '\r', '\u0000'),
    });
    let refused = 0;
    fc.assert(
      fc.property(settings, damage, name, entry, (text, { cut, put }, own, one) => {
        const whole = isReadable(text) ? tomlFormat.put(text, path, servers, own, one).text : text;
        const at = cut % (whole.length + 1);
        const broken = whole.slice(0, at) + put + whole.slice(put === '' ? at + 3 : at);
        for (const work of [
          () => tomlFormat.put(broken, path, servers, own, { command: 'new' }),
          () => tomlFormat.remove(broken, path, servers, own),
        ]) {
          try {
            const { text: after } = work();
            expect(isReadable(broken)).toBe(true);
            expect(withoutOwn(after, own)).toEqual(withoutOwn(broken, own));
          } catch (thrown) {
            if (!(thrown instanceof Fault)) throw thrown;
            refused += 1;
            expect(thrown).toMatchObject({ code: 'input-invalid', detail: { subject: path } });
          }
        }
      }),
      { numRuns },
    );
    expect(refused).toBeGreaterThan(numRuns / 10);
  });
});

/** What a reader makes of everything else. */
function withoutOwn(text: string, own: string): unknown {
  const { mcp_servers: group, ...rest } = read(text);
  const others = Object.entries(group ?? {}).filter(([each]) => each !== own);
  return [Object.entries(rest), others];
}

/** Whether these lines stand in the text in this order, with others between them. */
function isPartOf(lines: readonly string[], text: readonly string[]): boolean {
  let at = 0;
  return lines.every((each) => {
    at = text.indexOf(each, at) + 1;
    return at > 0;
  });
}
