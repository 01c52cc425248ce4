/**
 * Conexor's own entry in other programs' settings: shown, planned, put in, taken out, taken back, and whether it is
 * proven to work. One change at a time; a plan is the change without the write.
 */
import type {
  ChangedClient,
  ClientAction,
  ClientId,
  ClientView,
  ClientWay,
  EntryScope,
  OpenedWay,
  PlannedChange,
} from '../../../shared/clients.ts';
import { asFault } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import type { ClientStart } from '../processes/client-start.ts';
import { type ChangedFile, type ChangesNeeds, createChanges, type Outcome } from './client-changes.ts';
import { createOpening } from './client-opening.ts';
import type { ClientProgram } from './client-program.ts';
import { inWords, type ViewNeeds, viewOf } from './client-views.ts';
import { type WaysNeeds, waysOf } from './client-ways.ts';
import { copiedEntry } from './copied-entry.ts';
import type { Replacement, Served } from './entry-edits.ts';
import { type FileWish, planned } from './plan-files.ts';
import { requireAllowed } from './policy.ts';
import { clientProgram, clientPrograms } from './programs/catalogue.ts';
import { type WrittenEntry, withClient, writtenEntries } from './written-entries.ts';

/** Words about single files are in `language`; what ends the whole wish is thrown. */
export interface Clients {
  /** Throws nothing. */
  list(language?: Language): Promise<readonly ClientView[]>;
  /** How it is with one of them now. Throws nothing. */
  view(client: ClientId, language?: Language): Promise<ClientView>;
  plan(
    client: ClientId,
    action: ClientAction,
    scope?: EntryScope,
    language?: Language,
  ): Promise<{ readonly changes: readonly PlannedChange[]; readonly closeFirst: boolean }>;
  /** `scope`: everything by one entry unless given. Throws `program-running`, `program-policy`, `connection-unknown`. */
  add(client: ClientId, wish?: AddWish): Promise<ChangedClient>;
  /** Only what we wrote. Throws `program-running`. */
  remove(client: ClientId, wish?: ChangeWish): Promise<ChangedClient>;
  /** Of every client; what one of them refuses stands in its `failed`. Throws nothing. */
  removeAll(language?: Language): Promise<readonly ChangedClient[]>;
  /** Takes the last change back. Throws `program-running`. */
  undo(client: ClientId, wish?: ChangeWish): Promise<ChangedClient>;
  setRestores(client: ClientId, on: boolean, language?: Language): Promise<ClientView>;
  /** Another way than its file. Throws `input-invalid` where the client has no such way. */
  open(client: ClientId, way: Exclude<ClientWay, 'file'>, wish?: OpenWish): Promise<OpenedWay>;
  /** What we wrote and still count as ours, whether it stands or not: for whoever watches the files. */
  written(): Promise<readonly WrittenEntry[]>;
  /** Whether what was wiped is put back without asking. */
  restores(client: ClientId): Promise<boolean>;
  /** Puts back what we wrote and is not there any more, and nothing else. Throws `program-running`. */
  restore(client: ClientId, language?: Language): Promise<ChangedClient>;
  /** What `replace` would change. Throws nothing. */
  planReplace(wish: ReplaceWish, language?: Language): Promise<readonly PlannedChange[]>;
  /**
   * Puts our entries in the places of somebody else's, under the same names and in one change, and remembers them as ours.
   * Throws `program-running`, `input-invalid` (also where one of them is not meant): nothing is changed then.
   */
  replace(wish: ReplaceWish): Promise<ChangedFile>;
}

export interface ChangeWish {
  /** `seen` of each planned change. */
  readonly seen?: readonly string[] | undefined;
  readonly language?: Language | undefined;
}

export interface AddWish extends ChangeWish {
  /** Everything by one entry unless given. */
  readonly scope?: EntryScope | undefined;
}

export interface OpenWish {
  readonly scope?: EntryScope | undefined;
  /** False: only prepare it. */
  readonly open?: boolean | undefined;
}

export interface ReplaceWish {
  readonly client: ClientId;
  readonly path: string;
  readonly entries: readonly Replacement[];
}

