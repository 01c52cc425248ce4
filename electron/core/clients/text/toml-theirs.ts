/**
 * Somebody else's entry in a TOML text, where it is a table of its own: its headers and values, and those of the tables
 * in it, in whole lines. Lines are found here; that they are all of it, and only that, is proven by whoever takes them
 * out.
 */
import type { Piece } from './text-edit.ts';
import { linesOfTables } from './toml-block.ts';
import { type Line, linesIn } from './toml-lines.ts';

export interface TheirTable {
  /** In order; tables of others may stand between. */
  readonly pieces: readonly Piece[];
  /** Nothing but blank lines stands behind the last of them. */
  readonly isLast: boolean;
  /** A comment would go with them. */
  readonly hasComment: boolean;
}

/** Undefined where no header leads to it: it is written on one line, or with dotted names in a table around it. */
export function theirTable(text: string, names: readonly string[]): TheirTable | undefined {
  const lines = linesIn(text);
  const own = linesOfTables(lines, names);
  const runs = runsOf(lines, own);
  const last = runs.at(-1);
  if (!last) return undefined;
  return {
    pieces: runs.map((run) => pieceOf(lines, run)),
    isLast: lines.slice(last.to + 1).every(isBlank),
    hasComment: runs.some(({ from, to }) => lines.slice(from, to + 1).some((line) => line.hasComment)),
  };
}

/** The numbers of its first and its last line. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** Blank lines and comments between two lines of it are in it; those above the first and behind the last are not. */
function runsOf(lines: readonly Line[], own: ReadonlySet<Line>): readonly Run[] {
  const runs: Run[] = [];
  let isTheirs = false;
  for (const [at, line] of lines.entries()) {
    if (own.has(line)) {
      const open = isTheirs ? runs.pop() : undefined;
      runs.push({ from: open?.from ?? at, to: at });
      isTheirs = true;
    } else if (!isBlank(line) && !line.text.startsWith('#')) isTheirs = false;
  }
  return runs;
}

/** With the blank lines behind it where one stands before it, too: one of them is enough. */
function pieceOf(lines: readonly Line[], { from, to }: Run): Piece {
  const above = lines[from - 1];
  let end = to;
  if (above === undefined || isBlank(above)) {
    for (let next = lines[end + 1]; next && isBlank(next); next = lines[end + 1]) end += 1;
  }
  return { from: lines[from]?.from ?? 0, to: lines[end]?.to ?? 0 };
}

function isBlank({ text }: Line): boolean {
  return text === '';
}
