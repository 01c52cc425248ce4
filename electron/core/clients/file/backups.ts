/**
 * What lies beside a file because it was changed: the copies made before, which hold what was taken out of it, and what
 * a change that was broken off (a power cut, a killed process) had not put in its place yet.
 */
import { randomBytes } from 'node:crypto';
import { lstat, readdir, realpath, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../../../shared/faults.ts';

/** With the moment it was made, to the second, and a number where there were more in it. */
const copy = /^\.conexor-\d{8}-\d{6}(?:-\d{1,4})?\.bak$/;
const unfinished = /^\.conexor-[\da-f]{12}\.tmp$/;
const mostKept = 5;

/** How a new text is called until it is in its place: with the file's own name, so that it can be found if it stays. */
export function unfinishedName(realPath: string): string {
  return `${realPath}.conexor-${randomBytes(6).toString('hex')}.tmp`;
}

/** The oldest first, and what was broken off before them. Empty where there are none, or nobody can look. */
export async function backupsOf(path: string): Promise<readonly string[]> {
  // The file itself may be gone; its copies lie where it was.
  const place = await realpath(path).catch(() => path);
  const names = await readdir(dirname(place)).catch(() => []);
  const own = basename(place);
  const beside = (mark: RegExp) =>
    names
      .filter((name) => name.startsWith(own) && mark.test(name.slice(own.length)))
      .sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1))
      .map((name) => join(dirname(place), name));
  return [...beside(unfinished), ...beside(copy)];
}

/** Of a copy, text that grows with when it was made. */
function orderOf(name: string): string {
  const [, moment, number = '1'] = /\.conexor-(\d{8}-\d{6})(?:-(\d{1,4}))?\.bak$/.exec(name) ?? [];
  return moment === undefined ? name : `${moment}-${number.padStart(4, '0')}`;
}

/**
 * How the next copy is called: beside the file, with the moment it is made, and a number above all that there are of that
 * moment: in the place of one that has gone already, the newest would count as the oldest.
 */
export async function backupName(realPath: string, nowMs: number): Promise<string> {
  const moment = new Date(nowMs).toISOString().replaceAll(/[-:]/g, '').replace(/\..*$/, '').replace('T', '-');
  const name = `${realPath}.conexor-${moment}`;
  const numbers = (await backupsOf(realPath))
    .filter((one) => one.startsWith(name))
    .map((one) => Number(/^-(\d+)\.bak$/.exec(one.slice(name.length))?.[1] ?? 1));
  return numbers.length === 0 ? `${name}.bak` : `${name}-${Math.max(...numbers) + 1}.bak`;
}

/** Throws `file-not-writable` for one that cannot be deleted. */
export async function removeBackups(path: string): Promise<readonly string[]> {
  const backups = await backupsOf(path);
  for (const backup of backups) await remove(backup);
  return backups;
}

/**
 * Old ones go, and all that was broken off, so that secrets do not pile up beside the file. `needed`: those that something
 * can be taken back with stay, however old their names make them: clocks are set back.
 */
export async function keepNewest(path: string, needed: readonly (string | undefined)[] = []): Promise<void> {
  const all = await backupsOf(path);
  const copies = all.filter((one) => one.endsWith('.bak'));
  const others = copies.filter((one) => !needed.includes(one));
  const room = mostKept - (copies.length - others.length);
  const kept = new Set([...copies.filter((one) => needed.includes(one)), ...(room > 0 ? others.slice(-room) : [])]);
  for (const backup of all.filter((one) => !kept.has(one))) await remove(backup).catch(() => undefined);
}

/**
 * What was broken off goes before the next change, whose lock says that nobody else is at work; only names of this
 * file, where one is given. Returns how many.
 */
export async function removeUnfinished(path: string, ino?: number): Promise<number> {
  const left = (await backupsOf(path)).filter((one) => one.endsWith('.tmp'));
  let removed = 0;
  for (const one of left) {
    if (ino !== undefined && (await lstat(one).catch(() => undefined))?.ino !== ino) continue;
    await remove(one).then(
      () => {
        removed += 1;
      },
      () => undefined,
    );
  }
  return removed;
}

async function remove(backup: string): Promise<void> {
  await rm(backup, { force: true }).catch((cause: unknown) => {
    throw new Fault('file-not-writable', { subject: backup, cause });
  });
}
