/**
 * What belongs to a file besides its bytes, for the new file in its place: owner, mode and, on Linux, its POSIX access
 * list and extended attributes. Node can copy neither of these two; `cp` of GNU coreutils can (coreutils manual, "cp
 * invocation"). Where there is another `cp`, or none, the file keeps owner and mode.
 */
import type { Stats } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { outputOf } from '../../processes/program-output.ts';

const copyWaitMs = 5_000;

/** `stats`: of the original. Never makes it readable to anybody who could not read the original. */
export async function makeLike(path: string, original: string, { uid, gid, mode }: Stats): Promise<void> {
  // The owner first: a change of owner takes special modes away.
  if (process.getuid && (uid !== process.getuid() || gid !== process.getgid?.())) await chown(path, uid, gid);
  if (process.platform === 'linux') {
    const words = ['--attributes-only', '--preserve=mode,xattr', '--no-target-directory', '--', original, path];
    await outputOf('/bin/cp', words, copyWaitMs);
  }
  // With an access list this sets what its entries may give at most: that was so in the original, too.
  await chmod(path, mode & 0o7777);
}
