/**
 * A service's answer as the result of a tool: status and type, then the body; the same as data for programs. Nothing of
 * cookies, challenges or the access itself is part of it, and where a redirect leads is told, never followed.
 */
import { STATUS_CODES } from 'node:http';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { faultSentence } from '../../../../shared/fault-words.ts';
import { Fault } from '../../../../shared/faults.ts';
import type { ConnectionView } from '../../../../shared/snapshot.ts';
import { withoutSecret } from '../../credentials/credential.ts';
import { mediaType } from '../pass.ts';
import { missingScopes } from '../refusal.ts';
import { pathBelow } from '../rest-address.ts';
import type { Exchanged } from '../upstream.ts';
import { type ApiBody, readApiBody } from './api-body.ts';

export const apiOutput = z.object({
  status: z.number().int(),
  contentType: z.string().optional(),
  json: z.unknown().optional().describe('The body, where it is JSON'),
  text: z.string().optional().describe('The body, where it is other text'),
  bytes: z.number().int().optional().describe('How long the body is, where it is neither; as far as it was read'),
  truncated: z.boolean(),
  location: z.string().optional().describe('A path for the next call, or an address outside of this service'),
  etag: z.string().optional().describe('For if-match and if-none-match'),
});

/** `target`: what was asked for. `late`: what has come by then is told. Throws `answer-lost`. */
export async function apiAnswer(
  connection: ConnectionView,
  target: string,
  { response, access }: Exchanged,
  late: AbortSignal,
): Promise<CallToolResult> {
  const { status } = response;
  const plain = (text: string) => (access.credential ? withoutSecret(text, access.credential) : text);
  const body = await readApiBody(response, plain, late);
  const contentType = plain(mediaType(response));
  const named = response.header('location');
  const leads = named === undefined ? undefined : placeOf(access.resource, target, named);
  const location = leads && plain(leads.path ?? leads.elsewhere);
  const etag = response.header('etag');
  const shown = body.kind === 'none' || contentType === '' ? '' : ` · ${contentType}`;
  const lines = [
    `${status} ${STATUS_CODES[status] ?? ''}`.trim() + shown,
    ...(location === undefined ? [] : [locationInWords(connection, location, leads?.path !== undefined)]),
    ...bodyInWords(body),
  ];
  const meaning = meaningOf(connection, { response, access });
  const content = [lines.join('\n'), ...(meaning === undefined ? [] : [meaning])];
  return {
    content: content.map((text) => ({ type: 'text' as const, text })),
    structuredContent: {
      status,
      ...(contentType === '' ? {} : { contentType }),
      ...dataOf(body),
      truncated: isCut(body),
      ...(location === undefined ? {} : { location }),
      ...(etag === undefined ? {} : { etag: plain(etag) }),
    },
    ...(status >= 400 ? { isError: true } : {}),
  };
}

interface Place {
  /** Below the connection's own path. */
  readonly path: string | undefined;
  readonly elsewhere: string;
}

function placeOf(resource: string, target: string, location: string): Place | undefined {
  const from = new URL(resource).origin + target;
  const url = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  return { path: pathBelow(resource, location, from), elsewhere: url.href };
}

function locationInWords({ title }: ConnectionView, location: string, isInside: boolean): string {
  return isInside
    ? `Location: ${location} (a path for the next call)`
    : `Location: ${location} (not an address of ${title}: Conexor does not go there, and adds no access there)`;
}

function bodyInWords(body: ApiBody): string[] {
  switch (body.kind) {
    case 'none':
      return [];
    case 'json':
      return [body.text];
    case 'text':
      return body.cut === undefined ? [body.text] : [body.text, `[${body.cut}]`];
    case 'binary':
      return [`[${body.isWhole ? '' : 'More than '}${body.size} bytes that are no text, and are not shown.]`];
  }
}

function dataOf(body: ApiBody): object {
  if (body.kind === 'json') return { json: body.json };
  if (body.kind === 'text') return { text: body.text };
  return body.kind === 'binary' ? { bytes: body.size } : {};
}

function isCut(body: ApiBody): boolean {
  return (body.kind === 'text' && body.cut !== undefined) || (body.kind === 'binary' && !body.isWhole);
}

/** What the person has to know, where a status says something about their plan or their access. */
function meaningOf({ title }: ConnectionView, { response }: Exchanged): string | undefined {
  if (response.status === 402) return faultSentence(new Fault('plan-limit', { subject: title }));
  const scopes = missingScopes(response);
  return scopes && faultSentence(new Fault('permission-needed', { subject: title }));
}
