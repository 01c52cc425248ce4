/**
 * Conexor, as its public documentation describes it. It documents no metadata, so the endpoints and S256 are stated
 * here; where it publishes metadata after all, that is used and checked instead.
 */
import { Fault } from '../../../shared/faults.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import type { Service, WayInOffer } from './service.ts';

const origin = 'https://app.conexor.io';

/** What Conexor documents, at any base address: the practice service has the same. */
export function conexorFacts(base: string): AuthorizationServerInfo {
  return {
    issuer: base,
    source: 'preset',
    metadata: {
      issuer: base,
      authorization_endpoint: `${base}/oauth/consent`,
      token_endpoint: `${base}/api/oauth/token`,
      revocation_endpoint: `${base}/api/oauth/revoke`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      // A secret travels in the body; public clients have none.
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
    },
  };
}

/** `acme/sales-api` at a base address. Throws `address-invalid`. */
export function conexorResource(base: string, shortName: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(shortName) || shortName.split('/').some((part) => /^\.+$/.test(part))) {
    throw new Fault('address-invalid', { reason: 'short name', subject: shortName });
  }
  return `${base}/mcp/${shortName}`;
}

/** The shape of a server's address: `/mcp/<organisation>/<server>`. */
export function hasConexorPath(resource: URL): boolean {
  return /^\/mcp\/[^/]+\/[^/]+\/?$/.test(resource.pathname);
}

/** All four of its documentation, and the browser first: it is what people are meant to use. */
export const conexorWaysIn: readonly WayInOffer[] = [
  { way: 'authorization-code' },
  { way: 'api-key', header: 'X-API-Key', prefix: 'mcp_' },
];

export const conexorScopes = {
  scopeSeparator: ',',
  sendsResource: true,
  defaultScopes: ['mcp:tools:read', 'mcp:tools:execute', 'mcp:resources:read'],
} as const;

export const conexor: Service = {
  id: 'conexor',
  title: 'Conexor',
  speaks: 'mcp',
  waysIn: conexorWaysIn,
  owns: (resource) => resource.origin === origin,
  resourceFor: (shortName) => conexorResource(origin, shortName),
  facts(resource) {
    // These endpoints hand out tokens for Conexor alone.
    if (resource.origin !== origin) {
      throw new Fault('address-invalid', { reason: 'not an address of Conexor', subject: resource.host });
    }
    return conexorFacts(origin);
  },
  ...conexorScopes,
  clientIdHelp: 'conexor-client-id',
};
