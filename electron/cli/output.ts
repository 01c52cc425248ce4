/** How the command line speaks: plain sentences for people, one JSON value for programs (`--json`), words on stderr when it fails. */
import type { ControlFault } from '../../shared/control-fault.ts';

/** 0 done · 1 it did not work · 2 wrong usage · 3 a sign-in is needed · 130 cancelled. */
export const exitCodes = { done: 0, failed: 1, usage: 2, signInNeeded: 3, cancelled: 130 } as const;

export interface Output {
  readonly json: boolean;
  /** A line for a person; not printed with `--json`. */
  say(line?: string): void;
  /** The result for a program; printed only with `--json`. */
  data(value: unknown): void;
  fail(words: ControlFault): void;
}

export function createOutput(json: boolean, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Output {
  return {
    json,
    say(line = '') {
      if (!json) stdout.write(`${printable(line)}\n`);
    },
    data(value) {
      if (json) stdout.write(`${asJson(value)}\n`);
    },
    fail(words) {
      if (json) stdout.write(`${asJson({ error: words })}\n`);
      stderr.write(`${printable(words.what)}\n${printable(words.next)}\n`);
    },
  };
}

/** What a server or a program calls itself may steer a terminal: control characters are taken out, ends of lines stay. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\n' || character === '\t' ? character : ''));
}

/** JSON escapes the lower control characters by itself, not those of the upper half. */
function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Rows as columns that line up; the first row is the heading. */
export function columns(cells: readonly (readonly string[])[]): readonly string[] {
  // A cell is one line, whatever its words are.
  const rows = cells.map((row) => row.map((cell) => printable(cell).replace(/\s+/g, ' ')));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export function exitCodeOf(fault: string): number {
  if (fault === 'sign-in-needed') return exitCodes.signInNeeded;
  return fault === 'input-invalid' ? exitCodes.usage : exitCodes.failed;
}
