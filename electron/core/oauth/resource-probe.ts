/**
 * Asking an address without a token, to learn whether it wants one (MCP: authorization, RFC 9728 s5).
 */
import { Fault } from '../../../shared/faults.ts';
import { jsonBody, refusalOf } from './answers.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import type { OAuthFetch } from './http.ts';
import { parseResourceUrl } from './urls.ts';

export type ResourceAccess =
  | { readonly access: 'none' }
  | { readonly access: 'protected'; readonly challenge: Challenge | undefined };

const clientInfo = { name: 'conexor-desktop', version: '0' };
const modern = '2026-07-28';
const legacy = '2025-11-25';

/** Begins no session, and servers of both eras answer it with JSON-RPC. */
const discoverRequest = {
  version: modern,
  headers: { 'mcp-method': 'server/discover' },
  message: {
    jsonrpc: '2.0',
    id: 1,
    method: 'server/discover',
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': modern,
        'io.modelcontextprotocol/clientInfo': clientInfo,
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  },
};

/** Only for servers that answer the first with neither JSON-RPC nor a challenge; the session it begins is ended. */
const initializeRequest = {
  version: legacy,
  headers: {},
  message: {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: legacy, capabilities: {}, clientInfo },
  },
};

type Probe = typeof discoverRequest | typeof initializeRequest;

/**
 * Throws `discovery-failed` (with the status as its reason) for an address that is no MCP server, `service-down`,
 * `rate-limited`, and those of `oauthFetch`.
 */
export async function probeResource(http: OAuthFetch, resource: string): Promise<ResourceAccess> {
  const url = parseResourceUrl(resource);
  const first = await ask(http, url, discoverRequest);
  const verdict = first.access
    ? first
    : isFinal(first.response.status)
      ? first
      : await ask(http, url, initializeRequest);
  if (verdict.access) return verdict.access;
  throw notMcp(verdict.response, url);
}

/** What one request shows; no `access` where the answer is nothing an MCP server says. */
async function ask(
  http: OAuthFetch,
  url: URL,
  probe: Probe,
): Promise<{ readonly response: Response; readonly access?: ResourceAccess }> {
  const response = await send(http, url, probe);
  const challenge = parseChallenge(response.headers.get('www-authenticate') ?? undefined);
  if (response.status === 401 || (response.status === 403 && challenge)) {
    return { response, access: { access: 'protected', challenge } };
  }
  if (!(await isMcpAnswer(response))) return { response };
  await endSession(http, url, response.headers.get('mcp-session-id'));
  return { response, access: { access: 'none' } };
}

async function send(http: OAuthFetch, url: URL, probe: Probe): Promise<Response> {
  return http(url.href, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': probe.version,
      ...probe.headers,
    },
    body: JSON.stringify(probe.message),
  });
}

async function isMcpAnswer(response: Response): Promise<boolean> {
  if (response.ok && response.headers.get('content-type')?.startsWith('text/event-stream')) return true;
  return (await jsonBody(response.clone()))?.['jsonrpc'] === '2.0';
}

async function endSession(http: OAuthFetch, url: URL, session: string | null): Promise<void> {
  if (session === null) return;
  const headers = { 'mcp-session-id': session, 'mcp-protocol-version': legacy };
  // A server may refuse to end it (405); nothing of ours depends on it.
  await http(url.href, { method: 'DELETE', headers }).catch(() => undefined);
}

/** Asking differently would not help: elsewhere, too often, or broken. */
function isFinal(status: number): boolean {
  return (status >= 300 && status < 400) || status === 429 || status >= 500;
}

function notMcp(response: Response, url: URL): Fault {
  if (response.status === 429 || response.status >= 500) {
    return refusalOf(response, undefined, { host: url.host, otherwise: 'discovery-failed' });
  }
  return new Fault('discovery-failed', {
    reason: `not an MCP server (status ${response.status})`,
    subject: url.host,
    upstream: { status: response.status },
  });
}
