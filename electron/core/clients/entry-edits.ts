/** What becomes of one file's text when entries of ours go in or out: pure, and the same for a plan and for the write. */
import type { ChangeLine } from '../../../shared/clients.ts';
import { Fault } from '../../../shared/faults.ts';
import { type ClientProgram, entryWords, ownName, type RelayWords } from './client-program.ts';
import { isSame, ownEntries, wordsIn } from './own-entries.ts';
import type { TextFormat } from './text/text-format.ts';
import type { WrittenEntry } from './written-entries.ts';

export interface EditNeeds {
  readonly program: ClientProgram;
  readonly format: TextFormat;
  readonly path: string;
  /** Undefined: there is no file. */
  readonly text: string | undefined;
  /** What we have written down of this file. */
  readonly written: readonly WrittenEntry[];
  /** Undefined where nothing here can start it. */
  readonly relay: RelayWords | undefined;
  readonly nowMs: number;
  readonly running: boolean | undefined;
}

export interface Edit {
  readonly text: string | undefined;
  readonly lines: readonly ChangeLine[];
  /** Ours afterwards. */
  readonly entries: readonly WrittenEntry[];
  /** What was left as it is although it was meant. */
  readonly left?: Fault;
}

/** The names of the connections that are to have an entry each; undefined: one entry for all. */
export type Served = readonly string[] | undefined;

export function ownIn({ program, format, path, text, written, relay }: Omit<EditNeeds, 'nowMs' | 'running'>) {
  const entries = text === undefined ? new Map<string, unknown>() : format.entries(text, path, program.servers);
  return { entries, own: ownEntries(program.id, entries, written, relay) };
}

/**
 * Our entries for what is to be served. One for all takes the place of those for single connections, and the other way
 * round: with both, everything would be there twice. Throws `node-missing`, `input-invalid`.
 */
export function addEntries(needs: EditNeeds, served: Served): Edit {
  const { program, relay } = needs;
  if (!relay) throw new Fault('node-missing');
  const { entries, own } = ownIn(needs);
  const standing = own.filter(({ state }) => state === 'standing');
  const edit = begin(needs);
  for (const entry of standing) {
    if ((entry.connection === undefined) !== (served === undefined)) take(needs, edit, entry.name);
  }
  for (const connection of served ?? [undefined]) {
    const present = standing.find((entry) => entry.connection === connection);
    const fresh = program.entry(relay, connection);
    const words = entryWords(program.id, relay, connection);
    const name = present?.name ?? freeName(connection, (one) => entries.has(one) || edit.names.has(one));
    edit.names.add(name);
    if (present && isSame(wordsIn(present.value), words)) {
      if (!present.written)
        edit.entries.push(record(needs, name, connection, { ...fresh, ...switchOf(present.value) }));
      continue;
    }
    // What a person or the program has added to it stays in the file; it may be secret, and is nowhere else.
    const { command: _, args: __, ...added } = (present?.value ?? {}) as Record<string, unknown>;
    const ours = { ...fresh, ...switchOf(added) };
    put(needs, edit, name, ours, connection, { ...fresh, ...added });
  }
  return edit.done();
}

/** Without our entries. What somebody has changed stays, and is said. */
export function removeEntries(needs: EditNeeds): Edit {
  const edit = begin(needs);
  const { own } = ownIn(needs);
  for (const { name, state } of own) {
    if (state === 'standing') take(needs, edit, name);
    else if (state === 'missing') edit.forget(name);
  }
  return edit.done(own.some(({ state }) => state === 'edited') ? edited(needs.path) : undefined);
}

/** What we wrote and is not there any more, in the words in which it stood, or in today's. */
export function restoreEntries(needs: EditNeeds): Edit {
  const edit = begin(needs);
  const { own } = ownIn(needs);
  for (const { name, connection, written } of own.filter(({ state }) => state === 'missing')) {
    if (written) put(needs, edit, name, entryNow(needs, written), connection);
  }
  return edit.done();
}

