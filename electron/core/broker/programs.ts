/**
 * Programs on this computer and their leave to use a connection: asked for at the first request, kept until the person
 * says otherwise. A program's name is its own word, not a proof; this is a person's order, not a wall against malware
 * that runs as the same person (SECURITY.md).
 */
import { Fault } from '../../../shared/faults.ts';
import type { ClientUse } from '../../../shared/snapshot.ts';
import type { Log } from '../platform.ts';
import type { ProgramOrigin } from '../processes/same-program.ts';
import type { ProgramRecord } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { changeConnection, inTurn, serviceRemoved } from './connection-changes.ts';
import { createProgramMemory } from './program-memory.ts';
import {
  bothDoors,
  type Door,
  gone,
  type Known,
  type KnownPrograms,
  knownFrom,
  placeOf,
  programName,
  quietest,
  readPrograms,
  stored,
  titleOfProgram,
  undecided,
  useOf,
} from './program-records.ts';

export type { Door } from './program-records.ts';
export { programName } from './program-records.ts';

export interface Programs {
  /**
   * The name under which a program is known here that comes over the socket: its own word, or, where one from another
   * place has that name, one of its own. `origin`: where it comes from, as the system tells; it may come later.
   * `isStranger`: the name is that of a program whose own processes are known, and it is none of them; then leave that was
   * given before any program came is not for it.
   */
  meet(word: string, origin: ProgramOrigin | undefined, isStranger?: boolean): string;
  /** Throws `program-waiting` or `program-refused`; a new program is remembered. Called for every request: cheap. */
  admit(connectionId: string, name: string, door: Door): void;
  /** A tool was called. */
  noteUse(connectionId: string, name: string, door: Door): void;
  of(connectionId: string): readonly Omit<ClientUse, 'accountId'>[];
  /** Whether it can use this connection, asks to, or is just being allowed to; by either door. */
  isOpenTo(connectionId: string, name: string): boolean;
  /**
   * The person's answer, also for a program that has not come yet. Refusing holds at once and at both doors; allowing
   * when it is stored, at this door, else at those where it asks. Of several answers the last one holds: false where
   * a later one has come meanwhile. Allowing throws `connection-unknown`; where nothing is, nothing has to be refused.
   */
  decide(connectionId: string, name: string, access: 'allowed' | 'refused', door?: Door): Promise<boolean>;
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

const otherDoor: Record<Door, Door> = { stdio: 'http', http: 'stdio' };

export function createPrograms(needs: ProgramsNeeds): Programs {
  const { vault, now, log } = needs;
  const memory = createProgramMemory(needs);
  const programsOf = memory.of;
  /** Answers on their way to the disk, by connection and place. */
  const deciding = new Map<string, { readonly access: 'allowed' | 'refused' }>();

  /** Undefined where as many wait already as a person can look through: those who came first stay. */
  function arrive(connectionId: string, name: string, door: Door): Known | undefined {
    const access = needs.newPrograms() === 'allow' ? 'allowed' : 'asking';
    const ofConnection = programsOf(connectionId);
    const alike = undecided(ofConnection, access);
    if (access === 'asking' && alike.length >= mostAsking) return undefined;
    const origin = door === 'stdio' ? memory.originOf(name) : undefined;
    const record: ProgramRecord = { connectionId, name, access, decided: false, door, firstSeenAtMs: now(), ...origin };
    const known = knownFrom(record);
    const dropped = alike.length >= mostUndecided ? quietest(alike) : undefined;
    if (dropped) ofConnection.delete(placeOf(dropped.record.name, dropped.record.door));
    ofConnection.set(placeOf(name, door), known);
    memory.storeInBackground(connectionId, [...stored(known), ...(dropped ? gone(dropped) : [])]);
    log('info', 'a new program', { connection: connectionId, access });
    needs.arrived(connectionId, name, access);
    needs.changed();
    return known;
  }

  /**
   * What holds for it at this door. A refusal at the other one counts here too, until somebody decides about this one;
   * where nobody is asked, also that of the program that had its name first: to move is no way around it.
   */
  function known(connectionId: string, name: string, door: Door): Known | undefined {
    const ofConnection = programsOf(connectionId);
    const own = ofConnection.get(placeOf(name, door));
    if (own) return own;
    const title = needs.newPrograms() === 'allow' ? titleOfProgram(name) : undefined;
    const others = [placeOf(name, otherDoor[door]), ...(title === undefined ? [] : [placeOf(title, door)])];
    const refused = others.map((place) => ofConnection.get(place)).find((one) => one?.record.access === 'refused');
    return refused ?? arrive(connectionId, name, door);
  }

  function doorsToAllow(ofConnection: KnownPrograms, name: string): readonly Door[] {
    const accessAt = (door: Door) => ofConnection.get(placeOf(name, door))?.record.access;
    const asking = bothDoors.filter((door) => accessAt(door) === 'asking');
    if (asking.length > 0) return asking;
    const present = bothDoors.filter((door) => accessAt(door) !== undefined);
    const hasKey = vault.get('localClient', name) !== undefined;
    if (present.length === 0) return [hasKey ? 'http' : 'stdio'];
    // Refused as an app, it is refused with its key as well: both were meant.
    const isRefusedByOther = hasKey && accessAt('http') === undefined && accessAt('stdio') === 'refused';
    return isRefusedByOther ? bothDoors : present;
  }

  const waitingOf = (connectionId: string, name: string, door: Door) => `${connectionId} ${placeOf(name, door)}`;
  const isBeingAllowed = (connectionId: string, name: string, door: Door) =>
    deciding.get(waitingOf(connectionId, name, door))?.access === 'allowed';

  return {
    meet: memory.meet,
    admit(connectionId, name, door) {
      const access = known(connectionId, name, door)?.record.access ?? 'asking';
      if (access === 'asking') throw new Fault('program-waiting', { subject: name });
      if (access === 'refused') throw new Fault('program-refused', { subject: name });
    },
    noteUse(connectionId, name, door) {
      // A call that is refused right afterwards is no use.
      const connection = vault.get('connection', connectionId);
      if (!connection || connection.paused) return;
      const program = known(connectionId, name, door);
      if (program?.record.access !== 'allowed') return;
      const atMs = now();
      program.record = { ...program.record, lastUsedAtMs: atMs };
      if (Math.abs(atMs - program.storedUseAtMs) >= storeUseEveryMs) {
        program.storedUseAtMs = atMs;
        memory.storeInBackground(connectionId, stored(program));
      }
      if (Math.abs(atMs - program.shownUseAtMs) >= showUseEveryMs) {
        program.shownUseAtMs = atMs;
        needs.changed();
      }
    },
    of: (connectionId) =>
      [...programsOf(connectionId).values()].map(({ record }) => useOf(record, programsOf(connectionId))),
    isOpenTo: (connectionId, name) =>
      bothDoors.some((door) => {
        const access = programsOf(connectionId).get(placeOf(name, door))?.record.access ?? 'refused';
        return access !== 'refused' || isBeingAllowed(connectionId, name, door);
      }),
    async decide(connectionId, word, access, wantedDoor) {
      const name = programName(word);
      const ofConnection = programsOf(connectionId);
      const refusing = access === 'refused';
      const touched = bothDoors.filter(
        (door) => ofConnection.has(placeOf(name, door)) || isBeingAllowed(connectionId, name, door),
      );
      const usual = refusing && touched.length > 0 ? touched : doorsToAllow(ofConnection, name);
      const doors = wantedDoor === undefined || (refusing && touched.length > 0) ? usual : [wantedDoor];
      const decided = (door: Door): Known => {
        const before = ofConnection.get(placeOf(name, door));
        const record: ProgramRecord = {
          ...(before?.record ?? { connectionId, name, door, firstSeenAtMs: now() }),
          access,
          decided: true,
        };
        return { ...(before ?? knownFrom(record)), record };
      };
      const take = (some: readonly Door[]) => {
        for (const door of some) ofConnection.set(placeOf(name, door), decided(door));
        if (some.length > 0) needs.changed();
      };
      const decision = { access };
      const places = (refusing ? bothDoors : doors).map((door) => waitingOf(connectionId, name, door));
      for (const place of places) deciding.set(place, decision);
      const isNewest = (door: Door) => deciding.get(waitingOf(connectionId, name, door)) === decision;
      if (refusing) take(doors);
      try {
        await changeConnection(vault, connectionId, (connection) => {
          if (!connection && refusing) return [];
          if (!connection) throw serviceRemoved();
          // A refusal is written also where an Allow comes behind it: that one may not get as far as the disk.
          return doors.filter((door) => refusing || isNewest(door)).flatMap((door) => stored(decided(door)));
        });
        const holding = doors.filter(isNewest);
        if (!refusing) take(holding);
        for (const door of holding) {
          const program = ofConnection.get(placeOf(name, door));
          if (program) program.olderKeys = [];
        }
        return holding.length > 0;
      } finally {
        for (const place of places) if (deciding.get(place) === decision) deciding.delete(place);
      }
    },
    forget(connectionId) {
      const known = [...(readPrograms(vault).get(connectionId)?.values() ?? []), ...programsOf(connectionId).values()];
      memory.forget(connectionId);
      return known.flatMap(gone);
    },
    async close() {
      const unsaved = memory
        .every()
        .flatMap((ofConnection) =>
          [...ofConnection.values()].filter(
            ({ record, storedUseAtMs }) => (record.lastUsedAtMs ?? 0) !== storedUseAtMs,
          ),
        );
      if (unsaved.length === 0) return;
      const isLeft = ({ record }: Known) => vault.get('connection', record.connectionId) !== undefined;
      await inTurn(vault, () => unsaved.filter(isLeft).flatMap(stored)).catch((thrown: unknown) => {
        log('error', 'the last uses could not be stored', { reason: String(thrown) });
      });
    },
  };
}
