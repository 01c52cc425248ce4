/**
 * Which entries of a file are ours: by the words that they start, compared with what we have written down and with what
 * we would write now. What else a program or a person adds to an entry (`disabled`, `autoApprove`) leaves it ours.
 */
import type { ClientId } from '../../../shared/clients.ts';
import { entryWords, everyConnection, type RelayWords } from './client-program.ts';
import type { WrittenEntry } from './written-entries.ts';

/** Where an entry stands in its file. */
export interface EntryPlace {
  readonly name: string;
  /** The names below which it stands, from the root down; without them, where the program has its servers for all. */
  readonly servers?: readonly string[] | undefined;
}

export interface OwnEntry extends EntryPlace {
  /** Without it, it serves all. */
  readonly connection?: string | undefined;
  /** `edited`: we wrote one of this name, and it starts something else now. `missing`: it is not there any more. */
  readonly state: 'standing' | 'edited' | 'missing';
  /** What we have written down of it; nothing where it came there in another way (a link, a command, by hand). */
  readonly written?: WrittenEntry;
  /** What stands there. */
  readonly value?: unknown;
}

/**
 * In the order of the file; those that are missing last. `entries`: of one place, which `servers` names; `written`: of this
 * client and file. Where a program keeps servers of single projects, only what is written down is ours.
 */
export function ownEntries(
  client: ClientId,
  entries: ReadonlyMap<string, unknown>,
  written: readonly WrittenEntry[],
  relay: RelayWords | undefined,
  servers?: readonly string[],
): readonly OwnEntry[] {
  const place = servers === undefined ? {} : { servers };
  const writtenHere = written.filter((one) => isSamePlace({ ...place, name: one.name }, one));
  const there = [...entries].flatMap(([name, value]): OwnEntry[] => {
    const record = writtenHere.find((one) => one.name === name);
    const words = wordsIn(value);
    const recorded = record && wordsIn(record.value);
    if (record && isSame(words, recorded)) {
      return [{ ...place, name, connection: record.connection, state: 'standing', written: record, value }];
    }
    const isKnown = record !== undefined || servers === undefined;
    const served = isKnown && words ? servedBy(client, words, relay) : undefined;
    if (served) return [{ ...place, name, ...served, state: 'standing', value }];
    return record ? [{ ...place, name, connection: record.connection, state: 'edited', written: record, value }] : [];
  });
  const missing = writtenHere
    .filter(({ name }) => !entries.has(name))
    .map(
      (record): OwnEntry => ({
        ...place,
        name: record.name,
        connection: record.connection,
        state: 'missing',
        written: record,
      }),
    );
  return [...there, ...missing];
}

/**
 * Whether something of ours was wiped. What has gone while another of ours stands in the same place somebody has taken
 * out; what has gone from one project was noticed by nobody else.
 */
export function hasVanished(own: readonly OwnEntry[]): boolean {
  const placeOf = ({ servers = [] }: EntryPlace) => JSON.stringify(servers);
  const standing = own.filter(({ state }) => state === 'standing');
  return own.some((one) => one.state === 'missing' && !standing.some((other) => placeOf(other) === placeOf(one)));
}

export function isSamePlace(one: EntryPlace, other: EntryPlace): boolean {
  return keyOf(one) === keyOf(other);
}

/** Tells entries of one name in several places of a file apart. */
export function keyOf({ name, servers = [] }: EntryPlace): string {
  return JSON.stringify([...servers, name]);
}

/** In characters; the longest name that can be asked for. */
const longestShown = 256;

/** With the folder of its project, of which the end tells more where it is too long. */
export function shownName({ name, servers = [] }: EntryPlace): string {
  const folder = servers.slice(1, -1).join('/');
  if (folder === '') return name;
  const room = longestShown - name.length - ' ()'.length;
  return `${name} (${folder.length <= room ? folder : `…${folder.slice(1 - Math.max(room, 2))}`})`;
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
