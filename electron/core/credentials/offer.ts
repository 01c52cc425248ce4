/** The service's own facts about the way in that a grant came by, for renewing it. */
import { Fault } from '../../../shared/faults.ts';
import { serviceById } from '../services/catalogue.ts';
import type { Service, WayInOffer } from '../services/service.ts';
import type { GrantRecord } from '../vault/records.ts';
import type { Vault } from '../vault/vault.ts';

type OfferOf<W extends WayInOffer['way']> = Extract<WayInOffer, { readonly way: W }>;

/** Throws `sign-in-needed` where the service or this way into it is no longer known. */
export function offerOf<W extends WayInOffer['way']>(
  vault: Vault,
  grant: Pick<GrantRecord, 'accountId'>,
  way: W,
): { readonly service: Service; readonly offer: OfferOf<W> } {
  const account = vault.get('account', grant.accountId);
  const connection = account && vault.get('connection', account.connectionId);
  const service = connection && serviceById(connection.service);
  if (!service) throw new Fault('sign-in-needed', { reason: 'service unknown' });
  return { service, offer: requireOffer(service.waysIn, way) };
}

/** Throws `sign-in-needed`. */
export function requireOffer<W extends WayInOffer['way']>(offers: readonly WayInOffer[], way: W): OfferOf<W> {
  const offer = offers.find((one): one is OfferOf<W> => one.way === way);
  if (!offer) throw new Fault('sign-in-needed', { reason: `${way} is not offered` });
  return offer;
}
