/**
 * What an uninstaller asks of the program before its files go: to take out what Conexor wrote into other programs, and
 * what it leaves outside of its data folder. Without a window, a broker, a keychain or a question; bounded in time. The
 * sign-ins stay, for an uninstaller asks nobody about them.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asFault } from '../shared/faults.ts';
import type { Language } from '../shared/settings.ts';
import { uninstallWords } from '../shared/words/uninstall.ts';
import type { Computer, RelayWords } from './core/clients/client-program.ts';
import { type Clients, type ClientsNeeds, createClients } from './core/clients/clients.ts';
import { createRunning } from './core/clients/running.ts';
import type { Log } from './core/platform.ts';
import { findProgram } from './relay/program.ts';

/** The word on the command line by which the program does this and ends. */
export const removeEntriesWord = '--remove-entries';

/** `left`: a program is open that writes over its settings, or a file could not be changed; asking again makes sense. */
export const removeExitCodes = { done: 0, failed: 1, left: 3 } as const;

export interface RemoveEntriesNeeds {
  readonly computer: Computer;
  readonly dataDir: string;
  /** How our entries start the relay, as far as that is known: also what is not written down is found by it. */
  readonly relay: RelayWords | undefined;
  /** Asks the broker that runs over this folder to stop; rejects where there is none. */
  readonly stopRunning: () => Promise<unknown>;
  /** Whether another program runs, which may write over its settings; asked of the system unless given. */
  readonly isRunning?: ClientsNeeds['isRunning'];
  /** The programs that are being uninstalled. */
  readonly ownPrograms: readonly string[];
  readonly autostart: { set(on: boolean): void };
  readonly language: Language;
  readonly say: (line: string) => void;
  readonly log: Log;
  /** All of it takes no longer. */
  readonly waitMs?: number;
}

const usualWaitMs = 20_000;
const stopWaitMs = 3_000;

/** Returns the exit code. Never throws. */
export async function removeEntries(needs: RemoveEntriesNeeds): Promise<number> {
  const words = uninstallWords[needs.language];
  try {
    return await atMost(remove(needs), needs.waitMs ?? usualWaitMs);
  } catch (thrown) {
    needs.log('warn', 'uninstalling: not everything was taken out', { reason: asFault(thrown).detail.reason });
    needs.say(words.failed);
    return removeExitCodes.failed;
  }
}

async function remove(needs: RemoveEntriesNeeds): Promise<number> {
  const { dataDir, say, language } = needs;
  const words = uninstallWords[language];
  if (!existsSync(dataDir)) return removeExitCodes.done;
  const other = otherProgram(needs);
  if (other !== undefined) {
    say(words.inUse(other));
    return removeExitCodes.done;
  }
  needs.autostart.set(false);
  // It would put back what vanishes, where the person chose so.
  await atMost(needs.stopRunning(), stopWaitMs).catch(() => undefined);
  const all = await clientsWithoutBroker(needs).removeAll(language);
  const failed = all.flatMap((one) => one.failed);
  for (const { path } of all.flatMap(({ changed }) => changed)) say(words.removed(path));
  for (const { path, fault } of failed) say(words.left(path, `${fault.what} ${fault.next}`));
  say(words.kept(dataDir));
  // An entry that stays starts something that says in words what is missing.
  if (failed.length > 0) return removeExitCodes.left;
  for (const folder of ['bin', 'bundles']) await rm(join(dataDir, folder), { recursive: true, force: true });
  return removeExitCodes.done;
}

/** Another installation that has run over the same folder since, and is still there: the entries are its own by now. */
function otherProgram({ dataDir, ownPrograms }: RemoveEntriesNeeds): string | undefined {
  const program = findProgram('', dataDir);
  const path = program && ('headless' in program ? program.headless : program.app[0]);
  return path === undefined || ownPrograms.includes(path) ? undefined : path;
}

function clientsWithoutBroker({ computer, dataDir, log, relay, isRunning }: RemoveEntriesNeeds): Clients {
  return createClients({
    computer,
    dataDir,
    log,
    now: Date.now,
    relay: () => relay,
    isRunning: isRunning ?? createRunning(computer),
    starts: () => [],
  });
}

async function atMost<T>(work: Promise<T>, waitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it took too long')), waitMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
