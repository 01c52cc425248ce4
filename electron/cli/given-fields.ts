/**
 * What a way in needs, from wherever the person gives it: options, a file, standard input, or typed at the terminal.
 * Never from the command line itself, where other programs could read a secret.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Fault } from '../../shared/faults.ts';
import { type Field, type FieldName, fieldNames, type GivenFields, type WayInOfferView } from '../../shared/ways-in.ts';
import { wordsOf } from '../../shared/words/words.ts';
import { type Context, clientSecretOf } from './context.ts';
import { ask, canAsk, readAll } from './prompt.ts';

const words = wordsOf('en').waysIn;
const longest = 256 * 1024;

/** Undefined where the person stopped. Throws `input-invalid` with what there is to give. */
export async function givenFields(
  context: Context,
  offer: WayInOfferView,
  signal: AbortSignal,
): Promise<GivenFields | undefined> {
  if (offer.fields.length === 0) return {};
  const given: GivenFields = { ...(await fromOptions(context)), ...(await fromFile(context, offer)) };
  const typed = canAsk() && context.options['fields-from'] === undefined ? await typedFields(offer, given, signal) : {};
  if (typed === undefined) return undefined;
  const all = onlyOf(offer, { ...given, ...typed });
  const missing = missingIn(offer, all);
  // With nothing given and nobody to ask, the broker may still have it: from before, or from an import.
  if (missing && (Object.keys(all).length > 0 || canAsk())) throw missingField(offer, missing);
  return all;
}

/** The fault of a field that nobody gave, with every way of giving it. */
export function missingField(offer: WayInOfferView, name?: FieldName): Fault {
  const [first] = offer.fields.filter(({ required }) => required);
  return new Fault('input-invalid', {
    subject: name ?? missingIn(offer, {}) ?? first?.name ?? '',
    thing: 'missing-field',
    next: howToGive(offer),
  });
}

async function fromOptions(context: Context): Promise<GivenFields> {
  const { options } = context;
  const secret = await clientSecretOf(context);
  const key = await textOf(options['private-key-file'], 'the key file');
  return {
    ...(options['client-id'] === undefined ? {} : { 'client-id': options['client-id'] }),
    ...(secret === undefined ? {} : { 'client-secret': secret }),
    ...(key === undefined ? {} : { 'private-key': key }),
    ...(options['header-name'] === undefined ? {} : { 'header-name': options['header-name'] }),
  };
}

async function fromFile({ options }: Context, offer: WayInOfferView): Promise<GivenFields> {
  const path = options['fields-from'];
  if (path === undefined) return {};
  const where = path === '-' ? 'what came on standard input' : `the file ${path}`;
  const text = path === '-' ? await readAll(longest).catch(() => undefined) : await textOf(path, 'the file');
  const pairs = text === undefined ? undefined : pairsIn(text);
  if (pairs === undefined) {
    const next = `Write one JSON object such as ${example(offer)}, or one name=value a line.`;
    throw new Fault('input-invalid', { subject: where, next });
  }
  const given: GivenFields = {};
  for (const [name, value] of pairs) {
    const field = offer.fields.find((one) => one.name === fieldNamed(name));
    // Only a name that is ours is repeated: lines may have been mixed up.
    if (!field) throw new Fault('input-invalid', { subject: `a name in ${where}`, next: howToGive(offer) });
    given[field.name] = value;
  }
  return given;
}

async function textOf(path: string | undefined, what: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '');
  if (text.trim() === '' || text.length > longest) throw new Fault('input-invalid', { subject: `${what} ${path}` });
  return text;
}

const pairsSchema = z.record(z.string(), z.string());

/** One JSON object of texts, or `name=value` on each line; undefined for anything else. */
export function pairsIn(text: string): readonly (readonly [string, string])[] | undefined {
  const written = text.replace(/^\ufeff/, '');
  if (written.trimStart().startsWith('{')) {
    try {
      const pairs = pairsSchema.safeParse(JSON.parse(written));
      return pairs.success ? Object.entries(pairs.data) : undefined;
    } catch {
      return undefined;
    }
  }
  const lines = written.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  // A value may hold anything but a line's end, blanks at its ends too: in a password they count.
  const pairs = lines.map((line) => /^\s*([\w-]+)\s*=(.*)$/s.exec(line));
  if (pairs.length === 0 || pairs.some((pair) => pair === null)) return undefined;
  return pairs.flatMap((pair) => (pair ? [[pair[1] ?? '', pair[2] ?? ''] as const] : []));
}

/** `apiKey`, `API_KEY` and `api-key` are one name. */
function fieldNamed(name: string): FieldName | undefined {
  const wanted = name
    .trim()
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
  return fieldNames.find((one) => one === wanted);
}

async function typedFields(
  offer: WayInOfferView,
  given: GivenFields,
  signal: AbortSignal,
): Promise<GivenFields | undefined> {
  const typed: GivenFields = {};
  for (const field of offer.fields) {
    const all = { ...given, ...typed };
    if (all[field.name] || (isProof(field) && hasProof(all))) continue;
    const answer = await askFor(field, signal);
    if (answer === undefined) return undefined;
    if (answer === '') continue;
    typed[field.name] = field.name === 'private-key' ? ((await textOf(answer, 'the key file')) ?? '') : answer;
  }
  return typed;
}

/** A required one is asked for again, twice; nobody wants to begin anew for a stray Enter. */
async function askFor(field: Field, signal: AbortSignal): Promise<string | undefined> {
  const isFile = field.name === 'private-key';
  const label = isFile ? 'File with the private key' : words.field[field.name].label;
  const looks = field.example === undefined ? '' : ` (${words.looksLike(field.example).toLowerCase()})`;
  const empty = field.required ? '' : ' (empty if there is none)';
  for (let attempt = 0; ; attempt++) {
    const answer = await ask(`${label}${looks}${empty}: `, { hidden: field.secret && !isFile, signal });
    if (answer === undefined || answer.trim() !== '' || !field.required || attempt === 2) return answer;
  }
}

function missingIn({ fields }: WayInOfferView, given: GivenFields): FieldName | undefined {
  const missing = fields.find(({ name, required }) => required && !given[name]);
  if (missing) return missing.name;
  const proofs = fields.filter(isProof);
  return proofs.length > 0 && !hasProof(given) ? proofs[0]?.name : undefined;
}

/** One of the two is enough. */
function isProof({ name }: Field): boolean {
  return name === 'client-secret' || name === 'private-key';
}

function hasProof(given: GivenFields): boolean {
  return Boolean(given['client-secret'] || given['private-key']);
}

function onlyOf({ fields }: WayInOfferView, given: GivenFields): GivenFields {
  return Object.fromEntries(fields.flatMap(({ name }) => (given[name] ? [[name, given[name]]] : [])));
}

function howToGive(offer: WayInOfferView): string {
  const names = offer.fields.map(({ name, required }) =>
    required || isProof({ name } as Field) ? name : `${name} (not needed)`,
  );
  return `This way in takes ${names.join(', ')}. Give it with --fields-from <file> (- is standard input), as ${example(offer)}.`;
}

function example({ fields }: WayInOfferView): string {
  const needed = fields.filter(({ name, required }) => required || name === 'client-secret');
  const members = (needed.length > 0 ? needed : fields).map(({ name }) => `"${name}": "…"`);
  return `{${members.join(', ')}}`;
}
