/** A plan on the disk, and what is remembered of it: how the file was, how we left it, and which entries are ours. */
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../../shared/faults.ts';
import { keepNewest } from './file/backups.ts';
import { replaceConfig } from './file/config-file.ts';
import { createConfig, deleteConfig } from './file/new-file.ts';
import { type FilePlan, type FileWish, sha256Of, whatOf } from './plan-files.ts';
import type { FileRecord } from './written-entries.ts';

export interface WrittenPlan {
  readonly backup?: string;
  /** Undefined: nothing has to be known of the file any more. */
  readonly record: FileRecord | undefined;
}

/** Throws `input-invalid`, `file-not-writable`, `too-large`: the file is as it was then. */
export async function writePlan(
  client: FileRecord['client'],
  plan: FilePlan,
  wish: FileWish['kind'],
  nowMs: number,
): Promise<WrittenPlan> {
  const { path, before, after } = plan;
  switch (whatOf(plan)) {
    case 'nothing':
      return { record: wish === 'undo' ? undefined : plan.record };
    case 'create': {
      const folders = await makeFolders(path);
      try {
        await createConfig(path, after ?? '');
      } catch (thrown) {
        await removeEmpty(folders);
        throw thrown;
      }
      return { record: recordOf(client, plan, wish, nowMs, undefined, folders) };
    }
    case 'change': {
      const backup = before && (await replaceConfig(before, after ?? '', nowMs));
      await keepNewest(path);
      return { ...(backup ? { backup } : {}), record: recordOf(client, plan, wish, nowMs, backup) };
    }
    case 'delete': {
      // It was ours alone, as we left it: a copy of that is of use to nobody.
      if (before) await deleteConfig(before);
      await removeEmpty(plan.record?.folders ?? []);
      return { record: recordOf(client, plan, wish, nowMs, undefined, []) };
    }
  }
}

function recordOf(
  client: FileRecord['client'],
  { path, before, after, edit, entriesBefore, record }: FilePlan,
  wish: FileWish['kind'],
  nowMs: number,
  backup: string | undefined,
  folders: readonly string[] = record?.folders ?? [],
): FileRecord | undefined {
  const was = contentKnown(sha256Of(before), backup);
  const isUntouched = record !== undefined && entriesBefore.length > 0 && record.after.sha256 === was.sha256;
  // What was there before somebody else's entry was replaced is never brought back by taking ours out.
  const original = wish === 'replace' ? contentKnown(was.sha256 ?? '') : isUntouched ? record.original : was;
  const known = {
    client,
    path,
    original,
    after: contentKnown(sha256Of(after)),
    folders: [...folders],
    changedAtMs: nowMs,
  };
  if (wish === 'undo') return edit.entries.length === 0 ? undefined : known;
  const tookOver = wish === 'replace' ? { tookOver: true } : {};
  return { ...known, before: { ...was, entries: [...entriesBefore], ...tookOver } };
}

function contentKnown(sha256: string | undefined, backup?: string) {
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
