/**
 * Taking over from `npx mcp-remote`: its entries become ours under the same names, and what it has left lying open is
 * cancelled at its service and deleted. What fails is left as it was, and each step is told as it was observed.
 */
import { isAbsolute, join } from 'node:path';
import type { PlannedChange, RemoteEntry, RemoteTokens, TakenOver } from '../../../../shared/clients.ts';
import { faultWords } from '../../../../shared/fault-words.ts';
import { Fault } from '../../../../shared/faults.ts';
import type { Language } from '../../../../shared/settings.ts';
import { marksFor } from '../client-evidence.ts';
import type { ClientProgram, Computer } from '../client-program.ts';
import { changedMeanwhile } from '../file/file-faults.ts';
import { clientPrograms } from '../programs/catalogue.ts';
import { isRunning, runningProcesses } from '../running.ts';
import type { CancelNeeds } from './cancel-remote.ts';
import { entryView, type Found, type FoundEntry, foundEntries, seenOf } from './found-entries.ts';
import { type RunningRemote, runningRemote } from './running-remote.ts';
import { byFile, type EntryNeeds, takeEntries } from './take-entries.ts';
import { ownerOf, takeTokens, tokensView } from './take-tokens.ts';
import { type TokenFiles, tokenFilesBelow } from './token-files.ts';

export interface TakeOverNeeds extends EntryNeeds, CancelNeeds {
  readonly computer: Computer;
  /** Where what is connected already is reached. */
  readonly resources: () => readonly string[];
  /** How the connection is called that reaches this already. */
  readonly nameOf: (target: string) => string | undefined;
  /** Whether what is kept outlives this process. */
  readonly keeps: () => boolean;
  /** The system's own list unless given. */
  readonly processes?: typeof runningProcesses;
}

export interface TakeOverWish {
  readonly entries: readonly Pick<RemoteEntry, 'client' | 'path' | 'name' | 'seen'>[];
  /** By their ids. */
  readonly tokens: readonly string[];
  readonly deleteUnreachable: boolean;
  /** Also those that cannot be read. */
  readonly deleteUnread?: boolean;
}

/** Words are in `language`. Both throw nothing but what is a mistake of ours. */
export interface TakeOver {
  find(language?: Language): Promise<{
    readonly entries: RemoteEntry[];
    readonly tokens: RemoteTokens[];
    readonly changes: PlannedChange[];
  }>;
  take(wish: TakeOverWish, language?: Language): Promise<TakenOver>;
}

/** More are not told at once; they are found when these are gone. */
const mostTokens = 200;

interface Looked extends Found {
  readonly tokens: readonly TokenFiles[];
  readonly running: RunningRemote;
  /** It has to be closed first. */
  isOpen(program: ClientProgram): boolean;
}

