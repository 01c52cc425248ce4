/**
 * Programs on this computer and their leave to use a connection: asked for at the first request, kept until the person
 * says otherwise. A program's name is its own word, not a proof; this is a person's order, not a wall against malware
 * that runs as the same person (SECURITY.md).
 */
import { Fault } from '../../../shared/faults.ts';
import type { ClientUse } from '../../../shared/snapshot.ts';
import type { Log } from '../platform.ts';
import { type ProgramRecord, programKey } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { oneLine } from './one-line.ts';

export type Door = ProgramRecord['door'];

export interface Programs {
  /** Throws `program-waiting` or `program-refused`; a new program is remembered. Called for every request: cheap. */
  admit(connectionId: string, name: string, door: Door): void;
  /** A tool was called. */
  noteUse(connectionId: string, name: string, door: Door): void;
  of(connectionId: string): readonly Omit<ClientUse, 'accountId'>[];
  /** The person's answer, also for a program that has not come yet. Refusing holds at once, allowing when it is stored. */
  decide(connectionId: string, name: string, access: 'allowed' | 'refused', door?: Door): Promise<void>;
  /** What is stored of this connection's programs, taken out together with the connection. */
  forget(connectionId: string): readonly Change[];
  /** Stores what is known better in memory. */
  close(): Promise<void>;
}

export interface ProgramsNeeds {
  readonly vault: Vault;
  readonly now: () => number;
  readonly log: Log;
  readonly changed: () => void;
  /** What happens to a program that nobody has decided about. */
  readonly newPrograms: () => 'ask' | 'allow';
  /** A program was seen for the first time here. */
  readonly arrived: (connectionId: string, name: string, access: 'allowed' | 'asking') => void;
}

/** A program that invents names fills neither the vault nor the window. */
const mostAsking = 50;
const mostUndecided = 200;
/** The time of the last use is stored and shown at most this often; in between it is in memory. */
const storeUseEveryMs = 10 * 60_000;
const showUseEveryMs = 60_000;

interface Known {
  record: ProgramRecord;
  storedUseAtMs: number;
  shownUseAtMs: number;
}

export function programName(word: string): string {
  return oneLine(word) || 'unnamed';
}

