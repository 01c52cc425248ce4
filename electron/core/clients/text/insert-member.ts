/**
 * One member put into an object of a text, or its value replaced, in the style of what stands around it. Only our own
 * text and the comma that it needs are inserted: siblings, comments and blanks stay where they are, and
 * `remove-member.ts` takes exactly this away again.
 */
import type { Node } from 'jsonc-parser';
import type { Member } from './config-text.ts';
import {
  beginsLine,
  indentAt,
  lineStartOf,
  memberIndent,
  type Style,
  styleOf,
  written,
  writtenMember,
} from './json-value.ts';
import { commaAfter, endOf } from './remove-member.ts';
import type { TextEdit } from './text-edit.ts';

export interface Insertion {
  readonly edits: readonly TextEdit[];
  /** Which of them is the member; the other one is a comma behind a neighbour. */
  readonly own: TextEdit;
}

/** `object` is an object node of `text` without a member of this name; `value` is what JSON can hold. */
export function insertionOf(text: string, object: Node, name: string, value: unknown): Insertion {
  const open = object.offset + 1;
  const close = endOf(object) - 1;
  const inside = text.slice(open, close);
  const style = styleOf(text, object);
  if (inside === '' && style.lineEnd !== undefined) return one(open, unfolded(text, object, name, value, style));
  const inLine = (before: string, after = '') => {
    const { isSpaced, step } = style;
    return before + writtenMember(name, value, '', { lineEnd: undefined, isSpaced, step }) + after;
  };
  // Beside the brace, so that whoever takes it out again finds the blanks as they were.
  if (inside.trim() === '') return one(open, inLine(inside === '' ? '' : ' '));

  const last = object.children?.at(-1);
  const trails = last !== undefined && commaAfter(text, endOf(last)) !== undefined;
  const comma: readonly TextEdit[] =
    last === undefined || trails ? [] : [{ from: endOf(last), to: endOf(last), insert: ',' }];
  if (beginsLine(text, close)) return withComma(comma, ownLine(text, object, name, value, style, trails));
  const at = open + inside.trimEnd().length;
  // Behind a comma that trails, ours does too; the blanks between the last of them and the brace are the same.
  const insert = trails ? inLine(text.slice(at, close), ',') : inLine(style.isSpaced ? ' ' : '');
  return withComma(comma, { from: at, to: at, insert });
}

/** Between braces with nothing in them, on a line of its own. */
function unfolded(text: string, object: Node, name: string, value: unknown, style: Style): string {
  const outer = indentAt(text, object.offset);
  const indent = outer + style.step;
  return style.lineEnd + indent + writtenMember(name, value, indent, style) + style.lineEnd + outer;
}

/** Before the line of the closing brace. */
function ownLine(text: string, object: Node, name: string, value: unknown, style: Style, trails: boolean): TextEdit {
  const close = endOf(object) - 1;
  const at = lineStartOf(text, close);
  const lineEnd = text.slice(0, at).endsWith('\r\n') ? '\r\n' : text.charAt(at - 1);
  const indent = memberIndent(text, object) ?? indentAt(text, close) + style.step;
  const member = writtenMember(name, value, indent, { ...style, lineEnd });
  return { from: at, to: at, insert: indent + member + (trails ? ',' : '') + lineEnd };
}

/** On one line where it is on one line now. */
export function replacementOf(text: string, { node, value: old }: Member, value: unknown): TextEdit {
  const range = { from: old.offset, to: endOf(old) };
  const style = styleOf(text, old.type === 'object' ? old : (node.parent ?? node));
  const lineEnd = /[\r\n]/.test(text.slice(range.from, range.to)) ? style.lineEnd : undefined;
  return { ...range, insert: written(value, indentAt(text, node.offset), { ...style, lineEnd }) };
}

function one(at: number, insert: string): Insertion {
  return withComma([], { from: at, to: at, insert });
}

function withComma(comma: readonly TextEdit[], own: TextEdit): Insertion {
  return { edits: [...comma, own], own };
}
