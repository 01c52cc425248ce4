/**
 * Everything before the browser opens: ask the resource without a token, find its authorization server, be known to
 * it as a client, listen for the answer, and only then make the authorization URL (RFC 8252 section 8.3, P-6).
 */
import { Fault } from '../../../shared/faults.ts';
import type { Language } from '../../../shared/settings.ts';
import { permissionOf } from '../../../shared/words/permissions.ts';
import { clientOf } from '../credentials/authorization-code.ts';
import type { Credential } from '../credentials/credential.ts';
import { type AuthorizationAttempt, beginAuthorization } from '../oauth/authorization.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { discover, probeResource } from '../oauth/discovery.ts';
import type { OAuthFetch } from '../oauth/http.ts';
import { type OAuthClient, registerClient } from '../oauth/registration.ts';
import { serviceById, serviceFor } from '../services/catalogue.ts';
import type { Service } from '../services/service.ts';
import { type ConnectionRecord, type GrantRecord, type RegistrationRecord, registrationKey } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { accountsOf, grantOf } from './accounts.ts';
import { changeConnection, patchConnection } from './connection-changes.ts';
import { titleOf } from './connections.ts';
import { type OutcomePage, openRedirectListener, type RedirectListener } from './redirect-listener.ts';

/** Our name on the consent page of a server where we register ourselves. */
const clientName = 'Conexor Desktop';

export interface SignInNeeds {
  readonly vault: Vault;
  readonly http: OAuthFetch;
  readonly now: () => number;
  readonly openBrowser: (url: URL) => Promise<void>;
  readonly changed: () => void;
  /** A first call with the new access: rejects if the resource does not take it. */
  readonly firstCall: (resource: string, credential: Credential) => Promise<void>;
  /** Tokens that came for nobody: they are to be cancelled. */
  readonly unwanted: (grant: GrantRecord, server: AuthorizationServerInfo) => void;
  /** The person's, for the pages in the browser. */
  readonly language: () => Language;
}

export interface SignInWish {
  /** Another account than those already here. */
  readonly another?: boolean;
  /** The account that has to sign in again. */
  readonly accountId?: string;
  /** Ends a waiting attempt instead of joining it. */
  readonly fresh?: boolean;
  readonly scopes?: readonly string[];
}

export interface Prepared {
  readonly connection: ConnectionRecord;
  readonly service: Service;
  readonly server: AuthorizationServerInfo;
  readonly client: OAuthClient;
  readonly attempt: AuthorizationAttempt;
  readonly listener: RedirectListener;
  readonly permissions: readonly string[];
}

/** `open`: nothing to do, the resource wants no sign-in. Throws every fault of its steps; then nothing listens any more. */
export async function prepareSignIn(
  needs: SignInNeeds,
  connectionId: string,
  wish: SignInWish,
  onCallback: (prepared: Prepared, parameters: URLSearchParams) => 'ignored' | Promise<OutcomePage>,
): Promise<Prepared | 'open'> {
  const { vault, http } = needs;
  const connection = vault.get('connection', connectionId);
  if (!connection) throw new Fault('connection-unknown', { subject: connectionId });
  const service = serviceById(connection.service) ?? serviceFor(new URL(connection.resource));

  const probe = await probeResource(http, connection.resource);
  if (probe.access === 'none') {
    await patchConnection(vault, connection.id, () => ({ access: 'none' }));
    return 'open';
  }
  const { server, resource, suggestedScopes } = await discover(http, {
    resource: connection.resource,
    challenge: probe.challenge,
    service,
  });

  let prepared: Prepared | undefined;
  const listen = (redirect: ConnectionRecord['redirect']) =>
    openRedirectListener({
      ...(redirect ? { redirect } : {}),
      language: needs.language,
      onCallback: (parameters: URLSearchParams) => (prepared ? onCallback(prepared, parameters) : 'ignored'),
    });
  const { client, listener } = await clientAndListener(needs, connection, service, server, listen);
  try {
    const scopes = scopesToAsk(vault, connection, wish, suggestedScopes ?? service.defaultScopes);
    const attempt = await beginAuthorization(server, client, {
      redirectUri: listener.redirectUri,
      resource,
      scopes,
      scopeSeparator: server.source === 'preset' ? service.scopeSeparator : ' ',
      ...(wish.another ? { prompt: promptForAnother(server) } : {}),
    });
    const permissions = (scopes ?? []).map((scope) => permissionOf(scope, 'en') ?? scope);
    prepared = { connection, service, server, client, attempt, listener, permissions };
    return prepared;
  } catch (thrown) {
    await listener.close();
    throw thrown;
  }
}

/**
 * How the server is asked to let the person choose anew (OpenID Connect Core section 3.1.2.1). Not every server knows
 * `select_account`, and one that does not may refuse the request; `login` is known by all, and others ignore both.
 */
