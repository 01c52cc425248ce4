/**
 * Who started the relay, asked of the system by the process that its hello names: /proc on Linux, `ps` on macOS, one
 * query of CIM on Windows. Bounded in time and depth; what cannot be told is empty, never a fault.
 */
import { readdir, readlink } from 'node:fs/promises';
import { win32 } from 'node:path';
import type { HelloProcess } from '../../../shared/hello.ts';
import type { ProcessSeen } from './client-start.ts';
import { type ProcEntry, procEntry } from './proc.ts';
import { type ProcessRow, type ProcessTable, tableOfCim, tableOfPs } from './process-table.ts';
import { outputOf } from './program-output.ts';
import { isOwnRelayFile, isRelayFile } from './relay-file.ts';
import { peerInode } from './socket-peer.ts';
import { isRunner } from './words.ts';

const mostAncestors = 8;
/** A system that has not answered by then does not tell. */
const waitMs = 5_000;
/** Relays come in flocks: a host that starts has all of them started at once. */
const tableHoldsMs = 1_000;
/** A relay says hello again after each outage: what was learned of its process holds. */
const mostRemembered = 64;

export interface AncestorsNeeds {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relays of ours lie; any place will do where it is not told. */
  readonly relays?: readonly string[];
}

export interface Ancestors {
  /**
   * The relay's own process first, then who started it. `socketInode`: of our end of its socket, where it is known
   * (Linux): then a process that does not hold the other end is not believed. Never throws.
   */
  of(relay: HelloProcess, socketInode?: number): Promise<readonly ProcessSeen[]>;
  /** False where that process, which `of` has told of, runs a relay that is none of ours. Never throws. */
  isOurs?(relay: HelloProcess): Promise<boolean>;
}

export function createAncestors({ platform, env, relays }: AncestorsNeeds): Ancestors {
  let table: { readonly asked: Promise<ProcessTable>; readonly atMs: number } | undefined;
  const ask = platform === 'darwin' ? tableOfMac : platform === 'win32' ? () => tableOfWindows(env) : undefined;

  const remembered = new Map<string, readonly ProcessSeen[]>();

  async function inTable(relay: HelloProcess, query: () => Promise<ProcessTable>): Promise<readonly ProcessSeen[]> {
    const key = `${relay.pid} ${relay.parentPid}`;
    const known = remembered.get(key);
    if (known) return known;
    const isFresh = table && performance.now() - table.atMs < tableHoldsMs;
    const rows = isFresh ? await table?.asked : undefined;
    if (!rows?.has(relay.pid)) table = { asked: query(), atMs: performance.now() };
    const chain = chainOf((await table?.asked) ?? new Map(), relay);
    if (chain.length > 0) remembered.set(key, chain);
    const [oldest] = remembered.keys();
    if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
    return chain;
  }

  return {
    async of(relay, socketInode) {
      // Ids from under WSL, or from another computer's system, mean nothing here.
      if (relay.platform !== platform) return [];
      if (platform === 'linux') return chainOfProc(relay, socketInode);
      return ask ? inTable(relay, ask) : [];
    },
    async isOurs(relay) {
      if (!relays || relay.platform !== platform) return true;
      if (platform === 'linux') {
        const [own, folder] = await Promise.all([
          procEntry(relay.pid),
          readlink(`/proc/${relay.pid}/cwd`).catch(() => undefined),
        ]);
        return own === undefined || isOwnRelayFile(own.allWords, relays, folder);
      }
      const [own] = ask ? await inTable(relay, ask) : [];
      return own === undefined || isOwnRelayFile(own.words, relays);
    },
  };
}

