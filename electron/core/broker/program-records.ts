/**
 * What is kept of a program at one connection and one door. Leave that is given at one door counts there only: over
 * HTTP a program has its key to show, as an app nothing but its own word.
 */
import { oneLine } from '../../../shared/one-line.ts';
import type { ClientUse } from '../../../shared/snapshot.ts';
import type { ProgramOrigin } from '../processes/same-program.ts';
import { type ProgramRecord, programKey } from '../vault/records.ts';
import type { Change, Vault } from '../vault/vault.ts';

export type Door = ProgramRecord['door'];

export const bothDoors: readonly Door[] = ['stdio', 'http'];

export interface Known {
  record: ProgramRecord;
  storedUseAtMs: number;
  shownUseAtMs: number;
  /** Where an older version has stored it; gone with the next write. */
  olderKeys: readonly string[];
}

/** One connection's programs, by `placeOf`. */
export type KnownPrograms = Map<string, Known>;

const invisible = /\p{Default_Ignorable_Code_Point}+/gu;
/** Compatibility forms may be many times as long as what was said. */
const longestWord = 1_000;
/** Of a path that people read. */
const longestPath = 1_000;

/** A program's own word as the name that it is known by: what looks like another name has to be that name. */
export function programName(word: string): string {
  return oneLine(word.slice(0, longestWord).normalize('NFKC').replace(invisible, '')) || 'unnamed';
}

export function placeOf(name: string, door: Door): string {
  return `${door} ${name}`;
}

export function knownFrom(record: ProgramRecord, olderKeys: readonly string[] = []): Known {
  return { record, storedUseAtMs: record.lastUsedAtMs ?? 0, shownUseAtMs: 0, olderKeys };
}

/** By connection. Names as they are made now; where two have become one, a refusal counts. */
export function readPrograms(vault: Vault): Map<string, KnownPrograms> {
  const read = new Map<string, KnownPrograms>();
  for (const before of vault.list('program')) {
    const { connectionId, door } = before;
    const record = { ...before, name: programName(before.name) };
    const ofConnection = read.get(connectionId) ?? new Map<string, Known>();
    read.set(connectionId, ofConnection);
    const place = placeOf(record.name, door);
    const present = ofConnection.get(place);
    const known = knownFrom(record, [...olderKeys(vault, before), ...(present?.olderKeys ?? [])]);
    const stays = present?.record.access === 'refused' ? { ...present, olderKeys: known.olderKeys } : known;
    ofConnection.set(place, stays);
  }
  return read;
}

export function stored({ record, olderKeys }: Known): readonly Change[] {
  return [
    ...olderKeys.map((key): Change => ({ kind: 'program', key, record: undefined })),
    { kind: 'program', key: programKey(record.connectionId, record.name, record.door), record },
  ];
}

export function gone({ record, olderKeys }: Known): readonly Change[] {
  return [...olderKeys, programKey(record.connectionId, record.name, record.door)].map((key) => ({
    kind: 'program',
    key,
    record: undefined,
  }));
}

/** Whoever nobody decided about and who has the same access. */
export function undecided(ofConnection: KnownPrograms, access: ProgramRecord['access']): readonly Known[] {
  return [...ofConnection.values()].filter(({ record }) => !record.decided && record.access === access);
}

/** The one that has been quiet for longest. */
export function quietest(some: readonly Known[]): Known | undefined {
  const quietSince = ({ record }: Known) => record.lastUsedAtMs ?? record.firstSeenAtMs;
  return some.toSorted((a, b) => quietSince(a) - quietSince(b))[0];
}

/** Keys of the vault that this record may lie under besides the one it would have now. */
function olderKeys(vault: Vault, { connectionId, name, door }: ProgramRecord): readonly string[] {
  const now = programKey(connectionId, programName(name), door);
  return [JSON.stringify([connectionId, name]), programKey(connectionId, name, door)].filter(
    (key) => key !== now && vault.get('program', key)?.door === door,
  );
}

/** What a name given here begins with, where it is not the program's own word: see program-places.ts. */
export function titleOfProgram(name: string): string | undefined {
  return /^(.*)#\d+$/.exec(name)?.[1];
}

export function originIn({ path, signer }: ProgramRecord): ProgramOrigin | undefined {
  return path === undefined ? undefined : { path, ...(signer === undefined ? {} : { signer }) };
}

/** As people see it, among the others of its connection. */
export function useOf(record: ProgramRecord, all: KnownPrograms): Omit<ClientUse, 'accountId'> {
  const { name, door, access, firstSeenAtMs, lastUsedAtMs, path, signer } = record;
  const title = titleOfProgram(name);
  const alike = [...all.values()]
    .map((one) => one.record)
    .filter((one) => (titleOfProgram(one.name) ?? one.name) === title);
  const other = alike.find((one) => one.access === 'allowed' && one.door === door && one.path !== undefined)?.path;
  return {
    name,
    door,
    access,
    firstSeenAtMs,
    ...(lastUsedAtMs === undefined ? {} : { lastUsedAtMs }),
    ...(title === undefined ? {} : { title }),
    ...(path === undefined ? {} : { path: oneLine(path, longestPath) }),
    ...(signer === undefined ? {} : { signer: oneLine(signer) }),
    ...(access === 'asking' && other !== undefined ? { otherPath: oneLine(other, longestPath) } : {}),
  };
}