function promptForAnother(server: AuthorizationServerInfo): 'select_account' | 'login' {
  const offered = server.metadata['prompt_values_supported'];
  return Array.isArray(offered) && offered.includes('select_account') ? 'select_account' : 'login';
}

type Listen = (redirect: ConnectionRecord['redirect']) => Promise<RedirectListener>;

/**
 * Priority of MCP M-C 8: known in advance, registered before, registered now, else the person is asked. A dynamic
 * registration belongs to one redirect URI (P-54), so its port and path are taken again where they are free.
 */
async function clientAndListener(
  needs: SignInNeeds,
  connection: ConnectionRecord,
  service: Service,
  server: AuthorizationServerInfo,
  listen: Listen,
): Promise<{ readonly client: OAuthClient; readonly listener: RedirectListener }> {
  const { vault, http, now } = needs;
  const known = await knownInAdvance(vault, connection, server, service);
  if (known) return { client: known, listener: await listen(connection.redirect) };

  const registered = vault
    .list('registration')
    .filter((record) => record.issuer === server.issuer && record.source === 'dynamic' && !hasEnded(record, now()));
  for (const record of connection.redirect ? [] : registered) {
    const listener = await listen(redirectOf(record.redirectUri)).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'port-taken') return undefined;
      throw thrown;
    });
    if (listener) return { client: clientOf(record), listener };
  }

  if (!server.metadata.registration_endpoint) {
    throw new Fault('client-id-needed', {
      subject: titleOf(connection),
      ...(service.clientIdHelp ? { advice: service.clientIdHelp } : {}),
    });
  }
  const listener = await listen(connection.redirect);
  try {
    const redirectUri = listener.redirectUri;
    const registration = await registerClient(http, server, { redirectUri, clientName });
    const record: RegistrationRecord = { ...registration, issuer: server.issuer, redirectUri, source: 'dynamic' };
    await vault.write([{ kind: 'registration', key: registrationKey(server.issuer, redirectUri), record }]);
    return { client: clientOf(record), listener };
  } catch (thrown) {
    await listener.close();
    throw thrown;
  }
}

/** What was given for this connection is from now on the issuer's alone, never shown to another one (MCP M-C 7). */
async function knownInAdvance(
  vault: Vault,
  connection: ConnectionRecord,
  server: AuthorizationServerInfo,
  service: Service,
): Promise<OAuthClient | undefined> {
  const key = registrationKey(server.issuer, '');
  if (connection.client) {
    const { clientId, clientSecret } = connection.client;
    const offered = server.metadata.token_endpoint_auth_methods_supported;
    const basic = offered ? offered.includes('client_secret_basic') : server.source === 'discovered';
    const record: RegistrationRecord = {
      issuer: server.issuer,
      redirectUri: '',
      clientId,
      clientSecret,
      authMethod: clientSecret ? (basic ? 'client_secret_basic' : 'client_secret_post') : 'none',
      source: 'given',
    };
    await changeConnection(vault, connection.id, (latest) => [
      { kind: 'registration', key, record },
      ...(latest ? [{ kind: 'connection' as const, key: latest.id, record: { ...latest, client: undefined } }] : []),
    ]);
    return clientOf(record);
  }
  const stored = vault.get('registration', key);
  if (stored) return clientOf(stored);
  return service.clientId === undefined ? undefined : { clientId: service.clientId, authMethod: 'none' };
}

function hasEnded(record: RegistrationRecord, nowMs: number): boolean {
  return record.secretExpiresAtMs !== undefined && record.secretExpiresAtMs > 0 && nowMs >= record.secretExpiresAtMs;
}

function redirectOf(redirectUri: string): NonNullable<ConnectionRecord['redirect']> {
  const url = new URL(redirectUri);
  return { host: url.hostname === 'localhost' ? 'localhost' : '127.0.0.1', port: Number(url.port), path: url.pathname };
}

/** What is granted already plus what is newly wanted, so that a step-up never loses a permission (MCP M-C 19). */
function scopesToAsk(
  vault: Vault,
  connection: ConnectionRecord,
  wish: SignInWish,
  suggested: readonly string[] | undefined,
): readonly string[] | undefined {
  if (wish.scopes) return wish.scopes;
  const account = accountsOf(vault, connection.id).find(
    (one) => one.id === (wish.accountId ?? connection.currentAccountId),
  );
  const stepUp = wish.another ? [] : (account?.neededScopes ?? []);
  const before = stepUp.length > 0 && account ? (grantOf(vault, account.id)?.requestedScopes ?? []) : [];
  const all = [...new Set([...(suggested ?? []), ...connection.extraScopes, ...before, ...stepUp])];
  return all.length === 0 ? undefined : all;
}
