/** How it is with one program now: its files, our entries in them, and what is proven. Reads, and changes nothing. */
import type { ClientFile, ClientView } from '../../../shared/clients.ts';
import type { ControlFault } from '../../../shared/control-fault.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { asFault } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import type { ClientUse, Snapshot } from '../../../shared/snapshot.ts';
import type { ClientStart } from '../processes/client-start.ts';
import { evidenceIn, judge } from './client-evidence.ts';
import type { ClientProgram, Computer, RelayWords } from './client-program.ts';
import { backupsOf } from './file/backups.ts';
import { ownIn } from './file-edit.ts';
import { isInstalled, settingsOf } from './find-files.ts';
import { type EntryPlace, hasVanished, keyOf, type OwnEntry, shownName } from './own-entries.ts';
import { contentOf, formatOf, readThere, sha256Of } from './plan-files.ts';
import { type FileRecord, madeFiles, type Written } from './written-entries.ts';

export interface ViewNeeds {
  readonly computer: Computer;
  readonly relay: () => RelayWords | undefined;
  readonly isRunning: (program: ClientProgram) => Promise<boolean | undefined>;
  /** The newest first. */
  readonly starts: (client: ClientProgram['id']) => readonly ClientStart[];
  /** Programs and their leave; undefined where no broker is there. */
  readonly snapshot: () => Pick<Snapshot, 'connections' | 'localClients'> | undefined;
  readonly waysOf: (program: ClientProgram, isInstalled: boolean) => Promise<ClientView['ways']>;
  /** When it was last seen closed. */
  readonly closedAtMs: (client: ClientProgram['id']) => number;
}

interface FileSeen {
  readonly file: ClientFile;
  readonly own: readonly OwnEntry[];
}

export async function viewOf(
  needs: ViewNeeds,
  program: ClientProgram,
  written: Written,
  language: Language | undefined,
): Promise<ClientView> {
  const { id, title, closeFirst, reload } = program;
  const { computer } = needs;
  const [installed, running] = await Promise.all([isInstalled(program, computer), needs.isRunning(program)]);
  const seen = await filesSeen(needs, program, written, language);
  const own = seen.flatMap((one) => one.own);
  const standing = own.filter(({ state }) => state !== 'missing');
  const about = written.clients.find(({ client }) => client === id);
  const writtenAtMs = Math.max(0, ...standing.map((one) => one.written?.writtenAtMs ?? 0));
  const since = standing.length > 0 ? writtenAtMs : (about?.removedAtMs ?? 0);
  // Without an entry only what came in another way counts, as a bundle, which brings a relay of its own.
  const notFrom = standing.length === 0 ? needs.relay()?.[1] : undefined;
  const evidence = evidenceIn(program, computer.platform, needs.starts(id), since, notFrom);
  const leave = leaveOf(needs.snapshot(), id, standing);
  const waits = reload === 'restart' || reload === 'new-session';
  const judged =
    program.format === undefined
      ? byKey(needs.snapshot(), id)
      : await judge({
          isInstalled: installed,
          standing,
          missing: seen.filter((one) => hasVanished(one.own)).length,
          unusable: seen.some(({ file }) => file.fault !== undefined && file.leftAlone !== true),
          evidence,
          running,
          isBehind:
            waits && standing.some((one) => one.written?.whileRunning === true) && needs.closedAtMs(id) <= writtenAtMs,
          leave,
        });
  const start = evidence.own;
  return {
    id,
    title,
    ...judged,
    ...(running === undefined ? {} : { running }),
    closeFirst,
    reload,
    ways: await needs.waysOf(program, judged.state !== 'not-found'),
    files: seen.map(({ file }) => file),
    ...(start ? { startedAtMs: start.startedAtMs } : {}),
    ...(start?.listedAtMs === undefined ? {} : { listedAtMs: start.listedAtMs }),
    restores: about?.restores ?? false,
  };
}

