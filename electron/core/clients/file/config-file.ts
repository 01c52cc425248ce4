/**
 * Another program's settings file, read and replaced so that nothing of it can be lost: a copy beside it first, then a
 * temporary file, flushed, put in its place by a rename, and read again. Links are followed; mode, owner and access list
 * stay. A file with a second name is left alone: a rename would part the two.
 */
import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, lstat, open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../../../shared/faults.ts';
import { broken } from '../text/config-text.ts';
import { backupName, removeUnfinished, unfinishedName } from './backups.ts';
import { changedMeanwhile, codeOf, notWritable, unreadable } from './file-faults.ts';
import { withFileLock } from './file-lock.ts';
import { flushFolder, renamePatiently, writeFlushed } from './flushed-write.ts';
import { makeLike } from './like-file.ts';

export interface ConfigFile {
  /** As the person knows it. */
  readonly path: string;
  /** Where its links lead. */
  readonly realPath: string;
  readonly bytes: Buffer;
  readonly text: string;
  readonly stats: Stats;
}

/** In bytes. A program's file of state and settings may have several megabytes. */
const largest = 16 * 1024 * 1024;

/**
 * Throws `input-invalid` for a file that is not there, may not be read, is a link in a circle or to nowhere, no ordinary
 * file or not UTF-8, and `too-large`.
 */
export async function readConfig(path: string): Promise<ConfigFile> {
  let handle: FileHandle | undefined;
  try {
    const realPath = await realpath(path);
    // A pipe or a device must not keep us waiting.
    handle = await open(realPath, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    let stats = await handle.stat();
    if (!stats.isFile()) throw unreadable(path, 'no ordinary file');
    if (stats.size > largest) throw new Fault('too-large', { subject: path, thing: 'config-file-too-large' });
    // The second name may be one of ours, from a change that was broken off.
    if (stats.nlink > 1 && (await removeUnfinished(realPath, stats.ino)) > 0) stats = await handle.stat();
    const bytes = await handle.readFile();
    return { path, realPath, bytes, text: textOf(bytes, path), stats };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw codeOf(cause) === 'ENOENT' && (await isLink(path))
      ? linkToNowhere(path)
      : unreadable(path, codeOf(cause), cause);
  } finally {
    await handle?.close();
  }
}

/**
 * Writes another text in its place. Returns the path of the copy of what was there, which only this user may read.
 * Throws `input-invalid` where the file is no longer what was read, and `file-not-writable`; it is unchanged then.
 * `keepNewest` is for the caller, who knows which copies are still needed; `copied` is awaited before anything of the file
 * is touched.
 */
export async function replaceConfig(
  file: ConfigFile,
  text: string,
  nowMs: number,
  copied?: (backup: string) => Promise<void>,
): Promise<string> {
  await requireWritable(file);
  return withFileLock(file.realPath, async () => {
    await removeUnfinished(file.realPath);
    const bytes = Buffer.from(text, 'utf8');
    const backup = await keepCopy(file, nowMs);
    const temporary = unfinishedName(file.realPath);
    try {
      await copied?.(backup);
      await writeFlushed(temporary, bytes);
      await requireUnchanged(file);
      // Last of all: what is broken off before must lie there for nobody else to read.
      await makeLike(temporary, file.realPath, file.stats);
      await renamePatiently(temporary, file.realPath);
      await flushFolder(dirname(file.realPath));
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      await rm(backup, { force: true }).catch(() => undefined);
      throw notWritable(file.path, cause);
    }
    const now = await readFile(file.realPath).catch(() => undefined);
    // The copy stays: whoever has written over ours may not have what was there before.
    if (!now?.equals(bytes)) throw changedMeanwhile(file);
    return backup;
  });
}

async function keepCopy(file: ConfigFile, nowMs: number): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const backup = await backupName(file.realPath, nowMs);
    try {
      await writeFlushed(backup, file.bytes);
      return backup;
    } catch (cause) {
      if (codeOf(cause) === 'EEXIST' && attempt < 5) continue;
      throw notWritable(file.path, cause);
    }
  }
}

/** Why a file must be left as it is, whatever its text. */
export function notReplaceable({ path, stats }: ConfigFile): Fault | undefined {
  if (stats.nlink > 1) {
    return new Fault('input-invalid', { reason: 'a hard link', subject: path, thing: 'config-file-linked' });
  }
  return undefined;
}

/** A rename needs no leave of the file itself: whoever made it read-only meant that all the same. */
export async function requireWritable(file: ConfigFile): Promise<void> {
  const fault = notReplaceable(file);
  if (fault) throw fault;
  if ((file.stats.mode & 0o222) === 0) throw new Fault('file-not-writable', { subject: file.path });
  await access(file.realPath, constants.W_OK).catch((cause: unknown) => {
    // Somebody has taken it away since.
    throw codeOf(cause) === 'ENOENT' ? changedMeanwhile(file) : notWritable(file.path, cause);
  });
}

/** As late as can be: what another program writes in the moment before the rename is the only thing nobody can see. */
export async function requireUnchanged(file: ConfigFile): Promise<void> {
  const away = (cause: unknown) => {
    if (codeOf(cause) === 'EMFILE' || codeOf(cause) === 'ENFILE') throw notWritable(file.path, cause);
    return undefined;
  };
  const [bytes, stats, realPath] = await Promise.all([
    readFile(file.realPath).catch(away),
    stat(file.realPath).catch(away),
    realpath(file.path).catch(away),
  ]);
  const isSame =
    bytes?.equals(file.bytes) &&
    stats?.ino === file.stats.ino &&
    stats.nlink === file.stats.nlink &&
    // Who may read it may have been changed as well.
    stats.mode === file.stats.mode &&
    stats.uid === file.stats.uid &&
    stats.gid === file.stats.gid &&
    realPath === file.realPath;
  if (!isSame) throw changedMeanwhile(file);
}

export async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

export function linkToNowhere(path: string): Fault {
  return new Fault('input-invalid', { reason: 'a link to nowhere', subject: path, thing: 'config-link-nowhere' });
}

function textOf(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw broken(path, 'not UTF-8');
  }
}
