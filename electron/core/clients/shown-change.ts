/**
 * A change as it is shown before it is made: every line that goes or comes, whoever's it is. Ours stand there as they are
 * written; of anybody else's only names and brackets, for a value may be a secret.
 */
import type { ChangeLine } from '../../../shared/clients.ts';

/**
 * `own`: the lines of ours that a format has told of. Blank lines are left out. `isOnlyOurs`: nothing else of a line that
 * ours shares with others changes, so that our piece of it is all there is to show.
 */
export function shownChange(
  before: string,
  after: string,
  own: readonly ChangeLine[],
  isOnlyOurs = true,
): readonly ChangeLine[] {
  const [left, right] = [numbered(before), numbered(after)];
  const isPiece = (line: ChangeLine) => isPartOf(line.kind === 'added' ? right : left, line);
  const whole = own.filter((line) => !isPiece(line));
  const pieces = own.filter(isPiece);
  const ours = { added: taken(right, 'added', whole), removed: taken(left, 'removed', whole) };
  const others = differing(
    left.filter(({ line }) => !ours.removed.has(line)),
    right.filter(({ line }) => !ours.added.has(line)),
  );
  const isShared = ({ line, kind }: ChangeLine) => pieces.some((one) => one.line === line && one.kind === kind);
  const isAllOurs = isOnlyOurs && pieces.length > 0 && others.length <= 2;
  const shown = isAllOurs ? [] : others.filter((line) => !isShared(line));
  const masks = shown.map((line) => ({ ...line, ...masked(line.text) }));
  return [...masks, ...ours.removed.values(), ...ours.added.values(), ...pieces].sort(inOrder);
}

interface Numbered {
  readonly line: number;
  readonly text: string;
}

/** From 1. */
function numbered(text: string): readonly Numbered[] {
  return text.split(/\r\n|\n|\r/).map((line, n) => ({ line: n + 1, text: line.trimEnd() }));
}

/** A line of ours behind which there may be a comma. */
function isLine(text: string, own: string): boolean {
  return text === own || text === `${own},`;
}

function isPartOf(lines: readonly Numbered[], own: ChangeLine): boolean {
  const line = lines[own.line - 1]?.text ?? '';
  return !isLine(line, own.text) && own.text.trim().length > 1 && line.includes(own.text.trim());
}

/** Where they stand: by their number, or, where edits before have moved them, the first that is alike. */
function taken(
  lines: readonly Numbered[],
  kind: ChangeLine['kind'],
  own: readonly ChangeLine[],
): ReadonlyMap<number, ChangeLine> {
  const found = new Map<number, ChangeLine>();
  for (const one of own.filter((line) => line.kind === kind)) {
    const isFree = ({ line, text: there }: Numbered) => !found.has(line) && isLine(there, one.text);
    const at = [lines[one.line - 1], ...lines].find((line) => line !== undefined && isFree(line));
    if (at) found.set(at.line, { ...one, line: at.line });
  }
  return found;
}

/** Lines that are only in one of the two; what both begin and end with is compared no further. */
function differing(before: readonly Numbered[], after: readonly Numbered[]): readonly ChangeLine[] {
  let from = 0;
  while (from < Math.min(before.length, after.length) && before[from]?.text === after[from]?.text) from++;
  let end = 0;
  const most = Math.min(before.length, after.length) - from;
  while (end < most && before.at(-1 - end)?.text === after.at(-1 - end)?.text) end++;
  const removed = before.slice(from, before.length - end);
  const added = after.slice(from, after.length - end);
  const kept = inBoth(removed, added);
  const told = (kind: ChangeLine['kind'], lines: readonly Numbered[]) =>
    lines.filter((line) => !kept.has(line) && line.text !== '').map((line) => ({ kind, ...line }));
  return [...told('removed', removed), ...told('added', added)];
}

/** In steps; above that, whatever stands on both sides counts as kept. */
const mostSteps = 1_000_000;

/** The longest run of lines, in order, that both have. */
function inBoth(one: readonly Numbered[], other: readonly Numbered[]): ReadonlySet<Numbered> {
  const kept = new Set<Numbered>();
  if (one.length * other.length > mostSteps) {
    const texts = (lines: readonly Numbered[]) => new Set(lines.map(({ text }) => text));
    const [inOne, inOther] = [texts(one), texts(other)];
    for (const line of [...one, ...other]) if (inOne.has(line.text) && inOther.has(line.text)) kept.add(line);
    return kept;
  }
  const width = other.length + 1;
  const longest = new Uint32Array((one.length + 1) * width);
  const at = (row: number, column: number) => longest[row * width + column] ?? 0;
  for (let row = one.length - 1; row >= 0; row--) {
    for (let column = other.length - 1; column >= 0; column--) {
      longest[row * width + column] =
        one[row]?.text === other[column]?.text
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  for (let row = 0, column = 0; row < one.length && column < other.length; ) {
    const [left, right] = [one[row], other[column]];
    if (left && right && left.text === right.text) {
      kept.add(left).add(right);
      row++;
      column++;
    } else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return kept;
}

/** Names and brackets alone; what is longer than a name is taken for a value. */
function masked(line: string): Pick<ChangeLine, 'text' | 'masked'> {
  if (/^[\s{}[\],]*$/.test(line)) return { text: line };
  const [, indent = '', rest = ''] = /^(\s*)(.*)$/s.exec(line) ?? [];
  if (/^\[{1,2}[\w.-]{1,80}\]{1,2}$/.test(rest)) return { text: line };
  const name = /^("[\w .@/\\:-]{1,80}"\s*:|[\w.-]{1,40}\s*=(?=\s*[^=\s]))\s*/.exec(rest);
  const value = rest.slice(name?.[0].length ?? 0);
  if (name && /^[{[]$/.test(value)) return { text: line };
  const comma = rest.endsWith(',') ? ',' : '';
  return { text: `${indent}${name ? `${(name[1] ?? '').trimEnd()} ` : ''}…${comma}`, masked: true };
}

function inOrder(one: ChangeLine, other: ChangeLine): number {
  return one.line - other.line || (one.kind === other.kind ? 0 : one.kind === 'removed' ? -1 : 1);
}
