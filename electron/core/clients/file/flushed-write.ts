/** Bytes on the disk, not in a cache: a file that is there whole or not at all, and renames that outlive a power cut. */
import { open, rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from './file-faults.ts';

/** A new file that only this user may read. Nothing is left behind where it fails. */
export async function writeFlushed(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
    await handle.close();
  } catch (cause) {
    await handle.close().catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
    throw cause;
  }
}

export async function flushFolder(folder: string): Promise<void> {
  // Windows has no handle on a folder; there the rename itself is all that can be had.
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** On Windows a virus scanner or an indexer may hold the file for a moment. */
export async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (cause) {
      const isHeld = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(cause));
      if (!isHeld || attempt === 10) throw cause;
      await delay(attempt * 20);
    }
  }
}
