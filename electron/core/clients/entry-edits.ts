/** What becomes of one file's text when entries of ours go in or out: pure, and the same for a plan and for the write. */
import { Fault } from '../../../shared/faults.ts';
import { entryWords, ownName } from './client-program.ts';
import { changedMeanwhile } from './file/file-faults.ts';
import { beginEdit, type Edit, type EditNeeds, hasPlace, isBlank, ownIn, putIn, record, takeOut } from './file-edit.ts';
import { type EntryPlace, isSame, isSamePlace, wordsIn } from './own-entries.ts';
import type { WrittenEntry } from './written-entries.ts';

/** The names of the connections that are to have an entry each; undefined: one entry for all. */
export type Served = readonly string[] | undefined;

/**
 * Our entries for what is to be served. One for all takes the place of those for single connections, and the other way
 * round: with both, everything would be there twice. Throws `node-missing`, `input-invalid`.
 */
export function addEntries(needs: EditNeeds, served: Served): Edit {
  const { program, relay } = needs;
  if (!relay) throw new Fault('node-missing');
  const { entriesAt, own } = needs.inFile ?? ownIn(needs);
  const standing = own.filter(({ state }) => state === 'standing');
  const forAll = standing.filter(({ servers }) => servers === undefined);
  const names = new Set(entriesAt().keys());
  const edit = beginEdit(needs);
  for (const entry of standing) {
    if ((entry.connection === undefined) !== (served === undefined)) takeOut(edit, entry);
  }
  for (const connection of served ?? [undefined]) {
    const present = forAll.find((entry) => entry.connection === connection);
    const fresh = program.entry(relay, connection);
    const words = entryWords(program.id, relay, connection);
    const name = present?.name ?? freeName(connection, (one) => names.has(one));
    names.add(name);
    if (present && isSame(wordsIn(present.value), words)) {
      const value = { ...fresh, ...switchOf(present.value) };
      if (!present.written) edit.know(record(needs, { name, connection, value }));
      continue;
    }
    // What a person or the program has added to it stays in the file; it may be secret, and is nowhere else.
    putIn(edit, { name, connection, ...withAdded(fresh, present?.value, startMembers) });
  }
  return edit.done();
}

/** Without our entries. What somebody has changed stays, and is said. */
export function removeEntries(needs: EditNeeds): Edit {
  const edit = beginEdit(needs);
  const { own } = needs.inFile ?? ownIn(needs);
  for (const entry of own) {
    if (entry.state === 'standing') takeOut(edit, entry);
    else if (entry.state === 'missing') edit.forget(entry);
  }
  return edit.done(own.some(({ state }) => state === 'edited') ? edited(needs.path) : undefined);
}

/**
 * What we wrote and is not there any more, in the words in which it stood, or in today's. Nobody is asked about it: a file
 * that is away or empty may be about to be written whole. Throws `input-invalid` there.
 */
export function restoreEntries(needs: EditNeeds): Edit {
  if (needs.text === undefined || isBlank(needs.text)) {
    throw changedMeanwhile(needs);
  }
  const edit = beginEdit(needs);
  const { own } = needs.inFile ?? ownIn(needs);
  for (const { written } of own.filter(({ state }) => state === 'missing')) {
    if (written) putIn(edit, { ...placeOf(written), value: entryNow(needs, written) });
  }
  return edit.done();
}

/** From our entries as they are to these: for taking a change back where others have written since. */
export function returnEntries(needs: EditNeeds, wanted: readonly WrittenEntry[]): Edit {
  const edit = beginEdit(needs);
  const { entriesAt, own } = needs.inFile ?? ownIn(needs);
  const standing = own.filter(({ state }) => state === 'standing');
  for (const entry of standing) if (!hasPlace(wanted, entry)) takeOut(edit, entry);
  for (const one of wanted) {
    const present = standing.find((entry) => isSamePlace(entry, one));
    if (present && isSame(wordsIn(present.value), wordsIn(one.value))) continue;
    if (!present && entriesAt(one.servers).has(one.name)) continue;
    // What was added since is nowhere else.
    putIn(edit, { ...placeOf(one), ...withAdded(one.value, present?.value, startMembers) });
  }
  for (const entry of own) if (entry.state === 'missing' && !hasPlace(wanted, entry)) edit.forget(entry);
  return edit.done(own.some(({ state }) => state === 'edited') ? edited(needs.path) : undefined);
}

