/** The copies that were made beside a file before it was changed. They hold what was taken out of it. */
import { readdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../../shared/faults.ts';

const mark = /^\.conexor-\d{8}-\d{6}(?:-\d{1,2})?\.bak$/;
const mostKept = 5;

/** The oldest first. Empty where there are none, or nobody can look. */
export async function backupsOf(path: string): Promise<readonly string[]> {
  // The file itself may be gone; its copies lie where it was.
  const place = await realpath(path).catch(() => path);
  const names = await readdir(dirname(place)).catch(() => []);
  const own = basename(place);
  return names
    .filter((name) => name.startsWith(own) && mark.test(name.slice(own.length)))
    .sort()
    .map((name) => join(dirname(place), name));
}

/** Throws `file-not-writable` for one that cannot be deleted. */
export async function removeBackups(path: string): Promise<readonly string[]> {
  const backups = await backupsOf(path);
  for (const backup of backups) await remove(backup);
  return backups;
}

/** Old ones go, so that secrets do not pile up beside the file. */
export async function keepNewest(path: string): Promise<void> {
  const backups = await backupsOf(path);
  for (const backup of backups.slice(0, -mostKept)) await remove(backup).catch(() => undefined);
}

async function remove(backup: string): Promise<void> {
  await rm(backup, { force: true }).catch((cause: unknown) => {
    throw new Fault('file-not-writable', { subject: backup, cause });
  });
}
