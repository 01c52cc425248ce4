/**
 * What a program may say of a request to a web API: a path below the connection's own address, a query, a few fields, a
 * body. Whatever could lead elsewhere, or carry an access of its own, is refused in words.
 */
import { z } from 'zod';
import { knownFields } from '../own-servers/known-fields.ts';
import { pathBelow, targetBelow } from '../rest-address.ts';
import { keptBody, type RequestBody } from '../rest-body.ts';
import { Instead } from '../rest-request.ts';

const single = z.union([z.string(), z.number(), z.boolean()]);
const path = z
  .string()
  .max(8192)
  .describe(
    'Below the service’s address, such as /orders/7; may end in a query. A whole address of the service’s own, such as a link to the next page, is taken too.',
  );
const query = z
  .record(z.string(), z.union([single, z.array(single)]))
  .optional()
  .describe('Parameters to add to the path; an array is sent once for each value');

/** Conditions, languages and formats; never access, cookies, or what tells a service of somebody else. */
const allowedFields = [
  'accept',
  'accept-language',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
  'prefer',
];
const headers = z
  .record(z.string(), z.string().max(1000))
  .optional()
  .describe(`Any of: ${allowedFields.join(', ')}. The person’s access is added by Conexor.`);

export const readInput = knownFields({
  path,
  query,
  headers,
  method: z.enum(['GET', 'HEAD']).optional().describe('GET unless given; HEAD asks for no body'),
});

export const writeInput = knownFields({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
  path,
  query,
  headers,
  json: z.unknown().optional().describe('The body, sent as JSON'),
  text: z.string().optional().describe('The body as text, in place of json'),
  contentType: z
    .string()
    .max(200)
    .optional()
    .describe('Of the body: application/json or text/plain unless given, such as application/x-www-form-urlencoded'),
});

type Input = z.infer<typeof readInput> & Omit<z.infer<typeof writeInput>, 'method'>;

export interface AskedRequest {
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
}

/** Throws `Instead`. `own`: fields of ours. */
export function readAsked(
  { title, resource }: { readonly title: string; readonly resource: string },
  input: Omit<Input, 'method'>,
  own: Readonly<Record<string, string>>,
): AskedRequest {
  const { body, type } = bodyIn(input);
  return {
    target: targetIn(title, resource, input),
    headers: { accept: 'application/json, */*;q=0.5', ...own, ...fieldsIn(input), ...type },
    body: keptBody(body),
  };
}

function targetIn(title: string, resource: string, input: Pick<Input, 'path' | 'query'>): string {
  const isWhole = /^https?:/i.test(input.path);
  const below = isWhole ? pathBelow(resource, input.path)?.replace(/#.*$/s, '') : input.path;
  if (below === undefined) {
    throw refused(
      `This address does not belong to ${title}, so nothing was sent.`,
      `Give a path below ${resource}, such as /orders/7.`,
    );
  }
  const [, written = '', search = ''] = /^([^?]*)\??(.*)$/s.exec(below) ?? [];
  const rooted = written === '' || written.startsWith('/') ? written : `/${written}`;
  const all = [search, parametersOf(input.query)].filter((one) => one !== '').join('&');
  const found = targetBelow(resource, { path: rooted, query: all === '' ? '' : `?${all}` });
  if ('target' in found) return found.target;
  if (found.refused === 'characters' || found.refused === 'escape') {
    throw refused(
      `This path is not written as in an address (${found.refused}), so nothing was sent.`,
      'Encode spaces and other special characters once, a percent sign as %25, or put them into query.',
    );
  }
  throw refused(
    `This path could lead out of ${title} (${found.refused}), so nothing was sent.`,
    'Write it without dot segments and encoded slashes; encode spaces and other special characters, or put them into query.',
  );
}

function parametersOf(query: Input['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  // Read as a space everywhere, which a plus sign is not.
  return parameters.toString().replace(/\+/g, '%20');
}

function fieldsIn({ headers = {} }: Pick<Input, 'headers'>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [written, value] of Object.entries(headers)) {
    const name = written.toLowerCase();
    if (!allowedFields.includes(name)) {
      throw refused(
        `The header ${JSON.stringify(written)} is not sent on, so nothing was sent.`,
        `Use only these: ${allowedFields.join(', ')}.`,
      );
    }
    fields[name] = asField(written, value);
  }
  return fields;
}

function bodyIn({ json, text, contentType }: Pick<Input, 'json' | 'text' | 'contentType'>) {
  if (json !== undefined && text !== undefined) {
    throw refused('There are two bodies, json and text, so nothing was sent.', 'Give one of them.');
  }
  const written = json === undefined ? text : JSON.stringify(json);
  if (written === undefined) return { body: undefined, type: {} };
  const usual = json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  const type = asField('contentType', contentType ?? usual);
  return { body: Buffer.from(written), type: { 'content-type': type } };
}

/** RFC 9110 s5.5, without what some read as the end of a line. */
function asField(name: string, value: string): string {
  if (/^[\t\x20-\x7e]*$/.test(value)) return value;
  throw refused(`${name} has characters that no header can carry, so nothing was sent.`, 'Write it in plain ASCII.');
}

function refused(message: string, next: string): Instead {
  return new Instead({ status: 400, error: 'input-invalid', message, next });
}
