/**
 * A program on this computer that keeps its MCP servers in a file of its own, as data: where that file is on each
 * system, and below which name the servers stand.
 */

/** This computer, as far as it decides where files are. */
export interface Computer {
  readonly platform: string;
  readonly homedir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A folder, by the variable that names it or by what it is below the home folder without one. */
export interface Base {
  readonly variable?: string;
  readonly belowHome: string;
}

export interface Place {
  readonly base: Base;
  /** With `/` on every system; one part may end in `*`. */
  readonly path: string;
}

export interface ProgramFile {
  readonly id: string;
  readonly title: string;
  /** The name below which the servers stand. */
  readonly servers: string;
  readonly places: Readonly<Partial<Record<'darwin' | 'win32' | 'linux', readonly Place[]>>>;
}
