/**
 * All programs of all connections as they are known while running: read once when the vault is open, from then on memory is
 * what holds, and the vault follows in the background. Here a program that comes gets its name.
 */
import type { Log } from '../platform.ts';
import type { ProgramOrigin } from '../processes/same-program.ts';
import type { Change, Vault } from '../vault/vault.ts';
import { changeConnection } from './connection-changes.ts';
import { ProgramPlaces } from './program-places.ts';
import { gone, type KnownPrograms, originIn, placeOf, programName, readPrograms, stored } from './program-records.ts';

export interface ProgramMemory {
  /** One connection's; not to be called while the vault is locked. */
  of(connectionId: string): KnownPrograms;
  every(): readonly KnownPrograms[];
  forget(connectionId: string): void;
  /** See `Programs.meet`. */
  meet(word: string, origin: ProgramOrigin | undefined, isStranger?: boolean): string;
  originOf(name: string): ProgramOrigin | undefined;
  /** Where the service is being removed at this moment there is nothing to be remembered any more. */
  storeInBackground(connectionId: string, changes: readonly Change[]): void;
}

export interface ProgramMemoryNeeds {
  readonly vault: Vault;
  readonly log: Log;
  readonly changed: () => void;
}

export function createProgramMemory({ vault, log, changed }: ProgramMemoryNeeds): ProgramMemory {
  const places = new ProgramPlaces();
  let all: Map<string, KnownPrograms> | undefined;

  function everything(): Map<string, KnownPrograms> {
    if (all) return all;
    all = readPrograms(vault);
    for (const ofConnection of all.values()) {
      for (const { record } of ofConnection.values()) {
        const origin = originIn(record);
        if (origin) places.know(record.name, origin);
      }
    }
    return all;
  }

  function storeInBackground(connectionId: string, changes: readonly Change[]): void {
    changeConnection(vault, connectionId, (connection) => {
      if (connection) return changes;
      all?.delete(connectionId);
      return [];
    }).catch((thrown: unknown) => {
      log('error', 'a program could not be stored', { reason: String(thrown) });
    });
  }

  /** What is known of a program's place stands with each of its records. */
  function learn(name: string, origin: ProgramOrigin): void {
    let isSeen = false;
    for (const [connectionId, ofConnection] of everything()) {
      const program = ofConnection.get(placeOf(name, 'stdio'));
      if (!program) continue;
      program.record = { ...program.record, ...origin };
      storeInBackground(connectionId, stored(program));
      isSeen = true;
    }
    if (isSeen) changed();
  }

  /** A name that was given before the signer was known is nobody's any more; what a person has decided stays. */
  function unlearn(name: string): void {
    for (const [connectionId, ofConnection] of everything()) {
      const program = ofConnection.get(placeOf(name, 'stdio'));
      if (!program || program.record.decided) continue;
      ofConnection.delete(placeOf(name, 'stdio'));
      storeInBackground(connectionId, gone(program));
    }
    changed();
  }

  /** A person allowed it before it came, as by adding Conexor to it. */
  function isAllowedUnseen(name: string): boolean {
    return [...everything().values()].some((ofConnection) => {
      const record = ofConnection.get(placeOf(name, 'stdio'))?.record;
      return record?.access === 'allowed' && record.decided;
    });
  }

  return {
    of(connectionId) {
      const present = everything().get(connectionId);
      if (present) return present;
      const fresh: KnownPrograms = new Map();
      everything().set(connectionId, fresh);
      return fresh;
    },
    every: () => [...(all?.values() ?? [])],
    forget: (connectionId) => all?.delete(connectionId),
    meet(word, origin, isStranger = false) {
      // Who has which name is not known now: its own counts, and it is met again when the vault is open.
      if (vault.state.kind === 'locked') return programName(word);
      everything();
      const { name, learned, instead } = places.meet(word, origin, (title) => isStranger && isAllowedUnseen(title));
      if (instead !== undefined) unlearn(instead);
      const known = places.of(name);
      if (learned && known) learn(name, known);
      return name;
    },
    originOf: (name) => places.of(name),
    storeInBackground,
  };
}
