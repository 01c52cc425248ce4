/**
 * Edits of a text, and the proof that nothing else was touched: what lies outside them is compared byte for byte. Which
 * of their lines may be shown is told by whoever makes them; a neighbour's text never is.
 */
import type { ChangeLine } from '../../../../shared/clients.ts';
import { Fault } from '../../../../shared/faults.ts';
import type { TextChange } from './text-format.ts';

/** `insert` in place of what stands from `from` up to `to`. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** A piece of ours in a text. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** In the order of the text, none into another. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, insert } of edits) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}

/** Throws `internal` where anything but what was to be edited is not as it was. */
export function requireOnly(before: string, after: string, edits: readonly TextEdit[]): void {
  let at = 0;
  let now = 0;
  for (const { from, to, insert } of [...edits, { from: before.length, to: before.length, insert: '' }]) {
    const isKept = from >= at && to >= from && after.startsWith(before.slice(at, from), now);
    now += from - at;
    if (!isKept || !after.startsWith(insert, now)) throw otherChange();
    at = to;
    now += insert.length;
  }
  if (now !== after.length) throw otherChange();
}

export function otherChange(): Fault {
  return new Fault('internal', { reason: 'an edit that would change more' });
}

export function unchanged(text: string): TextChange {
  return { text, lines: [] };
}

/**
 * The lines of a piece, each with its number in the whole text; blank ones are left out. What begins a line is shown with
 * its indent; what stands behind a neighbour, without anything before it.
 */
export function linesOf(kind: ChangeLine['kind'], text: string, { from, to }: Piece): readonly ChangeLine[] {
  const above = text.slice(0, from).split(lineEnd);
  const isBehind = above.at(-1)?.trim() !== '';
  return text
    .slice(from, to)
    .split(lineEnd)
    .map((line, n) => ({
      kind,
      line: above.length + n,
      text: (n === 0 && isBehind ? line.trimStart() : line).trimEnd(),
    }))
    .filter(({ text: line }) => line !== '');
}

const lineEnd = /\r\n|\n|\r/;

/** The line end of a text; where it has none, the usual one. */
export function lineEndOf(text: string): string {
  return lineEnd.exec(text)?.[0] ?? '\n';
}