async function filesSeen(
  needs: ViewNeeds,
  program: ClientProgram,
  written: Written,
  language: Language | undefined,
): Promise<readonly FileSeen[]> {
  const settings = await settingsOf(program, needs.computer, madeFiles(written, program.id));
  const known = [...written.entries, ...written.files].filter(({ client }) => client === program.id);
  // What we wrote is shown where the program's folder has gone, too.
  const gone = new Set(known.map(({ path }) => path).filter((path) => !settings.some((one) => one.path === path)));
  const all = [...settings, ...[...gone].map((path) => ({ path, exists: false, leftAlone: false }))];
  return Promise.all(all.map((one) => fileSeen(needs, program, written, one, language)));
}

async function fileSeen(
  needs: ViewNeeds,
  program: ClientProgram,
  written: Written,
  { path, leftAlone }: { readonly path: string; readonly leftAlone: boolean },
  language: Language | undefined,
): Promise<FileSeen> {
  const isThis = (one: { readonly client: string; readonly path: string }) =>
    one.client === program.id && one.path === path;
  const entries = written.entries.filter(isThis);
  const backups = [...(await backupsOf(path))];
  try {
    const now = await readThere(path);
    const about = { program, format: formatOf(program), path, text: now?.text, relay: needs.relay() };
    const { own } = ownIn({ ...about, written: entries });
    const undo = await undoOf(written.files.find(isThis), sha256Of(now), own);
    const file: ClientFile = {
      path,
      exists: now !== undefined,
      entries: own.filter(({ state }) => state !== 'missing').map(named),
      missing: own.filter(({ state }) => state === 'missing').map(named),
      ...(leftAlone ? { leftAlone } : {}),
      backups,
      ...(undo ? { undo } : {}),
    };
    return { file, own };
  } catch (thrown) {
    const fault = inWords(thrown, language);
    return { file: { path, exists: true, entries: [], missing: [], backups, fault }, own: [] };
  }
}

function named({ name, servers, connection, state }: OwnEntry) {
  return {
    name: shownName({ name, servers }),
    ...(connection === undefined ? {} : { connection }),
    ...(state === 'edited' ? { edited: true } : {}),
  };
}

/** How far our last change can be taken back. */
async function undoOf(
  record: FileRecord | undefined,
  sha256: string | undefined,
  own: readonly OwnEntry[],
): Promise<ClientFile['undo']> {
  if (!record?.before) return undefined;
  const { before, after } = record;
  if (after.sha256 === sha256 && (await contentOf(before))) return 'bytes';
  if (before.tookOver) return undefined;
  const keys = (all: readonly EntryPlace[]) => all.map(keyOf).sort();
  const standing = own.filter(({ state }) => state === 'standing');
  return keys(standing).join('\0') === keys(before.entries).join('\0') ? undefined : 'entry';
}

/** At each connection that is served and at which it is known. */
function leaveOf(
  snapshot: ReturnType<ViewNeeds['snapshot']>,
  client: string,
  standing: readonly OwnEntry[],
): readonly ClientUse['access'][] {
  const all = standing.length === 0 || standing.some(({ connection }) => connection === undefined);
  return (snapshot?.connections ?? [])
    .filter(({ name }) => all || standing.some(({ connection }) => connection === name))
    .flatMap(({ clients }) => clients.filter(({ name, title = name, door }) => title === client && door === 'stdio'))
    .map(({ access }) => access);
}

/** One that is given address and key: it has its key, and it works when it has used a tool with it. */
function byKey(snapshot: ReturnType<ViewNeeds['snapshot']>, client: string): Pick<ClientView, 'state' | 'verdict'> {
  if (!snapshot?.localClients.some(({ name }) => name === client)) return { state: 'not-added', verdict: 'not-added' };
  const uses = snapshot.connections.flatMap(({ clients }) =>
    clients.filter(({ name, door }) => name === client && door === 'http'),
  );
  if (uses.some(({ lastUsedAtMs }) => lastUsedAtMs !== undefined)) return { state: 'connected', verdict: 'connected' };
  return { state: 'added', verdict: 'start' };
}

/** As a person reads it; for the command line unless a language is given. */
export function inWords(thrown: unknown, language: Language | undefined): ControlFault {
  const fault = asFault(thrown);
  return { fault: fault.code, ...faultWords(fault, language) };
}
