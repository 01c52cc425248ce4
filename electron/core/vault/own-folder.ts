/**
 * A folder that is this user's alone (P-64): made with mode 0700 where it is missing, closed to others where it is ours
 * and open, refused where it is somebody else's.
 */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault } from '../../../shared/faults.ts';

const groupAndOthers = 0o077;

/** Rejects with `data-folder-unusable`. */
export async function prepareOwnFolder(path: string): Promise<void> {
  const folder = resolve(path);
  const refuse = (reason: string, cause?: unknown) =>
    new Fault('data-folder-unusable', { subject: folder, reason, ...(cause === undefined ? {} : { cause }) });
  let there: Awaited<ReturnType<typeof stat>>;
  try {
    await makeFolder(folder);
    there = await stat(folder);
  } catch (cause) {
    throw refuse(codeOf(cause), cause);
  }
  if (!there.isDirectory()) throw refuse('not a folder');
  // On Windows the folder inherits the access list of the person's profile; owners and modes mean nothing there.
  const uid = process.getuid?.();
  if (uid === undefined) return;
  if (there.uid !== uid) throw refuse('owned by another user');
  if ((there.mode & groupAndOthers) !== 0) {
    await chmod(folder, 0o700).catch((cause: unknown) => {
      throw refuse(codeOf(cause), cause);
    });
  }
}

/** Level by level: Node 20's recursive mkdir never returns where the system refuses with ENOENT, as /proc does. */
async function makeFolder(folder: string): Promise<void> {
  const exists = await stat(folder).then(
    () => true,
    (cause: unknown) => {
      if (codeOf(cause) === 'ENOENT') return false;
      throw cause;
    },
  );
  if (exists) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder, { mode: 0o700 }).catch((cause: unknown) => {
    // Another start of ours may have been faster.
    if (codeOf(cause) !== 'EEXIST') throw cause;
  });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
}
