/**
 * Settings in TOML. Our entry is a marked block at the end, and nothing else is ever written; a text to which nothing
 * can be added so, an entry of our name without our marks, and lines between them that are not ours are refused. Only
 * `replace` takes somebody else's entry out, where it is a table of its own without a comment in it. Each edit is read
 * again: everything else means what it meant, and stands byte for byte where it stood.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'smol-toml';
import { Fault, type Thing } from '../../../../shared/faults.ts';
import { broken } from './config-text.ts';
import { edited, lineEndOf, linesOf, requireOnly, type TextEdit, unchanged } from './text-edit.ts';
import type { TextFormat } from './text-format.ts';
import {
  type Block,
  blockOf,
  isAsWritten,
  isTable,
  isWhole,
  lineEndBefore,
  withBlank,
  writtenBlock,
} from './toml-block.ts';
import { type TheirTable, theirTable } from './toml-theirs.ts';

export const tomlFormat: TextFormat = {
  entries(text, path, servers) {
    const group = groupIn(read(text, path), path, servers);
    return new Map(Object.entries(group ?? {}).map(([name, value]) => [name, bounded(path, () => plain(value))]));
  },

  put(file = '', path, servers, name, value, isOurs = false) {
    const { mark, text } = withoutMark(file);
    const root = read(text, path);
    const group = groupIn(root, path, servers);
    const names = [...servers, name];
    const lineEnd = lineEndOf(text);
    const block = writtenBlock(names, value, lineEnd);
    const wanted = groupIn(read(block, path), path, names) ?? {};
    const change = { text, path, root, names, value: wanted };
    if (!group || !Object.hasOwn(group, name)) {
      const edit = appended(text, block, lineEnd);
      const after = checked(change, [edit], 'config-inline');
      return { text: mark + after, lines: linesOf('added', after, { from: edit.from, to: after.length }) };
    }
    if (bounded(path, () => isDeepStrictEqual(group[name], wanted))) return unchanged(file);
    const there = ownBlock(text, path, names);
    if (!isAsWritten(text, there, names)) throw refused(path, 'config-block-edited');
    const after = checked(change, editsOf(text, there, block), 'config-block-edited');
    const from = after.indexOf(block);
    const piece = { from, to: from + block.length };
    const removed = isOurs ? there.own.flatMap((line) => linesOf('removed', text, line)) : [];
    return { text: mark + after, lines: [...removed, ...linesOf('added', after, piece)] };
  },

  replace(file, path, servers, name, value) {
    const { mark, text } = withoutMark(file);
    const root = read(text, path);
    const names = [...servers, name];
    const group = groupIn(root, path, servers);
    if (!group || !Object.hasOwn(group, name) || blockOf(text, names)) {
      return tomlFormat.put(file, path, servers, name, value);
    }
    const theirs = theirTable(text, names);
    if (!theirs) throw refused(path, 'config-entry-theirs');
    if (theirs.hasComment) throw refused(path, 'config-comment-inside');
    const lineEnd = lineEndOf(text);
    const block = writtenBlock(names, value, lineEnd);
    const wanted = groupIn(read(block, path), path, names) ?? {};
    const edits = replacing(text, theirs, block, lineEnd);
    const after = checked({ text, path, root, names, value: wanted }, edits, 'config-entry-theirs');
    const from = after.lastIndexOf(block);
    return { text: mark + after, lines: linesOf('added', after, { from, to: from + block.length }) };
  },

  remove(file, path, servers, name) {
    const { mark, text } = withoutMark(file);
    const root = read(text, path);
    const group = groupIn(root, path, servers);
    if (!group || !Object.hasOwn(group, name)) return unchanged(file);
    const names = [...servers, name];
    const block = ownBlock(text, path, names);
    const after = checked({ text, path, root, names }, editsOf(text, block, ''), 'config-block-edited');
    return { text: mark + after, lines: block.own.flatMap((line) => linesOf('removed', text, line)) };
  },
};

function withoutMark(file: string): { readonly mark: '' | '\ufeff'; readonly text: string } {
  const mark = file.startsWith('\ufeff') ? '\ufeff' : '';
  return { mark, text: file.slice(mark.length) };
}

/** Throws `input-invalid`. */
function read(text: string, path: string): Table {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded' });
  } catch {
    // Its words would quote the text.
    throw broken(path, 'not TOML');
  }
}

type Table = Record<string, unknown>;

