/**
 * The two OAuth clients registered in advance, and where each may send a person back to. A loopback address may have
 * any port and path (RFC 8252 s7.3); anything else must be registered to the letter (RFC 9700 s2.1).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { practiceCredentials } from '../../shared/practice-credentials.ts';

export type Grant = 'authorization_code' | 'refresh_token' | 'client_credentials';

export interface OAuthClient {
  readonly clientId: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly redirectUris: readonly string[];
  /** Absent for a public client. */
  readonly secretHash?: Buffer;
}

const documentedRedirect = 'http://localhost:3000/callback';
const loopbackHosts = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Who signed in with e-mail and password did so without any client, and its requests name none. */
export const noClient: OAuthClient = { clientId: '', name: '', grants: ['refresh_token'], redirectUris: [] };

const digest = (text: string) => createHash('sha256').update(text).digest();

export class OAuthClients {
  readonly #clients: readonly OAuthClient[];
  readonly #exactRedirects: boolean;

  /** `exactRedirects` makes it one of the servers that know no "any port" rule. */
  constructor(exactRedirects: boolean) {
    this.#exactRedirects = exactRedirects;
    const { publicClientId, clientId, clientSecret } = practiceCredentials.conexor;
    this.#clients = [
      {
        clientId: publicClientId,
        name: 'Conexor Desktop',
        grants: ['authorization_code', 'refresh_token'],
        redirectUris: [documentedRedirect],
      },
      {
        clientId,
        name: 'Conexor Desktop (with a client secret)',
        grants: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirectUris: [documentedRedirect],
        secretHash: digest(clientSecret),
      },
    ];
  }

  find(clientId: string | undefined): OAuthClient | undefined {
    return this.#clients.find((client) => client.clientId === clientId);
  }

  /** The client that proves itself as registered: a secret in the body, or none for a public one (RFC 6749 s2.3.1). */
  authenticate(clientId: string | undefined, secret: string | undefined): OAuthClient | undefined {
    const client = this.find(clientId);
    if (client === undefined) return undefined;
    if (client.secretHash === undefined) return secret === undefined ? client : undefined;
    return secret !== undefined && timingSafeEqual(digest(secret), client.secretHash) ? client : undefined;
  }

  allowsRedirect(client: OAuthClient, redirectUri: string): boolean {
    if (client.redirectUris.includes(redirectUri)) return true;
    if (this.#exactRedirects || !URL.canParse(redirectUri) || redirectUri.includes('#')) return false;
    const url = new URL(redirectUri);
    return url.protocol === 'http:' && loopbackHosts.has(url.hostname) && url.username === '' && url.password === '';
  }
}
