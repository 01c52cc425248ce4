/** What a person enters to connect a service, as the broker takes it; a practice service is started for it. */
import type { ControlArgument } from '../../../shared/control.ts';
import { Fault } from '../../../shared/faults.ts';
import type { NewConnection } from '../broker/connections.ts';
import { parseTarget } from '../broker/connections.ts';
import { requireSecureEndpoint } from '../oauth/urls.ts';
import type { ConnectionRecord } from '../vault/records.ts';
import { Secret } from '../vault/secret.ts';

export interface NewConnectionNeeds {
  /** Starts a practice service once and tells its address; with `port`, it has to be there. Throws `port-taken`. */
  readonly startPractice: (service: string, port?: number) => Promise<string>;
}

/** Throws `input-invalid`, `address-invalid`, `address-insecure` for what was entered, and `port-taken`. */
export async function newConnection(
  needs: NewConnectionNeeds,
  { redirectUri, clientId, clientSecret, ...named }: ControlArgument<'addConnection'>,
): Promise<NewConnection> {
  const { issuer, tokenEndpoint, authorizationEndpoint, revocationEndpoint, ...input } = named;
  return {
    ...input,
    ...(await practiceTarget(needs, input.target, input.service)),
    authorizationServer: serverByHand({ issuer, tokenEndpoint, authorizationEndpoint, revocationEndpoint }),
    redirect: redirectUri === undefined ? undefined : parseRedirect(redirectUri),
    client:
      clientId === undefined
        ? undefined
        : { clientId, clientSecret: clientSecret === undefined ? undefined : new Secret(clientSecret) },
  };
}

/**
 * A practice service is there before anybody connects to it: at the address that was given, or where it could be had if
 * only its name was. Another one, at a port that is not its own, belongs to whoever gave its address.
 */
async function practiceTarget(
  { startPractice }: NewConnectionNeeds,
  target: string,
  wanted: string | undefined,
): Promise<{ readonly target: string; readonly service: string | undefined }> {
  const { service, resource } = parseTarget(target, wanted);
  const url = new URL(resource);
  if (!service.practice || !(service.owns(url) || resource === service.resource)) {
    return { target, service: wanted };
  }
  if (URL.canParse(target.trim())) {
    await startPractice(service.id, Number(url.port));
    return { target, service: wanted };
  }
  const { origin } = new URL(await startPractice(service.id));
  // At another port than its own its address alone would not tell whose it is.
  return { target: resource.replace(url.origin, origin), service: service.id };
}

/** `http://localhost:3000/callback` and the like: loopback only, port and path as they are. */
function parseRedirect(redirectUri: string): NonNullable<ConnectionRecord['redirect']> {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  const host = url?.hostname;
  if (
    url?.protocol !== 'http:' ||
    (host !== '127.0.0.1' && host !== 'localhost') ||
    url.port === '' ||
    url.search ||
    url.hash
  ) {
    throw new Fault('input-invalid', { subject: redirectUri, thing: 'redirect-address' });
  }
  return { host, port: Number(url.port), path: url.pathname };
}

interface ServerByHand {
  readonly issuer?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly authorizationEndpoint?: string | undefined;
  readonly revocationEndpoint?: string | undefined;
}

/** Endpoints alone name their issuer by their origin. Throws `address-invalid`, `address-insecure`. */
function serverByHand(given: ServerByHand): ConnectionRecord['authorizationServer'] {
  const endpoints = Object.entries({
    token_endpoint: given.tokenEndpoint,
    authorization_endpoint: given.authorizationEndpoint,
    revocation_endpoint: given.revocationEndpoint,
  }).flatMap(([name, address]) => (address ? [[name, requireSecureEndpoint(address.trim()).href] as const] : []));
  const [first] = endpoints;
  const issuer = given.issuer?.trim() || (first ? new URL(first[1]).origin : '');
  if (issuer === '') return undefined;
  requireSecureEndpoint(issuer);
  return { issuer, endpoints: Object.fromEntries(endpoints) };
}
