/**
 * The practice service that comes with this program: Conexor's facts on this computer, with a client known in advance.
 */
import { Fault } from '../../../shared/faults.ts';
import { isLoopbackHost } from '../oauth/urls.ts';
import { conexorFacts, conexorResource, conexorScopes, conexorWaysIn, hasConexorPath } from './conexor.ts';
import type { Service } from './service.ts';

/** Where it listens unless told otherwise. */
export const practicePort = 4801;

export const practice: Service = {
  id: 'practice',
  title: 'Conexor practice service',
  speaks: 'mcp',
  waysIn: conexorWaysIn,
  practice: true,
  /** Only at its own port: another program on this computer may have addresses of the same shape. */
  owns: (resource) =>
    isLoopbackHost(resource.hostname) && resource.port === String(practicePort) && hasConexorPath(resource),
  resourceFor: (shortName) => conexorResource(`http://127.0.0.1:${practicePort}`, shortName),
  facts(resource) {
    if (!isLoopbackHost(resource.hostname)) {
      throw new Fault('address-invalid', {
        reason: 'the practice service is on this computer',
        subject: resource.host,
      });
    }
    return conexorFacts(resource.origin);
  },
  clientId: 'client_practice',
  ...conexorScopes,
};