/** Of rows as the system told them; one that was started after its child is somebody else with a number used again. */
export function chainOf(table: ProcessTable, relay: HelloProcess): readonly ProcessSeen[] {
  const chain: ProcessRow[] = [];
  let next = table.get(relay.pid);
  // Who had started it has ended since: whoever took it in has not asked for it.
  if (!next || !isRelay(next) || hasLostParent(next, relay)) return [];
  while (next && chain.length < mostAncestors && !chain.includes(next)) {
    chain.push(next);
    const parent: ProcessRow | undefined = table.get(next.parentPid);
    const isYounger: boolean = (parent?.startedAtMs ?? 0) > (next.startedAtMs ?? Number.POSITIVE_INFINITY);
    next = isYounger ? undefined : parent;
  }
  return chain.map(({ pid, path, words }) => ({ pid, path, words }));
}

async function chainOfProc(relay: HelloProcess, socketInode: number | undefined): Promise<readonly ProcessSeen[]> {
  const [own, holds] = await Promise.all([procEntry(relay.pid), holdsOtherEnd(relay.pid, socketInode)]);
  if (!own || holds === false || !isRelayInside(own.path, own.allWords)) return [];
  if (hasLostParent(own, relay)) return [];
  const chain: ProcEntry[] = [];
  let next: ProcEntry | undefined = own;
  while (next && chain.length < mostAncestors) {
    chain.push(next);
    next = next.parentPid > 1 ? await procEntry(next.parentPid) : undefined;
  }
  return chain.map(({ pid, path, words, image }) => ({ pid, path, words, ...(image === undefined ? {} : { image }) }));
}

function hasLostParent({ parentPid }: { readonly parentPid: number }, relay: HelloProcess): boolean {
  return relay.parentPid !== undefined && relay.parentPid !== parentPid;
}

/**
 * Our relay as node runs it, or as an app runs it inside of itself. A system that does not tell the words does not say the
 * contrary.
 */
function isRelay({ path, words }: Pick<ProcessSeen, 'path' | 'words'>): boolean {
  return !isRunner(path) || words.length === 0 || words.some(isRelayFile);
}

/** With all of its words: what is not node runs our relay by its file, or is a utility of Chromium's, where node is inside. */
function isRelayInside(path: string, words: readonly string[]): boolean {
  return words.some(isRelayFile) || (!isRunner(path) && words.some((word) => /(^| )--type=utility( |$)/.test(word)));
}

/** Undefined where the system does not tell. */
async function holdsOtherEnd(pid: number, socketInode: number | undefined): Promise<boolean | undefined> {
  const other = socketInode === undefined ? undefined : await peerInode(socketInode);
  if (other === undefined) return undefined;
  try {
    const folder = `/proc/${pid}/fd`;
    const held = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
    return held.includes(`socket:[${other}]`);
  } catch {
    return undefined;
  }
}

async function tableOfMac(): Promise<ProcessTable> {
  const ps = (columns: readonly string[]) =>
    outputOf('/bin/ps', ['-axww', ...columns.flatMap((column) => ['-o', `${column}=`])], waitMs);
  const [files, lines] = await Promise.all([ps(['pid', 'ppid', 'comm']), ps(['pid', 'args'])]);
  return tableOfPs(files.stdout, lines.stdout);
}

const askCim =
  '[Console]::OutputEncoding=[Text.Encoding]::UTF8;' +
  'Get-CimInstance Win32_Process -Property ProcessId,ParentProcessId,Name,ExecutablePath,CommandLine,CreationDate|' +
  'Select-Object ProcessId,ParentProcessId,Name,ExecutablePath,CommandLine,' +
  "@{n='StartedMs';e={if($_.CreationDate){([DateTimeOffset]$_.CreationDate).ToUnixTimeMilliseconds()}}}|" +
  'ConvertTo-Json -Compress';

async function tableOfWindows(env: AncestorsNeeds['env']): Promise<ProcessTable> {
  const { stdout } = await outputOf(powerShell(env), [...plainPowerShell, askCim], waitMs);
  return tableOfCim(stdout);
}

export const plainPowerShell = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command'] as const;

/** By its whole path: a program of that name in the working folder must not be what answers. */
export function powerShell(env: AncestorsNeeds['env']): string {
  const windows = env['SystemRoot'] ?? env['SYSTEMROOT'] ?? 'C:\\Windows';
  return win32.join(windows, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
}
