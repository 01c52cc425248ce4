/** Two texts of JSON, compared by what their readers make of them, in order, with one entry left out of it. */
import { isDeepStrictEqual } from 'node:util';
import { getNodeValue, type Node, parseTree } from 'jsonc-parser';
import { membersOf } from './config-text.ts';

/**
 * Whether everything is the same but what stands at `names`, from the root down: there `after` has this value, or nothing
 * where it is undefined. What was not there `before` on the way may be there now, with nothing else in it.
 */
export function isSameBut(
  before: Node | undefined,
  after: Node,
  [name = '', ...below]: readonly string[],
  value: unknown,
): boolean {
  if (after.type !== 'object') return false;
  const beside = (node: Node | undefined) => membersOf(node).filter((member) => member.name !== name);
  const [old, kept] = [beside(before), beside(after)];
  if (old.length !== kept.length || !old.every(({ node }, at) => isSame(node, kept[at]?.node))) return false;
  const [own, second] = membersOf(after).filter((member) => member.name === name);
  if (second) return false;
  if (below.length > 0) {
    const inner = membersOf(before).find((member) => member.name === name)?.value;
    return own !== undefined && isSameBut(inner, own.value, below, value);
  }
  if (value === undefined) return own === undefined;
  return own !== undefined && means(own.value, value);
}

/** Whether it is read as this value, which is one that JSON can hold. */
export function means(node: Node, value: unknown): boolean {
  // Objects of the parser have no prototype.
  const wanted = parseTree(JSON.stringify(value));
  return wanted !== undefined && isDeepStrictEqual(getNodeValue(node), getNodeValue(wanted));
}

function isSame(one: Node, other: Node | undefined): boolean {
  if (one.type !== other?.type || !Object.is(one.value, other.value)) return false;
  const { children = [] } = one;
  return children.length === other.children?.length
    ? children.every((child, at) => isSame(child, other.children?.[at]))
    : children.length === 0 && other.children === undefined;
}
