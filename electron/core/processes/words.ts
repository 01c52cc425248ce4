/**
 * What may be kept of the words that a process was started with: its own name and, of a program that runs other files,
 * the file. Everything else may be a secret.
 */

const maxLength = 1024;

/** Programs that run a file which a person knows rather than them. */
const runners = /^(node|nodejs|bun|deno|python[\d.]*w?|ruby|electron\d*)$/i;

/** The name of a program file, without `.exe`; on every system. */
export function nameOf(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '');
}

export function isRunner(path: string): boolean {
  return runners.test(nameOf(path));
}

/** Options of runners after which there is no file, and those that a value follows. */
const textOptions = /^(-e|-p|-pe|-c|-m|--eval|--print)$/;
const valueOptions = /^(-r|--require|--import|--loader|--experimental-loader)$/;

/** `path`: the program's file. At most two words, the second only of a runner. */
export function keptWords(path: string, words: readonly string[]): readonly string[] {
  // Chromium rewrites the words of its processes into one, with spaces.
  const apart = words.length === 1 && words[0] !== path ? (words[0] ?? '').split(' ') : words;
  const [first, ...rest] = apart;
  if (first === undefined || first === '') return [];
  const file = isRunner(path) ? fileOf(rest) : undefined;
  return [first, ...(file === undefined ? [] : [file])].map((word) => word.slice(0, maxLength));
}

/** The file that a runner runs; undefined where it runs a text, or what it runs does not look like a file. */
function fileOf(words: readonly string[]): string | undefined {
  const at = words.findIndex((word, index) => !word.startsWith('-') && !valueOptions.test(words[index - 1] ?? ''));
  if (words.slice(0, at).some((word) => textOptions.test(word))) return undefined;
  const word = words[at] ?? '';
  return /[\\/]|\.\w{1,5}$/.test(word) && !/[\r\n]/.test(word) ? word : undefined;
}
