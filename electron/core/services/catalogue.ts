/**
 * All services, and which of them an address belongs to.
 */
import { Fault } from '../../../shared/faults.ts';
import { serviceNamed } from '../../../shared/service-names.ts';
import { clientCredentialsApi } from './client-credentials-api.ts';
import { conexor, conexorAgent } from './conexor.ts';
import { connexease } from './connexease.ts';
import { mcp } from './mcp.ts';
import { practice, practiceAgent, practiceApi, practiceConnexease } from './practice.ts';
import type { Service } from './service.ts';
import { webApi } from './web-api.ts';

/** In the order in which they are offered; the last one owns everything. */
export const allServices: readonly Service[] = [
  conexor,
  conexorAgent,
  connexease,
  clientCredentialsApi,
  practice,
  practiceAgent,
  practiceConnexease,
  practiceApi,
  webApi,
  mcp,
];

export function serviceById(id: string): Service | undefined {
  return allServices.find((service) => service.id === id);
}

/** By its id or its name. Throws `input-invalid` where there is none of this name. */
export function requireService(name: string): Service {
  const service = serviceNamed(allServices, name);
  if (service) return service;
  const next = 'See the names of all services with: npx conexor services';
  throw new Fault('input-invalid', { subject: name, thing: 'service-kind', next });
}

/**
 * The service of an address, or the wanted one. A service with an address of its own is never used for another: what
 * lets one in there would go to a stranger (P-50).
 * Throws `input-invalid` for an unknown service, `address-invalid` for a foreign address.
 */
export function serviceFor(resource: URL, wanted?: string): Service {
  if (wanted === undefined) return allServices.find((service) => service.owns(resource)) ?? mcp;
  const service = requireService(wanted);
  if (!(service.accepts?.(resource) ?? service.owns(resource))) {
    throw new Fault('address-invalid', { reason: `not an address of ${service.id}`, subject: resource.host });
  }
  return service;
}
