/**
 * We as a client of the authorization server, for a sign-in: known in advance, registered before, registered now, else
 * the person is asked (MCP M-C 8). A redirect listener comes with it, since a registration belongs to its redirect URI.
 */
import { Fault } from '../../../shared/faults.ts';
import { clientOf, hasSecretEnded } from '../credentials/authorization-code.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { type OAuthClient, registerClient } from '../oauth/registration.ts';
import type { Service } from '../services/service.ts';
import { type ConnectionRecord, type RegistrationRecord, registrationKey } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { changeConnection } from './connection-changes.ts';
import { titleOf } from './connections.ts';
import type { RedirectListener } from './redirect-listener.ts';
import type { SignInNeeds } from './sign-in-prepare.ts';

/** Our name on the consent page of a server where we register ourselves. */
export const clientName = 'Conexor Desktop';

type Listen = (redirect: ConnectionRecord['redirect']) => Promise<RedirectListener>;

/**
 * Priority of MCP M-C 8: known in advance, registered before, registered now, else the person is asked. A dynamic
 * registration belongs to one redirect URI (P-54), so its port and path are taken again where they are free.
 */
export async function clientAndListener(
  needs: SignInNeeds,
  connection: ConnectionRecord,
  service: Service,
  server: AuthorizationServerInfo,
  listen: Listen,
): Promise<{ readonly client: OAuthClient; readonly listener: RedirectListener }> {
  const known = await knownInAdvance(needs.vault, connection, server, service);
  if (known) return { client: known, listener: await listen(connection.redirect) };

  const registered = registeredBefore(needs, server).filter(({ redirectUri }) => redirectUri !== deviceOnly);
  for (const record of connection.redirect ? [] : registered) {
    const listener = await listen(redirectOf(record.redirectUri)).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'port-taken') return undefined;
      throw thrown;
    });
    if (listener) return { client: clientOf(record), listener };
  }

  requireRegistration(connection, service, server);
  const listener = await listen(connection.redirect);
  try {
    return { client: await register(needs, server, listener.redirectUri), listener };
  } catch (thrown) {
    await listener.close();
    throw thrown;
  }
}

/** Where a registration has no redirect URI, because it signs in by device codes. */
export const deviceOnly = 'urn:ietf:params:oauth:grant-type:device_code';

/** The same priority for a client to which no browser comes back. Throws `client-id-needed`, and those of registering. */
export async function deviceClient(
  needs: SignInNeeds,
  connection: ConnectionRecord,
  service: Service,
  server: AuthorizationServerInfo,
): Promise<OAuthClient> {
  const known = await knownInAdvance(needs.vault, connection, server, service);
  if (known) return known;
  const record = registeredBefore(needs, server).find(({ redirectUri }) => redirectUri === deviceOnly);
  if (record) return clientOf(record);
  requireRegistration(connection, service, server);
  return register(needs, server, undefined);
}

function registeredBefore({ vault, now }: SignInNeeds, server: AuthorizationServerInfo): RegistrationRecord[] {
  return vault
    .list('registration')
    .filter((one) => one.issuer === server.issuer && one.source === 'dynamic' && !hasSecretEnded(one, now()));
}

function requireRegistration(connection: ConnectionRecord, service: Service, server: AuthorizationServerInfo): void {
  if (server.metadata.registration_endpoint) return;
  throw new Fault('client-id-needed', {
    subject: titleOf(connection),
    ...(service.clientIdHelp ? { advice: service.clientIdHelp } : {}),
  });
}

/** Without a redirect URI: for device codes alone. */
async function register(
  { vault, http }: SignInNeeds,
  server: AuthorizationServerInfo,
  redirectUri: string | undefined,
): Promise<OAuthClient> {
  const request = redirectUri === undefined ? { clientName } : { clientName, redirectUri };
  const registration = await registerClient(http, server, request);
  const record: RegistrationRecord = {
    ...registration,
    issuer: server.issuer,
    redirectUri: redirectUri ?? deviceOnly,
    source: 'dynamic',
  };
  await vault.write([{ kind: 'registration', key: registrationKey(record.issuer, record.redirectUri), record }]);
  return clientOf(record);
}

/** What was given for this connection is from now on the issuer's alone, never shown to another one (MCP M-C 7). */
export async function knownInAdvance(
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

function redirectOf(redirectUri: string): NonNullable<ConnectionRecord['redirect']> {
  const url = new URL(redirectUri);
  return { host: url.hostname === 'localhost' ? 'localhost' : '127.0.0.1', port: Number(url.port), path: url.pathname };
}
