/** Whether a process is one of a program's own, by the marks in its data. Pure; the list of processes is running.ts. */
import type { ProcessMark } from './client-program.ts';

/** As the system tells it. */
export interface RunningProcess {
  readonly pid: number;
  /** The program's file; its name alone where the system tells no more. */
  readonly path: string;
  /** Empty where the system tells only the file. They may hold secrets of other programs: never shown, never logged. */
  readonly words: readonly string[];
}

/** `undefined`: it may be one, and the system tells too little of it. One mark that fits is enough. */
export function isOwnProcess(
  marks: readonly ProcessMark[],
  process: Pick<RunningProcess, 'path'> & Partial<Pick<RunningProcess, 'words'>>,
): boolean | undefined {
  const parts = partsOf(process.path);
  const name = (parts.at(-1) ?? '').replace(/\.exe$/, '');
  const folders = parts.slice(0, -1);
  // Every path that a system tells is absolute: a name alone says nothing of where it lies.
  const isWhole = folders.length > 0;
  const fits = marks.map((mark) => {
    if (!fitsPart(mark.name, name)) return false;
    const { below, notBelow, word } = mark;
    if (!isWhole) return below === undefined && notBelow === undefined && word === undefined ? true : undefined;
    if (below !== undefined && !folders.some((folder) => fitsPart(below, folder))) return false;
    if (notBelow !== undefined && folders.some((folder) => fitsPart(notBelow, folder))) return false;
    return (
      word === undefined || wordsApart(process.words ?? []).some((one) => one.some((part) => fitsPart(word, part)))
    );
  });
  return fits.includes(true) ? true : fits.includes(undefined) ? undefined : false;
}

/** Upper and lower case are alike, as on Windows and macOS. */
function partsOf(path: string): readonly string[] {
  return path.toLowerCase().split(/[\\/]/);
}

/** Each word in its parts; of an option its value. Chromium rewrites the words of its processes into one, with spaces. */
function wordsApart(words: readonly string[]): readonly (readonly string[])[] {
  const all = words.length === 1 ? (words[0] ?? '').split(' ') : words;
  return all.map((word) => partsOf(word.replace(/^--[\w-]+=/, '')));
}

function fitsPart(wanted: string, part: string): boolean {
  const lower = wanted.toLowerCase();
  return lower.endsWith('*') ? part.startsWith(lower.slice(0, -1)) : part === lower;
}
