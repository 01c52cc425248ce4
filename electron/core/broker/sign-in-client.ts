/**
 * We as a client of the authorization server, for a sign-in: known in advance, registered before, registered now, else
 * the person is asked (MCP M-C 8). A redirect listener comes with it, since a registration belongs to its redirect URI.
 */
import { Fault } from '../../../shared/faults.ts';
import { clientOf, hasSecretEnded } from '../credentials/authorization-code.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import { type OAuthClient, registerClient } from '../oauth/registration.ts';
import type { Service } from '../services/service.ts';
import type { ConnectionRecord, RegistrationRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';
import { inTurn } from './connection-changes.ts';
import { titleOf } from './connections.ts';
import { givenClient, isKnownPlace } from './given-clients.ts';
import type { RedirectListener } from './redirect-listener.ts';
import { registrationStored } from './registration-records.ts';
import type { SignInNeeds } from './sign-in-prepare.ts';
import type { UsedClient } from './vanished-registrations.ts';

/** Our name on the consent page of a server where we register ourselves. */
export const clientName = 'Conexor Desktop';

/** `isOld`: registered by us, for an earlier sign-in. */
export type SignInClient = OAuthClient & Pick<UsedClient, 'isOld'>;

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
): Promise<{ readonly client: SignInClient; readonly listener: RedirectListener }> {
  const known = await knownInAdvance(needs.vault, connection, server, service);
  if (known) return { client: { ...known, isOld: false }, listener: await listen(connection.redirect) };

  const wanted = connection.redirect;
  const registered = registeredBefore(needs, connection, server).filter(({ redirectUri }) =>
    wanted ? isAt(redirectUri, wanted) : redirectUri !== deviceOnly,
  );
  for (const record of registered) {
    const listener = await listen(redirectOf(record.redirectUri)).catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === 'port-taken') return undefined;
      throw thrown;
    });
    if (listener) return { client: { ...clientOf(record), isOld: true }, listener };
  }

  requireRegistration(connection, service, server);
  const listener = await listen(connection.redirect);
  try {
    return { client: { ...(await register(needs, server, listener.redirectUri)), isOld: false }, listener };
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
): Promise<SignInClient> {
  const known = await knownInAdvance(needs.vault, connection, server, service);
  if (known) return { ...known, isOld: false };
  const before = registeredBefore(needs, connection, server);
  const record = before.find(({ redirectUri }) => redirectUri === deviceOnly);
  if (record) return { ...clientOf(record), isOld: true };
  requireRegistration(connection, service, server);
  return { ...(await register(needs, server, undefined)), isOld: false };
}

function registeredBefore(
  { vault, now }: SignInNeeds,
  connection: ConnectionRecord,
  server: AuthorizationServerInfo,
): readonly RegistrationRecord[] {
  if (!isKnownPlace(vault, connection, server)) return [];
  return vault
    .list('registration')
    .filter((one) => one.issuer === server.issuer && one.source === 'dynamic')
    .filter((one) => !one.isDoubtful && !hasSecretEnded(one, now()));
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
  await inTurn(vault, () => registrationStored(vault, record));
  return clientOf(record);
}

/** What the person gave, else what the service's documents state. */
async function knownInAdvance(
  vault: Vault,
  connection: ConnectionRecord,
  server: AuthorizationServerInfo,
  service: Service,
): Promise<OAuthClient | undefined> {
  const given = await givenClient(vault, connection, server);
  if (given) return clientOf(given);
  return service.clientId === undefined ? undefined : { clientId: service.clientId, authMethod: 'none' };
}

function redirectOf(redirectUri: string): NonNullable<ConnectionRecord['redirect']> {
  const url = new URL(redirectUri);
  return { host: url.hostname === 'localhost' ? 'localhost' : '127.0.0.1', port: Number(url.port), path: url.pathname };
}

function isAt(redirectUri: string, wanted: NonNullable<ConnectionRecord['redirect']>): boolean {
  if (redirectUri === deviceOnly) return false;
  const { host, port, path } = redirectOf(redirectUri);
  return host === wanted.host && port === wanted.port && path === wanted.path;
}
