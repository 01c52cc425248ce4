/**
 * Fetching one metadata document. What is not one (404, a redirect, HTML with status 200, other JSON) is simply not
 * there, so that the next address is tried; what may pass (5xx, 429) is remembered in case nothing is found.
 */
import type { Fault } from '../../../shared/faults.ts';
import { type JsonObject, jsonBody, refusalOf } from './answers.ts';
import type { OAuthFetch } from './http.ts';
import type { ZoneGuard } from './network-zones.ts';

export interface FetchedMetadata {
  readonly document?: JsonObject;
  readonly trouble?: Fault;
}

/** Throws `address-insecure` for an inner address that a public server names, and those of `oauthFetch`. */
export async function fetchMetadata(http: OAuthFetch, guard: ZoneGuard, url: URL): Promise<FetchedMetadata> {
  await guard(url);
  // The MCP version header is what MCP's own clients send here, and some servers choose their answer by it.
  const response = await http(url.href, {
    method: 'GET',
    headers: { accept: 'application/json', 'mcp-protocol-version': '2025-11-25' },
  });
  if (response.status === 200) {
    const document = isData(response) ? await jsonBody(response) : undefined;
    return document ? { document } : {};
  }
  if (response.status < 500 && response.status !== 429) return {};
  return { trouble: refusalOf(response, undefined, { host: url.host, otherwise: 'discovery-failed' }) };
}

/** JSON under its own name, or under the names that plain file servers give it. */
function isData(response: Response): boolean {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  return type === '' || type.endsWith('json') || type === 'text/plain' || type === 'application/octet-stream';
}

/** What to say when nothing was found: a passing trouble rather than "not there". */
export function worstOf(troubles: readonly Fault[]): Fault | undefined {
  return troubles.find((trouble) => trouble.code === 'service-down' || trouble.code === 'rate-limited') ?? troubles[0];
}
