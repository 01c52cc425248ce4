/** A value as JSON in the style of the text around it, and the style itself, read from that text. */
import type { Node } from 'jsonc-parser';
import { backOverBlanks, endOf, isLineEnd } from './remove-member.ts';
import { lineEndOf } from './text-edit.ts';

/** Without a line end everything stands on one line. */
export interface Style {
  readonly lineEnd: string | undefined;
  /** One step of indent; empty where lines begin at the margin. */
  readonly step: string;
  /** A blank behind colons and, on one line, commas. */
  readonly isSpaced: boolean;
}

export const usualStyle: Style = { lineEnd: '\n', step: '  ', isSpaced: true };

/** What JSON can hold. `indent` is that of the line on which it begins. */
export function written(value: unknown, indent: string, style: Style): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const inner = indent + style.step;
  const items = Array.isArray(value)
    ? value.map((item) => written(item, inner, style))
    : Object.entries(value).map(([name, item]) => writtenMember(name, item, inner, style));
  if (items.length === 0) return `${open}${close}`;
  if (style.lineEnd === undefined) return `${open}${items.join(style.isSpaced ? ', ' : ',')}${close}`;
  const between = style.lineEnd + inner;
  return `${open}${between}${items.join(`,${between}`)}${style.lineEnd}${indent}${close}`;
}

export function writtenMember(name: string, value: unknown, indent: string, style: Style): string {
  return `${JSON.stringify(name)}:${style.isSpaced ? ' ' : ''}${written(value, indent, style)}`;
}

/** What is written around and in an object, the nearest first; a text of one line stays one. */
export function styleOf(text: string, object: Node): Style {
  const around = [object];
  for (let node = object.parent; node; node = node.parent) if (node.type === 'object') around.push(node);
  const root = around.at(-1) ?? object;
  const beside = [...around, ...(root.children ?? []).flatMap((member) => member.children?.[1] ?? [])];
  const whole = text.slice(root.offset, endOf(root));
  const step = firstOf(beside, (node) => stepIn(text, node)) ?? usualStyle.step;
  const isSpaced = firstOf(beside, (node) => isSpacedIn(text, node)) ?? usualStyle.isSpaced;
  return { lineEnd: /[\r\n]/.test(whole) ? lineEndOf(whole) : undefined, step, isSpaced };
}

function firstOf<T>(nodes: readonly Node[], find: (node: Node) => T | undefined): T | undefined {
  for (const node of nodes) {
    const found = find(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How much deeper than its braces the members of an object stand. */
function stepIn(text: string, object: Node): string | undefined {
  if (object.type !== 'object') return undefined;
  const indent = memberIndent(text, object);
  if (indent === undefined) return undefined;
  const outer = indentAt(text, beginsLine(text, endOf(object) - 1) ? endOf(object) - 1 : object.offset);
  return indent.startsWith(outer) ? indent.slice(outer.length) : undefined;
}

function isSpacedIn(text: string, object: Node): boolean | undefined {
  const colon = object.type === 'object' ? object.children?.at(-1)?.colonOffset : undefined;
  return colon === undefined ? undefined : /\s/.test(text.charAt(colon + 1));
}

/** That of the last member that begins a line. */
export function memberIndent(text: string, object: Node): string | undefined {
  const member = object.children?.findLast(({ offset }) => beginsLine(text, offset));
  return member && indentAt(text, member.offset);
}

/** Blanks at the beginning of the line on which this stands. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStartOf(text, offset), offset))?.[0] ?? '';
}

/** Whether nothing but blanks stands before it. */
export function beginsLine(text: string, offset: number): boolean {
  const at = backOverBlanks(text, offset);
  return at === 0 || isLineEnd(text.charAt(at - 1));
}

export function lineStartOf(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && !isLineEnd(text.charAt(at - 1))) at -= 1;
  return at;
}
