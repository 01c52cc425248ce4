/**
 * All services, and which of them an address belongs to.
 */
import { Fault } from '../../../shared/faults.ts';
import { conexor } from './conexor.ts';
import { mcp } from './mcp.ts';
import { practice } from './practice.ts';
import type { Service } from './service.ts';

/** In the order in which they are asked; the last one owns everything. */
export const allServices: readonly Service[] = [conexor, practice, mcp];

export function serviceById(id: string): Service | undefined {
  return allServices.find((service) => service.id === id);
}

/**
 * The service of an address, or the wanted one. A service with documented endpoints is never used for an address that
 * is not its own: its tokens would go to a stranger (P-50).
 * Throws `input-invalid` for an unknown service, `address-invalid` for a foreign address.
 */
export function serviceFor(resource: URL, wanted?: string): Service {
  if (wanted === undefined) return allServices.find((service) => service.owns(resource)) ?? mcp;
  const service = serviceById(wanted);
  if (!service) throw new Fault('input-invalid', { reason: 'unknown service', subject: wanted });
  service.facts?.(resource);
  return service;
}
