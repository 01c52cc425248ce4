/** A client that proves itself with a private key (RFC 7523). */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import { readPrivateKey } from '../../../electron/core/oauth/client-assertion.ts';
import type { OAuthClient } from '../../../electron/core/oauth/client-authentication.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { revokeToken } from '../../../electron/core/oauth/revocation.ts';
import { refreshTokens } from '../../../electron/core/oauth/token.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { asFault } from '../../../shared/faults.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent, { timeoutMs: 3_000 });
let fake: FakeAuthorizationServer;
let server: AuthorizationServerInfo;

beforeAll(async () => {
  fake = await startAuthorizationServer();
  // An issuer with a path, so that it is told from the endpoint's origin.
  const metadata = { ...fake.metadata, issuer: `${fake.origin}/tenant` };
  server = { issuer: metadata.issuer, source: 'discovered', metadata };
  fake.answer('/token', { body: { access_token: 'a', token_type: 'Bearer' } });
});
afterAll(async () => {
  await fake.close();
  await agent.close();
});

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwk = (key: KeyObject, more: object = {}) => JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });

const clientWith = (key: string): OAuthClient => ({
  clientId: 'machine-1',
  authMethod: 'private_key_jwt',
  privateKey: new Secret(key),
});
const ask = (client: OAuthClient) =>
  refreshTokens(http, server, client, { refreshToken: new Secret('r'), resource: 'https://api.example' }, Date.now);

describe('a client assertion', () => {
  it.each([
    ['PEM of an elliptic curve', pem(ec.privateKey), ec.publicKey, { alg: 'ES256', typ: 'JWT' }],
    ['PEM of RSA', pem(rsa.privateKey), rsa.publicKey, { alg: 'RS256', typ: 'JWT' }],
    [
      'PEM with its line breaks written out',
      pem(ec.privateKey).replaceAll('\n', '\\n'),
      ec.publicKey,
      { alg: 'ES256', typ: 'JWT' },
    ],
    ['a JWK', jwk(ec.privateKey, { kid: 'k1' }), ec.publicKey, { alg: 'ES256', typ: 'JWT', kid: 'k1' }],
    ['a JWK of RSA', jwk(rsa.privateKey), rsa.publicKey, { alg: 'RS256', typ: 'JWT' }],
  ])(
    'P-37 is signed by the key it was given as %s, for the issuer, and for a minute',
    async (_what, key, publicKey, header) => {
      await ask(clientWith(key));
      const { form, headers } = fake.seenAt('/token').at(-1) ?? { form: new URLSearchParams(), headers: {} };
      expect(headers.authorization).toBeUndefined();
      expect(form.has('client_secret')).toBe(false);
      expect(form.get('client_id')).toBe('machine-1');
      expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      const assertion = form.get('client_assertion') ?? '';
      expect(decodeProtectedHeader(assertion)).toEqual(header);
      const { payload } = await jwtVerify(assertion, publicKey, {
        issuer: 'machine-1',
        subject: 'machine-1',
        audience: server.issuer,
      });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
      expect(payload.aud).toBe(server.issuer);
    },
  );

  it('P-37 is another one for each request', async () => {
    const client = clientWith(pem(ec.privateKey));
    await ask(client);
    await ask(client);
    const [first, second] = fake.seenAt('/token').slice(-2);
    expect(first?.form.get('client_assertion')).not.toBe(second?.form.get('client_assertion'));
  });

  it('P-56 cancels for the issuer too', async () => {
    const client = clientWith(pem(ec.privateKey));
    const token = new Secret('t');
    const endpoint = `${fake.origin}/revoke`;
    await revokeToken(http, { endpoint, issuer: server.issuer, client, token, hint: 'access_token' });
    const assertion = fake.seenAt('/revoke').at(-1)?.form.get('client_assertion') ?? '';
    await jwtVerify(assertion, ec.publicKey, { audience: server.issuer });
  });

  it.each([
    ['nothing', ''],
    ['words', 'my key'],
    ['a public key', ec.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['a public JWK', jwk(ec.publicKey)],
    ['broken JSON', '{"kty":"EC"'],
    [
      'a locked key',
      ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
    ],
    ['a key that is too short', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
    ['a key that cannot sign', pem(generateKeyPairSync('x25519').privateKey)],
  ])('says that a key cannot be read where it is %s, without a word of it', async (_what, text) => {
    const fault = asFault(await ask(clientWith(text)).catch((thrown: unknown) => thrown));
    expect(fault).toMatchObject({ code: 'input-invalid', detail: { subject: 'private-key', thing: 'key-file' } });
    expect(() => readPrivateKey(new Secret(text))).toThrow(fault.message);
    if (text) expect(`${fault.message}${JSON.stringify(fault.detail)}${fault.stack}`).not.toContain(text.slice(0, 40));
  });

  it('is not tried without a key', async () => {
    await expect(ask({ clientId: 'machine-1', authMethod: 'private_key_jwt' })).rejects.toMatchObject({
      code: 'client-refused',
    });
  });
});
