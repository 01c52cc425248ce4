/**
 * Which entries of a file are ours: by the words that they start, compared with what we have written down and with what
 * we would write now. What else a program or a person adds to an entry (`disabled`, `autoApprove`) leaves it ours.
 */
import type { ClientId } from '../../../shared/clients.ts';
import { entryWords, everyConnection, type RelayWords } from './client-program.ts';
import type { WrittenEntry } from './written-entries.ts';

export interface OwnEntry {
  readonly name: string;
  /** Without it, it serves all. */
  readonly connection?: string | undefined;
  /** `edited`: we wrote one of this name, and it starts something else now. `missing`: it is not there any more. */
  readonly state: 'standing' | 'edited' | 'missing';
  /** What we have written down of it; nothing where it came there in another way (a link, a command, by hand). */
  readonly written?: WrittenEntry;
  /** What stands there. */
  readonly value?: unknown;
}

/** In the order of the file; those that are missing last. `written`: of this client and file. */
export function ownEntries(
  client: ClientId,
  entries: ReadonlyMap<string, unknown>,
  written: readonly WrittenEntry[],
  relay: RelayWords | undefined,
): readonly OwnEntry[] {
  const there = [...entries].flatMap(([name, value]): OwnEntry[] => {
    const record = written.find((one) => one.name === name);
    const words = wordsIn(value);
    const recorded = record && wordsIn(record.value);
    if (record && isSame(words, recorded)) {
      return [{ name, connection: record.connection, state: 'standing', written: record, value }];
    }
    const served = words && servedBy(client, words, relay);
    if (served) return [{ name, ...served, state: 'standing', value }];
    return record ? [{ name, connection: record.connection, state: 'edited', written: record, value }] : [];
  });
  const missing = written
    .filter(({ name }) => !entries.has(name))
    .map(
      (record): OwnEntry => ({ name: record.name, connection: record.connection, state: 'missing', written: record }),
    );
  return [...there, ...missing];
}

/** The command of an entry and its arguments; undefined where it has none. */
export function wordsIn(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { command, args = [] } = value as { readonly command?: unknown; readonly args?: unknown };
  if (typeof command !== 'string' || !Array.isArray(args)) return undefined;
  return args.every((one) => typeof one === 'string') ? [command, ...args] : undefined;
}

/** What these words serve, where they are just what we would write. */
function servedBy(client: ClientId, words: readonly string[], relay: RelayWords | undefined) {
  if (!relay) return undefined;
  const connection = words.at(-1);
  if (connection === undefined || !isSame(words, entryWords(client, relay, connection))) return undefined;
  return connection === everyConnection ? {} : { connection };
}

export function isSame(words: readonly string[] | undefined, others: readonly string[] | undefined): boolean {
  return words !== undefined && words.length === others?.length && words.every((word, n) => word === others[n]);
}
