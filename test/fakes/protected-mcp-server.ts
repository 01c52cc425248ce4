/**
 * An MCP server on the official SDK that takes access tokens of somebody else's authorization server: it publishes
 * where to sign in (RFC 9728), challenges with it, and accepts a token only with the issuer's signature and its own
 * address as the audience (RFC 9068), or, told to, only while the issuer says it is active (RFC 7662).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';

export interface ProtectedMcpServer {
  /** The address of the MCP server, and the audience of its tokens. */
  readonly resource: string;
  readonly seen: {
    /** Every different access token that was accepted, as its subject. */
    readonly accepted: Map<string, string>;
    refused: number;
    /** Calls of `wait` that began, and that were cancelled. */
    waits: number;
    cancelled: number;
  };
  /** From now on tokens of this issuer are taken. `introspect`: each is asked about, instead of its signature checked. */
  trust(issuer: string, how?: 'signature' | 'introspection'): Promise<void>;
  stop(): Promise<void>;
}

type Check = (token: string) => Promise<string | undefined>;

export async function startProtectedMcpServer(): Promise<ProtectedMcpServer> {
  const seen = { accepted: new Map<string, string>(), refused: 0, waits: 0, cancelled: 0 };
  let issuer = '';
  let check: Check = async () => undefined;
  const mcp = createMcpHandler((context) => createNotes(seen, context.authInfo?.clientId ?? ''));
  const handle = toNodeHandler(mcp);

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const resource = `${origin}/mcp/notes`;
  const metadataPath = '/.well-known/oauth-protected-resource/mcp/notes';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === metadataPath) {
      const metadata = { resource, authorization_servers: [issuer], scopes_supported: ['read', 'write'] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
      return;
    }
    if (request.url !== '/mcp/notes') {
      response.writeHead(404).end();
      return;
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const subject = token === undefined ? undefined : await check(token).catch(() => undefined);
    if (token === undefined || subject === undefined) {
      if (token !== undefined) seen.refused += 1;
      const error = token === undefined ? '' : 'error="invalid_token", ';
      const challenge = `Bearer ${error}resource_metadata="${origin}${metadataPath}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    seen.accepted.set(token, subject);
    const auth = { token: '', clientId: subject, scopes: [] };
    const checked = Object.assign(request, { method: request.method ?? '', url: request.url, auth });
    await handle(checked, response);
  }

  return {
    resource,
    seen,
    async trust(wanted, how = 'signature') {
      issuer = wanted;
      check = how === 'signature' ? bySignature(issuer, resource) : await byIntrospection(issuer, resource);
    },
    async stop() {
      await mcp.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function bySignature(issuer: string, audience: string): Check {
  const keys = createRemoteJWKSet(new URL('/jwks', issuer));
  return async (token) => (await jwtVerify(token, keys, { issuer, audience })).payload.sub;
}

/** The resource server is a client of the issuer too, registered as one. */
async function byIntrospection(issuer: string, audience: string): Promise<Check> {
  const registered = await fetch(new URL('/reg', issuer), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [], response_types: [], grant_types: [] }),
  });
  const { client_id: id, client_secret: secret } = z
    .object({ client_id: z.string(), client_secret: z.string() })
    .parse(await registered.json());
  const authorization = `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;
  const answerOf = z.object({ active: z.boolean(), sub: z.string().optional(), aud: z.string().optional() });
  return async (token) => {
    const body = new URLSearchParams({ token });
    const response = await fetch(new URL('/token/introspection', issuer), {
      method: 'POST',
      headers: { authorization },
      body,
    });
    const { active, sub, aud } = answerOf.parse(await response.json());
    return active && aud === audience ? sub : undefined;
  };
}

function createNotes(seen: ProtectedMcpServer['seen'], subject: string): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  server.registerTool(
    'whose',
    { description: 'Whose notes these are', inputSchema: z.object({}), annotations: { readOnlyHint: true } },
    () => ({ content: [{ type: 'text', text: `Notes of ${subject}` }] }),
  );
  server.registerTool(
    'wait',
    { description: 'Waits until it is cancelled', inputSchema: z.object({}) },
    async (_input, { mcpReq: { signal } }) => {
      seen.waits += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      seen.cancelled += 1;
      return { content: [] };
    },
  );
  return server;
}
