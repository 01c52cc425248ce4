/**
 * Our entry in a TOML text: a table between two marks, in whole lines, so that nobody's comments have to be written
 * again (no editor of TOML keeps them). Lines are found here; that they are all of it, and only that, is proven by
 * whoever takes them out.
 */
import { parse } from 'smol-toml';
import type { TextEdit } from './text-edit.ts';
import { type Line, linesIn } from './toml-lines.ts';
import { writtenKey, writtenMembers } from './toml-value.ts';

const startMark = '# >>> conexor';
const endMark = '# <<< conexor';

/** From the first mark to the second, without a line end behind it. `names` lead to the entry from the root down. */
export function writtenBlock(names: readonly string[], value: object, lineEnd: string): string {
  const key = keyOf(names);
  return [`${startMark} ${key}`, `[${key}]`, ...writtenMembers(value), `${endMark} ${key}`].join(lineEnd);
}

export interface Block {
  /** The marks and all lines between them; without a second mark as far as our table goes. */
  readonly from: number;
  readonly to: number;
  /** Each line of ours: marks, headers and values, also of tables of our entry elsewhere; in order. */
  readonly own: readonly Line[];
}

/** The block of this entry. Without marks around its table nobody can say whose it is. */
export function blockOf(text: string, names: readonly string[]): Block | undefined {
  const key = keyOf(names);
  const lines = linesIn(text);
  const tables = linesOfTables(lines, names);
  // A mark that was left behind by somebody who took our table away stands before ours.
  for (const [start, mark] of [...lines.entries()].reverse()) {
    if (mark.text !== `${startMark} ${key}`) continue;
    const end = lines.findIndex((line, at) => at > start && line.text === `${endMark} ${key}`);
    const last = end < 0 ? lines.length - 1 : end;
    const table = lines.slice(start + 1, last + 1).filter((line) => tables.has(line));
    if (table.length === 0) continue;
    const second = lines[end];
    const marks = second ? [mark, second] : [mark];
    const to = (second ?? table.at(-1) ?? mark).to;
    return { from: mark.from, to, own: lines.filter((line) => marks.includes(line) || tables.has(line)) };
  }
  return undefined;
}

/** Whether nobody has changed our table since: from the first mark on it is, to the letter, what we write. */
export function isAsWritten(text: string, { from, own }: Block, names: readonly string[]): boolean {
  const [mark, header, ...rest] = own.filter((line) => line.from >= from);
  if (!mark || !header) return false;
  const end = rest.findIndex((line) => line.text.startsWith('[') || line.text.startsWith(endMark));
  const table = [mark, header, ...rest.slice(0, end < 0 ? undefined : end)];
  // A comment between two of them is somebody's.
  if (!table.every((line, at) => at === 0 || line.from === table[at - 1]?.to)) return false;
  const written = entryIn(text.slice(from, table.at(-1)?.to), names);
  if (!written) return false;
  return (
    writtenBlock(names, written, '\n') === `${table.map((line) => line.text).join('\n')}\n${endMark} ${keyOf(names)}`
  );
}

/** Whether every line from the first mark to the last is ours. */
export function isWhole({ from, to, own }: Block): boolean {
  const inside = own.filter((line) => line.from >= from && line.to <= to);
  return inside.reduce((sum, line) => sum + line.to - line.from, 0) === to - from;
}

/**
 * A block with what was put before it: a blank line, and, where nothing stands behind it, the line end that the text
 * did not have.
 */
export function withBlank(text: string, { from, to }: Pick<Block, 'from' | 'to'>): TextEdit {
  const blank = lineEndBefore(text, from);
  const second = lineEndBefore(text, from - blank);
  if (blank === 0 || second === 0) return { from, to, insert: '' };
  const isEnded = lineEndBefore(text, to) > 0;
  return { from: from - blank - (isEnded ? 0 : second), to, insert: '' };
}

/** How long the line end is that ends here; 0 where there is none. */
export function lineEndBefore(text: string, at: number): number {
  if (at >= 2 && text.startsWith('\r\n', at - 2)) return 2;
  return at >= 1 && text.charAt(at - 1) === '\n' ? 1 : 0;
}

function keyOf(names: readonly string[]): string {
  return names.map(writtenKey).join('.');
}

/** Headers and values of this table and of those in it, up to the next header. Comments may be anybody's. */
export function linesOfTables(lines: readonly Line[], names: readonly string[]): ReadonlySet<Line> {
  const found = new Set<Line>();
  let isOurs = false;
  for (const line of lines) {
    if (line.text.startsWith('[')) isOurs = entryIn(line.text, names) !== undefined;
    if (isOurs && line.text !== '' && !line.text.startsWith('#')) found.add(line);
  }
  return found;
}

/** What stands at these names in a piece of TOML; undefined where that is no table, or no such piece. */
function entryIn(piece: string, names: readonly string[]): object | undefined {
  let at: unknown;
  try {
    at = parse(piece, { integersAsBigInt: 'asNeeded' });
  } catch {
    return undefined;
  }
  for (const name of names) {
    if (!isTable(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return isTable(at) ? at : undefined;
}

/** Lists and dates are none. */
export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
