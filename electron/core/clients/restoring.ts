/** Putting our vanished entries back without asking: only where the person chose so, and only while the program is closed. */
import type { ClientId } from '../../../shared/clients.ts';
import { asFault } from '../../../shared/faults.ts';
import { clientProgram } from './programs/catalogue.ts';
import type { WatchNeeds, WatchTimes } from './watch.ts';

/** A program that takes it out again and again is not fought with. */
const mostInAnHour = 3;
const hourMs = 3_600_000;
/** After this many looks whether a program is closed, they are made less often. */
const quickLooks = 12;
const slowerBy = 6;

export interface Restoring {
  /** What is missing now: path → client. */
  wish(missing: ReadonlyMap<string, ClientId>): void;
  close(): void;
}

interface RestoringNeeds extends Omit<WatchNeeds, 'times'> {
  readonly times: WatchTimes;
  /** One was tried: whoever watches looks again. */
  readonly done: () => Promise<void>;
}

export function createRestoring({ clients, isRunning, now, log, times, done }: RestoringNeeds): Restoring {
  let wanted = new Map<ClientId, readonly string[]>();
  const timers = new Map<ClientId, NodeJS.Timeout>();
  const triesAtMs = new Map<string, readonly number[]>();
  let isClosed = false;

  const later = (client: ClientId, looks: number, waitMs: number) => {
    if (isClosed) return;
    const again = () =>
      void tryOnce(client, looks).catch((thrown: unknown) => {
        timers.delete(client);
        log('warn', 'an entry of ours could not be put back', { client, fault: asFault(thrown).code });
      });
    timers.set(client, setTimeout(again, waitMs).unref());
  };

  async function tryOnce(client: ClientId, looks: number): Promise<void> {
    const paths = wanted.get(client);
    if (paths === undefined || !(await clients.restores(client))) {
      timers.delete(client);
      return;
    }
    const program = clientProgram(client);
    // What nobody can tell is not the same as closed.
    if (program.closeFirst && (await isRunning(program)) !== false) {
      later(client, looks + 1, times.closedEveryMs * (looks < quickLooks ? 1 : slowerBy));
      return;
    }
    // It may have come back while the system was asked.
    if (isClosed || !wanted.has(client) || paths.some((path) => !mayTry(path))) {
      timers.delete(client);
      return;
    }
    let tried = paths;
    try {
      const { changed, failed } = await clients.restore(client);
      // A look that began before the last try may ask for one more: where nothing was missing any more, it was none.
      tried = [...changed, ...failed].map(({ path }) => path);
      for (const { path } of changed) log('info', 'an entry of ours was put back', { client, path });
      for (const { path, fault } of failed)
        log('warn', 'an entry of ours could not be put back', { client, path, fault: fault.fault });
    } finally {
      for (const path of tried) triesAtMs.set(path, [...recent(path), now()]);
      timers.delete(client);
    }
    await done();
  }

  const recent = (path: string) => (triesAtMs.get(path) ?? []).filter((atMs) => now() - atMs < hourMs);
  const mayTry = (path: string) => recent(path).length < mostInAnHour;

  return {
    wish(missing) {
      wanted = new Map();
      for (const [path, client] of missing) wanted.set(client, [...(wanted.get(client) ?? []), path]);
      for (const client of wanted.keys()) if (!timers.has(client)) later(client, 0, times.restoreAfterMs);
      for (const [client, timer] of timers) {
        if (wanted.has(client)) continue;
        clearTimeout(timer);
        timers.delete(client);
      }
    },
    close() {
      isClosed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