export interface ClientsNeeds extends Omit<WaysNeeds, 'keyFor'>, Omit<ChangesNeeds, 'store'> {
  readonly dataDir: string;
  /** The newest first. */
  readonly starts: (client: ClientId) => readonly ClientStart[];
  /** Undefined where no broker is there: then nobody is given leave, and there is no key. */
  readonly broker?: {
    snapshot(): Pick<Snapshot, 'connections' | 'localClients'>;
    /** Throws `connection-unknown`. */
    nameOf(connection: string): string;
    /** A program that the person adds may use what it is added for. */
    allow(connectionId: string, program: string): Promise<void>;
    /** The address that serves everything, and the key of this program, with leave to use it. */
    keyFor(name: string): Promise<{ readonly url: string; readonly key: string }>;
  };
}

export function createClients(needs: ClientsNeeds): Clients {
  const { computer, log, broker } = needs;
  const store = writtenEntries(needs.dataDir, log);
  const closed = new Map<ClientId, number>();
  let last: Promise<unknown> = Promise.resolve();
  /** Two changes of one file at once would each find the other's. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  const isRunning = async (program: ClientProgram) => {
    const running = await needs.isRunning(program).catch(() => undefined);
    if (running === false) closed.set(program.id, needs.now());
    return running;
  };
  const ways: WaysNeeds = { ...needs, keyFor: broker && ((name) => broker.keyFor(name)) };
  const views: ViewNeeds = {
    computer,
    relay: needs.relay,
    isRunning,
    starts: needs.starts,
    snapshot: () => broker?.snapshot(),
    waysOf: (program, isInstalled) => waysOf(ways, program, isInstalled),
    closedAtMs: (client) => closed.get(client) ?? 0,
  };
  const changes = createChanges({ ...needs, isRunning, store });
  const opening = createOpening({ ways, relay: needs.relay, store, changes });
  const view = async (client: ClientId, language?: Language) =>
    viewOf(views, clientProgram(client), await store.lastKnown(), language);

  /** Throws `connection-unknown`. */
  const servedBy = (scope: EntryScope | undefined): Served => {
    if (scope === undefined || scope.kind === 'all') return undefined;
    return [...new Set(scope.connections.map((one) => broker?.nameOf(one) ?? one))];
  };

  async function told(
    client: ClientId,
    { changed, failed }: Outcome,
    language: Language | undefined,
  ): Promise<ChangedClient> {
    return {
      client: await view(client, language),
      changed: changed.map(({ path, backup }) => ({ path, ...(backup === undefined ? {} : { backup }) })),
      failed: failed.map(({ path, fault }) => ({ path, fault: inWords(fault, language) })),
    };
  }

  const changed = (client: ClientId, wish: FileWish, { seen, language }: ChangeWish) =>
    inTurn(async () => told(client, await changes.change(clientProgram(client), wish, { seen }), language));

  /** Adding is the person's yes; what was refused before stays refused, and where it cannot be stored one is asked later. */
  async function allow(client: ClientId, served: Served): Promise<void> {
    if (!broker) return;
    for (const { id, name, clients } of broker.snapshot().connections) {
      if (served !== undefined && !served.includes(name)) continue;
      const known = clients.filter((one) => one.name === client);
      if (known.some(({ access, door }) => access === 'refused' || (access === 'allowed' && door === 'stdio')))
        continue;
      await broker.allow(id, client).catch((thrown: unknown) => {
        log('warn', 'a program that was added is to be asked about', { client, fault: asFault(thrown).code });
      });
    }
  }

  /** What one of them refuses stands in its `failed`; a file in which nothing of ours is known is nobody's concern here. */
  async function removeFrom(
    program: ClientProgram,
    language: Language | undefined,
  ): Promise<ChangedClient | undefined> {
    const { files } = await view(program.id, language);
    const ours = files.filter(({ entries, missing }) => entries.length + missing.length > 0).map(({ path }) => path);
    const known = (await store.lastKnown()).entries
      .filter(({ client }) => client === program.id)
      .map(({ path }) => path);
    const outcome = await changes.change(program, { kind: 'remove' }).catch((thrown: unknown): Outcome => {
      const fault = asFault(thrown);
      return { changed: [], failed: [...new Set([...ours, ...known])].map((path) => ({ path, fault })) };
    });
    const failed = outcome.failed.filter(({ path }) => ours.includes(path) || known.includes(path));
    return outcome.changed.length + failed.length === 0
      ? undefined
      : told(program.id, { changed: outcome.changed, failed }, language);
  }

  return {
    async list(language) {
      const written = await store.lastKnown();
      return Promise.all(clientPrograms.map((program) => viewOf(views, program, written, language)));
    },
    view,
    async plan(client, action, scope, language) {
      const program = clientProgram(client);
      const served = servedBy(scope);
      const wish: FileWish = action === 'add' ? { kind: 'add', served } : { kind: action };
      const { plans, running } = await changes.plan(program, wish);
      return {
        closeFirst: program.closeFirst && running === true,
        changes: plans.map((plan): PlannedChange => {
          if ('fault' in plan) {
            const fault = inWords(plan.fault, language);
            const about = { program, path: plan.path, relay: needs.relay(), nowMs: needs.now() };
            const entry = action === 'add' ? copiedEntry(about, served) : undefined;
            const byHand = entry === undefined ? {} : { entry };
            return { ...leftAsItIs(plan.path), fault, ...byHand };
          }
          const { left } = plan.edit;
          return { ...planned(plan), ...(left ? { fault: inWords(left, language) } : {}) };
        }),
      };
    },
    add: (client, { scope, seen, language } = {}) =>
      inTurn(async () => {
        const served = servedBy(scope);
        await requireAllowed(clientProgram(client), 'file', computer);
        const outcome = await changes.change(clientProgram(client), { kind: 'add', served }, { seen });
        if (outcome.failed.length === 0 || outcome.changed.length > 0) await allow(client, served);
        return told(client, outcome, language);
      }),
    remove: (client, wish = {}) => changed(client, { kind: 'remove' }, wish),
    removeAll: (language) =>
      inTurn(async () => {
        const all: ChangedClient[] = [];
        for (const program of clientPrograms) {
          const one = await removeFrom(program, language);
          if (one) all.push(one);
        }
        return all;
      }),
    undo: (client, wish = {}) => changed(client, { kind: 'undo' }, wish),
    setRestores: (client, on, language) =>
      inTurn(async () => {
        await store.change((written) => withClient(written, client, { restores: on }));
        needs.changed?.(client);
        return view(client, language);
      }),
    open: (client, way, { scope, open = true } = {}) =>
      inTurn(async () => {
        const served = servedBy(scope);
        const done = await opening(clientProgram(client), way, served, open);
        if (!open) return done;
        if (way !== 'copy') await allow(client, served);
        needs.changed?.(client);
        return done;
      }),
    written: async () => (await store.lastKnown()).entries,
    restores: async (client) =>
      (await store.lastKnown()).clients.find((one) => one.client === client)?.restores ?? false,
    restore: (client, language) => changed(client, { kind: 'restore' }, { language }),
    async planReplace({ client, path, entries }, language) {
      const wish: FileWish = { kind: 'replace', entries };
      const { plans } = await changes.plan(clientProgram(client), wish, [path]).catch((thrown: unknown) => ({
        // Also where what we have written down cannot be read.
        plans: [{ path, fault: asFault(thrown) }],
      }));
      return plans.map((plan) =>
        'fault' in plan ? { ...leftAsItIs(path), fault: inWords(plan.fault, language) } : planned(plan),
      );
    },
    replace: ({ client, path, entries }) =>
      inTurn(async () => {
        const outcome = await changes.change(clientProgram(client), { kind: 'replace', entries }, { paths: [path] });
        if (outcome.failed[0]) throw outcome.failed[0].fault;
        await allow(
          client,
          entries.map(({ connection }) => connection),
        );
        return outcome.changed[0] ?? { path };
      }),
  };
}

function leftAsItIs(path: string): Omit<PlannedChange, 'fault'> {
  return { path, what: 'nothing', lines: [], copy: false, seen: '' };
}
