/**
 * The relay at a place of its own, `bin/` in the data folder: what is written into other programs' settings must still be
 * there after an update of ours, in another mount of an AppImage, and when the program's folder has moved. Beside it a
 * file says where the program is now, so that the relay can start it (electron/relay/program.ts reads it).
 */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../shared/faults.ts';
import { prepareOwnFolder } from '../vault/own-folder.ts';

/** How the relay starts a broker: by a program for the Node that runs the relay itself, or by the desktop app. */
export type ProgramPlace = { readonly headless: string } | { readonly app: readonly string[] };

export interface RelaySource {
  /** The relay that was built with this program. */
  readonly built: string;
  readonly program: ProgramPlace;
  readonly dataDir: string;
}

const relayName = 'relay.cjs';
const programName = 'program.json';

/** Where it is, whether it stands there or not. */
export function relayPlace(dataDir: string): string {
  return join(dataDir, 'bin', relayName);
}

/**
 * Puts both files there, unless they are the same already. Gives the relay's path. Throws `data-folder-unusable`; what
 * was there is whole then, the old one or the new one.
 */
export async function placeRelay({ built, program, dataDir }: RelaySource): Promise<string> {
  const folder = join(dataDir, 'bin');
  await prepareOwnFolder(folder);
  const path = join(folder, relayName);
  try {
    // The program's place first: a new relay may know more of it than an old one, never less.
    await renew(join(folder, programName), Buffer.from(`${JSON.stringify({ conexor: 1, ...program })}\n`));
    await renew(path, await readFile(built));
  } catch (cause) {
    throw new Fault('data-folder-unusable', { subject: folder, reason: codeOf(cause), cause });
  }
  return path;
}

/** Whether what our entries start is there: a file of ours that nobody else can change. */
export async function relayStands(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats !== undefined && stats.size > 0 && isOurs(stats);
}

async function renew(path: string, bytes: Buffer): Promise<void> {
  if (await isSame(path, bytes)) return;
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(bytes);
    await handle.sync();
    await handle.close();
    handle = undefined;
    // In place of a link, not of what it leads to.
    await rename(temporary, path);
  } catch (cause) {
    await handle?.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    // On Windows a file that a relay is being started from cannot be replaced in that moment; the next start of ours does.
    if (process.platform === 'win32' && ['EPERM', 'EBUSY'].includes(codeOf(cause)) && (await relayStands(path))) return;
    throw cause;
  }
}

async function isSame(path: string, bytes: Buffer): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || !isOurs(stats) || stats.size !== bytes.length) return false;
  return readFile(path).then(
    (now) => now.equals(bytes),
    () => false,
  );
}

/** On Windows owners and modes mean nothing; the folder inherits the access list of the person's profile. */
function isOurs(stats: Stats): boolean {
  if (!stats.isFile()) return false;
  const uid = process.getuid?.();
  return uid === undefined || (stats.uid === uid && (stats.mode & 0o022) === 0 && stats.nlink === 1);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
}
