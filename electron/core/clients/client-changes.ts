/**
 * Changes of one program's files: planned, refused where the program would write over them or somebody else has just
 * written, written, and remembered. Called one at a time.
 */
import type { ClientId } from '../../../shared/clients.ts';
import { asFault, Fault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import type { ClientProgram, Computer, RelayWords } from './client-program.ts';
import { changedMeanwhile } from './file/file-faults.ts';
import { settingsOf } from './find-files.ts';
import type { EntryPlace } from './own-entries.ts';
import { type FilePlan, type FileWish, type PlanNeeds, planFiles, seenOf, sha256Of, whatOf } from './plan-files.ts';
import { contentKnown, type WrittenPlan, writePlan } from './write-plan.ts';
import {
  type FileRecord,
  type IntendedChange,
  madeFiles,
  type Written,
  type WrittenEntries,
  withChange,
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

export interface ChangedFile {
  readonly path: string;
  readonly backup?: string;
  /** Somebody else's entries that were taken out, because one of ours in the file serves what they did. */
  readonly removed?: readonly EntryPlace[];
}

export interface Outcome {
  readonly changed: readonly ChangedFile[];
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

  /** What is to be known of it is on the disk before anything of the file is touched, and stands for it from then on. */
  async function write(program: ClientProgram, plan: FilePlan, wish: FileWish['kind']): Promise<WrittenPlan> {
    const atMs = now();
    const known = { client: program.id, path: plan.path, entries: [...plan.edit.entries], atMs };
    let intended: IntendedChange | undefined;
    const intend = async (record: FileRecord | undefined) => {
      const { sha256 } = contentKnown(sha256Of(plan.after));
      intended = { ...known, record, after: { sha256 } };
      await store.change((written) => written, intended);
    };
    let done: WrittenPlan;
    try {
      done = await writePlan(program.id, plan, wish, atMs, intend);
    } catch (thrown) {
      // Where this fails it says nothing all the same: the file is not as it was to become.
      if (intended) await store.change((written) => written).catch(() => undefined);
      throw thrown;
    }
    const change = { ...known, record: done.record };
    await store
      .change((written) => withChange(written, change))
      .catch((thrown: unknown) => {
        if (!intended) throw thrown;
        needs.log('warn', 'a change is written down as intended only', {
          client: program.id,
          fault: asFault(thrown).code,
        });
      });
    return done;
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
          if (isWritten && seen && !seen.includes(seenOf(one))) throw changedMeanwhile(one);
          const { backup } = await write(program, one, wish.kind);
          const { removed } = one.edit;
          const about = { ...(backup === undefined ? {} : { backup }), ...(removed ? { removed } : {}) };
          if (isWritten) changed.push({ path: one.path, ...about });
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
