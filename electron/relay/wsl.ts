/**
 * A relay in WSL and the Conexor of Windows. Sockets do not cross that border, programs do (interop): the relay that
 * Conexor keeps in Windows is started there, and this one's host speaks with it. Which one wins: a broker that runs in this
 * WSL, then one that has kept something here, then Windows; `CONEXOR_WSL=windows` or `linux` says it once and for all.
 * Loaded only where no broker was found.
 */
import { existsSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';

export interface WslSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The data folder of this Linux; a Conexor that has kept something there is the one that is meant. */
  readonly dataDir: string;
  /** Somebody named that folder. */
  readonly isNamed: boolean;
  /** Files in which the kernel says whether Windows programs can be started. */
  readonly interop?: readonly string[];
  /** How long each question to Windows may take. */
  readonly waitMs?: number;
}

/** How the relay of Windows is started from here; its client and connection follow. */
export interface WindowsRelay {
  readonly file: string;
  readonly words: readonly string[];
  /** A folder of Windows: from one of Linux its programs complain. */
  readonly cwd: string;
}

/** Asking Windows takes a second or two when it has been idle. */
const usualWaitMs = 3_000;
const mostOutputBytes = 1024 * 1024;
const mostNodesAsked = 3;
const hereInstead = 'start one here: npx conexor start';

const interopOff = `Windows programs cannot be started from this WSL, so the Conexor of Windows is out of reach. Switch interop on in /etc/wsl.conf, or ${hereInstead}`;
const notThere = `Conexor does not run in this WSL, and none was found in Windows. Open Conexor in Windows once, or ${hereInstead}`;
const noNode = `Conexor was found in Windows, but no Node.js 20 or newer to reach it with. Install Node.js in Windows, or ${hereInstead}`;

/**
 * To be asked inside WSL, or where somebody said `windows`. Undefined where it is this Linux's own Conexor that is meant.
 * Rejects with what the host is to read; takes a few questions' time at most.
 */
export async function windowsRelay(surroundings: WslSurroundings): Promise<WindowsRelay | undefined> {
  const { env, dataDir, isNamed } = surroundings;
  const isInsisted = env['CONEXOR_WSL'] === 'windows';
  if (!isInsisted && (isNamed || isFile(join(dataDir, 'vault.jwe')))) return undefined;
  if (!canStartWindows(surroundings, isInsisted)) throw new Error(interopOff);
  const ask = await asker(surroundings);
  const root = await driveRoot(ask);
  const vars = root === undefined ? undefined : await windowsVariables(ask, root);
  if (root === undefined || vars === undefined) throw new Error(interopOff);
  const here = (path: string) => unixPath(root, path);
  const relay = `${vars.get('APPDATA') ?? ''}\\Conexor\\bin\\relay.cjs`;
  if (!isFile(here(relay))) throw new Error(notThere);
  const nodes = nodePlaces(vars).map(here).filter(isFile).slice(0, mostNodesAsked);
  const cwd = dirname(here(relay));
  for (const file of new Set(nodes)) {
    const said = await ask(file, ['--version'], cwd);
    const [, major] = /^v(\d+)\./.exec(said?.toString() ?? '') ?? [];
    if (Number(major) >= 20) return { file, words: [relay], cwd };
  }
  throw new Error(noNode);
}

