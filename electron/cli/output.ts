/** How the command line speaks: plain sentences for people, one JSON value for programs (`--json`), words on stderr when it fails. */
import type { ControlFault } from '../../shared/control.ts';

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
      if (!json) stdout.write(`${line}\n`);
    },
    data(value) {
      if (json) stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    fail(words) {
      if (json) stdout.write(`${JSON.stringify({ error: words }, null, 2)}\n`);
      stderr.write(`${words.what}\n${words.next}\n`);
    },
  };
}

/** Rows as columns that line up; the first row is the heading. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
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
