/**
 * Which programs run on this computer, asked of the system itself: /proc on Linux, `ps` on macOS, CIM on Windows (its
 * task list where that does not answer). No shell, bounded in time, nothing of it is kept or written down.
 */
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { win32 } from 'node:path';
import { plainPowerShell, powerShell } from '../processes/ancestors.ts';
import { wordsOfCmdline } from '../processes/proc.ts';
import { type ProcessTable, tableOfCim, tableOfPs } from '../processes/process-table.ts';
import { outputOf } from '../processes/program-output.ts';
import type { ClientProgram, Computer, ProcessMark, System } from './client-program.ts';
import { isOwnProcess, type RunningProcess } from './own-process.ts';

/** A system that has not answered by then is not waited for. */
const patienceMs = 2_000;
const lookedAtOnce = 64;

/** This person's processes; undefined where the system does not tell, which is not the same as none. Never throws. */
export async function runningProcesses(computer: Computer): Promise<readonly RunningProcess[] | undefined> {
  try {
    switch (computer.platform) {
      case 'linux':
        return await ofProc('/proc');
      case 'darwin':
        return await ofPs();
      case 'win32':
        return await ofWindows(computer);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** Whether one of them is the program with these marks; undefined where that cannot be told. */
export function isRunning(
  marks: readonly ProcessMark[] | undefined,
  processes: readonly RunningProcess[] | undefined,
): boolean | undefined {
  if (marks === undefined || marks.length === 0 || processes === undefined) return undefined;
  let isKnown = true;
  for (const process of processes) {
    const own = isOwnProcess(marks, process);
    if (own) return true;
    if (own === undefined) isKnown = false;
  }
  return isKnown ? false : undefined;
}

/**
 * Whether a program runs that uses this person's settings. Asks the system at once for all that want to know at the same
 * moment. Undefined where that cannot be told, or where nothing is known by which its processes could be told.
 */
export function createRunning(computer: Computer): (program: ClientProgram) => Promise<boolean | undefined> {
  let looking: ReturnType<typeof runningProcesses> | undefined;
  const processes = () => {
    looking ??= runningProcesses(computer).finally(() => {
      looking = undefined;
    });
    return looking;
  };
  return async (program) => {
    const marks = program.processes[computer.platform as System];
    if (marks === undefined || marks.length === 0) return undefined;
    const all = await processes();
    const running = isRunning(marks, all);
    if (running !== true || computer.platform !== 'linux') return running;
    const own = (all ?? []).filter((one) => isOwnProcess(marks, one));
    const elsewhere = await Promise.all(own.map(({ pid }) => isElsewhere(pid, computer)));
    return elsewhere.includes(false);
  };
}

/** Whether a process was started with another home or configuration folder, and so leaves this one's settings alone. */
async function isElsewhere(pid: number, { homedir, env }: Computer): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  // One that ends has no surroundings any more, and then no file.
  if (text === '' && !(await readlink(`/proc/${pid}/exe`).catch(() => undefined))) return true;
  const variable = (name: string) =>
    text
      .split('\0')
      .find((one) => one.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const folder = (home: string, config: string | undefined) => (config?.startsWith('/') ? config : `${home}/.config`);
  const home = variable('HOME');
  // Chromium's processes may have overwritten theirs: then nobody knows better.
  return home !== undefined && folder(home, variable('XDG_CONFIG_HOME')) !== folder(homedir, env['XDG_CONFIG_HOME']);
}

/** Those of this user: the files of others cannot be read, and their programs have settings of their own. */
async function ofProc(proc: string): Promise<readonly RunningProcess[] | undefined> {
  const untilMs = performance.now() + patienceMs;
  const uid = process.getuid?.();
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const found: RunningProcess[] = [];
  for (let at = 0; at < pids.length; at += lookedAtOnce) {
    if (performance.now() > untilMs) return undefined;
    const some = pids.slice(at, at + lookedAtOnce).map((name) => ofProcEntry(`${proc}/${name}`, Number(name), uid));
    found.push(...(await Promise.all(some)).filter((one) => one !== undefined));
  }
  return found;
}

async function ofProcEntry(folder: string, pid: number, uid: number | undefined): Promise<RunningProcess | undefined> {
  try {
    if (uid !== undefined && (await stat(folder)).uid !== uid) return undefined;
    return processOfProc(pid, await readlink(`${folder}/exe`), await readFile(`${folder}/cmdline`, 'utf8'));
  } catch {
    // Gone meanwhile, or a thread of the kernel, which has no file.
    return undefined;
  }
}

/** `exe` and `cmdline` of proc(5). A program that was updated while it runs has ` (deleted)` behind its path. */
export function processOfProc(pid: number, exe: string, cmdline: string): RunningProcess {
  return { pid, path: exe.replace(/ \(deleted\)$/, ''), words: wordsOfCmdline(cmdline) };
}

async function ofPs(): Promise<readonly RunningProcess[] | undefined> {
  // Without `-a`: those of this user, with a terminal or not.
  const ps = (columns: readonly string[]) =>
    outputOf('/bin/ps', ['-xww', ...columns.flatMap((column) => ['-o', `${column}=`])], patienceMs);
  const [files, lines] = await Promise.all([ps(['pid', 'ppid', 'comm']), ps(['pid', 'args'])]);
  return files.code === 0 ? processesOf(tableOfPs(files.stdout, lines.stdout)) : undefined;
}

const askCim =
  '[Console]::OutputEncoding=[Text.Encoding]::UTF8;' +
  'Get-CimInstance Win32_Process -Property ProcessId,ParentProcessId,Name,ExecutablePath|' +
  'Select-Object ProcessId,ParentProcessId,Name,ExecutablePath|ConvertTo-Json -Compress';

async function ofWindows({ env }: Computer): Promise<readonly RunningProcess[] | undefined> {
  const shell = powerShell(env);
  const [asked, listed] = await Promise.all([
    outputOf(shell, [...plainPowerShell, askCim], patienceMs),
    outputOf(win32.join(shell, '..', '..', '..', 'tasklist.exe'), ['/FO', 'CSV', '/NH'], patienceMs),
  ]);
  return processesOf(tableOfCim(asked.code === 0 ? asked.stdout : '')) ?? processesOfTaskList(listed.stdout);
}

/** Those whose place is told: the others belong to the system or to somebody else. Undefined for none. */
export function processesOf(table: ProcessTable): readonly RunningProcess[] | undefined {
  const found = [...table.values()].filter(({ path }) => /[\\/]/.test(path));
  return found.length === 0 ? undefined : found;
}

/** `tasklist /FO CSV /NH`: `"name.exe","pid",…`. Only the file's name is told. */
export function processesOfTaskList(text: string): readonly RunningProcess[] | undefined {
  const found = text.split(/\r?\n/).flatMap((line) => {
    const [, name, pid] = /^"([^"]+)","(\d+)",/.exec(line) ?? [];
    return name === undefined ? [] : [{ pid: Number(pid), path: name, words: [] }];
  });
  return found.length === 0 ? undefined : found;
}
