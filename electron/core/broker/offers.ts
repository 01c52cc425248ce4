/** Services and their ways in, as people are offered them. */
import type { ServiceView, WayInOfferView } from '../../../shared/ways-in.ts';
import type { WaysIn } from '../credentials/ways-in.ts';
import { allServices } from '../services/catalogue.ts';
import type { Service } from '../services/service.ts';

export function offersOf(waysIn: WaysIn, service: Service): WayInOfferView[] {
  return service.waysIn.map((offer) => {
    const wayIn = waysIn.byId(offer.way);
    return {
      id: offer.way,
      fields: [...wayIn.fields(offer)],
      keepsTyped: wayIn.keepsTyped,
      legacy: service.legacyWays?.includes(offer.way) ?? false,
    };
  });
}

export function serviceViews(waysIn: WaysIn): ServiceView[] {
  return allServices.map((service) => ({
    id: service.id,
    title: service.title,
    speaks: service.speaks,
    target: service.resource !== undefined ? 'fixed' : service.resourceFor ? 'short-name' : 'address',
    ...(service.resource === undefined ? {} : { resource: service.resource }),
    asksServer: service.asksServer ?? 'no',
    waysIn: offersOf(waysIn, service),
    practice: service.practice ?? false,
  }));
}
