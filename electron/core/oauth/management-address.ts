/**
 * Where a registration may be managed (RFC 7592): at the server that made it. The address comes in that server's answer,
 * and our requests there carry a token of its choice and can delete; so it may name nobody else, and nothing further
 * inside the network than itself.
 */
import { asFault } from '../../../shared/faults.ts';
import { type Lookup, zoneGuardFor } from './network-zones.ts';
import { isSameHouse, requireSecureEndpoint } from './urls.ts';

/**
 * The address as it may be used; undefined for none, and for one that is neither of the origin nor of the house of
 * `home`, the server's own addresses.
 */
export async function managementAddress(
  address: string | null | undefined,
  home: readonly string[],
  lookup?: Lookup,
): Promise<string | undefined> {
  if (!address) return undefined;
  try {
    const url = requireSecureEndpoint(address);
    const own = home
      .filter((one) => URL.canParse(one))
      .map((one) => new URL(one))
      .find((one) => one.origin === url.origin || isSameHouse(one.hostname, url.hostname));
    if (!own) return undefined;
    await zoneGuardFor(own, lookup)(url);
    return url.href;
  } catch (thrown) {
    if (asFault(thrown).code === 'internal') throw thrown;
    return undefined;
  }
}