/** Somebody else's entry, and the connection that takes its place. */
export interface Replacement extends EntryPlace {
  readonly connection: string;
  /** Sees the value that stands there. */
  readonly isMeant: (value: unknown) => boolean;
}

/** Ours in the places of somebody else's entries. Throws `input-invalid` where what stands there is not meant. */
export function replaceEntries(needs: EditNeeds, replacements: readonly Replacement[]): Edit {
  const { program, relay } = needs;
  if (!relay) throw new Fault('node-missing');
  const { entriesAt, own } = needs.inFile ?? ownIn(needs);
  const servesAll = own.some(
    (one) => one.state === 'standing' && !one.servers && one.connection === undefined && !isOff(one.value),
  );
  const removed: EntryPlace[] = [];
  const edit = beginEdit(needs);
  for (const { name, servers, connection, isMeant } of replacements) {
    const entries = entriesAt(servers);
    const there = entries.get(name);
    if (!entries.has(name) || !isMeant(there)) {
      throw changedMeanwhile(needs);
    }
    const words = withAdded(program.entry(relay, connection), there, remoteMembers);
    putIn(edit, { name, servers, connection, ...words, isTheirs: true });
    if (!servesAll) continue;
    // With both, each of its tools would be there twice. Ours in its place first: only that can be taken out anywhere.
    takeOut(edit, { name, servers });
    removed.push({ name, servers });
  }
  return { ...edit.done(), ...(removed.length > 0 ? { removed } : {}) };
}

const startMembers: readonly string[] = ['command', 'args'];
/** How a server is reached and started: what is not any more how it was. All else, as limits, stays with the entry. */
export const remoteMembers: readonly string[] = [
  ...startMembers,
  ...['env', 'url', 'serverUrl', 'httpUrl', 'type', 'transport', 'headers', 'http_headers', 'env_http_headers'],
  ...['cwd', 'env_vars', 'oauth', 'auth', 'bearer_token_env_var', 'headersHelper', 'source'],
];

/** Ours with what else stands there. That may be secret: of it, only switches are shown and written down. */
function withAdded(fresh: object, there: unknown, dropped: readonly string[]): { value: object; whole: object } {
  const members = typeof there === 'object' && there !== null ? Object.entries(there) : [];
  const added = Object.fromEntries(members.filter(([name]) => !dropped.includes(name)));
  return { value: { ...fresh, ...switchOf(added) }, whole: { ...fresh, ...added } };
}

/** What a person has switched off stays off, in whichever of the two ways programs write it. */
function switchOf(value: unknown): object {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([name, on]) => /^(?:disabled|enabled)$/.test(name) && typeof on === 'boolean'),
  );
}

function isOff(value: unknown): boolean {
  const { disabled, enabled }: { readonly disabled?: boolean; readonly enabled?: boolean } = switchOf(value);
  return disabled === true || enabled === false;
}

/** Where it stood, and what it served. */
function placeOf({ name, servers, connection }: WrittenEntry) {
  return { name, servers, connection };
}

/** As it would be written today: the relay may be elsewhere than when it was wiped. */
function entryNow({ program, relay }: EditNeeds, { value, connection }: WrittenEntry): object {
  return relay ? { ...value, ...program.entry(relay, connection) } : value;
}

/** What is taken by somebody else's entry is never written over. */
export function freeName(connection: string | undefined, isTaken: (name: string) => boolean): string {
  const first = connection === undefined ? [ownName] : [connection, `${ownName}-${connection}`];
  const free = first.find((name) => !isTaken(name));
  if (free !== undefined) return free;
  const last = first.at(-1) ?? ownName;
  for (let n = 2; ; n++) if (!isTaken(`${last}-${n}`)) return `${last}-${n}`;
}

function edited(path: string): Fault {
  return new Fault('input-invalid', { subject: path, thing: 'config-entry-edited' });
}
