/** Files in our own data folder that other programs read: written whole, flushed, put in place by a rename, ours alone. */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, open, readFile, rename, rm } from 'node:fs/promises';

/** Does nothing where the same bytes stand there already. Rejects with the system's own error; the file is whole then. */
export async function renewOwnFile(path: string, bytes: Buffer): Promise<void> {
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
    throw cause;
  }
}

/** An ordinary file of this user's that nobody else can change, and no other name of one. */
export async function isOwnFile(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats !== undefined && isOurs(stats);
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

export function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
}
