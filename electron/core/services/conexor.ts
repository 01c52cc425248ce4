/**
 * Conexor, as its public documentation describes it. It documents no metadata, so the endpoints and S256 are stated
 * here; where it publishes metadata after all, that is used and checked instead. The practice service has the same at
 * another base address.
 */
import { Fault } from '../../../shared/faults.ts';
import type { AuthorizationServerInfo } from '../oauth/authorization-server.ts';
import type { Service, WayInOffer } from './service.ts';

const origin = 'https://app.conexor.io';

/** What Conexor documents, at any base address. */
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
const conexorWaysIn: readonly WayInOffer[] = [
  { way: 'authorization-code' },
  {
    way: 'client-credentials',
    authMethod: 'client_secret_post',
    // Those of the documented answer: a client that is known for fewer than it asks for may be refused altogether.
    scopes: ['mcp:tools:read', 'mcp:tools:execute'],
  },
  { way: 'password-login', loginPath: '/api/auth/login' },
  { way: 'api-key', header: 'X-API-Key', prefix: 'mcp_' },
];

type Place = Pick<Service, 'id' | 'title' | 'owns'> & Partial<Service>;

/** Its MCP servers, at `base` or wherever `place` says. */
export function conexorAt(base: string, place: Place): Service {
  return {
    speaks: 'mcp',
    waysIn: conexorWaysIn,
    resourceFor: (shortName) => conexorResource(base, shortName),
    facts(resource) {
      // These endpoints hand out tokens for this service alone.
      if (!(place.accepts ?? place.owns)(resource)) {
        throw new Fault('address-invalid', { reason: `not an address of ${place.id}`, subject: resource.host });
      }
      return conexorFacts(resource.origin);
    },
    scopeSeparator: ',',
    sendsResource: true,
    defaultScopes: ['mcp:tools:read', 'mcp:tools:execute', 'mcp:resources:read'],
    ...place,
  };
}

const agentPaths = '/api/plugins';

/** Its endpoint for agents, which has keys of its own. */
export function conexorAgentAt(base: string, place: Omit<Place, 'owns'>): Service {
  return {
    speaks: 'rest',
    waysIn: [{ way: 'api-key', header: 'X-API-Key', prefix: 'pk_live_' }],
    resource: base,
    probePath: `${agentPaths}/register`,
    owns: (resource) => resource.origin === base && resource.pathname.startsWith(agentPaths),
    accepts: (resource) => resource.origin === base,
    scopeSeparator: ' ',
    sendsResource: false,
    ...place,
  };
}

export const conexor: Service = conexorAt(origin, {
  id: 'conexor',
  title: 'Conexor',
  owns: (resource) => resource.origin === origin && !resource.pathname.startsWith(agentPaths),
  clientIdHelp: 'conexor-client-id',
});

export const conexorAgent: Service = conexorAgentAt(origin, { id: 'conexor-agent', title: 'Conexor agents' });
