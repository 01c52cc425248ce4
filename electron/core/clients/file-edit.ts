/** One file's text while entries of ours go in and out of it, and what is known as ours afterwards. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { ChangeLine } from '../../../shared/clients.ts';
import type { Fault } from '../../../shared/faults.ts';
import type { ClientProgram, RelayWords } from './client-program.ts';
import { type EntryPlace, isSamePlace, keyOf, type OwnEntry, ownEntries, wordsIn } from './own-entries.ts';
import type { TextChange, TextFormat } from './text/text-format.ts';
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
  /** What of it is ours, where that is known already: a file may be large. */
  readonly inFile?: OwnInFile;
}

export interface Edit {
  readonly text: string | undefined;
  readonly lines: readonly ChangeLine[];
  /** Ours afterwards. */
  readonly entries: readonly WrittenEntry[];
  /** What was left as it is although it was meant. */
  readonly left?: Fault;
  /** Somebody else's that was taken out, because ours in the file serves what it did. */
  readonly removed?: readonly EntryPlace[];
}

/** Whether nothing is said in it. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}

type Entries = ReadonlyMap<string, unknown>;

export interface OwnInFile {
  /** All entries of one place, ours and others'. Throws `input-invalid`. */
  entriesAt(servers?: readonly string[]): Entries;
  /** Where the program has its servers for all, then where we have written besides. */
  readonly own: readonly OwnEntry[];
}

/** Throws `input-invalid`. */
export function ownIn(needs: Pick<EditNeeds, 'program' | 'format' | 'path' | 'text' | 'written' | 'relay'>): OwnInFile {
  const { program, format, path, text, written, relay } = needs;
  const read = new Map<string, Entries>();
  const entriesAt = (servers = program.servers): Entries => {
    const key = JSON.stringify(servers);
    const entries =
      read.get(key) ?? (text === undefined ? new Map<string, unknown>() : format.entries(text, path, servers));
    read.set(key, entries);
    return entries;
  };
  const others = new Map(written.flatMap(({ servers }) => (servers ? [[JSON.stringify(servers), servers]] : [])));
  const own = [undefined, ...others.values()].flatMap((servers) =>
    ownEntries(program.id, entriesAt(servers), written, relay, servers),
  );
  return { entriesAt, own };
}

export interface Begun {
  readonly needs: EditNeeds;
  /** Known as ours, without a change of the text. */
  know(one: WrittenEntry): void;
  forget(place: EntryPlace): void;
  change(make: (text: string | undefined) => TextChange): void;
  done(left?: Fault): Edit;
}

export function beginEdit(needs: EditNeeds): Begun {
  const lines: ChangeLine[] = [];
  let { text } = needs;
  let entries = [...needs.written];
  const without = (place: EntryPlace) => entries.filter((one) => !isSamePlace(one, place));
  return {
    needs,
    know(one) {
      entries = [...without(one), one];
    },
    forget(place) {
      entries = without(place);
    },
    change(make) {
      const change = make(text);
      text = change.text;
      lines.push(...change.lines);
    },
    done: (left) => ({ text, lines, entries, ...(left ? { left } : {}) }),
  };
}

/** `value`, `written`: what stands there, and what we have written there. */
export function takeOut(edit: Begun, { name, servers, value, written }: Omit<OwnEntry, 'state'>): void {
  const { format, path, program } = edit.needs;
  const place = servers ?? program.servers;
  const ours = written?.value ?? startOf(value);
  edit.change((text) => {
    const change = format.remove(text ?? '', path, place, name);
    if (isDeepStrictEqual(value, ours)) return change;
    // What a person or the program has added to it may be secret: its lines are not told as ours.
    const own = new Set(format.put(undefined, path, place, name, ours).lines.map(wordsOf));
    return { text: change.text, lines: change.lines.filter((line) => own.has(wordsOf(line))) };
  });
  edit.forget({ name, servers });
}

/** How it starts: what is sure to be ours of one that we have not written down. */
function startOf(value: unknown): object {
  const [command, ...args] = wordsIn(value) ?? [];
  return command === undefined ? {} : { command, args };
}

function wordsOf({ text }: ChangeLine): string {
  return text.trim().replace(/,$/, '');
}

export interface PutWish extends EntryPlace {
  readonly connection: string | undefined;
  readonly value: object;
  /** What comes to stand there, where that is more than what is shown of it and written down. */
  readonly whole?: object;
  /** Somebody else's entry, whose place it takes. */
  readonly isTheirs?: boolean;
}

export function putIn(edit: Begun, wish: PutWish): void {
  const { format, path, program } = edit.needs;
  const { name, value, whole, servers = program.servers } = wish;
  edit.change((text) => {
    const put = (one: object) =>
      wish.isTheirs ? format.replace(text ?? '', path, servers, name, one) : format.put(text, path, servers, name, one);
    const change = put(value);
    return whole ? { text: put(whole).text, lines: change.lines } : change;
  });
  edit.know(record(edit.needs, wish));
}

/** As it is written down. */
export function record({ program, path, nowMs, running }: EditNeeds, wish: PutWish): WrittenEntry {
  const { name, servers, connection, value } = wish;
  return {
    client: program.id,
    path,
    name,
    ...(servers === undefined ? {} : { servers: [...servers] }),
    ...(connection === undefined ? {} : { connection }),
    value: { ...value },
    writtenAtMs: nowMs,
    ...(running === undefined ? {} : { whileRunning: running }),
  };
}

/** Whether one of these stands in this place. */
export function hasPlace(all: readonly EntryPlace[], place: EntryPlace): boolean {
  return all.some((one) => keyOf(one) === keyOf(place));
}
