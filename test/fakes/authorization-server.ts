/**
 * A small authorization server with a resource behind it, on loopback. Well behaved by itself (metadata, PKCE, single
 * use codes, rotation, revocation); a test replaces the answer of any path to make it misbehave, and reads what came.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The body as a form. */
  readonly form: URLSearchParams;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** An object is sent as JSON, a string as it is; `cut` closes the connection without an answer. */
  readonly body?: unknown;
  readonly cut?: boolean;
}

export type Responder = (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer>;

export interface FakeAuthorizationServer {
  readonly origin: string;
  /** The protected resource. */
  readonly resource: string;
  /** What the metadata documents say; a test may change members, or delete them. */
  readonly metadata: Record<string, unknown>;
  readonly resourceMetadata: Record<string, unknown>;
  readonly seen: readonly SeenRequest[];
  seenAt(path: string): readonly SeenRequest[];
  /** Answers this path otherwise from now on. */
  answer(path: string, responder: Responder | FakeAnswer): void;
  /** The good answers of every path again. */
  behave(): void;
  isRevoked(token: string): boolean;
  close(): Promise<void>;
}

const html: FakeAnswer = { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not found</h1>' };

export async function startAuthorizationServer(
  options: { readonly resourcePath?: string } = {},
): Promise<FakeAuthorizationServer> {
  const seen: SeenRequest[] = [];
  const overrides = new Map<string, Responder>();
  const codes = new Map<string, { readonly challenge: string; readonly redirectUri: string; readonly scope: string }>();
  const refreshTokens = new Map<string, string>();
  const revoked = new Set<string>();

  const server = createServer((request, response) => {
    void reply(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const resourcePath = options.resourcePath ?? '/mcp';
  const resource = origin + resourcePath;

  const metadata: Record<string, unknown> = {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    revocation_endpoint: `${origin}/revoke`,
    userinfo_endpoint: `${origin}/userinfo`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    authorization_response_iss_parameter_supported: true,
  };
  const resourceMetadata: Record<string, unknown> = {
    resource,
    authorization_servers: [origin],
    scopes_supported: ['read', 'write'],
  };

  const wellKnown = '/.well-known/oauth-protected-resource';
  const good: Record<string, Responder> = {
    [resourcePath]: ({ headers }) =>
      headers.authorization
        ? { body: { jsonrpc: '2.0', id: 1, result: {} } }
        : {
            status: 401,
            headers: { 'www-authenticate': `Bearer resource_metadata="${origin}${wellKnown}${resourcePath}"` },
            body: { error: 'Unauthorized' },
          },
    [`${wellKnown}${resourcePath}`]: () => ({ body: resourceMetadata }),
    '/.well-known/oauth-authorization-server': () => ({ body: metadata }),
    '/authorize': ({ query }) => {
      const code = randomUUID();
      const redirectUri = query.get('redirect_uri') ?? '';
      codes.set(code, {
        challenge: query.get('code_challenge') ?? '',
        redirectUri,
        scope: query.get('scope') ?? 'read',
      });
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      back.searchParams.set('state', query.get('state') ?? '');
      back.searchParams.set('iss', String(metadata['issuer']));
      return { status: 302, headers: { location: back.href } };
    },
    '/token': ({ form }) => (form.get('grant_type') === 'refresh_token' ? refresh(form) : exchange(form)),
    '/register': ({ body }) => {
      const asked = JSON.parse(body) as Record<string, unknown>;
      const secret = asked['token_endpoint_auth_method'] === 'none' ? {} : { client_secret: randomUUID() };
      return {
        status: 201,
        body: { ...asked, ...secret, client_secret_expires_at: 0, client_id: `client-${randomUUID()}` },
      };
    },
    '/revoke': ({ form }) => {
      const token = form.get('token') ?? '';
      revoked.add(token);
      refreshTokens.delete(token);
      return { status: 200, body: '' };
    },
    '/userinfo': () => ({ body: { sub: 'ada', email: 'ada@example.com' } }),
  };

  function exchange(form: URLSearchParams): FakeAnswer {
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const digest = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || code.challenge !== digest || code.redirectUri !== form.get('redirect_uri')) {
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    return issue(code.scope);
  }

  function refresh(form: URLSearchParams): FakeAnswer {
    const scope = refreshTokens.get(form.get('refresh_token') ?? '');
    refreshTokens.delete(form.get('refresh_token') ?? '');
    return scope === undefined ? { status: 400, body: { error: 'invalid_grant' } } : issue(scope);
  }

  function issue(scope: string): FakeAnswer {
    const refresh_token = `refresh-${randomUUID()}`;
    refreshTokens.set(refresh_token, scope);
    return {
      body: { access_token: `access-${randomUUID()}`, token_type: 'Bearer', expires_in: 3600, scope, refresh_token },
    };
  }

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    const one: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
      form: new URLSearchParams(body),
    };
    seen.push(one);
    const responder = overrides.get(url.pathname) ?? good[url.pathname];
    const answer = responder ? await responder(one) : html;
    if (answer.cut) {
      request.socket.destroy();
      return;
    }
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status ?? 200, {
      ...(isText || answer.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...answer.headers,
    });
    response.end(answer.body === undefined ? '' : isText ? answer.body : JSON.stringify(answer.body));
  }

  return {
    origin,
    resource,
    metadata,
    resourceMetadata,
    seen,
    seenAt: (path) => seen.filter((request) => request.path === path),
    answer(path, responder) {
      overrides.set(path, typeof responder === 'function' ? responder : () => responder);
    },
    behave: () => overrides.clear(),
    isRevoked: (token) => revoked.has(token),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
