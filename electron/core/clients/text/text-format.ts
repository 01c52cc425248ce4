/**
 * The text of another program's settings, in whatever format it is written: which servers it has, and our own entry put
 * in or taken out by the smallest edit. Everything but our entry stays byte for byte, or nothing is changed.
 */
import type { ChangeLine } from '../../../../shared/clients.ts';

export interface TextChange {
  readonly text: string;
  /** Our own lines only: a neighbour's may hold a secret. Empty where nothing changes. */
  readonly lines: readonly ChangeLine[];
}

export interface TextFormat {
  /**
   * Names and values of the entries below `servers` (names from the root down); none where that is not there, or the
   * text is blank. Throws `input-invalid` for a text that is broken, or that its readers would read in two ways.
   * `path` is for the words.
   */
  entries(text: string, path: string, servers: readonly string[]): ReadonlyMap<string, unknown>;
  /**
   * Adds an entry, or replaces the value of that which is there. No text, or a blank one, becomes a file of its own. The
   * same text where nothing changes. Throws `input-invalid`, as above, and where it cannot be done without touching
   * anything else. `isOurs`: the value that is there is known as ours; else its lines, which may hold somebody's secret,
   * are not told as removed.
   */
  put(
    text: string | undefined,
    path: string,
    servers: readonly string[],
    name: string,
    value: object,
    isOurs?: boolean,
  ): TextChange;
  /**
   * Ours in the place of somebody else's entry of this name; as `put` where there is none, or where it is ours. None of
   * its lines are told. Throws `input-invalid`, as above.
   */
  replace(text: string, path: string, servers: readonly string[], name: string, value: object): TextChange;
  /**
   * The same text where there is no such entry. An object that was made for it stays, empty; where it was there before,
   * what `put` has added is gone to the last byte. Throws `input-invalid`, as above.
   */
  remove(text: string, path: string, servers: readonly string[], name: string): TextChange;
}
