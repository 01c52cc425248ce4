/**
 * A program on this computer that has MCP servers, as data: where its settings are on each system, how an entry of ours
 * looks in them, which other ways lead in, and how its own process is known. One file for each in `programs/`.
 */
import type { ClientId, ClientView, ClientWay } from '../../../shared/clients.ts';

/** This computer, as far as it decides where files are. */
export interface Computer {
  readonly platform: string;
  readonly homedir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type System = 'darwin' | 'win32' | 'linux';
export type BySystem<T> = Readonly<Partial<Record<System, T>>>;

/** A folder, by the variable that names it or by what it is below the home folder without one; or the same for everybody. */
export type Base = { readonly variable?: string; readonly belowHome: string } | { readonly root: string };

export interface Place {
  readonly base: Base;
  /** With `/` on every system; one part may end in `*`. */
  readonly path: string;
}

export interface SettingsPlace extends Place {
  /**
   * A folder or file, from the same base and with the same `*`, that is there where this place is in use. Without it:
   * the folder of the file.
   */
  readonly sign?: string;
  /** The program reads this one rather than one of a later place: made even where only a later one is there. */
  readonly preferred?: boolean;
  /** Used where it is, never made. */
  readonly existingOnly?: boolean;
}

/** The command of the relay, word by word, without the client's name and the connection. */
export type RelayWords = readonly string[];

/** One way in which a process of the program is known. All that is given holds; upper and lower case are alike. */
export interface ProcessMark {
  /** The name of its program file, without `.exe`; may end in `*`. */
  readonly name: string;
  /** A folder above it, at any height; may end in `*`. */
  readonly below?: string;
  /** Not where this folder is above it: another program of the same name. */
  readonly notBelow?: string;
  /** A folder or file in the path that one of its words is: of a program that something else (node, electron) runs. */
  readonly word?: string;
}

/** A command of the program's own that adds servers. */
export interface ClientCommand {
  /** Its name on the PATH. */
  readonly program: string;
  add(name: string, relay: RelayWords): readonly string[];
  remove?(name: string): readonly string[];
}

export interface ClientProgram {
  readonly id: ClientId;
  readonly title: string;
  /** Of its settings; undefined: they are in no file. */
  readonly format: 'json' | 'toml' | undefined;
  /** The names below which its servers stand, from the root down. */
  readonly servers: readonly string[];
  /** Those that are asked first come first. */
  readonly places: BySystem<readonly SettingsPlace[]>;
  /** Says that it is installed where none of its settings are there yet. */
  readonly signs: BySystem<readonly Place[]>;
  /** What stands below the entry's name; `undefined` as connection: everything. */
  entry(relay: RelayWords, connection?: string): object;
  /** It rewrites its settings while it runs. */
  readonly closeFirst: boolean;
  readonly reload: ClientView['reload'];
  readonly processes: BySystem<readonly ProcessMark[]>;
  /** The ways that are offered where they are there, the best first. */
  readonly ways: readonly ClientWay[];
  /** The address that makes the program ask for an entry. */
  link?(name: string, entry: object): string;
  readonly command?: ClientCommand;
  /** Where an organisation says what it allows, and the name of its switch for each way; no says what is not. */
  readonly policy?: {
    readonly registry: readonly string[];
    /** The domain of macOS's managed preferences. */
    readonly preferences: string;
    readonly allows: Readonly<Partial<Record<ClientWay, string>>>;
  };
}

/** How the connection is called that serves all of them, and how its entry is. */
export const everyConnection = '_all';
export const ownName = 'conexor';

/** The words that an entry starts: the relay's, who it is for and what it serves. */
export function entryWords(id: ClientId, relay: RelayWords, connection?: string): RelayWords {
  return [...relay, '--client', id, '--connection', connection ?? everyConnection];
}

/** The two members that nearly every client has, with `env` where it wants one. */
export function commandAndArgs(id: ClientId, relay: RelayWords, connection?: string) {
  const [command = '', ...args] = entryWords(id, relay, connection);
  return { command, args };
}
