/** One entry by another way than the file: which it is, and what its command has written taken down as ours. */
import type { ClientWay, OpenedWay } from '../../../shared/clients.ts';
import { Fault } from '../../../shared/faults.ts';
import type { Changes } from './client-changes.ts';
import { type ClientProgram, entryWords, ownName, type RelayWords } from './client-program.ts';
import { openWay, type WantedEntry, type WaysNeeds } from './client-ways.ts';
import { freeName, type Served } from './entry-edits.ts';
import { isSame, ownEntries, wordsIn } from './own-entries.ts';
import { formatOf, readThere, whatOf } from './plan-files.ts';
import type { WrittenEntries } from './written-entries.ts';

export interface OpeningNeeds {
  readonly ways: WaysNeeds;
  readonly relay: () => RelayWords | undefined;
  readonly store: WrittenEntries;
  readonly changes: Changes;
}

type Opening = (
  program: ClientProgram,
  way: Exclude<ClientWay, 'file'>,
  served: Served,
  open: boolean,
) => Promise<OpenedWay>;

/** Throws `input-invalid`, `node-missing`, `program-not-found`, `program-command-failed`. */
export function createOpening({ ways, relay, store, changes }: OpeningNeeds): Opening {
  async function wanted(program: ClientProgram, served: Served): Promise<WantedEntry> {
    const words = relay();
    if (!words) throw new Fault('node-missing');
    // Each way opens one entry.
    if ((served?.length ?? 1) > 1) throw new Fault('input-invalid', { subject: program.title, thing: 'client-way' });
    const connection = served?.[0];
    const [path] = await changes.usedPaths(program);
    const now = path === undefined ? undefined : await readThere(path);
    const written = (await store.get()).entries.filter((one) => one.client === program.id && one.path === path);
    const entries = now ? formatOf(program).entries(now.text, now.path, program.servers) : new Map<string, unknown>();
    const present = ownEntries(program.id, entries, written, words).find(
      (one) => one.state === 'standing' && one.connection === connection,
    );
    const ownWords = entryWords(program.id, words, connection);
    return {
      name: present?.name ?? freeName(connection, (name) => entries.has(name)),
      value: program.entry(words, connection),
      words: ownWords,
      present: present && (isSame(wordsIn(present.value), ownWords) ? 'same' : 'other'),
    };
  }

  /** What the command has written is ours to take out again; nothing is written here. */
  async function takeDown(program: ClientProgram, served: Served): Promise<void> {
    const paths = (await changes.usedPaths(program)).slice(0, 1);
    const wish = { kind: 'add', served } as const;
    const { plans } = await changes.plan(program, wish, paths);
    const stands = plans.every((plan) => !('fault' in plan) && whatOf(plan) === 'nothing');
    if (!stands) throw new Fault('program-command-failed', { subject: program.title });
    await changes.change(program, wish, { paths });
  }

  return async (program, way, served, open) => {
    const needsEntry = way === 'link' || way === 'command';
    const entry: WantedEntry = needsEntry
      ? await wanted(program, served)
      : { name: ownName, value: {}, words: [], present: undefined };
    const done = await openWay(ways, program, way, entry, open);
    if (done.way === 'command' && done.ran) await takeDown(program, served);
    return done;
  };
}
