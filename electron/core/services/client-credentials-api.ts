/**
 * A web API whose clients get a signed JWT for an id and a secret over HTTP Basic: `POST /oauth/v2/token` at the API's
 * own origin (RFC 6749 s2.3.1 and s4.4). Each customer has an address of their own.
 */
import type { Service } from './service.ts';

/** The same for every place. */
export function clientCredentialsApiAt(place: Pick<Service, 'id' | 'title' | 'owns'> & Partial<Service>): Service {
  return {
    speaks: 'rest',
    waysIn: [{ way: 'client-credentials', authMethod: 'client_secret_basic' }],
    generic: true,
    facts: ({ origin }) => ({
      issuer: origin,
      source: 'preset',
      metadata: {
        issuer: origin,
        token_endpoint: `${origin}/oauth/v2/token`,
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
      },
    }),
    scopeSeparator: ' ',
    sendsResource: false,
    ...place,
  };
}

export const clientCredentialsApi: Service = clientCredentialsApiAt({
  id: 'client-credentials-api',
  title: 'Web API with a client ID and secret',
  // Nothing about an address tells that it is one.
  owns: () => false,
  accepts: () => true,
});