export function createTakeOver(needs: TakeOverNeeds): TakeOver {
  const { computer, log } = needs;
  let last: Promise<unknown> = Promise.resolve();
  /** Two at once would each find the other's change. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  async function look(): Promise<Looked> {
    const [{ entries, unread }, processes] = await Promise.all([
      foundEntries(clientPrograms, computer),
      (needs.processes ?? runningProcesses)(computer),
    ]);
    const named = [computer.env['MCP_REMOTE_CONFIG_DIR'], ...entries.map(({ configDir }) => configDir)];
    const others = named.flatMap((root) => (root !== undefined && isAbsolute(root) ? [root] : []));
    return {
      entries,
      unread,
      tokens: await tokenFilesBelow([join(computer.homedir, '.mcp-auth'), ...others]),
      running: runningRemote(processes),
      isOpen: ({ closeFirst, processes: marks }) =>
        closeFirst && isRunning(marksFor(marks, computer.platform), processes) === true,
    };
  }

  /** Why an entry cannot be taken over now. */
  function obstacle({ program, path, server, fault, hasSecret }: FoundEntry, found: Looked): Fault | undefined {
    if (fault || !server) return fault ?? new Fault('internal', { reason: 'an entry without a server' });
    if (hasSecret && !needs.keeps()) {
      return new Fault('input-invalid', { subject: path, thing: 'config-file', advice: 'keep-in-file' });
    }
    if (found.isOpen(program)) return new Fault('program-running', { subject: program.title });
    if (!found.running.isFor(server.target)) return undefined;
    return new Fault('input-invalid', { subject: new URL(server.target).host, thing: 'remote-running' });
  }

  async function takeNamed(
    wish: TakeOverWish['entries'],
    found: Looked,
    language: Language | undefined,
  ): Promise<TakenOver['entries']> {
    const named = wish.map(({ client, path, name, seen }) => {
      const entry = found.entries.find((one) => one.program.id === client && one.path === path && one.name === name);
      const gone = new Fault('input-invalid', { subject: name, thing: 'remote-gone', reason: 'no such entry' });
      if (!entry) return { client, path, name, entry, stop: gone };
      const isOther = seen !== undefined && seen !== seenOf(entry);
      return { client, path, name, entry, stop: isOther ? changedMeanwhile({ path }) : obstacle(entry, found) };
    });
    const free = named.flatMap(({ entry, stop }) => (entry && !stop ? [entry] : []));
    const outcomes = await takeEntries(needs, [...new Set(free)]);
    return named.map(({ entry, stop, ...name }) => {
      const { client } = name;
      const outcome = stop ?? (entry && outcomes.get(entry)) ?? new Fault('internal', { reason: 'no outcome' });
      if (outcome instanceof Fault) {
        const { code: fault, detail } = outcome;
        log('warn', 'an entry was not taken over', { client, fault, reason: detail.reason });
        return { ...name, outcome: 'failed', fault: inWords(outcome, language) };
      }
      log('info', 'an entry was taken over', { client });
      return { ...name, outcome: 'replaced', ...outcome };
    });
  }

  async function takeById(
    id: string,
    before: Looked,
    after: Looked,
    how: Pick<TakeOverWish, 'deleteUnreachable' | 'deleteUnread'>,
    language: Language | undefined,
  ): Promise<TakenOver['tokens'][number]> {
    const files = after.tokens.find((one) => one.id === id);
    if (!files) {
      const fault = new Fault('input-invalid', { subject: id, thing: 'remote-gone', reason: 'no such tokens' });
      return { id, service: 'not-asked', deleted: false, fault: inWords(fault, language) };
    }
    const owner = ownerOf(files, before.entries, needs.resources());
    const { fault, ...taken } = await takeTokens(needs, files, {
      owner,
      remaining: ownerOf(files, after.entries, []).users,
      running: after.running,
      deleteUnreachable: how.deleteUnreachable,
      deleteUnread: how.deleteUnread ?? false,
      keptFor: after.unread[0],
      others: after.tokens.filter((one) => one !== files),
    });
    log('info', 'tokens of mcp-remote', { service: taken.service, deleted: taken.deleted, fault: fault?.code });
    return { id, ...taken, ...(fault ? { fault: inWords(fault, language) } : {}) };
  }

  /** As it would be written now; a connection that is made only then may get another name. */
  async function changesOf(entries: readonly FoundEntry[], language: Language | undefined): Promise<PlannedChange[]> {
    const free = entries.filter(({ fault, server }) => !fault && server);
    const planned = await Promise.all(
      byFile(free).map((inFile) => {
        const [{ program, path }] = inFile;
        const replacing = inFile.map(({ place, server }) => ({
          ...place,
          connection: (server && needs.nameOf(server.target)) ?? server?.name ?? place.name,
          isMeant: () => true,
        }));
        return needs.clients.planReplace({ client: program.id, path, entries: replacing }, language);
      }),
    );
    return planned.flat();
  }

  return {
    async find(language) {
      const found = await look();
      return {
        entries: found.entries.map((entry) => {
          const isRunningNow = entry.server !== undefined && found.running.isFor(entry.server.target);
          // That a program is open passes; it is told where it is taken over.
          return entryView(entry, isRunningNow, entry.fault && inWords(entry.fault, language));
        }),
        tokens: found.tokens
          .slice(0, mostTokens)
          .map((files) => tokensView(files, ownerOf(files, found.entries, needs.resources()), found.unread[0])),
        changes: await changesOf(found.entries, language),
      };
    },
    take: (wish, language) =>
      inTurn(async () => {
        const before = await look();
        const entries = await takeNamed(wish.entries, before, language);
        const tokens: TakenOver['tokens'] = [];
        for (const id of new Set(wish.tokens)) tokens.push(await takeById(id, before, await look(), wish, language));
        return { entries, tokens };
      }),
  };
}

function inWords(fault: Fault, language: Language | undefined) {
  return { fault: fault.code, ...faultWords(fault, language) };
}
