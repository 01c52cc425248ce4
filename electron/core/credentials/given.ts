/** What a person typed for a way in, as secrets, and whether it is all there. */
import { Fault } from '../../../shared/faults.ts';
import { invisible, typedValue } from '../../../shared/typed-value.ts';
import type { Field, FieldName, GivenFields } from '../../../shared/ways-in.ts';
import { Secret } from '../vault/secret.ts';

export type Given = Readonly<Partial<Record<FieldName, Secret>>>;

/** A name as services compare it at the loosest, so that no spelling of one passes for another name. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').replace(invisible, '').trim().toLowerCase();
}

/**
 * What was given for exactly these fields; others are left out.
 * Throws `input-invalid` for one that is missing, or that could not stand in a header.
 */
export function givenFor(fields: readonly Field[], typed: GivenFields): Given {
  const given: Partial<Record<FieldName, Secret>> = {};
  for (const { name, required } of fields) {
    const text = typedValue(name, typed[name]);
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
