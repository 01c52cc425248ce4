/**
 * Notices that an entry of ours has vanished from a program's settings, says so, and puts it back by itself where the
 * person chose that and the program is closed. Claude Desktop drops entries when it starts, at a login and after updates
 * (CLIENTS.md 1.1). Nothing but our own entry is ever put back, and not for ever: at most three times an hour.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ClientId } from '../../../shared/clients.ts';
import { asFault } from '../../../shared/faults.ts';
import type { Log } from '../platform.ts';
import type { ClientProgram } from './client-program.ts';
import type { Clients } from './clients.ts';
import { isBlank, ownIn } from './file-edit.ts';
import { watchFolders } from './folder-watch.ts';
import { hasVanished } from './own-entries.ts';
import { formatOf, readThere } from './plan-files.ts';
import { clientProgram } from './programs/catalogue.ts';
import { createRestoring } from './restoring.ts';
import type { WrittenEntry } from './written-entries.ts';

/** Nobody who writes a file leaves it empty for longer. */
const longestEmptyMs = 10_000;

export interface WatchNeeds {
  readonly clients: Pick<Clients, 'written' | 'restores' | 'restore'>;
  /** Undefined where that cannot be told: then it counts as open. */
  readonly isRunning: (program: ClientProgram) => Promise<boolean | undefined>;
  readonly now: () => number;
  readonly log: Log;
  /** In ms; of tests. */
  readonly times?: Partial<WatchTimes>;
}

export interface WatchTimes {
  /** After the last sign of a change: programs write in several steps. */
  readonly settleMs: number;
  /** From one look at a file that changes all the time to the next. */
  readonly pauseMs: number;
  /** Without any sign. */
  readonly lookEveryMs: number;
  /** Before what has vanished is put back: whoever took it out may be at work still. */
  readonly restoreAfterMs: number;
  /** From one look to the next whether a program is closed. */
  readonly closedEveryMs: number;
}

export const watchTimes: WatchTimes = {
  settleMs: 250,
  pauseMs: 1_000,
  lookEveryMs: 60_000,
  restoreAfterMs: 1_000,
  closedEveryMs: 5_000,
};

export interface MissingClient {
  readonly client: ClientId;
  readonly title: string;
}

export interface EntriesWatch {
  /** Programs out of whose settings an entry of ours has vanished, as of the last look. */
  list(): MissingClient[];
  /** Called after each change of the list; returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Looks at every file at once: entries have been written, or a person wants to know. Never rejects. */
  look(): Promise<void>;
  close(): void;
}

/** Begins with a look. Its timers keep no process alive. */
export function watchEntries(needs: WatchNeeds): EntriesWatch {
  const times = { ...watchTimes, ...needs.times };
  const listeners = new Set<() => void>();
  /** Path → the client whose entry is missing in it. */
  const missing = new Map<string, ClientId>();
  let isClosed = false;
  let looking: Promise<void> | undefined;
  let wantsAnother = false;
  let soon: NodeJS.Timeout | undefined;
  /** The first sign of a change since the last look. */
  let touchedAtMs: number | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  const restoring = createRestoring({ ...needs, times, done: () => look() });
  const folders = watchFolders(() => {
    const now = performance.now();
    touchedAtMs ??= now;
    // A file that never comes to rest is looked at all the same.
    const settledAtMs = Math.min(now + times.settleMs, touchedAtMs + times.pauseMs);
    clearTimeout(soon);
    soon = setTimeout(() => void look(), Math.max(settledAtMs, lookedAtMs + times.pauseMs) - now).unref();
  });
  const everyMinute = setInterval(() => void look(), times.lookEveryMs).unref();

  const list = () => [...new Set(missing.values())].map((client) => ({ client, title: clientProgram(client).title }));

  async function lookOnce(): Promise<void> {
    lookedAtMs = performance.now();
    touchedAtMs = undefined;
    const written = await needs.clients.written();
    const byFile = grouped(written);
    const before = list();
    for (const path of missing.keys()) if (!byFile.has(path)) missing.delete(path);
    for (const [path, entries] of byFile) {
      const [first] = entries;
      if (!first) continue;
      const found = await isMissing(first.client, path, entries);
      if (found) missing.set(path, first.client);
      else if (found === false) missing.delete(path);
    }
    await folders.follow([...byFile.keys()]);
    if (isClosed) return;
    if (!isDeepStrictEqual(list(), before)) tell(before);
    restoring.wish(missing);
  }

  function tell(before: readonly MissingClient[]): void {
    for (const { client } of list()) {
      if (!before.some((one) => one.client === client)) needs.log('info', 'an entry of ours has vanished', { client });
    }
    for (const listener of [...listeners]) listener();
  }

  /** One at a time; a wish that comes meanwhile is one more. */
  function look(): Promise<void> {
    if (isClosed) return Promise.resolve();
    if (looking !== undefined) {
      wantsAnother = true;
      return looking;
    }
    const work = async () => {
      do {
        wantsAnother = false;
        await lookOnce().catch((thrown: unknown) => {
          needs.log('warn', 'the entries in other programs could not be looked at', { fault: asFault(thrown).code });
        });
      } while (wantsAnother && !isClosed);
      looking = undefined;
    };
    looking = work();
    return looking;
  }

  void look();
  return {
    list,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    look,
    close() {
      isClosed = true;
      clearTimeout(soon);
      clearInterval(everyMinute);
      folders.close();
      restoring.close();
    },
  };
}

function grouped(written: readonly WrittenEntry[]): ReadonlyMap<string, readonly WrittenEntry[]> {
  const byFile = new Map<string, WrittenEntry[]>();
  for (const entry of written) byFile.set(entry.path, [...(byFile.get(entry.path) ?? []), entry]);
  return byFile;
}

/** Undefined: the file cannot be read now, as while it is being written, and the last look counts. */
async function isMissing(
  client: ClientId,
  path: string,
  written: readonly WrittenEntry[],
): Promise<boolean | undefined> {
  const program = clientProgram(client);
  try {
    const file = await readThere(path);
    if (!file) return true;
    // Emptied by whoever is about to write all of it, unless it stays so.
    if (isBlank(file.text) && Date.now() - file.stats.mtimeMs < longestEmptyMs) return undefined;
    const found = ownIn({ program, format: formatOf(program), path, text: file.text, written, relay: undefined });
    return hasVanished(found.own);
  } catch {
    return undefined;
  }
}
