/**
 * oidc-provider, an authorization server that nobody here wrote, on loopback: PKCE required, dynamic registration,
 * revocation, resource indicators with JWT access tokens, refresh tokens that rotate. Consent is answered by a program.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

export interface OidcProvider {
  readonly issuer: string;
  /**
   * Follows an authorization URL as a browser would, signing in and allowing (or denying) on the way. Gives the
   * address the browser would come back to; whoever asked requests it.
   */
  consent(url: URL, answer?: { readonly account?: string; readonly deny?: boolean }): Promise<URL>;
  close(): Promise<void>;
}

export interface OidcProviderOptions {
  /** The one resource that tokens are issued for (RFC 8707). */
  readonly resource: string;
  /** What may be asked of it, separated by blanks. */
  readonly scopes?: string;
  readonly accessTokenSeconds?: number;
  /** `opaque`: for resources that ask back (RFC 7662); signed tokens otherwise (RFC 9068). */
  readonly accessTokens?: 'jwt' | 'opaque';
}

export async function startOidcProvider(options: OidcProviderOptions): Promise<OidcProvider> {
  let handle: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration(options));
  const answers = new Map<string, { readonly account: string; readonly deny: boolean }>();
  const callback = provider.callback();
  handle = (request, response) => {
    const interaction = /^\/interaction\/([\w-]+)/.exec(request.url ?? '')?.[1];
    if (interaction === undefined) return void callback(request, response);
    void (async () => {
      const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
      const { account, deny } = answers.get(String(params['state'])) ?? { account: 'ada', deny: false };
      if (deny) {
        const refusal = { error: 'access_denied', error_description: 'refused by the person' };
        return provider.interactionFinished(request, response, refusal);
      }
      if (prompt.name !== 'consent') {
        return provider.interactionFinished(request, response, { login: { accountId: account } });
      }
      const grant =
        (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
        new provider.Grant({ accountId: session?.accountId ?? account, clientId: String(params['client_id']) });
      grant.addOIDCScope('openid offline_access email');
      grant.addResourceScope(options.resource, options.scopes ?? defaultScopes);
      await provider.interactionFinished(
        request,
        response,
        { consent: { grantId: await grant.save() } },
        { mergeWithLastSubmission: true },
      );
    })().catch((error: unknown) => response.destroy(error as Error));
  };
  return {
    issuer,
    async consent(url, answer = {}) {
      answers.set(url.searchParams.get('state') ?? '', {
        account: answer.account ?? 'ada',
        deny: answer.deny ?? false,
      });
      return followToTheEnd(url, issuer);
    },
    close: () => closeServer(server),
  };
}

const defaultScopes = 'read write';

function configuration(options: OidcProviderOptions): Configuration {
  const ttl = options.accessTokenSeconds ?? 3600;
  return {
    scopes: ['openid', 'offline_access', 'email'],
    claims: { openid: ['sub'], email: ['email'] },
    pkce: { required: () => true },
    rotateRefreshToken: () => true,
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com` }),
    }),
    cookies: { keys: ['only for tests'] },
    ttl: { AccessToken: ttl, AuthorizationCode: 60, RefreshToken: 3600, Grant: 3600, Session: 3600, Interaction: 600 },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: options.scopes ?? defaultScopes,
          audience: options.resource,
          accessTokenTTL: ttl,
          accessTokenFormat: options.accessTokens ?? 'jwt',
        }),
      },
    },
  };
}

/** A browser as far as it matters: follows redirects of the issuer and keeps its cookies. */
async function followToTheEnd(start: URL, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = start;
  for (let step = 0; step < 12; step++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    const text = await response.text();
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`status ${response.status} at ${url.pathname}: ${text.slice(0, 500)}`);
    url = new URL(location, url);
    if (url.origin !== issuer) return url;
  }
  throw new Error('too many redirects');
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
