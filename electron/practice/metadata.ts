/**
 * The discovery documents, only served with `publishMetadata`: protected resource (RFC 9728), authorization server
 * (RFC 8414) and its key. The documented service publishes none of them.
 */
import { Router } from 'express';
import { serverPaths } from './accounts.ts';
import { allScopes } from './scopes.ts';
import { type PracticeState, resourceAddress } from './state.ts';

/** RFC 9728 s3.1: the well-known part comes before the resource's own path. */
export const resourceMetadataAddress = (baseUrl: string, serverPath: string): string =>
  `${baseUrl}/.well-known/oauth-protected-resource/mcp/${serverPath}`;

export function metadataRoutes(state: PracticeState): Router {
  const { baseUrl } = state;
  const router = Router();
  for (const serverPath of serverPaths) {
    router.get(new URL(resourceMetadataAddress(baseUrl, serverPath)).pathname, (_request, response) => {
      response.json({
        resource: resourceAddress(baseUrl, serverPath),
        resource_name: `Practice sales data (${serverPath})`,
        authorization_servers: [baseUrl],
        scopes_supported: allScopes,
        bearer_methods_supported: ['header'],
      });
    });
  }
  router.get('/.well-known/oauth-authorization-server', (_request, response) => {
    response.json({
      issuer: baseUrl,
      authorization_endpoint: `${baseUrl}/oauth/consent`,
      token_endpoint: `${baseUrl}/api/oauth/token`,
      revocation_endpoint: `${baseUrl}/api/oauth/revoke`,
      jwks_uri: `${baseUrl}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
      revocation_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: allScopes,
    });
  });
  router.get('/.well-known/jwks.json', (_request, response) => {
    response.json({ keys: [state.signer.publicKey] });
  });
  return router;
}