/** Its streams as one, which ends with it. */
export async function joinWindowsRelay({ file, words, cwd }: WindowsRelay, args: readonly string[]): Promise<Duplex> {
  const [{ spawn }, { Duplex: Stream }] = [await import('node:child_process'), await import('node:stream')];
  // What it has to say to a person goes where ours goes.
  const child = spawn(file, [...words, ...args], { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout } = child;
  // Not Duplex.from, which stays open for ever when the other program is killed.
  const stream = new Stream({
    allowHalfOpen: true,
    read: () => stdout.resume(),
    // Whether it is still there, its standard output tells.
    write: (chunk, _encoding, done) => stdin.write(chunk, () => done()),
    final(done) {
      stdin.end();
      done();
    },
    destroy(error, done) {
      child.kill();
      done(error);
    },
  });
  stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  stdout.on('end', () => stream.push(null));
  stdin.on('error', () => undefined);
  child.on('error', () => stream.destroy());
  return stream;
}

const interopFiles = ['/proc/sys/fs/binfmt_misc/WSLInterop', '/proc/sys/fs/binfmt_misc/WSLInterop-late'];

function canStartWindows({ interop = interopFiles }: WslSurroundings, isInsisted: boolean): boolean {
  return interop.some((path) => textOf(path).startsWith('enabled')) || (isInsisted && !interop.some(existsSync));
}

/** Where the drives of Windows are: `/mnt/` unless somebody chose another place. */
async function driveRoot(ask: Ask): Promise<string | undefined> {
  const said = await ask('wslpath', ['-u', 'C:\\']);
  return /^(\/(?:.*\/)?)c\/?\s*$/i.exec(said?.toString() ?? '')?.[1];
}

function unixPath(root: string, path: string): string {
  const [, drive, rest] = /^([a-z]):[\\/](.*)$/is.exec(path) ?? [];
  return drive === undefined || rest === undefined ? '' : `${root}${drive.toLowerCase()}/${rest.replaceAll('\\', '/')}`;
}

/** By their names in capitals. `set` expands nothing, whatever is in them; with /u it speaks UTF-16, whatever the code page. */
async function windowsVariables(ask: Ask, root: string): Promise<Map<string, string> | undefined> {
  const folder = unixPath(root, 'C:\\Windows\\System32');
  const words = ['/d', '/u', '/c', 'set'];
  const cwd = isFolder(folder) ? folder : undefined;
  const said = (await ask(`${folder}/cmd.exe`, words, cwd)) ?? (await ask('cmd.exe', words, cwd));
  if (said === undefined) return undefined;
  const text = said.toString(said.includes(0) ? 'utf16le' : 'utf8');
  const pairs = text.split(/\r?\n/).map((line) => /^\ufeff?([^=]+)=(.*)$/.exec(line));
  return new Map(pairs.flatMap((pair) => (pair ? [[(pair[1] ?? '').toUpperCase(), pair[2] ?? ''] as const] : [])));
}

/** Paths of Windows, the first on its PATH first; as electron/find-node.ts has them, without searching folders. */
function nodePlaces(vars: ReadonlyMap<string, string>): readonly string[] {
  const path = (vars.get('PATH') ?? '').split(';').map((folder) => folder.replace(/^"(.*)"$/, '$1'));
  const of = (name: string, below: string) => (vars.has(name) ? [`${vars.get(name)}\\${below}`] : []);
  const folders = [
    ...path,
    ...of('PROGRAMFILES', 'nodejs'),
    ...of('LOCALAPPDATA', 'Programs\\nodejs'),
    ...of('NVM_SYMLINK', ''),
    ...of('LOCALAPPDATA', 'Volta\\bin'),
  ];
  return folders.map((folder) => `${folder.replace(/[\\/]+$/, '')}\\node.exe`);
}

/** What a program says on its standard output; undefined where it fails or takes too long. */
type Ask = (file: string, words: readonly string[], cwd?: string) => Promise<Buffer | undefined>;

async function asker({ env, waitMs = usualWaitMs }: WslSurroundings): Promise<Ask> {
  const { execFile } = await import('node:child_process');
  return (file, words, cwd) =>
    new Promise((resolve) => {
      const bounds = { timeout: waitMs, killSignal: 'SIGKILL', maxBuffer: mostOutputBytes } as const;
      const options = { ...bounds, env, encoding: 'buffer', ...(cwd === undefined ? {} : { cwd }) } as const;
      const child = execFile(file, [...words], options, (error, stdout) => resolve(error ? undefined : stdout));
      child.stdin?.end();
    });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isFile(path: string): boolean {
  return statsOf(path)?.isFile() ?? false;
}

function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
