/**
 * Another program's settings file, read and replaced so that nothing of it can be lost: a copy beside it first, then a
 * temporary file, flushed, put in its place by a rename, and read again. Links are followed; mode and owner stay. A file
 * with a second name is left alone: a rename would part the two.
 */
import { constants, type Stats } from 'node:fs';
import { access, chmod, chown, type FileHandle, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../../../shared/faults.ts';
import { broken } from '../text/config-text.ts';
import { unfinishedName } from './backups.ts';

export interface ConfigFile {
  /** As the person knows it. */
  readonly path: string;
  /** Where its links lead. */
  readonly realPath: string;
  readonly bytes: Buffer;
  readonly text: string;
  readonly stats: Stats;
}

/** No program's settings are larger, in bytes. */
const largest = 4 * 1024 * 1024;

/**
 * Throws `input-invalid` for a file that is not there, may not be read, is a link in a circle, no ordinary file or not
 * UTF-8, and `too-large`.
 */
export async function readConfig(path: string): Promise<ConfigFile> {
  let handle: FileHandle | undefined;
  try {
    const realPath = await realpath(path);
    // A pipe or a device must not keep us waiting.
    handle = await open(realPath, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    if (!stats.isFile()) throw unreadable(path, 'no ordinary file');
    if (stats.size > largest) throw tooLarge(path);
    const bytes = await handle.readFile();
    return { path, realPath, bytes, text: textOf(bytes, path), stats };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unreadable(path, codeOf(cause), cause);
  } finally {
    await handle?.close();
  }
}

/**
 * Writes another text in its place. Returns the path of the copy of what was there, which only this user may read.
 * Throws `input-invalid` where the file is no longer what was read, and `file-not-writable`; it is unchanged then.
 */
export async function replaceConfig(file: ConfigFile, text: string, nowMs: number): Promise<string> {
  await requireWritable(file);
  const bytes = Buffer.from(text, 'utf8');
  const backup = await keepCopy(file, nowMs);
  const temporary = unfinishedName(file.realPath);
  try {
    await writeFlushed(temporary, bytes);
    await requireUnchanged(file);
    await makeLike(temporary, file.stats);
    await rename(temporary, file.realPath);
    await flushFolder(dirname(file.realPath));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    await rm(backup, { force: true }).catch(() => undefined);
    throw asNotWritable(file, cause);
  }
  const now = await readFile(file.realPath).catch(() => undefined);
  // The copy stays: whoever has written over ours may not have what was there before.
  if (!now?.equals(bytes)) throw changed(file);
  return backup;
}

/** How a copy is called: beside the file, with the moment it was made. */
function backupName(realPath: string, nowMs: number): string {
  const moment = new Date(nowMs).toISOString().replaceAll(/[-:]/g, '').replace(/\..*$/, '').replace('T', '-');
  return `${realPath}.conexor-${moment}.bak`;
}

async function keepCopy(file: ConfigFile, nowMs: number): Promise<string> {
  const name = backupName(file.realPath, nowMs);
  for (let n = 1; ; n++) {
    const backup = n === 1 ? name : name.replace(/\.bak$/, `-${n}.bak`);
    try {
      await writeFlushed(backup, file.bytes);
      return backup;
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST' && n < 100) continue;
      throw asNotWritable(file, cause);
    }
  }
}

/** A file that only this user may read. Nothing is left behind where it fails. */
async function writeFlushed(path: string, bytes: Buffer): Promise<void> {
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

/** Last of all: what is broken off before must lie there for nobody else to read. */
async function makeLike(path: string, { uid, gid, mode }: Stats): Promise<void> {
  // The owner first: a change of owner takes special modes away.
  if (process.getuid && (uid !== process.getuid() || gid !== process.getgid?.())) await chown(path, uid, gid);
  await chmod(path, mode & 0o7777);
}

/** Why a file must be left as it is, whatever its text. */
export function notReplaceable({ path, stats }: ConfigFile): Fault | undefined {
  if (stats.nlink > 1) {
    return new Fault('input-invalid', { reason: 'a hard link', subject: path, thing: 'config-file-linked' });
  }
  return undefined;
}

export function tooLarge(path: string): Fault {
  return new Fault('too-large', { subject: path, thing: 'config-file-large' });
}

/** A rename needs no leave of the file itself: whoever made it read-only meant that all the same. */
async function requireWritable(file: ConfigFile): Promise<void> {
  const refuse = (cause?: unknown) =>
    new Fault('file-not-writable', { subject: file.path, ...(cause === undefined ? {} : { cause }) });
  const fault = notReplaceable(file);
  if (fault) throw fault;
  if ((file.stats.mode & 0o222) === 0) throw refuse();
  await access(file.realPath, constants.W_OK).catch((cause: unknown) => {
    throw refuse(cause);
  });
}

/** As late as can be: what another program writes in the moment before the rename is the only thing nobody can see. */
async function requireUnchanged(file: ConfigFile): Promise<void> {
  const [bytes, stats, realPath] = await Promise.all([
    readFile(file.realPath).catch(() => undefined),
    stat(file.realPath).catch(() => undefined),
    realpath(file.path).catch(() => undefined),
  ]);
  const isSame =
    bytes?.equals(file.bytes) &&
    stats?.ino === file.stats.ino &&
    stats.nlink === file.stats.nlink &&
    realPath === file.realPath;
  if (!isSame) throw changed(file);
}

async function flushFolder(folder: string): Promise<void> {
  // Windows has no handle on a folder; there the rename itself is all that can be had.
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function textOf(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw broken(path, 'not UTF-8');
  }
}

function unreadable(path: string, reason: string, cause?: unknown): Fault {
  return new Fault('input-invalid', {
    reason,
    subject: path,
    thing: 'config-file',
    advice: 'config-unreadable',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function changed(file: Pick<ConfigFile, 'path'>): Fault {
  return new Fault('input-invalid', {
    reason: 'changed meanwhile',
    subject: file.path,
    thing: 'config-file-changed',
    advice: 'config-changed',
  });
}

function asNotWritable(file: ConfigFile, cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  return new Fault('file-not-writable', { subject: file.path, reason: codeOf(cause), cause });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
}
