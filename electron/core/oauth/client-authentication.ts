/**
 * We as a client of one authorization server, and how we prove it at its endpoints: exactly one method (RFC 6749 s2.3).
 */
import * as oauth from 'oauth4webapi';
import { Fault } from '../../../shared/faults.ts';
import type { Secret } from '../vault/secret.ts';
import { clientAssertion, readPrivateKey } from './client-assertion.ts';
import type { OAuthFetch } from './http.ts';

export interface OAuthClient {
  /** Empty where a token came without any client (a login of the service's own): then requests name none. */
  readonly clientId: string;
  readonly clientSecret?: Secret;
  /** For `private_key_jwt` (RFC 7523): PEM (PKCS #8) or JWK. */
  readonly privateKey?: Secret;
  readonly authMethod: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Throws `client-refused` where the method needs a secret or key and there is none, `input-invalid` for a private key
 * that cannot be read.
 */
export function clientAuthentication(client: OAuthClient): oauth.ClientAuth {
  if (client.clientId === '') return () => undefined;
  if (client.authMethod === 'none') return oauth.None();
  if (client.authMethod === 'private_key_jwt') {
    if (!client.privateKey) throw new Fault('client-refused', { reason: 'private_key_jwt without a key' });
    const key = readPrivateKey(client.privateKey);
    // Made anew for each request: it is good for one.
    return async (server, { client_id }, body) => {
      body.set('client_id', client_id);
      body.set('client_assertion_type', assertionType);
      body.set('client_assertion', await clientAssertion(key, client_id, server.issuer));
    };
  }
  if (!client.clientSecret) throw new Fault('client-refused', { reason: `${client.authMethod} without a secret` });
  const secret = client.clientSecret.open();
  if (client.authMethod === 'client_secret_post') return oauth.ClientSecretPost(secret);
  // The library's own encodes `-`, `.` and `_` as well, which Appendix B does not ask for and real servers refuse.
  const credentials = Buffer.from(`${formEncode(client.clientId)}:${formEncode(secret)}`).toString('base64');
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${credentials}`);
}

/** application/x-www-form-urlencoded of one value (RFC 6749 Appendix B). */
function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

export function libraryClient(client: OAuthClient): oauth.Client {
  // The library wants one, and sends it nowhere by itself.
  return { client_id: client.clientId || 'none' };
}

interface LibraryOptions {
  [oauth.customFetch]: OAuthFetch;
  [oauth.allowInsecureRequests]: true;
}

/** The library's own rule knows no loopback; ours is applied to every request by `oauthFetch`. */
export function libraryOptions(http: OAuthFetch): LibraryOptions {
  return { [oauth.customFetch]: http, [oauth.allowInsecureRequests]: true };
}
