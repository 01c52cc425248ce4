/** Which sign-ins of `mcp-remote` are in use at this moment: by its processes' words, and by what it has written down. */
import type { RunningProcess } from '../own-process.ts';
import { remoteCommandOf } from './remote-command.ts';
import type { TokenFiles } from './token-files.ts';

export interface RunningRemote {
  /** Whether it runs for this address. */
  isFor(address: string): boolean;
  /** Whether a process that has said so is still at work on these files. */
  holds(files: Pick<TokenFiles, 'heldBy'>): boolean;
}

/** `undefined`: the system does not tell. */
export function runningRemote(processes: readonly RunningProcess[] | undefined): RunningRemote {
  const own = (processes ?? []).flatMap(({ pid, words }) => {
    const [command, ...args] = words;
    const remote = remoteCommandOf({ command, args });
    return remote ? [{ pid, address: remote.address?.open() }] : [];
  });
  const addresses = new Set(own.flatMap(({ address }) => (address === undefined ? [] : [plain(address)])));
  // Where words are not told a number says all that can be known; else the number may be another program's by now.
  const tellsWords = processes?.some(({ words }) => words.length > 1) ?? false;
  return {
    isFor: (address) => addresses.has(plain(address)),
    holds: ({ heldBy }) => heldBy !== undefined && (!tellsWords || own.some(({ pid }) => pid === heldBy)),
  };
}

function plain(address: string): string {
  return URL.canParse(address) ? new URL(address).href : address;
}
