/** Ancestors on Linux, by the files of proc(5). */
import { readFile, readlink } from 'node:fs/promises';
import type { ProcessSeen } from './client-start.ts';
import { isAppImageMount } from './known-program.ts';
import { keptWords } from './words.ts';

export interface ProcEntry extends ProcessSeen {
  readonly parentPid: number;
  /** All of its words; for whoever looks at them at once, and never kept. */
  readonly allWords: readonly string[];
}

/** Undefined where it has ended, or is somebody else's. Never throws. */
export async function procEntry(pid: number, proc = '/proc'): Promise<ProcEntry | undefined> {
  const folder = `${proc}/${pid}`;
  try {
    const [stat, exe, cmdline] = await Promise.all([
      readFile(`${folder}/stat`, 'latin1'),
      readlink(`${folder}/exe`),
      readFile(`${folder}/cmdline`, 'utf8'),
    ]);
    const parentPid = parentOfStat(stat);
    if (parentPid === undefined) return undefined;
    // Behind the path of a program that was updated while it runs.
    const path = exe.replace(/ \(deleted\)$/, '');
    const allWords = wordsOfCmdline(cmdline);
    const image = isAppImageMount(path) ? await appImageOf(folder) : undefined;
    return {
      pid,
      path,
      parentPid,
      allWords,
      words: keptWords(path, allWords),
      ...(image === undefined ? {} : { image }),
    };
  } catch {
    return undefined;
  }
}

/** The fourth field of proc_pid_stat(5); the second is a name in brackets that may hold brackets and spaces. */
export function parentOfStat(stat: string): number | undefined {
  const parent = Number(
    stat
      .slice(stat.lastIndexOf(')') + 1)
      .trim()
      .split(' ')[1],
  );
  return stat.includes(')') && Number.isInteger(parent) && parent >= 0 ? parent : undefined;
}

/** Words end in NUL; a process that has written its title there may have any number of them at its end. */
export function wordsOfCmdline(cmdline: string): readonly string[] {
  const text = cmdline.replace(/\0+$/, '');
  return text === '' ? [] : text.split('\0');
}

/** An AppImage is mounted at a new place at each start; its file is named in one variable, and no other one is looked at. */
async function appImageOf(folder: string): Promise<string | undefined> {
  const variables = (await readFile(`${folder}/environ`, 'utf8')).split('\0');
  const path = variables.find((one) => one.startsWith('APPIMAGE='))?.slice('APPIMAGE='.length);
  return path?.startsWith('/') && path.length <= 4096 ? path : undefined;
}
