/** A plan on the disk, and what is remembered of it: how the file was, how we left it, and which entries are ours. */
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../../shared/faults.ts';
import { keepNewest } from './file/backups.ts';
import { replaceConfig } from './file/config-file.ts';
import { createConfig, deleteConfig } from './file/new-file.ts';
import { type FilePlan, type FileWish, sha256Of, whatOf } from './plan-files.ts';
import type { FileRecord, KnownContent } from './written-entries.ts';

export interface WrittenPlan {
  readonly backup?: string;
  /** Undefined: nothing has to be known of the file any more. */
  readonly record: FileRecord | undefined;
}

/**
 * `intend` is awaited before anything of the file is touched, and told what will have to be known of it. Throws
 * `input-invalid`, `file-not-writable`, `too-large`, and what `intend` throws: the file is as it was then.
 */
export async function writePlan(
  client: FileRecord['client'],
  plan: FilePlan,
  wish: FileWish['kind'],
  nowMs: number,
  intend: (record: FileRecord | undefined) => Promise<void>,
): Promise<WrittenPlan> {
  const { path, before, after } = plan;
  const recordWith = (more: Pick<RecordAbout, 'backup' | 'folders'>) =>
    recordOf(plan, { client, wish, nowMs, ...more });
  switch (whatOf(plan)) {
    case 'nothing':
      return { record: wish === 'undo' ? undefined : plan.record };
    case 'create': {
      const folders = await makeFolders(path);
      const record = recordWith({ folders });
      try {
        await intend(record);
        await createConfig(path, after ?? '');
      } catch (thrown) {
        await removeEmpty(folders);
        throw thrown;
      }
      return { record };
    }
    case 'change': {
      if (!before) return { record: plan.record };
      const backup = await replaceConfig(before, after ?? '', nowMs, (copy) => intend(recordWith({ backup: copy })));
      const record = recordWith({ backup });
      await keepNewest(path, [backup, record?.original.backup, record?.before?.backup]);
      return { backup, record };
    }
    case 'delete': {
      const record = recordWith({ folders: [] });
      await intend(record);
      // It was ours alone, as we left it: a copy of that is of use to nobody.
      if (before) await deleteConfig(before);
      await removeEmpty(plan.record?.folders ?? []);
      return { record };
    }
  }
}

interface RecordAbout {
  readonly client: FileRecord['client'];
  readonly wish: FileWish['kind'];
  readonly nowMs: number;
  readonly backup?: string;
  /** Those that were made for it, as before unless given. */
  readonly folders?: readonly string[];
}

function recordOf(plan: FilePlan, { client, wish, nowMs, backup, folders }: RecordAbout): FileRecord | undefined {
  const { path, before, after, edit, entriesBefore, stoodBefore, hadOurs, record } = plan;
  const was = contentKnown(sha256Of(before), backup);
  const isUntouched = record !== undefined && entriesBefore.length > 0 && record.after.sha256 === was.sha256;
  const known = {
    client,
    path,
    original: isUntouched && wish !== 'replace' ? record.original : originalOf(was, wish, hadOurs),
    after: contentKnown(sha256Of(after)),
    folders: [...(folders ?? record?.folders ?? [])],
    changedAtMs: nowMs,
  };
  if (wish === 'undo') return edit.entries.length === 0 ? undefined : known;
  const tookOver = wish === 'replace' ? { tookOver: true } : {};
  return { ...known, before: { ...was, entries: [...stoodBefore], ...tookOver } };
}

/** The copy of a text in which ours stood, or somebody else's that we have replaced, brings nothing back by a removal. */
function originalOf(was: KnownContent, wish: FileWish['kind'], hadOurs: boolean): KnownContent {
  if (wish === 'replace') return contentKnown(was.sha256 ?? '');
  return hadOurs ? contentKnown(was.sha256) : was;
}

export function contentKnown(sha256: string | undefined, backup?: string): KnownContent {
  return { ...(sha256 === undefined ? {} : { sha256 }), ...(backup === undefined ? {} : { backup }) };
}

/** Those that were missing, the innermost first. */
async function makeFolders(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    );
    if (isThere || dirname(folder) === folder) break;
    missing.push(folder);
  }
  if (missing.length === 0) return [];
  try {
    // One after the other: Node 20's own way never returns where the system refuses with ENOENT.
    for (const folder of missing.toReversed()) await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    await removeEmpty(missing);
    throw new Fault('file-not-writable', { subject: path, cause });
  }
  return missing;
}

/** What we made goes with the file, unless something else is in it by now. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}
