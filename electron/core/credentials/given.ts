/** What a person typed for a way in, as secrets, and whether it is all there. */
import { Fault } from '../../../shared/faults.ts';
import type { Field, FieldName, GivenFields } from '../../../shared/ways-in.ts';
import { Secret } from '../vault/secret.ts';

export type Given = Readonly<Partial<Record<FieldName, Secret>>>;

/** Characters that nobody sees and nobody types: a soft hyphen, a joiner, a mark of direction. */
const invisible = /\p{Cf}/gu;

/** A name as services compare it at the loosest, so that no spelling of one passes for another name. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').replace(invisible, '').trim().toLowerCase();
}

/** A pasted value often brings a line's end, blanks or invisible characters along; inside a password they count. */
function cleaned(name: FieldName, text: string): string {
  if (name === 'password') return text;
  return (name === 'username' || name === 'email' ? text.replace(invisible, '') : text).trim();
}

/**
 * What was given for exactly these fields; others are left out.
 * Throws `input-invalid` for one that is missing, or that could not stand in a header.
 */
export function givenFor(fields: readonly Field[], typed: GivenFields): Given {
  const given: Partial<Record<FieldName, Secret>> = {};
  for (const { name, required } of fields) {
    const text = cleaned(name, typed[name] ?? '');
    if (text === '' && required) throw new Fault('input-invalid', { subject: name, thing: 'missing-field' });
    if (text !== '') given[name] = new Secret(text);
  }
  return given;
}

/** Throws `input-invalid`: only for what `fields` names as required. */
export function requireGiven(given: Given, name: FieldName): Secret {
  const secret = given[name];
  if (!secret) throw new Fault('input-invalid', { subject: name, thing: 'missing-field' });
  return secret;
}
