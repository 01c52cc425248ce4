/**
 * oidc-provider, an authorization server that nobody here wrote, on loopback: PKCE required, dynamic registration,
 * revocation, introspection, userinfo, resource indicators with JWT access tokens, refresh tokens that rotate. Device
 * codes, pushed requests, DPoP, managed registrations and client credentials are switched on where a test wants them.
 * Its pages are answered by a program.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type ClientAuthMethod, type ClientMetadata, type Configuration } from 'oidc-provider';

export interface OidcProvider {
  readonly issuer: string;
  /**
   * Follows an authorization URL as a browser would, signing in and allowing (or denying) on the way. Gives the
   * address the browser would come back to; whoever asked requests it.
   */
  consent(url: URL, answer?: ConsentAnswer): Promise<URL>;
  /** Types a code at the device page, signing in and allowing (or denying) on the way. Gives the last page's text. */
  typeCode(verificationUri: string, userCode: string, answer?: ConsentAnswer): Promise<string>;
  /** Every request that came, as `POST /token`. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

interface ConsentAnswer {
  readonly account?: string;
  readonly deny?: boolean;
}

export interface OidcProviderOptions {
  /** The one resource that tokens are issued for (RFC 8707). */
  readonly resource: string;
  /** What may be asked of it, separated by blanks. */
  readonly scopes?: string;
  readonly accessTokenSeconds?: number;
  /** `opaque`: for resources that ask back (RFC 7662); signed tokens otherwise (RFC 9068). */
  readonly accessTokens?: 'jwt' | 'opaque';
  /** Device codes (RFC 8628). */
  readonly device?: boolean;
  /** Pushed authorization requests (RFC 9126). */
  readonly pushed?: 'offered' | 'required';
  /** Bound tokens (RFC 9449): with nonces that this server insists on, or without. */
  readonly dpop?: 'offered' | 'with-nonces';
  /** Registrations can be read, changed and deleted, and their token changes each time (RFC 7592). */
  readonly manages?: boolean;
  /** How clients may prove themselves, and say so in the metadata; everything it knows unless given. */
  readonly authMethods?: readonly ClientAuthMethod[];
  /** Known in advance. */
  readonly clients?: readonly ClientMetadata[];
}

export async function startOidcProvider(options: OidcProviderOptions): Promise<OidcProvider> {
  let handle: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration(options));
  const answers = new Map<string, { readonly account: string; readonly deny: boolean }>();
  const seen: string[] = [];
  const callback = provider.callback();
  handle = (request, response) => {
    seen.push(`${request.method} ${request.url?.split('?')[0]}`);
    const interaction = /^\/interaction\/([\w-]+)/.exec(request.url ?? '')?.[1];
    if (interaction === undefined) return void callback(request, response);
    void (async () => {
      const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
      // A pushed request's address has no state, and a device code's page none at all: the last answer is for it.
      const known = answers.get(String(params['state'])) ?? answers.get('');
      const { account, deny } = known ?? { account: 'ada', deny: false };
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
      const { url: landed, text } = await openBrowser(issuer).visit(url);
      if (landed.origin === issuer) throw new Error(`ended at ${landed.pathname}: ${text.slice(0, 500)}`);
      return landed;
    },
    async typeCode(verificationUri, userCode, { account = 'ada', deny = false } = {}) {
      answers.set('', { account, deny: false });
      const browser = openBrowser(issuer);
      const { text: page } = await browser.visit(new URL(verificationUri));
      const entered = await browser.submit(page, { user_code: userCode });
      const chosen: Record<string, string> = deny ? { user_code: userCode, abort: 'yes' } : {};
      return (await browser.submit(entered.text, chosen)).text;
    },
    seen,
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
    clients: [...(options.clients ?? [])],
    ...(options.authMethods ? { clientAuthMethods: [...options.authMethods] } : {}),
    ttl: {
      ...{ AccessToken: ttl, AuthorizationCode: 60, RefreshToken: 3600, Grant: 3600, Session: 3600, Interaction: 600 },
      ...{ DeviceCode: 600, ClientCredentials: ttl, IdToken: 3600 },
    },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: options.device ?? false },
      clientCredentials: { enabled: true },
      pushedAuthorizationRequests: {
        enabled: options.pushed !== undefined,
        requirePushedAuthorizationRequests: options.pushed === 'required',
      },
      dPoP: {
        enabled: options.dpop !== undefined,
        ...(options.dpop === 'with-nonces' ? { nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true } : {}),
      },
      registrationManagement: { enabled: options.manages ?? false, rotateRegistrationAccessToken: true },
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

interface Browser {
  visit(url: URL, form?: URLSearchParams): Promise<{ readonly url: URL; readonly text: string }>;
  /** Sends the page's form, with these fields filled in. */
  submit(page: string, fields: Readonly<Record<string, string>>): ReturnType<Browser['visit']>;
}

/** As far as it matters: follows redirects of the issuer, keeps its cookies, and stops where another origin begins. */
function openBrowser(issuer: string): Browser {
  const cookies = new Map<string, string>();
  async function visit(start: URL, form?: URLSearchParams): ReturnType<Browser['visit']> {
    let url = start;
    let body = form;
    for (let step = 0; step < 12; step++) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body ? { method: 'POST', body } : {}),
      });
      body = undefined;
      const text = await response.text();
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      const location = response.headers.get('location');
      if (location === null) return { url, text };
      url = new URL(location, url);
      if (url.origin !== issuer) return { url, text: '' };
    }
    throw new Error('too many redirects');
  }
  return {
    visit,
    submit(page, fields) {
      const action = /<form[^>]*\baction="([^"]*)"/.exec(page)?.[1];
      if (action === undefined) throw new Error(`no form on the page: ${page.slice(0, 500)}`);
      const form = new URLSearchParams();
      for (const [tag] of page.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
        form.set(/name="([^"]*)"/.exec(tag)?.[1] ?? '', /value="([^"]*)"/.exec(tag)?.[1] ?? '');
      }
      if ('abort' in fields) form.delete('confirm');
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      return visit(new URL(action, issuer), form);
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