/** From our entries as they are to these: for taking a change back where others have written since. */
export function returnEntries(needs: EditNeeds, wanted: readonly WrittenEntry[]): Edit {
  const edit = begin(needs);
  const { entries, own } = ownIn(needs);
  const standing = own.filter(({ state }) => state === 'standing');
  for (const { name } of standing) if (!wanted.some((one) => one.name === name)) take(needs, edit, name);
  for (const one of wanted) {
    const present = standing.find(({ name }) => name === one.name);
    if (present && isSame(wordsIn(present.value), wordsIn(one.value))) continue;
    if (!present && entries.has(one.name)) continue;
    put(needs, edit, one.name, one.value, one.connection);
  }
  for (const { name, state } of own)
    if (state === 'missing' && !wanted.some((one) => one.name === name)) edit.forget(name);
  return edit.done(own.some(({ state }) => state === 'edited') ? edited(needs.path) : undefined);
}

/** Somebody else's entry, and the connection that takes its place. */
export interface Replacement {
  readonly name: string;
  readonly connection: string;
  /** Sees the value that stands there. */
  readonly isMeant: (value: unknown) => boolean;
}

/** Ours in the places of somebody else's entries. Throws `input-invalid` where what stands there is not meant. */
export function replaceEntries(needs: EditNeeds, replacements: readonly Replacement[]): Edit {
  const { program, relay, path } = needs;
  if (!relay) throw new Fault('node-missing');
  const { entries } = ownIn(needs);
  const edit = begin(needs);
  for (const { name, connection, isMeant } of replacements) {
    const value = entries.get(name);
    if (!entries.has(name) || !isMeant(value)) {
      throw new Fault('input-invalid', { subject: path, thing: 'config-file-changed', advice: 'config-changed' });
    }
    put(needs, edit, name, { ...program.entry(relay, connection), ...switchOf(value) }, connection);
  }
  return edit.done();
}

/** What a person has switched off stays off, in whichever of the two ways programs write it. */
function switchOf(value: unknown): object {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([name, on]) => /^(?:disabled|enabled)$/.test(name) && typeof on === 'boolean'),
  );
}

function begin({ text, written }: EditNeeds) {
  const lines: ChangeLine[] = [];
  let now = text;
  let entries = [...written];
  return {
    names: new Set<string>(),
    entries: {
      push: (one: WrittenEntry) => {
        entries = [...entries.filter(({ name }) => name !== one.name), one];
      },
    },
    forget(name: string) {
      entries = entries.filter((one) => one.name !== name);
    },
    change(make: (text: string | undefined) => { readonly text: string; readonly lines: readonly ChangeLine[] }) {
      const change = make(now);
      now = change.text;
      lines.push(...change.lines);
    },
    done: (left?: Fault): Edit => ({ text: now, lines, entries, ...(left ? { left } : {}) }),
  };
}

type Begun = ReturnType<typeof begin>;

function take({ format, path, program }: EditNeeds, edit: Begun, name: string): void {
  edit.change((text) => format.remove(text ?? '', path, program.servers, name));
  edit.forget(name);
}

/** `whole`: what comes to stand there, where that is more than what is shown of it and written down. */
function put(
  needs: EditNeeds,
  edit: Begun,
  name: string,
  value: object,
  connection: string | undefined,
  whole: object = value,
): void {
  const { format, path, program } = needs;
  edit.change((text) => ({
    text: format.put(text, path, program.servers, name, whole).text,
    lines: format.put(text, path, program.servers, name, value).lines,
  }));
  edit.entries.push(record(needs, name, connection, value));
}

function record(
  { program, path, nowMs, running }: EditNeeds,
  name: string,
  connection: string | undefined,
  value: object,
): WrittenEntry {
  return {
    client: program.id,
    path,
    name,
    ...(connection === undefined ? {} : { connection }),
    value: { ...value },
    writtenAtMs: nowMs,
    ...(running === undefined ? {} : { whileRunning: running }),
  };
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
