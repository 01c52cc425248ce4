/**
 * All entries of other programs that could go through Conexor instead: those that start `mcp-remote`, in every client's
 * files, and those with an address that Claude Desktop skips.
 */
import { readFile, stat } from 'node:fs/promises';
import type { RemoteEntry } from '../../../../shared/clients.ts';
import { asFault, Fault } from '../../../../shared/faults.ts';
import { pastedServer, readPasted } from '../../services/pasted.ts';
import { addressKeys } from '../../services/pasted-servers.ts';
import type { ClientProgram, Computer } from '../client-program.ts';
import { remoteMembers } from '../entry-edits.ts';
import { readConfig } from '../file/config-file.ts';
import { filesOf } from '../find-files.ts';
import { type EntryPlace, shownName } from '../own-entries.ts';
import { formatOf, sha256Of } from '../plan-files.ts';
import { entryGroups } from './entry-groups.ts';
import { remoteCommandOf } from './remote-command.ts';
import { type RemoteServer, remoteServerOf } from './remote-server.ts';

export interface FoundEntry extends RemoteServer {
  readonly program: ClientProgram;
  readonly path: string;
  /** As it is shown and chosen by: with the folder of its project where it is of one. */
  readonly name: string;
  readonly place: EntryPlace;
  readonly kind: NonNullable<RemoteEntry['kind']>;
  /** As it was read: what is replaced must still be this. */
  readonly value: unknown;
}

export interface Found {
  readonly entries: readonly FoundEntry[];
  /** Files that cannot be read and may have entries that start `mcp-remote`. */
  readonly unread: readonly string[];
}

/** A file that cannot be read has no entries; the list of programs tells what is wrong with it. Never throws. */
export async function foundEntries(programs: readonly ClientProgram[], computer: Computer): Promise<Found> {
  const found = await Promise.all(
    programs.map(async (program) => {
      const paths = await filesOf(program, computer);
      return Promise.all(paths.map((path) => entriesIn(program, path, computer)));
    }),
  );
  const all = found.flat();
  return {
    entries: all.flatMap(({ entries }) => entries),
    unread: [...new Set(all.flatMap(({ unread }) => unread))],
  };
}

async function entriesIn(program: ClientProgram, path: string, computer: Computer): Promise<Found> {
  if (program.format === undefined) return { entries: [], unread: [] };
  let text: string;
  try {
    ({ text } = await readConfig(path));
  } catch (thrown) {
    if (asFault(thrown).code === 'internal') throw thrown;
    return { entries: [], unread: (await mayStartRemote(path)) ? [path] : [] };
  }
  const { groups, isPartial } = entryGroups(program, text, path);
  const found = await Promise.all(
    groups.flatMap(({ servers, entries }) =>
      [...entries].map(async ([name, value]): Promise<readonly FoundEntry[]> => {
        const place = servers === undefined ? { name } : { name, servers };
        const command = remoteCommandOf(value);
        const isSkipped = program.id === 'claude-desktop' && hasAddress(value);
        // It starts programs only, and skips the rest.
        if (!command && !isSkipped) return [];
        const server = command ? await remoteServerOf(command, name, computer) : skippedServer(name, value);
        const fault = server.fault ?? notReplaceable(program, text, path, place);
        const about = { program, path, name: shownName(place), place, value, ...(fault ? { fault } : {}) };
        const lost = command ? lostMembers(value) : [];
        const unknownWords = [...new Set([...server.unknownWords, ...lost])];
        return [{ ...server, ...about, unknownWords, kind: command ? 'mcp-remote' : 'url' }];
      }),
    ),
  );
  return { entries: found.flat(), unread: isPartial && namesRemote(text) ? [path] : [] };
}

/** Whatever else is wrong with it: its name stands in every entry that starts it. */
function namesRemote(text: string): boolean {
  return text.replaceAll('\0', '').toLowerCase().includes('mcp-remote');
}

/** A link to nowhere holds nothing; of what cannot be looked into nobody knows. */
async function mayStartRemote(path: string): Promise<boolean> {
  try {
    const stats = await stat(path);
    return !stats.isFile() || stats.size > largest || namesRemote(await readFile(path, 'latin1'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ELOOP';
  }
}

/** In bytes; more is not looked through. */
const largest = 64 * 1024 * 1024;

/** What it is started and reached with is not taken along; `env`, `command` and `args` are read word by word. */
function lostMembers(value: unknown): readonly string[] {
  const read: readonly string[] = ['command', 'args', 'env', 'type', 'source'];
  return typeof value === 'object' && value !== null
    ? Object.keys(value).filter((name) => remoteMembers.includes(name) && !read.includes(name))
    : [];
}

/** Why nothing can take its place, known before anything is connected for it. */
function notReplaceable(program: ClientProgram, text: string, path: string, place: EntryPlace): Fault | undefined {
  const { name, servers = program.servers } = place;
  try {
    formatOf(program).replace(text, path, servers, name, { command: '' });
    return undefined;
  } catch (thrown) {
    // Also where the proof of an edit fails: what stands in one entry hides no other.
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
}

function hasAddress(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members: Readonly<Record<string, unknown>> = { ...value };
  return typeof members['command'] !== 'string' && addressKeys.some((key) => typeof members[key] === 'string');
}

/** As an import reads it. */
function skippedServer(name: string, value: unknown): RemoteServer {
  const block = JSON.stringify({ mcpServers: { [name]: value } });
  const pasted = readPasted(block);
  const shown = pasted.kind === 'block' ? pasted.servers[0] : undefined;
  const common = { hasSecret: shown?.hasSecret ?? false, unknownWords: shown?.unknownKeys ?? [], names: [] };
  try {
    return { ...common, server: pastedServer(block) };
  } catch (thrown) {
    return { ...common, fault: asFault(thrown) };
  }
}

/** Names what stands there now; nothing of it can be read from that. */
export function seenOf({ path, place, value }: FoundEntry): string {
  // Numbers of TOML may be larger than any of JSON's.
  const plain = (_: string, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner);
  return sha256Of(JSON.stringify([path, place, value], plain)) ?? '';
}

/** As people are shown it, without the value of anything. */
export function entryView(entry: FoundEntry, running: boolean, fault: RemoteEntry['fault']): RemoteEntry {
  const { program, path, name, kind, server, hasSecret, secretLeftOut, unknownWords } = entry;
  return {
    client: program.id,
    path,
    name,
    kind,
    target: server?.target ?? '',
    host: server ? new URL(server.target).host : '',
    unknownWords: [...unknownWords],
    hasSecret,
    seen: seenOf(entry),
    ...(secretLeftOut === undefined ? {} : { secretLeftOut }),
    ...(running ? { running } : {}),
    ...(fault ? { fault } : {}),
  };
}
