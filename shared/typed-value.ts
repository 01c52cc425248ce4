/** What a person typed or pasted for a field, as it is meant: the same in the window, at the terminal and in the broker. */
import type { FieldName } from './ways-in.ts';

/** Characters that nobody sees and nobody types: a soft hyphen, a joiner, a mark of direction, a filler, a NUL. */
export const invisible = /[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;
/** In pairs, as JSON, shells and text programs put them around a value. */
const quoted =
  /^["'`\u201c-\u201f\u2018-\u201b\u00ab]([^"'`\u2018-\u201f\u00ab\u00bb]+)["'`\u201c-\u201f\u2018-\u201b\u00bb]$/u;

/**
 * A pasted value often brings a line's end, blanks or invisible characters along; a key also quotation marks, or the word
 * `Bearer` of the header it was copied from. Inside a password all of them count.
 */
export function typedValue(name: FieldName, text = ''): string {
  if (name === 'password') return text;
  const trimmed = text.trim();
  if (name === 'username' || name === 'email') return trimmed.replace(invisible, '').trim();
  return name === 'access-token' || name === 'api-key' ? keyIn(trimmed) : trimmed;
}

function keyIn(text: string): string {
  const inner = (quoted.exec(text)?.[1] ?? text).trim();
  const key = inner.replace(/^bearer\s+/i, '');
  return (quoted.exec(key)?.[1] ?? key).trim();
}
