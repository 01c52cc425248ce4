/**
 * All entries of other programs that could go through Conexor instead: those that start `mcp-remote`, in every client's
 * files, and those with an address that Claude Desktop skips.
 */
import type { RemoteEntry } from '../../../../shared/clients.ts';
import { asFault, Fault } from '../../../../shared/faults.ts';
import { pastedServer, readPasted } from '../../services/pasted.ts';
import { addressKeys } from '../../services/pasted-servers.ts';
import type { ClientProgram, Computer } from '../client-program.ts';
import { readConfig } from '../file/config-file.ts';
import { filesOf } from '../find-files.ts';
import { type EntryPlace, shownName } from '../own-entries.ts';
import { formatOf } from '../plan-files.ts';
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

/** A file that cannot be read has none; the list of programs tells what is wrong with it. Never throws. */
export async function foundEntries(
  programs: readonly ClientProgram[],
  computer: Computer,
): Promise<readonly FoundEntry[]> {
  const found = await Promise.all(
    programs.map(async (program) => {
      const paths = await filesOf(program, computer);
      return (await Promise.all(paths.map((path) => entriesIn(program, path, computer)))).flat();
    }),
  );
  return found.flat();
}

async function entriesIn(program: ClientProgram, path: string, computer: Computer): Promise<readonly FoundEntry[]> {
  if (program.format === undefined) return [];
  let text: string;
  try {
    ({ text } = await readConfig(path));
  } catch (thrown) {
    if (asFault(thrown).code === 'internal') throw thrown;
    return [];
  }
  const found = await Promise.all(
    entryGroups(program, text, path).flatMap(({ servers, entries }) =>
      [...entries].map(async ([name, value]): Promise<readonly FoundEntry[]> => {
        const place = servers === undefined ? { name } : { name, servers };
        const command = remoteCommandOf(value);
        const isSkipped = program.id === 'claude-desktop' && hasAddress(value);
        // It starts programs only, and skips the rest.
        if (!command && !isSkipped) return [];
        const server = command ? await remoteServerOf(command, name, computer) : skippedServer(name, value);
        const fault = server.fault ?? notReplaceable(program, text, path, place);
        const about = { program, path, name: shownName(place), place, value, ...(fault ? { fault } : {}) };
        return [{ ...server, ...about, kind: command ? 'mcp-remote' : 'url' }];
      }),
    ),
  );
  return found.flat();
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

/** As people are shown it, without the value of anything. */
export function entryView(
  { program, path, name, kind, server, hasSecret, secretLeftOut, unknownWords }: FoundEntry,
  running: boolean,
  fault: RemoteEntry['fault'],
): RemoteEntry {
  return {
    client: program.id,
    path,
    name,
    kind,
    target: server?.target ?? '',
    host: server ? new URL(server.target).host : '',
    unknownWords: [...unknownWords],
    hasSecret,
    ...(secretLeftOut === undefined ? {} : { secretLeftOut }),
    ...(running ? { running } : {}),
    ...(fault ? { fault } : {}),
  };
}
