/** A command line that says too little or too much: words of its own, with how the command is written. */
import type { ControlFault } from '../../shared/control-fault.ts';
import { type CommandName, commandHelp } from './help.ts';

/** Nothing was done. */
export class UsageError extends Error {
  readonly words: ControlFault;

  constructor(what: string, next: string) {
    super(what);
    this.name = 'UsageError';
    this.words = { fault: 'input-invalid', what, next };
  }
}

/** `typed`: the words after the command that were understood. */
export function missingAfter(command: CommandName, ...typed: readonly string[]): UsageError {
  return new UsageError(
    `Something is missing after "${['conexor', command, ...typed].join(' ')}".`,
    writtenSo(command),
  );
}

/** Addresses and keys are pasted behind these: no word of theirs is said again. */
const mayHoldSecrets: ReadonlySet<CommandName> = new Set(['connect', 'bridge']);

/** `word`: what the command cannot do anything with, after those that were understood. */
export function unknownWord(command: CommandName, word: string, ...typed: readonly string[]): UsageError {
  const isHidden = mayHoldSecrets.has(command);
  const what = isHidden ? `word ${typed.length + 1}` : `"${word.slice(0, 60)}"`;
  const after = ['conexor', command, ...(isHidden ? [] : typed)].join(' ');
  return new UsageError(`Conexor does not know what ${what} after "${after}" means.`, writtenSo(command));
}

function writtenSo(command: CommandName): string {
  return `Write it like this: npx ${commandHelp[command].usage}`;
}
