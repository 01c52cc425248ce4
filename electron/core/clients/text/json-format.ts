/**
 * Settings in JSON, with or without comments and trailing commas. What its readers would read in two ways, or what has
 * something else where its servers should be, is refused. Each edit is read again: everything else means what it meant,
 * stands byte for byte where it stood, and what any reader of plain JSON could read it still can.
 */
import { type Node, visit } from 'jsonc-parser';
import { Fault } from '../../../../shared/faults.ts';
import { broken, type ConfigText, type Member, memberOf, membersOf, parseConfig } from './config-text.ts';
import { insertionOf, replacementOf } from './insert-member.ts';
import { beginsLine, lineStartOf, usualStyle, written } from './json-value.ts';
import { endOf, removalOf } from './remove-member.ts';
import { isSameBut, means } from './same-tree.ts';
import { edited, lineEndOf, linesOf, otherChange, requireOnly, type TextEdit, unchanged } from './text-edit.ts';
import type { TextChange, TextFormat } from './text-format.ts';

export const jsonFormat: TextFormat = {
  entries(text, path, servers) {
    if (text.trim() === '') return new Map();
    const { object, missing } = groupIn(parseConfig(text, path), path, servers);
    if (missing.length > 0) return new Map();
    const entries = new Map(membersOf(object).map(({ name, value }) => [name, bounded(path, () => plain(value))]));
    // To some readers the first of two counts.
    if (entries.size < membersOf(object).length) throw broken(path, 'a name twice', 'config-name-twice');
    return entries;
  },

  put(text, path, servers, name, value, isOurs = false) {
    // Only what JSON can hold.
    const wanted: unknown = JSON.parse(JSON.stringify(value));
    if (text === undefined || text.trim() === '') return wholeFile(text ?? '', [...servers, name], wanted);
    const config = parseConfig(text, path);
    const { object, missing } = groupIn(config, path, servers);
    const there = missing.length === 0 ? memberOf(object, name, path) : undefined;
    if (there && bounded(path, () => means(there.value, wanted))) return unchanged(text);
    const change = { config, path, names: [...servers, name], value: wanted };
    if (there) {
      bounded(path, () => requireCopyable(config.text, there.value, path));
      const edit = replacementOf(config.text, there, wanted);
      const own = { from: lineStart(config.text, there.node), to: edit.from + edit.insert.length };
      const after = checked(change, [edit]);
      const removed = isOurs ? linesOf('removed', config.text, ownPiece(config.text, there)) : [];
      return { text: after, lines: [...removed, ...linesOf('added', after.slice(config.mark.length), own)] };
    }
    const [first = name, ...below] = [...missing, name];
    const { edits, own } = insertionOf(config.text, object, first, nested(below, wanted));
    const after = checked(change, edits);
    const from = own.from + edits.filter((edit) => edit !== own).reduce((sum, { insert }) => sum + insert.length, 0);
    const piece = { from, to: from + own.insert.length };
    return { text: after, lines: linesOf('added', after.slice(config.mark.length), piece) };
  },

  replace: (text, path, servers, name, value) => jsonFormat.put(text, path, servers, name, value),

  remove(text, path, servers, name) {
    if (text.trim() === '') return unchanged(text);
    const config = parseConfig(text, path);
    const { object, missing } = groupIn(config, path, servers);
    const there = missing.length === 0 ? memberOf(object, name, path) : undefined;
    if (!there) return unchanged(text);
    const after = checked({ config, path, names: [...servers, name] }, removalOf(config.text, there.node));
    return { text: after, lines: linesOf('removed', config.text, ownPiece(config.text, there)) };
  },
};

/** The innermost object on the way to the servers, and the names that are not there yet. */
function groupIn(config: ConfigText, path: string, servers: readonly string[]) {
  let object = config.root;
  for (const [depth, name] of servers.entries()) {
    const value = memberOf(object, name, path)?.value;
    if (!value) return { object, missing: servers.slice(depth) };
    if (value.type !== 'object') {
      throw new Fault('input-invalid', { reason: `a ${value.type}`, subject: path, thing: 'config-other-shape' });
    }
    object = value;
  }
  return { object, missing: [] };
}

function wholeFile(blank: string, names: readonly string[], value: unknown): TextChange {
  const mark = blank.startsWith('\ufeff') ? '\ufeff' : '';
  const lineEnd = lineEndOf(blank);
  const text = written(nested(names, value), '', { ...usualStyle, lineEnd }) + lineEnd;
  return { text: mark + text, lines: linesOf('added', text, { from: 0, to: text.length }) };
}

function nested(names: readonly string[], value: unknown): unknown {
  return names.reduceRight((inner, name) => Object.fromEntries([[name, inner]]), value);
}

/** With its name and, where it begins a line, the indent. */
function ownPiece(text: string, { node }: Member) {
  return { from: lineStart(text, node), to: endOf(node) };
}

function lineStart(text: string, { offset }: Node): number {
  return beginsLine(text, offset) ? lineStartOf(text, offset) : offset;
}

interface Change {
  readonly config: ConfigText;
  readonly path: string;
  /** Of our entry, from the root down. */
  readonly names: readonly string[];
  /** None where it is taken out. */
  readonly value?: unknown;
}

/** The text after the edits, once it is proven that they change our entry and nothing else. */
function checked({ config, path, names, value }: Change, edits: readonly TextEdit[]): string {
  const after = edited(config.text, edits);
  requireOnly(config.text, after, edits);
  const root = parseConfig(after, path).root;
  const isSame = bounded(path, () => isSameBut(config.root, root, names, value));
  if (!isSame || (isPlain(config.text) && !isPlain(after))) throw otherChange();
  return config.mark + after;
}

/** Of ordinary objects, in which `__proto__` is a name like any other. */
function plain(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(plain);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(membersOf(node).map(({ name, value }) => [name, plain(value)]));
}

/** What else stands in an entry is written anew with it. Throws `input-invalid` where something of it would be lost. */
function requireCopyable(text: string, node: Node, path: string): void {
  const piece = text.slice(node.offset, endOf(node));
  let hasComment = false;
  visit(piece, { onComment: () => (hasComment = true) }, { allowTrailingComma: true });
  if (hasComment) throw new Fault('input-invalid', { subject: path, thing: 'config-comment-inside' });
  requireExact(text, node, path);
}

function requireExact(text: string, node: Node, path: string): void {
  const members = membersOf(node);
  if (new Set(members.map(({ name }) => name)).size < members.length) {
    throw broken(path, 'a name twice', 'config-name-twice');
  }
  if (node.type === 'number' && !isExact(text.slice(node.offset, endOf(node)))) {
    throw new Fault('input-invalid', { subject: path, thing: 'config-number-large' });
  }
  const inner = node.type === 'array' ? (node.children ?? []) : members.map(({ value }) => value);
  for (const one of inner) requireExact(text, one, path);
}

/** Whether it is the same number when it is read and written. */
function isExact(digits: string): boolean {
  const value = Number(digits);
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
}

function isPlain(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Nested more deeply than can be compared. */
function bounded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof RangeError) throw broken(path, 'nested too deeply');
    throw cause;
  }
}
