/**
 * The text of a settings file: JSON, or JSON with comments and trailing commas. It is read strictly, because an edit of
 * a file that its reader understands otherwise does harm: no error, and no name twice on the way to what is edited.
 */
import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import { Fault, type Thing } from '../../../../shared/faults.ts';

export interface ConfigText {
  /** Without the byte order mark. */
  readonly text: string;
  readonly mark: '' | '\ufeff';
  readonly root: Node;
}

export interface Member {
  readonly name: string;
  /** Name, colon and value. */
  readonly node: Node;
  readonly value: Node;
}

/** Throws `input-invalid` for what is no such text, or no object. `path` is for the words. */
export function parseConfig(written: string, path: string): ConfigText {
  const mark = written.startsWith('\ufeff') ? '\ufeff' : '';
  const text = written.slice(mark.length);
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { allowTrailingComma: true });
  } catch (cause) {
    // Nested so deeply that nobody means it.
    if (cause instanceof RangeError) throw broken(path, 'nested too deeply');
    throw cause;
  }
  if (errors.length > 0 || root === undefined) throw broken(path, 'not JSON');
  if (root.type !== 'object') throw broken(path, 'no object');
  return { text, mark, root };
}

/** The members of an object; none of any other value. */
export function membersOf(node: Node | undefined): readonly Member[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap((property) => {
    const [name, value] = property.children ?? [];
    return name && value ? [{ name: String(name.value), node: property, value }] : [];
  });
}

/**
 * The member of this name. A name that is there twice means one value to one reader and the other to the next.
 * Throws `input-invalid` then.
 */
export function memberOf(node: Node | undefined, name: string, path: string): Member | undefined {
  const [first, second] = membersOf(node).filter((member) => member.name === name);
  if (second) throw broken(path, 'a name twice', 'config-name-twice');
  return first;
}

export function broken(path: string, reason: string, thing: Thing = 'config-file'): Fault {
  return new Fault('input-invalid', { reason, subject: path, thing, advice: 'config-broken' });
}
