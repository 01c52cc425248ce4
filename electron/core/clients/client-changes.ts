/**
 * Changes of one program's files: planned, refused where the program would write over them or somebody else has just
 * written, written, and remembered. Called one at a time.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ClientId } from '../../../shared/clients.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import type { ClientProgram, Computer, RelayWords } from './client-program.ts';
import { settingsOf } from './find-files.ts';
import { type FilePlan, type FileWish, type PlanNeeds, planFiles, seenOf, whatOf } from './plan-files.ts';
import { writePlan } from './write-plan.ts';
import {
  type FileRecord,
  madeFiles,
  type Written,
  type WrittenEntries,
  withClient,
  withFile,
} from './written-entries.ts';

export interface ChangesNeeds {
  readonly computer: Computer;
  readonly now: () => number;
  readonly log: Log;
  readonly store: WrittenEntries;
  /** The words of the relay; undefined where nothing here can start it. */
  readonly relay: () => RelayWords | undefined;
  /** Undefined where that cannot be told. */
  readonly isRunning: (program: ClientProgram) => Promise<boolean | undefined>;
  /** Something was written. */
  readonly changed?: ((client: ClientId) => void) | undefined;
}

export interface Outcome {
  readonly changed: readonly { readonly path: string; readonly backup?: string }[];
  readonly failed: readonly { readonly path: string; readonly fault: Fault }[];
}

export interface Changes {
  /** Throws `program-not-found`, `input-invalid` where there is no file to be changed. */
  plan(
    program: ClientProgram,
    wish: FileWish,
    paths?: readonly string[],
  ): Promise<{ readonly running: boolean | undefined; readonly plans: Awaited<ReturnType<typeof planFiles>> }>;
  /** Throws `program-running` besides; what one file refuses stands in `failed`. */
  change(program: ClientProgram, wish: FileWish, how?: ChangeHow): Promise<Outcome>;
  /** Those that the program reads, the first one first. Throws `program-not-found`, `input-invalid`. */
  usedPaths(program: ClientProgram): Promise<readonly string[]>;
}

export interface ChangeHow {
  /** Only what was seen so. */
  readonly seen?: readonly string[] | undefined;
  /** Only these. */
  readonly paths?: readonly string[] | undefined;
}

export function createChanges(needs: ChangesNeeds): Changes {
  const { computer, now, store } = needs;

  async function usedPaths(program: ClientProgram): Promise<readonly string[]> {
    if (program.format === undefined) {
      throw new Fault('input-invalid', { subject: program.title, thing: 'client-way', reason: 'no file' });
    }
    const used = (await settingsOf(program, computer, madeFiles(await store.get(), program.id))).filter(
      ({ leftAlone }) => !leftAlone,
    );
    if (used.length === 0) throw new Fault('program-not-found', { subject: program.title });
    return used.map(({ path }) => path);
  }

  async function pathsFor(program: ClientProgram, kind: FileWish['kind'], written: Written) {
    if (kind === 'add') return usedPaths(program);
    const isOf = ({ client }: { readonly client: ClientId }) => client === program.id;
    if (kind === 'undo') return written.files.filter((one) => isOf(one) && one.before).map(({ path }) => path);
    const ofEntries = written.entries.filter(isOf).map(({ path }) => path);
    if (kind === 'restore') return [...new Set(ofEntries)];
    const existing = (await settingsOf(program, computer)).filter(({ exists }) => exists).map(({ path }) => path);
    return [...new Set([...existing, ...ofEntries])];
  }

  async function plan(program: ClientProgram, wish: FileWish, paths?: readonly string[]) {
    const [written, running] = await Promise.all([store.get(), needs.isRunning(program)]);
    const about: PlanNeeds = { program, written, relay: needs.relay(), nowMs: now(), running };
    const wanted = paths ?? (await pathsFor(program, wish.kind, written));
    return { running, plans: await planFiles(about, wanted, wish) };
  }

  async function remember(client: ClientId, done: FilePlan, record: FileRecord | undefined): Promise<void> {
    const before = await store.get();
    const after = withFile(before, { client, path: done.path }, done.edit.entries, record);
    const isLast = done.entriesBefore.length > 0 && !after.entries.some((one) => one.client === client);
    const next = isLast ? withClient(after, client, { removedAtMs: now() }) : after;
    if (!isDeepStrictEqual(next, before)) await store.put(next);
  }

  return {
    plan,
    usedPaths,
    async change(program, wish, { seen, paths } = {}) {
      const { running, plans } = await plan(program, wish, paths);
      const changed: Outcome['changed'][number][] = [];
      const failed: Outcome['failed'][number][] = [];
      for (const one of plans) {
        if ('fault' in one) {
          failed.push(one);
          continue;
        }
        const isWritten = whatOf(one) !== 'nothing';
        // It would write over all of them.
        if (isWritten && program.closeFirst && running) throw new Fault('program-running', { subject: program.title });
        try {
          if (isWritten && seen && !seen.includes(seenOf(one))) throw changedSince(one.path);
          const { backup, record } = await writePlan(program.id, one, wish.kind, now());
          await remember(program.id, one, record);
          if (isWritten) changed.push({ path: one.path, ...(backup === undefined ? {} : { backup }) });
          if (one.edit.left) failed.push({ path: one.path, fault: one.edit.left });
        } catch (thrown) {
          failed.push({ path: one.path, fault: asFault(thrown) });
        }
      }
      if (changed.length > 0) needs.changed?.(program.id);
      return { changed, failed };
    },
  };
}

function changedSince(path: string): Fault {
  return new Fault('input-invalid', { subject: path, thing: 'config-file-changed', advice: 'config-changed' });
}
