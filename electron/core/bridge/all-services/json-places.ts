/**
 * Single values in the bytes of a JSON text, to be read or exchanged without writing the rest anew: numbers that
 * JavaScript cannot hold, the order of members and every space stay as they came. For bytes that are valid JSON (of others
 * it ends, with no sense); work in proportion to their number for each step of a path.
 */

import { parseJson } from '../message.ts';

/** Names of members and places in arrays, from the root down. */
export type Path = readonly (string | number)[];
export type Span = readonly [from: number, to: number];

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** Where this value stands; undefined where there is none. Of members with one name the last, as `JSON.parse` takes it. */
export function placeOf(json: Buffer, path: Path): Span | undefined {
  let at = afterSpace(json, 0);
  for (const step of path) {
    const found = childAt(json, at, step);
    if (found === undefined) return undefined;
    at = found;
  }
  return [at, valueEnd(json, at)];
}

/** The same text with this value in that place; objects that are missing on the way are made. */
export function withValue(json: Buffer, path: Path, value: string | Buffer): Buffer {
  let at = afterSpace(json, 0);
  for (const [index, step] of path.entries()) {
    const found = childAt(json, at, step);
    if (found === undefined) return withNew(json, at, path.slice(index), value);
    at = found;
  }
  return spliced(json, [at, valueEnd(json, at)], value);
}

/** The bytes of each of an array's first elements; none where it is no array. */
export function elementsOf(json: Buffer, [from]: Span, most = Number.POSITIVE_INFINITY): readonly Buffer[] {
  if (json[from] !== 0x5b) return [];
  const elements: Buffer[] = [];
  let at = afterSpace(json, from + 1);
  while (at < json.length && json[at] !== 0x5d && elements.length < most) {
    const end = valueEnd(json, at);
    if (end === at) break;
    elements.push(json.subarray(at, end));
    at = afterSpace(json, end);
    if (json[at] === comma) at = afterSpace(json, at + 1);
  }
  return elements;
}

export interface Member {
  readonly name: string;
  readonly value: Span;
}

/** The members of the one object that a text is, in their order; undefined where it is none, or where more follows it. */
export function membersOf(json: Buffer): readonly Member[] | undefined {
  const from = afterSpace(json, 0);
  if (json[from] !== 0x7b) return undefined;
  const members: Member[] = [];
  let at = afterSpace(json, from + 1);
  while (at < json.length && json[at] === quote) {
    const end = endOfString(json, at);
    const valueFrom = afterSpace(json, afterSpace(json, end) + 1);
    const valueTo = valueEnd(json, valueFrom);
    members.push({ name: nameIn(json.subarray(at, end)), value: [valueFrom, valueTo] });
    at = afterSpace(json, valueTo);
    if (json[at] === comma) at = afterSpace(json, at + 1);
  }
  return json[at] === 0x7d && afterSpace(json, at + 1) === json.length ? members : undefined;
}

function nameIn(quoted: Buffer): string {
  if (!quoted.includes(backslash)) return quoted.toString('utf8', 1, quoted.length - 1);
  const name = parseJson(quoted);
  return typeof name === 'string' ? name : '';
}

function childAt(json: Buffer, at: number, step: string | number): number | undefined {
  return typeof step === 'string' ? memberAt(json, at, step) : elementAt(json, at, step);
}

function memberAt(json: Buffer, from: number, name: string): number | undefined {
  if (json[from] !== 0x7b) return undefined;
  let found: number | undefined;
  let at = afterSpace(json, from + 1);
  while (at < json.length && json[at] === quote) {
    const end = endOfString(json, at);
    const valueFrom = afterSpace(json, afterSpace(json, end) + 1);
    if (nameIn(json.subarray(at, end)) === name) found = valueFrom;
    at = afterSpace(json, valueEnd(json, valueFrom));
    if (json[at] === comma) at = afterSpace(json, at + 1);
  }
  return found;
}

function elementAt(json: Buffer, from: number, index: number): number | undefined {
  if (json[from] !== 0x5b) return undefined;
  let at = afterSpace(json, from + 1);
  for (let skipped = 0; at < json.length && json[at] !== 0x5d; skipped += 1) {
    if (skipped === index) return at;
    const end = valueEnd(json, at);
    if (end === at) break;
    at = afterSpace(json, end);
    if (json[at] === comma) at = afterSpace(json, at + 1);
  }
  return undefined;
}

/** A member that is not there yet, at the beginning of the object; where no object is, in one that takes its place. */
function withNew(json: Buffer, at: number, [step = '', ...rest]: Path, value: string | Buffer): Buffer {
  const nested = rest.reduceRight<string>((inner, name) => `{${JSON.stringify(name)}:${inner}}`, value.toString());
  const member = `${JSON.stringify(step)}:${nested}`;
  if (json[at] !== 0x7b) return spliced(json, [at, valueEnd(json, at)], `{${member}}`);
  const isEmpty = json[afterSpace(json, at + 1)] === 0x7d;
  return spliced(json, [at + 1, at + 1], isEmpty ? member : `${member},`);
}

function spliced(json: Buffer, [from, to]: Span, value: string | Buffer): Buffer {
  return Buffer.concat([json.subarray(0, from), Buffer.from(value), json.subarray(to)]);
}

function valueEnd(json: Buffer, from: number): number {
  const first = json[from];
  if (first === quote) return endOfString(json, from);
  let at = from;
  if (!opens(first)) {
    while (at < json.length && json[at] !== comma && !closes(json[at]) && !isSpace(json[at])) at += 1;
    return at;
  }
  for (let depth = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) at = endOfString(json, at) - 1;
    else if (opens(byte)) depth += 1;
    else if (closes(byte)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return at;
}

/** A name or word ends sooner than a search has begun. */
const fewBytes = 64;

/** The place behind the closing quote; of a long string looked for natively, for what a tool is given may be a whole document. */
function endOfString(json: Buffer, from: number): number {
  let at = from + 1;
  for (const near = at + fewBytes; at < near; at += json[at] === backslash ? 2 : 1) {
    if (json[at] === quote) return at + 1;
  }
  for (;;) {
    const end = json.indexOf(quote, at);
    if (end < 0) return json.length;
    let escaped = false;
    for (let before = end - 1; json[before] === backslash; before -= 1) escaped = !escaped;
    if (!escaped) return end + 1;
    at = end + 1;
  }
}

function afterSpace(json: Buffer, from: number): number {
  let at = from;
  while (isSpace(json[at])) at += 1;
  return at;
}

const opens = (byte: number | undefined) => byte === 0x7b || byte === 0x5b;
const closes = (byte: number | undefined) => byte === 0x7d || byte === 0x5d;
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
