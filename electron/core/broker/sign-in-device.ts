/**
 * A sign-in by a code that the person types in any browser, also on another device (RFC 8628): nothing comes back to
 * this computer, so it asks until the person has decided.
 */

import { permissionOf } from '../../../shared/words/permissions.ts';
import type { Obtained } from '../credentials/way-in.ts';
import { endpointOf } from '../oauth/authorization-server.ts';
import { authorizeDevice, waitForDevice } from '../oauth/device.ts';
import { fetchIdentity } from '../oauth/identity.ts';
import { grantOfSignIn, proverFor } from './sign-in-binding.ts';
import { deviceClient } from './sign-in-client.ts';
import type { Approach, Prepared, SignInNeeds } from './sign-in-prepare.ts';
import { scopesToAsk } from './sign-in-scopes.ts';
import type { UsedClient } from './vanished-registrations.ts';

/** Throws the faults of discovery, of registering and of asking for a code. */
export async function prepareDevice(
  needs: SignInNeeds,
  approach: Approach,
  asks: (client: UsedClient) => void,
): Promise<Prepared> {
  const { vault, http, now, keySets, pause } = needs;
  const { connection, service, wish } = approach;
  const { server, resource, scopes: suggested, namesResource } = await approach.discover();
  // Before anything is registered there.
  endpointOf(server, 'device_authorization_endpoint');
  const client = await deviceClient(needs, connection, service, server);
  const used: UsedClient = { issuer: server.issuer, clientId: client.clientId, isOld: client.isOld };
  asks(used);
  const scopes = scopesToAsk(vault, connection, wish, suggested ?? service.defaultScopes);
  const asked = { scopes, resource, sendsResource: namesResource };
  const device = await authorizeDevice(http, server, client, asked, now);
  const dpop = await proverFor(needs, server);

  const complete = async (signal: AbortSignal): Promise<Obtained> => {
    const tokens = await waitForDevice(http, server, client, device, { signal, now, pause, dpop, keySets });
    const facts = {
      wayIn: 'device-code' as const,
      issuer: server.issuer,
      resource,
      clientId: client.clientId,
      requestedScopes: device.scopes,
      namesResource,
    };
    return {
      grant: await grantOfSignIn(needs, connection, facts, tokens, dpop),
      identity: await fetchIdentity(http, server, tokens, resource, dpop),
      server,
    };
  };
  const { userCode, verificationUri, verificationUriComplete, endsAtMs } = device;
  return {
    ...approach,
    triesFirst: false,
    host: new URL(verificationUri).host,
    device: {
      userCode,
      verificationUri,
      ...(verificationUriComplete === undefined ? {} : { verificationUriComplete }),
      endsAtMs,
    },
    scopes: device.scopes,
    permissions: (scopes ?? []).map((scope) => permissionOf(scope, 'en') ?? scope),
    client: used,
    complete,
    close: async () => undefined,
  };
}
