/**
 * A protected resource that takes bound access only (RFC 9449): the token with its issuer's signature, and a proof that
 * is for this request, this token and this key, never seen before, with a nonce where it wants one.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, createRemoteJWKSet, EmbeddedJWK, jwtVerify } from 'jose';

export interface BoundResource {
  readonly resource: string;
  /** Every proof that was accepted. */
  readonly proofs: readonly { readonly jti: string; readonly jkt: string; readonly nonce: string | undefined }[];
  /** Why requests were refused. */
  readonly refusals: readonly string[];
  trust(issuer: string): void;
  /** From now on only proofs with this nonce are taken; undefined: none is wanted. */
  wantNonce(nonce: string | undefined): void;
  close(): Promise<void>;
}

export async function startBoundResource(): Promise<BoundResource> {
  const proofs: { jti: string; jkt: string; nonce: string | undefined }[] = [];
  const refusals: string[] = [];
  let issuer = '';
  let nonce: string | undefined;
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  async function check(request: IncomingMessage): Promise<string | undefined> {
    const token = /^DPoP (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !keys) return 'no DPoP token';
    const { dpop } = request.headers;
    if (typeof dpop !== 'string') return 'no proof';
    const { payload, protectedHeader } = await jwtVerify(dpop, EmbeddedJWK, {
      algorithms: ['ES256'],
      typ: 'dpop+jwt',
      maxTokenAge: 60,
    });
    const { jwk } = protectedHeader;
    if (!jwk || 'd' in jwk) return 'the key is missing or private';
    const expected = { htm: request.method, htu: resource, ath: digest(token) };
    for (const [name, value] of Object.entries(expected)) if (payload[name] !== value) return `${name} is another`;
    if (typeof payload.jti !== 'string' || proofs.some(({ jti }) => jti === payload.jti)) return 'jti was here before';
    const access = await jwtVerify(token, keys, { issuer, audience: resource });
    const jkt = await calculateJwkThumbprint(jwk);
    if ((access.payload['cnf'] as { jkt?: string } | undefined)?.jkt !== jkt) return 'bound to another key';
    if (nonce !== undefined && payload['nonce'] !== nonce) return 'use_dpop_nonce';
    proofs.push({ jti: payload.jti, jkt, nonce: payload['nonce'] as string | undefined });
    return undefined;
  }

  const server = createServer((request, response) => {
    request.resume();
    if (request.url === metadataPath) {
      const metadata = { resource, authorization_servers: [issuer], scopes_supported: ['read', 'write'] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
      return;
    }
    void check(request)
      .catch((thrown: unknown) => String(thrown))
      .then((refusal) => {
        if (refusal === undefined) {
          const answer = { jsonrpc: '2.0', id: 'conexor', result: {} };
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
          return;
        }
        refusals.push(refusal);
        const error = refusal === 'use_dpop_nonce' ? refusal : 'invalid_token';
        response.writeHead(401, {
          'www-authenticate': `DPoP error="${error}", algs="ES256", resource_metadata="${origin}${metadataPath}"`,
          ...(refusal === 'use_dpop_nonce' && nonce !== undefined ? { 'dpop-nonce': nonce } : {}),
        });
        response.end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const resource = `${origin}/mcp/bound`;
  const metadataPath = '/.well-known/oauth-protected-resource/mcp/bound';

  return {
    resource,
    proofs,
    refusals,
    trust(wanted) {
      issuer = wanted;
      keys = createRemoteJWKSet(new URL('/jwks', wanted));
    },
    wantNonce(wanted) {
      nonce = wanted;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
