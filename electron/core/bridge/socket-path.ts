/**
 * Where the broker's socket and data folder are, and whether the socket is ours alone. Without dependencies: the relay,
 * the command line and the broker must come to the same answer, and the relay must start in milliseconds.
 */
import { lstatSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly homedir: string;
  /** Given by the person (`--data`); absent for the ordinary folder. */
  readonly dataDir?: string | undefined;
}

/** `sun_path` holds 104 bytes on macOS, 108 on Linux; the smaller, so that a folder works on both. */
const maxSocketPathBytes = 104;

/** The folder that is ours alone, as Electron's `userData` has it (DESKTOP section 7). */
export function defaultDataDir({ env, platform, homedir }: Surroundings): string {
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir, 'AppData', 'Roaming'), 'Conexor');
  if (platform === 'darwin') return join(homedir, 'Library', 'Application Support', 'Conexor');
  // The XDG specification has relative paths ignored.
  const config = env['XDG_CONFIG_HOME'];
  return join(config?.startsWith('/') ? config : join(homedir, '.config'), 'Conexor');
}

export function dataDirOf(surroundings: Surroundings): string {
  return surroundings.dataDir === undefined ? defaultDataDir(surroundings) : resolve(surroundings.dataDir);
}

/**
 * The broker's socket: in the data folder, beside the vault that it guards. Not in `$XDG_RUNTIME_DIR`: many hosts start
 * their servers without it, and two programs that disagree about the socket are two brokers on one vault. Throws an
 * `Error` in plain words where the path is too long for a socket (no `Fault`: the relay carries no further modules).
 */
export function socketPath(surroundings: Surroundings): string {
  const dataDir = dataDirOf(surroundings);
  if (surroundings.platform === 'win32') return `\\\\.\\pipe\\conexor-desktop-${pipeName(dataDir)}`;
  const path = join(dataDir, 'broker.sock');
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    throw new Error(
      `The folder ${dataDir} has too long a path for a socket (${Buffer.byteLength(path)} bytes, at most ${maxSocketPathBytes}). Choose a shorter one.`,
    );
  }
  return path;
}

/**
 * Whether the socket may be spoken to: folder and socket have to be this user's alone, for what follows can be secret.
 * `absent` where there is none; a plain sentence where somebody else could listen.
 */
export function socketTrust(path: string): 'ours' | 'absent' | { readonly refusal: string } {
  const uid = process.getuid?.();
  if (uid === undefined) return 'ours';
  try {
    const folder = statSync(dirname(path));
    const socket = lstatSync(path);
    const alone = (one: { readonly uid: number; readonly mode: number }) => one.uid === uid && (one.mode & 0o077) === 0;
    if (alone(folder) && alone(socket) && folder.isDirectory() && socket.isSocket()) return 'ours';
  } catch {
    return 'absent';
  }
  const what = `The folder ${dirname(path)} is open to others, so Conexor is not used through it.`;
  return { refusal: `${what} Restart Conexor to put it right.` };
}

/** Per person because the data folder is; FNV-1a, since it need only be short and stable (the pipe's ACL protects it). */
function pipeName(dataDir: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(dataDir.toLowerCase())) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
