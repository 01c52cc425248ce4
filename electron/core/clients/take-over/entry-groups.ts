/**
 * Where the servers of a program stand in one of its files: for all of its work, and, in Claude Code's file, for single
 * projects, where `claude mcp add` writes unless it is told otherwise (`projects.<folder>.mcpServers`, CLIENTS.md 1.3).
 */
import { asFault } from '../../../../shared/faults.ts';
import type { ClientProgram } from '../client-program.ts';
import { formatOf } from '../plan-files.ts';
import { remoteCommandOf } from './remote-command.ts';

export interface EntryGroup {
  /** Undefined where the program has its servers for all of its work. */
  readonly servers?: readonly string[];
  readonly entries: ReadonlyMap<string, unknown>;
}

const projects = 'projects';

export interface EntryGroups {
  readonly groups: readonly EntryGroup[];
  /** Some of it could not be read: there may be entries that nobody knows of. */
  readonly isPartial: boolean;
}

/** Projects only where something starts `mcp-remote`. Each by itself: one that cannot be read hides no other. */
export function entryGroups(program: ClientProgram, text: string, path: string): EntryGroups {
  let isPartial = false;
  const entriesAt = (servers: readonly string[]) => {
    const entries = readable(() => formatOf(program).entries(text, path, servers));
    isPartial ||= entries === undefined;
    return entries ?? new Map<string, unknown>();
  };
  const forAll = { entries: entriesAt(program.servers) };
  if (program.id !== 'claude-code') return { groups: [forAll], isPartial };
  const ofProjects = [...entriesAt([projects])].flatMap(([folder, project]) => {
    const servers = [projects, folder, ...program.servers];
    // The file of a busy person is large, and is read strictly once more for each.
    return startsRemote(project, program.servers) ? [{ servers, entries: entriesAt(servers) }] : [];
  });
  return { groups: [forAll, ...ofProjects], isPartial };
}

function startsRemote(project: unknown, names: readonly string[]): boolean {
  let at = project;
  for (const name of names) at = isObject(at) ? at[name] : undefined;
  return isObject(at) && Object.values(at).some((value) => remoteCommandOf(value) !== undefined);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for what cannot be read; the list of programs tells what is wrong with it. */
function readable<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    if (asFault(thrown).code === 'internal') throw thrown;
    return undefined;
  }
}
