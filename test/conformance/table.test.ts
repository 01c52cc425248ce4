/** The requirement table tells the truth: every item is in it once, and every test it names exists. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Row {
  readonly item: string;
  readonly state: string;
  readonly where: string;
}

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(fileURLToPath(new URL(path, root)), 'utf8');

const rows: readonly Row[] = read('test/conformance/README.md')
  .split('\n')
  .filter((line) => /^\| (P|M|T|L|R)-/.test(line))
  .map((line) => {
    const [, item = '', , state = '', where = ''] = line.split('|').map((cell) => cell.trim());
    return { item, state, where };
  });

/** File and beginning of the title; a planned row may name a file alone. */
function references(where: string): readonly { readonly file: string; readonly title: string }[] {
  return where.split('<br>').map((part) => {
    const [, file = '', title = ''] = /^`([^`]+)`(?: › (.+))?$/.exec(part.trim()) ?? [];
    return { file, title };
  });
}

/** The titles of a test file, as they stand in its source. */
function titlesOf(file: string): readonly string[] {
  if (!file.startsWith('test/') || !existsSync(fileURLToPath(new URL(file, root)))) return [];
  const strings = read(file).matchAll(/(?<=\(\s*)(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1,\s*(?:async\s*)?\(/g);
  return [...strings].map(([, , title = '']) => title.replaceAll("\\'", "'"));
}

function carries(title: string, item: string): boolean {
  return new RegExp(`(^|\\s)${item}(\\s|$)`).test(title);
}

const range = (prefix: string, last: number) => Array.from({ length: last }, (_, index) => `${prefix}${index + 1}`);

describe('the requirement table', () => {
  it('has every item exactly once', () => {
    const wanted = [
      ...range('P-', 66),
      ...range('M-A ', 10),
      ...range('M-B ', 6),
      ...range('M-C ', 24),
      ...range('T-', 26),
      ...range('L-', 10),
      ...range('R-', 6),
    ];
    expect(rows.map((row) => row.item)).toEqual(wanted);
  });

  it('has a known state in every row, and a reason where there is no test', () => {
    for (const { item, state, where } of rows) {
      expect([item, ['shown', 'planned', 'later', 'does not apply'].includes(state)]).toEqual([item, true]);
      expect([item, where.length > 6]).toEqual([item, true]);
      if (state === 'later')
        expect([item, where]).toEqual([item, expect.stringMatching(/^(issue [2-5]\b|no issue yet: )/)]);
    }
  });

  it.each(rows.filter((row) => row.state === 'shown'))('$item is shown by the tests it names', ({ item, where }) => {
    const found = references(where).map(({ file, title }) => ({
      file,
      title,
      exists: title !== '' && titlesOf(file).some((one) => one.startsWith(title)),
    }));
    expect(found.filter(({ exists }) => !exists)).toEqual([]);
    // A P item is named in a title that shows it; M-C rows may lean on the P item that says the same.
    if (item.startsWith('P-')) expect(found.filter(({ title, file }) => !fullTitles(file, title, item))).toEqual([]);
    if (item.startsWith('M-C ')) expect(found.every(({ title }) => /(P-|M-C )\d/.test(title))).toBe(true);
  });

  it('has no planned row whose test is there already', () => {
    const ready = rows
      .filter((row) => row.state === 'planned')
      .filter(({ item, where }) => {
        // Rows that name titles as well wait for the file that stands alone.
        const open = references(where).filter(({ title }) => title === '');
        return open.every(({ file }) => titlesOf(file).some((title) => carries(title, item)));
      });
    expect(ready.map((row) => row.item)).toEqual([]);
  });
});

function fullTitles(file: string, beginning: string, item: string): boolean {
  return titlesOf(file).some((title) => title.startsWith(beginning) && carries(title, item));
}
