/** What a wish would do to each file of a program: read, edited in memory, nothing written. */
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import type { PlannedChange } from '../../../shared/clients.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { ClientProgram, RelayWords } from './client-program.ts';
import {
  addEntries,
  type Replacement,
  removeEntries,
  replaceEntries,
  restoreEntries,
  returnEntries,
  type Served,
} from './entry-edits.ts';
import { type ConfigFile, readConfig } from './file/config-file.ts';
import { changedMeanwhile } from './file/file-faults.ts';
import { type Edit, type EditNeeds, hasPlace, ownIn } from './file-edit.ts';
import { shownChange } from './shown-change.ts';
import { jsonFormat } from './text/json-format.ts';
import type { TextFormat } from './text/text-format.ts';
import { tomlFormat } from './text/toml-format.ts';
import type { FileRecord, KnownContent, Written, WrittenEntry } from './written-entries.ts';

export type FileWish =
  | { readonly kind: 'add'; readonly served: Served }
  | { readonly kind: 'remove' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'restore' }
  | { readonly kind: 'replace'; readonly entries: readonly Replacement[] };

export interface FilePlan {
  readonly path: string;
  /** Undefined: there is no file. */
  readonly before: ConfigFile | undefined;
  /** Undefined: there will be none. */
  readonly after: string | undefined;
  readonly edit: Edit;
  readonly entriesBefore: readonly WrittenEntry[];
  /** Those of them that were there. */
  readonly stoodBefore: readonly WrittenEntry[];
  /** Something of ours was there, written down or not. */
  readonly hadOurs: boolean;
  readonly record: FileRecord | undefined;
}

export interface PlanNeeds {
  readonly program: ClientProgram;
  readonly written: Written;
  readonly relay: RelayWords | undefined;
  readonly nowMs: number;
  readonly running: boolean | undefined;
}

/** Throws `input-invalid`, `too-large`, `node-missing`: the file is to be left as it is. */
export async function planFile(needs: PlanNeeds, path: string, wish: FileWish): Promise<FilePlan> {
  const { program, written } = needs;
  const isThis = (one: { readonly client: string; readonly path: string }) =>
    one.client === program.id && one.path === path;
  const record = written.files.find(isThis);
  const entriesBefore = written.entries.filter(isThis);
  const before = await readThere(path);
  const format = formatOf(program);
  const base = { ...needs, path, text: before?.text, written: entriesBefore, format };
  const inFile = ownIn(base);
  const about: EditNeeds = { ...base, inFile };
  const edit = editFor(about, wish, record);
  const exact = await exactly(about, wish, edit, before, record);
  const there = inFile.own.filter(({ state }) => state !== 'missing');
  const stoodBefore = entriesBefore.filter((one) => hasPlace(there, one));
  const after = exact ? exact.text : edit.text;
  return { path, before, after, edit, entriesBefore, stoodBefore, hadOurs: there.length > 0, record };
}

/** Throws `input-invalid` for a program whose settings are in no file. */
export function formatOf({ format, title }: ClientProgram): TextFormat {
  if (format === undefined) throw new Fault('input-invalid', { subject: title, thing: 'client-way' });
  return format === 'toml' ? tomlFormat : jsonFormat;
}

/** Undefined where nothing is there. Throws as `readConfig` does. */
export async function readThere(path: string): Promise<ConfigFile | undefined> {
  const isThere = await lstat(path).then(
    () => true,
    (cause: NodeJS.ErrnoException) => cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR',
  );
  return isThere ? readConfig(path) : undefined;
}

function editFor(about: EditNeeds, wish: FileWish, record: FileRecord | undefined): Edit {
  switch (wish.kind) {
    case 'add':
      return addEntries(about, wish.served);
    case 'remove':
      return removeEntries(about);
    case 'restore':
      return restoreEntries(about);
    case 'replace':
      return replaceEntries(about, wish.entries);
    case 'undo':
      return returnEntries(about, record?.before?.entries ?? about.written);
  }
}

/**
 * The file as it was, byte by byte: where it is as we left it, what it was before is known. Undefined where others have
 * written since, or the copy is not there any more.
 */
async function exactly(
  about: EditNeeds,
  wish: FileWish,
  edit: Edit,
  before: ConfigFile | undefined,
  record: FileRecord | undefined,
): Promise<{ readonly text: string | undefined } | undefined> {
  if (!record || sha256Of(before) !== record.after.sha256) {
    // What stood there before was somebody else's, and is only in the copy.
    if (wish.kind === 'undo' && record?.before?.tookOver) throw changedMeanwhile(record);
    return undefined;
  }
  if (wish.kind === 'undo') {
    const content = record.before && (await contentOf(record.before));
    if (!content && record.before?.tookOver) {
      throw new Fault('input-invalid', { subject: record.path, thing: 'config-copy-gone' });
    }
    return content;
  }
  const isLast = wish.kind === 'remove' && edit.entries.length === 0 && edit.lines.length > 0;
  const content = isLast ? await contentOf(record.original) : undefined;
  return content && isWithoutOurs(about, content.text) ? content : undefined;
}

/** Whatever is written down of it: what is to be without our entries must be. */
function isWithoutOurs(about: EditNeeds, text: string | undefined): boolean {
  try {
    return ownIn({ ...about, text }).own.every(({ state }) => state === 'missing');
  } catch {
    return false;
  }
}

/** What it was, from the copy; undefined where that is not what it was. */
export async function contentOf({
  sha256,
  backup,
}: KnownContent): Promise<{ readonly text: string | undefined } | undefined> {
  if (sha256 === undefined) return { text: undefined };
  if (backup === undefined) return undefined;
  const copy = await readConfig(backup).catch(() => undefined);
  return copy && sha256Of(copy) === sha256 ? { text: copy.text } : undefined;
}

export function sha256Of(content: { readonly bytes: Buffer } | string | undefined): string | undefined {
  if (content === undefined) return undefined;
  return createHash('sha256')
    .update(typeof content === 'string' ? content : content.bytes)
    .digest('hex');
}

export function whatOf({ before, after }: FilePlan): PlannedChange['what'] {
  if (before === undefined) return after === undefined ? 'nothing' : 'create';
  if (after === undefined) return 'delete';
  return after === before.text ? 'nothing' : 'change';
}

/** Names file and change, so that whoever gives it back has seen both. */
export function seenOf(plan: FilePlan): string {
  const parts = [plan.path, sha256Of(plan.before) ?? '', sha256Of(plan.after) ?? ''];
  return sha256Of(parts.join('\0')) ?? '';
}

export function planned(plan: FilePlan): Omit<PlannedChange, 'fault'> {
  const { path, before, after, edit } = plan;
  const what = whatOf(plan);
  const lines = what === 'nothing' ? [] : shownChange(before?.text ?? '', after ?? '', edit.lines, after === edit.text);
  return { path, what, lines: [...lines], copy: what === 'change', seen: seenOf(plan) };
}

/** Each by itself: one file that must not be changed keeps no other from it. */
export async function planFiles(
  needs: PlanNeeds,
  paths: readonly string[],
  wish: FileWish,
): Promise<readonly (FilePlan | { readonly path: string; readonly fault: Fault })[]> {
  const plans: (FilePlan | { readonly path: string; readonly fault: Fault })[] = [];
  for (const path of paths) {
    plans.push(await planFile(needs, path, wish).catch((thrown: unknown) => ({ path, fault: asFault(thrown) })));
  }
  return plans;
}
