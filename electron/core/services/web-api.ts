/**
 * Any web API, with whatever lets one in: an OAuth 2.0 server that it publishes or that a person names, a token, a key.
 */
import type { Service } from './service.ts';

export const webApi: Service = {
  id: 'web-api',
  title: 'Web API',
  speaks: 'rest',
  waysIn: [
    { way: 'authorization-code' },
    { way: 'device-code' },
    { way: 'client-credentials', authMethod: 'client_secret_basic', takesPrivateKey: true },
    { way: 'access-token' },
    { way: 'api-key' },
  ],
  generic: true,
  asksServer: 'may',
  owns: () => false,
  accepts: () => true,
  scopeSeparator: ' ',
  sendsResource: false,
};
