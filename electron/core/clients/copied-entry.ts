/** Our entry as text of a file of its own, for a person who puts it by hand into one that must not be changed. */
import type { ClientProgram, RelayWords } from './client-program.ts';
import { addEntries, type Served } from './entry-edits.ts';
import { formatOf } from './plan-files.ts';

interface CopiedNeeds {
  readonly program: ClientProgram;
  readonly path: string;
  readonly relay: RelayWords | undefined;
  readonly nowMs: number;
}

/** Undefined where nothing here can start the relay. Throws `input-invalid` for a program without a file. */
export function copiedEntry({ program, relay, ...about }: CopiedNeeds, served: Served): string | undefined {
  if (!relay) return undefined;
  const alone = { text: undefined, written: [], running: undefined };
  return addEntries({ ...about, ...alone, program, relay, format: formatOf(program) }, served).text;
}
