/** What macOS and Windows say of all processes and their parents, read into rows. Formats: ps(1), Win32_Process. */
import { keptWords } from './words.ts';

export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly path: string;
  readonly words: readonly string[];
  /** When it was started, where the system says it: a parent's number may be somebody else's by now. */
  readonly startedAtMs?: number;
}

export type ProcessTable = ReadonlyMap<number, ProcessRow>;

/** macOS: columns `pid,ppid,comm` (there `comm` is the whole path) and `pid,args`, apart because both hold spaces. */
export function tableOfPs(files: string, lines: string): ProcessTable {
  const argumentsOf = new Map(
    lines.split('\n').flatMap((line) => {
      const [, pid, rest = ''] = /^\s*(\d+)\s+(.*?)\s*$/.exec(line) ?? [];
      return pid === undefined ? [] : [[Number(pid), rest] as const];
    }),
  );
  return new Map(
    files.split('\n').flatMap((line) => {
      const [, pid, parentPid, path = ''] = /^\s*(\d+)\s+(\d+)\s+(.*?)\s*$/.exec(line) ?? [];
      if (pid === undefined || path === '') return [];
      const all = argumentsOf.get(Number(pid)) ?? '';
      const rest = all.startsWith(path) ? all.slice(path.length) : all.replace(/^\S*/, '');
      const words = keptWords(path, [path, ...wordsOfRest(rest)]);
      return [[Number(pid), { pid: Number(pid), parentPid: Number(parentPid), path, words }] as const];
    }),
  );
}

/** `ps` tells no word from a space; our own data folder has one ("Application Support"), and a path begins the words. */
function wordsOfRest(rest: string): readonly string[] {
  const [file = '', behind = rest] = /^ (\/.*?\/relay\.c?js)( .*|)$/.exec(rest)?.slice(1) ?? [];
  return [file, ...behind.split(' ')].filter((word) => word !== '');
}

interface CimRow {
  readonly ProcessId?: unknown;
  readonly ParentProcessId?: unknown;
  readonly Name?: unknown;
  readonly ExecutablePath?: unknown;
  readonly CommandLine?: unknown;
  readonly StartedMs?: unknown;
}

/** Windows: `ConvertTo-Json` of `Win32_Process`; one row alone is no list. Empty where it is something else. */
export function tableOfCim(text: string): ProcessTable {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return new Map();
  }
  const rows = (Array.isArray(value) ? value : [value]).flatMap((one) => {
    const row = (one ?? {}) as CimRow;
    const { ProcessId: pid, ParentProcessId: parentPid, Name: name, CommandLine: line, StartedMs: startedAtMs } = row;
    if (typeof pid !== 'number' || typeof parentPid !== 'number' || typeof name !== 'string') return [];
    const path = typeof row.ExecutablePath === 'string' ? row.ExecutablePath : name;
    const words = keptWords(path, typeof line === 'string' ? wordsOfLine(line) : []);
    return [{ pid, parentPid, path, words, ...(typeof startedAtMs === 'number' ? { startedAtMs } : {}) }];
  });
  return new Map(rows.map((row) => [row.pid, row]));
}

/** Enough of the rules of CommandLineToArgvW to tell words with spaces in quotes. */
function wordsOfLine(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
