/**
 * Taking one member out of an object in a text, and nothing else: every byte outside the member, its own line and its
 * comma stays. What is left is JSON wherever it was JSON before. An object that it leaves with two line ends is closed.
 */
import { createScanner, type Node, type SyntaxKind } from 'jsonc-parser';
import { edited, type TextEdit } from './text-edit.ts';

/** The enumeration itself exists for the compiler only. */
const commaToken: SyntaxKind.CommaToken = 5;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** `member` is a property node of `text`. */
export function removeMember(text: string, member: Node): string {
  return edited(text, removalOf(text, member));
}

export function removalOf(text: string, member: Node): readonly TextEdit[] {
  const cuts = emptied(text, member) ?? rangesOf(text, member);
  return cuts.map((range) => ({ ...range, insert: '' }));
}

/** As programs write a lone member: on lines of its own between the braces. They write an empty object without any. */
function emptied(text: string, member: Node): readonly Range[] | undefined {
  const { parent } = member;
  if (parent?.children?.length !== 1) return undefined;
  const inside = { from: parent.offset + 1, to: endOf(parent) - 1 };
  const isAlone =
    ownLine.test(text.slice(inside.from, member.offset)) && ownLine.test(text.slice(endOf(member), inside.to));
  return isAlone ? [inside] : undefined;
}

const ownLine = /^(?:\r\n|\n|\r)[ \t]*$/;

function rangesOf(text: string, member: Node): readonly Range[] {
  const siblings = member.parent?.children ?? [];
  const at = siblings.indexOf(member);
  const end = endOf(member);
  const comma = commaAfter(text, end);
  const previous = siblings[at - 1];
  const ownComma = comma === undefined ? end : comma + 1;
  // The last one without a comma of its own takes that before it along; a reader of plain JSON refuses the rest.
  const commaBefore = comma === undefined && previous ? commaAfter(text, endOf(previous)) : undefined;
  return [
    ...(commaBefore === undefined ? [] : [{ from: commaBefore, to: commaBefore + 1 }]),
    ...lines(text, { from: member.offset, to: end }, { from: end, to: ownComma }),
  ];
}

export function endOf(node: Node): number {
  return node.offset + node.length;
}

/** Where the comma behind a member is, past comments; undefined where its object ends. */
export function commaAfter(text: string, from: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  return scanner.scan() === commaToken ? scanner.getTokenOffset() : undefined;
}

/** The member and its comma, with the blanks that they leave behind; a comment between the two stays. */
function lines(text: string, member: Range, comma: Range): readonly Range[] {
  const gap = text.slice(member.to, Math.max(member.to, comma.to - 1));
  const isOne = comma.to === comma.from || gap.trim() === '';
  if (!isOne) return [member, { from: comma.to - 1, to: comma.to }];
  const whole = { from: member.from, to: comma.to };
  const lineStart = backOverBlanks(text, whole.from);
  const afterBlanks = overBlanks(text, whole.to);
  const beginsLine = lineStart === 0 || isLineEnd(text[lineStart - 1]);
  const endsLine = isLineEnd(text[afterBlanks]);
  if (beginsLine && endsLine) return [{ from: lineStart, to: overLineEnd(text, afterBlanks) }];
  // Something else stands on its line: the blanks on one side of it were its own.
  const hadComma = comma.to > comma.from;
  return hadComma && !endsLine ? [{ from: whole.from, to: afterBlanks }] : [{ from: lineStart, to: whole.to }];
}

export function backOverBlanks(text: string, from: number): number {
  let at = from;
  while (at > 0 && isBlank(text[at - 1])) at -= 1;
  return at;
}

function overBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text[at])) at += 1;
  return at;
}

function overLineEnd(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? at + 2 : at + 1;
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

export function isLineEnd(char: string | undefined): boolean {
  return char === '\n' || char === '\r';
}