function groupIn(root: Table, path: string, servers: readonly string[]): Table | undefined {
  let table = root;
  for (const name of servers) {
    if (!Object.hasOwn(table, name)) return undefined;
    const inner = table[name];
    if (!isTable(inner)) throw new Fault('input-invalid', { subject: path, thing: 'config-other-shape', ...broke });
    table = inner;
  }
  return table;
}

const broke = { advice: 'config-broken' } as const;

function ownBlock(text: string, path: string, names: readonly string[]): Block {
  const block = blockOf(text, names);
  if (!block) throw refused(path, 'config-entry-theirs');
  return block;
}

function refused(path: string, thing: Thing): Fault {
  return new Fault('input-invalid', { subject: path, thing });
}

/** Behind a blank line. A text whose last line has no end gets one, and does not end in one afterwards either. */
function appended(text: string, block: string, lineEnd: string): TextEdit {
  const at = { from: text.length, to: text.length };
  if (text === '') return { ...at, insert: block + lineEnd };
  const isEnded = lineEndBefore(text, text.length) > 0;
  return { ...at, insert: isEnded ? lineEnd + block + lineEnd : lineEnd + lineEnd + block };
}

/** Their lines go, and ours stand at the end. */
function replacing(text: string, { pieces, isLast }: TheirTable, block: string, lineEnd: string): readonly TextEdit[] {
  const edits = pieces.map((piece) => ({ ...piece, insert: '' }));
  const last = isLast ? edits.pop() : undefined;
  const own = last ? { ...last, insert: block + lineEndAt(text, last.to) } : appended(text, block, lineEnd);
  return [...edits, own];
}

/** The lines of ours, and something in place of the first of them: wherever other programs have put theirs between. */
function editsOf(text: string, block: Block, insert: string): readonly TextEdit[] {
  const { from, to, own } = block;
  const isElsewhere = (line: TextEdit) => line.from < from || line.from >= to;
  const lines = own.map((line) => ({ from: line.from, to: line.to, insert: '' }));
  if (isWhole(block)) {
    const whole = insert === '' ? withBlank(text, block) : { from, to, insert: insert + lineEndAt(text, to) };
    return [...lines.filter(isElsewhere), whole].sort(inOrder);
  }
  return lines.map((line) => {
    if (line.from !== from) return line;
    return insert === '' ? withBlank(text, line) : { ...line, insert: insert + lineEndAt(text, line.to) };
  });
}

function lineEndAt(text: string, at: number): string {
  return text.slice(at - lineEndBefore(text, at), at);
}

function inOrder(one: TextEdit, other: TextEdit): number {
  return one.from - other.from;
}

interface Change {
  readonly text: string;
  readonly path: string;
  readonly root: Table;
  /** Of our entry, from the root down. */
  readonly names: readonly string[];
  /** None where it is taken out. */
  readonly value?: Table;
}

/** The text after the edits, once it is proven that they change our entry and nothing else; refused else. */
function checked({ text, path, root, names, value }: Change, edits: readonly TextEdit[], thing: Thing): string {
  const after = edited(text, edits);
  requireOnly(text, after, edits);
  const isSame = bounded(path, () => {
    let now: Table;
    try {
      now = read(after, path);
    } catch {
      return false;
    }
    return wantedOf(root, names, value).some((wanted) => isDeepStrictEqual(now, wanted));
  });
  if (!isSame) throw refused(path, thing);
  return after;
}

/** What may be read afterwards. A table on the way that only our header had made goes with it. */
function wantedOf(root: Table, names: readonly string[], value: Table | undefined): readonly Table[] {
  let wanted = withEntry(root, names, value);
  const all = [wanted];
  for (let depth = names.length - 1; depth > 0; depth--) {
    const around = names.slice(0, depth);
    if (Object.keys(groupIn(wanted, '', around) ?? {}).length > 0) break;
    wanted = withEntry(wanted, around, undefined);
    all.push(wanted);
  }
  return all;
}

/** As the parser would give it, whose tables have no prototype. */
function withEntry(root: Table, [name = '', ...below]: readonly string[], value: Table | undefined): Table {
  const table: Table = Object.assign(Object.create(null), root);
  const old = table[name];
  const inner = below.length === 0 ? value : withEntry(isTable(old) ? old : {}, below, value);
  if (inner === undefined) delete table[name];
  else table[name] = inner;
  return table;
}

/** Of ordinary tables; numbers that only a larger kind can hold stay as they are. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

function bounded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof RangeError) throw broken(path, 'nested too deeply');
    throw cause;
  }
}
