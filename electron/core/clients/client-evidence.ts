/**
 * Whether a program is proven to use our entry: its own process has started the relay since the entry was written, and
 * that has listed tools. And if it is not, the one cause that a person can do something about.
 */
import { lstat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { ClientState, Verdict } from '../../../shared/clients.ts';
import type { ClientUse } from '../../../shared/snapshot.ts';
import type { ClientStart } from '../processes/client-start.ts';
import type { BySystem, ClientProgram, ProcessMark, System } from './client-program.ts';
import { wordsIn } from './own-entries.ts';
import { isOwnProcess } from './own-process.ts';

export interface Evidence {
  /** The last start by its own process that counts, if any. */
  readonly own?: ClientStart | undefined;
  /** One by something else that counts. */
  readonly other?: ClientStart | undefined;
}

/**
 * `sinceMs`: earlier ones came from something that does not stand any more. `notFrom`: the relay's file that entries start,
 * where none stands: what it was started by is gone. The newest first.
 */
export function evidenceIn(
  { processes }: ClientProgram,
  platform: string,
  starts: readonly ClientStart[],
  sinceMs: number,
  notFrom?: string,
): Evidence {
  const marks = marksFor(processes, platform);
  const isFrom = ({ ancestors: [relay] }: ClientStart) => notFrom !== undefined && relay?.words.includes(notFrom);
  const counting = starts.filter((one) => one.startedAtMs >= sinceMs && !isFrom(one));
  const isOwn = ({ ancestors, isAnother }: ClientStart) =>
    !isAnother && ancestors.some((one) => isOwnProcess(marks, one) === true);
  const own = counting.filter(isOwn);
  return {
    // One that has listed proves more than a later one that has only come.
    own: own.find(({ listedAtMs }) => listedAtMs !== undefined) ?? own[0],
    other: counting.find((one) => !isOwn(one)),
  };
}

export function marksFor(processes: BySystem<readonly ProcessMark[]>, platform: string): readonly ProcessMark[] {
  return processes[platform as System] ?? [];
}

export interface Circumstances {
  readonly isInstalled: boolean;
  /** Entries of ours that stand. */
  readonly standing: readonly { readonly value?: unknown; readonly connection?: string | undefined }[];
  readonly missing: number;
  readonly unusable: boolean;
  readonly evidence: Evidence;
  readonly running: boolean | undefined;
  /** Its settings were written while it ran, and it has not been seen closed since. */
  readonly isBehind: boolean;
  /** The program's leave at each connection that the entries serve. */
  readonly leave: readonly ClientUse['access'][];
}

export async function judge(about: Circumstances): Promise<Judged> {
  const { isInstalled, standing, missing, unusable, evidence } = about;
  const works = evidence.own?.listedAtMs !== undefined;
  if (missing > 0) return { state: 'missing', verdict: 'entry-missing' };
  if (standing.length === 0) {
    // What started it may have been an entry of that file.
    if (unusable) return { state: 'unusable', verdict: 'file-unusable' };
    // It came in another way, as a bundle does: no file tells of it, its process does.
    if (works) return withLeave(about, connected);
    return isInstalled ? { state: 'not-added', verdict: 'not-added' } : { state: 'not-found', verdict: 'not-found' };
  }
  if (!(await startsSomething(standing))) return { state: 'added', verdict: 'relay-gone' };
  const proven: Judged = works ? connected : { state: 'added', verdict: whyNot(about) };
  return evidence.own ? withLeave(about, proven) : proven;
}

interface Judged {
  readonly state: ClientState;
  readonly verdict: Verdict;
}

const connected: Judged = { state: 'connected', verdict: 'connected' };

/** What has come and may do nothing lacks the person's answer before all else. */
function withLeave({ leave }: Circumstances, otherwise: Judged): Judged {
  if (leave.length === 0 || leave.includes('allowed')) return otherwise;
  return { state: 'added', verdict: leave.includes('asking') ? 'waiting-for-leave' : 'refused' };
}

function whyNot({ evidence, running, isBehind }: Circumstances): Verdict {
  if (evidence.own) return 'no-tools';
  if (running === true && isBehind) return 'restart';
  if (evidence.other) return 'started-by-other';
  return 'start';
}

/** Whether the first two words, program and relay, are there; one that is not absolute is looked for by the client. */
async function startsSomething(standing: Circumstances['standing']): Promise<boolean> {
  for (const { value } of standing) {
    for (const word of (wordsIn(value) ?? []).slice(0, 2)) {
      if (!isAbsolute(word)) continue;
      const isThere = await lstat(word).then(
        () => true,
        () => false,
      );
      if (!isThere) return false;
    }
  }
  return true;
}