export function createPrograms(needs: ProgramsNeeds): Programs {
  const { vault, now, log } = needs;
  let all: Map<string, Map<string, Known>> | undefined;

  /** Read once, when the vault is open; from then on memory is what holds. */
  function programsOf(connectionId: string): Map<string, Known> {
    if (!all) {
      const read = new Map<string, Map<string, Known>>();
      for (const record of vault.list('program')) {
        const ofConnection = read.get(record.connectionId) ?? new Map<string, Known>();
        read.set(record.connectionId, ofConnection.set(record.name, knownFrom(record)));
      }
      all = read;
    }
    const present = all.get(connectionId);
    if (present) return present;
    const fresh = new Map<string, Known>();
    all.set(connectionId, fresh);
    return fresh;
  }

  function storeInBackground(changes: readonly Change[]): void {
    vault.write(changes).catch((thrown: unknown) => {
      log('error', 'a program could not be stored', { reason: String(thrown) });
    });
  }

  function arrive(connectionId: string, name: string, door: Door): Known {
    const access = needs.newPrograms() === 'allow' ? 'allowed' : 'asking';
    const record: ProgramRecord = { connectionId, name, access, decided: false, door, firstSeenAtMs: now() };
    const ofConnection = programsOf(connectionId);
    const known = knownFrom(record);
    const dropped = tooMany(ofConnection, access);
    if (dropped !== undefined) ofConnection.delete(dropped);
    ofConnection.set(name, known);
    storeInBackground([
      { kind: 'program', key: programKey(connectionId, name), record },
      ...(dropped === undefined ? [] : [gone(connectionId, dropped)]),
    ]);
    log('info', 'a new program', { connection: connectionId, access });
    needs.arrived(connectionId, name, access);
    needs.changed();
    return known;
  }

  function admit(connectionId: string, name: string, door: Door): Known {
    const known = programsOf(connectionId).get(name) ?? arrive(connectionId, name, door);
    if (known.record.access === 'asking') throw new Fault('program-waiting', { subject: name });
    if (known.record.access === 'refused') throw new Fault('program-refused', { subject: name });
    return known;
  }

  return {
    admit,
    noteUse(connectionId, name, door) {
      // A call that is refused right afterwards is no use.
      const connection = vault.get('connection', connectionId);
      if (!connection || connection.paused) return;
      const known = programsOf(connectionId).get(name) ?? arrive(connectionId, name, door);
      if (known.record.access !== 'allowed') return;
      const atMs = now();
      known.record = { ...known.record, door, lastUsedAtMs: atMs };
      if (Math.abs(atMs - known.storedUseAtMs) >= storeUseEveryMs) {
        known.storedUseAtMs = atMs;
        storeInBackground([stored(known)]);
      }
      if (Math.abs(atMs - known.shownUseAtMs) >= showUseEveryMs) {
        known.shownUseAtMs = atMs;
        needs.changed();
      }
    },
    of: (connectionId) =>
      [...programsOf(connectionId).values()].map(({ record }) => ({
        name: record.name,
        door: record.door,
        access: record.access,
        firstSeenAtMs: record.firstSeenAtMs,
        ...(record.lastUsedAtMs === undefined ? {} : { lastUsedAtMs: record.lastUsedAtMs }),
      })),
    async decide(connectionId, word, access, door = 'stdio') {
      const name = programName(word);
      const ofConnection = programsOf(connectionId);
      const decided = (): Known => {
        const before = ofConnection.get(name);
        const record = {
          ...(before?.record ?? { connectionId, name, door, firstSeenAtMs: now() }),
          access,
          decided: true,
        };
        return { ...(before ?? knownFrom(record)), record };
      };
      const take = () => {
        ofConnection.set(name, decided());
        needs.changed();
      };
      if (access === 'refused') take();
      await vault.write([stored(decided())]);
      if (access === 'allowed') take();
    },
    forget(connectionId) {
      const names = [...programsOf(connectionId).keys()];
      all?.delete(connectionId);
      return names.map((name) => gone(connectionId, name));
    },
    async close() {
      const unsaved = [...(all?.values() ?? [])].flatMap((ofConnection) =>
        [...ofConnection.values()].filter(({ record, storedUseAtMs }) => (record.lastUsedAtMs ?? 0) !== storedUseAtMs),
      );
      if (unsaved.length === 0) return;
      await vault.write(unsaved.map(stored)).catch((thrown: unknown) => {
        log('error', 'the last uses could not be stored', { reason: String(thrown) });
      });
    },
  };
}

function knownFrom(record: ProgramRecord): Known {
  const storedUseAtMs = record.lastUsedAtMs ?? 0;
  return { record, storedUseAtMs, shownUseAtMs: 0 };
}

function stored({ record }: Known): Change {
  return { kind: 'program', key: programKey(record.connectionId, record.name), record };
}

function gone(connectionId: string, name: string): Change {
  return { kind: 'program', key: programKey(connectionId, name), record: undefined };
}

/** Whom one more of this kind pushes out: the one that has been quiet for longest and that nobody decided about. */
function tooMany(ofConnection: ReadonlyMap<string, Known>, access: 'allowed' | 'asking'): string | undefined {
  const alike = [...ofConnection.values()]
    .map(({ record }) => record)
    .filter((record) => !record.decided && record.access === access);
  if (alike.length < (access === 'asking' ? mostAsking : mostUndecided)) return undefined;
  const quietSince = (record: ProgramRecord) => record.lastUsedAtMs ?? record.firstSeenAtMs;
  return alike.reduce((oldest, one) => (quietSince(one) < quietSince(oldest) ? one : oldest)).name;
}
