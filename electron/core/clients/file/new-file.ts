/**
 * A settings file that was not there, made whole or not at all; and one that is ours alone, taken away again. Neither can
 * cost anybody else's file that came in between.
 */
import { link, lstat, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../../../shared/faults.ts';
import { removeUnfinished, unfinishedName } from './backups.ts';
import { type ConfigFile, isLink, linkToNowhere, requireUnchanged, requireWritable } from './config-file.ts';
import { changedMeanwhile, codeOf, notWritable, unreadable } from './file-faults.ts';
import { withFileLock } from './file-lock.ts';
import { flushFolder, renamePatiently, writeFlushed } from './flushed-write.ts';

/**
 * For this user alone. Throws `input-invalid` where its folder is not there, something is there by now, or the path is a
 * link to nowhere, and `file-not-writable`; nothing is there then.
 */
export async function createConfig(path: string, text: string): Promise<void> {
  await requireFolder(path);
  await withFileLock(path, async () => {
    await requireNothing(path);
    await removeUnfinished(path);
    const bytes = Buffer.from(text, 'utf8');
    const temporary = unfinishedName(path);
    try {
      await writeFlushed(temporary, bytes);
      await putInPlace(temporary, path);
      await flushFolder(dirname(path));
    } catch (cause) {
      throw notWritable(path, cause);
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
    const now = await readFile(path).catch(() => undefined);
    if (!now?.equals(bytes)) throw changedMeanwhile({ path });
  });
}

/**
 * Without a copy: the caller knows that it is ours alone. Throws `input-invalid` where it is no longer what was read, or
 * reached by a link that would then lead nowhere, and `file-not-writable`; it is there then.
 */
export async function deleteConfig(file: ConfigFile): Promise<void> {
  await requireWritable(file);
  await withFileLock(file.realPath, async () => {
    if (await isLink(file.path)) throw changedMeanwhile(file);
    await removeUnfinished(file.realPath);
    await requireUnchanged(file);
    const aside = unfinishedName(file.realPath);
    try {
      await renamePatiently(file.realPath, aside);
      const taken = await readFile(aside);
      if (!taken.equals(file.bytes)) throw changedMeanwhile(file);
      await rm(aside);
      await flushFolder(dirname(file.realPath));
    } catch (cause) {
      // What somebody has written into it meanwhile goes back, unless there is another one in its place already.
      await link(aside, file.realPath).then(
        () => rm(aside, { force: true }),
        () => undefined,
      );
      throw notWritable(file.path, cause);
    }
  });
}

async function requireFolder(path: string): Promise<void> {
  const folder = await stat(dirname(path)).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw unreadable(path, codeOf(cause), cause);
  });
  if (folder?.isDirectory()) return;
  throw new Fault('input-invalid', { reason: 'no folder', subject: path, thing: 'config-folder-missing' });
}

async function requireNothing(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (!there) return;
  if (!there.isSymbolicLink()) throw changedMeanwhile({ path });
  await stat(path).catch((cause: unknown) => {
    throw codeOf(cause) === 'ELOOP' ? unreadable(path, 'ELOOP', cause) : linkToNowhere(path);
  });
  throw changedMeanwhile({ path });
}

/** By a second name, which nobody's file can be lost to; where the disk has none, by a rename. */
async function putInPlace(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw changedMeanwhile({ path });
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EINVAL', 'UNKNOWN'].includes(codeOf(cause)))
      throw cause;
    await requireNothing(path);
    await renamePatiently(temporary, path);
  }
}
