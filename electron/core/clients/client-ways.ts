/** The ways into a program that are not its file: a bundle, a link, a command of its own, and what a person copies. */
import type { ClientWay, OpenedWay } from '../../../shared/clients.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { outputOf } from '../processes/program-output.ts';
import type { ClientProgram, Computer, RelayWords } from './client-program.ts';
import { commandPath, runCommand } from './own-command.ts';
import { forbiddenWays, requireAllowed } from './policy.ts';

export interface WaysNeeds {
  readonly computer: Computer;
  /** One of the system's own programs; unless given, asked for real. */
  readonly ask?: typeof outputOf;
  /** Undefined where nothing here can start it. */
  readonly relay: () => RelayWords | undefined;
  /** Builds the bundle for this program and tells where it is. */
  readonly bundle?: (() => Promise<string>) | undefined;
  /** Rejects where it cannot be opened. */
  readonly openFile?: ((path: string) => Promise<void>) | undefined;
  readonly openLink?: ((url: URL) => Promise<void>) | undefined;
  /** The address and the key for a program that speaks HTTP, by its name. */
  readonly keyFor?: ((name: string) => Promise<{ readonly url: string; readonly key: string }>) | undefined;
}

/** What is to be opened: one entry. */
export interface WantedEntry {
  readonly name: string;
  readonly value: object;
  readonly words: RelayWords;
  /** It stands there already, as it is wanted; or in words that have to go first. */
  readonly present: 'same' | 'other' | undefined;
}

/** Those that there are on this computer, in the program's own order. Never throws. */
export async function waysOf(needs: WaysNeeds, program: ClientProgram, isInstalled: boolean): Promise<ClientWay[]> {
  const ways: ClientWay[] = [];
  for (const way of program.ways) if (await isThere(needs, program, way, isInstalled)) ways.push(way);
  const forbidden = await forbiddenWays(program, needs.computer, needs.ask);
  const allowed = ways.filter((way) => !forbidden.has(way));
  // Where nothing is allowed, trying says so.
  if (allowed.length > 0) ways.splice(0, ways.length, ...allowed);
  // A bundle runs in its program's own Node; where there is none of our own, an entry would start nothing.
  return ways.includes('bundle') && !needs.relay() ? ways.filter((way) => way === 'bundle') : ways;
}

async function isThere(
  needs: WaysNeeds,
  program: ClientProgram,
  way: ClientWay,
  isInstalled: boolean,
): Promise<boolean> {
  switch (way) {
    case 'copy':
      return needs.keyFor !== undefined;
    case 'file':
      return isInstalled;
    case 'bundle':
      return isInstalled && needs.bundle !== undefined;
    case 'link':
      return isInstalled && needs.openLink !== undefined;
    case 'command':
      return (
        program.command !== undefined && (await commandPath(program.command.program, needs.computer)) !== undefined
      );
  }
}

/** Throws `input-invalid` where there is no such way, `program-policy`, `program-command-failed`. */
export async function openWay(
  needs: WaysNeeds,
  program: ClientProgram,
  way: Exclude<ClientWay, 'file'>,
  entry: WantedEntry,
  open: boolean,
): Promise<OpenedWay> {
  const none = () => new Fault('input-invalid', { subject: program.title, thing: 'client-way', reason: way });
  if (!program.ways.includes(way)) throw none();
  if (open) await requireAllowed(program, way, needs.computer, needs.ask);
  switch (way) {
    case 'bundle': {
      if (!needs.bundle) throw none();
      const path = await needs.bundle();
      return { way, path, opened: open && (await opened(() => needs.openFile?.(path))) };
    }
    case 'link': {
      if (!program.link) throw none();
      const url = program.link(entry.name, entry.value);
      return { way, url, opened: open && (await opened(() => needs.openLink?.(new URL(url)))) };
    }
    case 'command': {
      if (!program.command) throw none();
      const words = [program.command.program, ...program.command.add(entry.name, entry.words)];
      return { way, words, ran: open && (await run(needs, program, entry)) };
    }
    case 'copy': {
      if (!needs.keyFor) throw none();
      return { way, ...(await needs.keyFor(program.id)) };
    }
  }
}

/** What cannot be opened can be opened by hand: that is no failure. */
async function opened(work: () => Promise<void> | undefined): Promise<boolean> {
  try {
    const opening = work();
    if (!opening) return false;
    await opening;
    return true;
  } catch (thrown) {
    if (asFault(thrown).code === 'browser-unavailable') return false;
    throw thrown;
  }
}

async function run({ computer }: WaysNeeds, { title, command }: ClientProgram, entry: WantedEntry): Promise<boolean> {
  if (entry.present === 'same') return true;
  const path = command && (await commandPath(command.program, computer));
  if (!command || !path) return false;
  const failed = () => new Fault('program-command-failed', { subject: title });
  if (entry.present === 'other' && command.remove && !(await runCommand(path, command.remove(entry.name), computer))) {
    throw failed();
  }
  if (!(await runCommand(path, command.add(entry.name, entry.words), computer))) throw failed();
  return true;
}
