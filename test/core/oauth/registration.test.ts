import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { registerClient } from '../../../electron/core/oauth/registration.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent);
let fake: FakeAuthorizationServer;

beforeAll(async () => {
  fake = await startAuthorizationServer();
});
beforeEach(() => fake.behave());
afterAll(async () => {
  await fake.close();
  await agent.close();
});

const request = { redirectUri: 'http://127.0.0.1:4000/callback/a', clientName: 'Conexor Desktop' };
const server = (more: Record<string, unknown> = {}): AuthorizationServerInfo => ({
  issuer: fake.origin,
  source: 'discovered',
  metadata: { issuer: fake.origin, registration_endpoint: `${fake.origin}/register`, ...more },
});
const register = (more?: Record<string, unknown>) => registerClient(http, server(more), request);
const sent = () => JSON.parse(fake.seenAt('/register').at(-1)?.body ?? '{}') as Record<string, unknown>;

describe('dynamic registration', () => {
  it('P-52 P-54 M-C 10 M-C 22 registers as a native app that may refresh, with no scope', async () => {
    await register();
    expect(sent()).toEqual({
      client_name: 'Conexor Desktop',
      application_type: 'native',
      redirect_uris: [request.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
  });

  it('P-52 asks for a method that the server has', async () => {
    await register({ token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_post'] });
    expect(sent()['token_endpoint_auth_method']).toBe('client_secret_post');
  });

  it('P-55 keeps no address for managing that lies at another server, nor the token for it', async () => {
    const elsewhere = await startAuthorizationServer();
    try {
      fake.answer('/register', {
        status: 201,
        body: {
          client_id: 'given',
          registration_access_token: 'of their choice',
          registration_client_uri: `${elsewhere.origin}/_all_my_data`,
        },
      });
      expect(await register()).toEqual({ clientId: 'given', authMethod: 'none' });
      expect(elsewhere.seen).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  it.each([200, 201])('P-52 uses the returned values (status %i)', async (status) => {
    fake.answer('/register', {
      status,
      body: {
        client_id: 'given',
        client_secret: 'canary-secret',
        client_secret_expires_at: 2_000_000_000,
        token_endpoint_auth_method: 'client_secret_post',
        registration_access_token: 'canary-rat',
        registration_client_uri: `${fake.origin}/register/given`,
        unknown: { member: true },
      },
    });
    const client = await register();
    expect(client).toMatchObject({
      clientId: 'given',
      authMethod: 'client_secret_post',
      secretExpiresAtMs: 2_000_000_000_000,
      registrationClientUri: `${fake.origin}/register/given`,
    });
    expect(client.clientSecret?.open()).toBe('canary-secret');
    expect(client.registrationAccessToken?.open()).toBe('canary-rat');
    expect(JSON.stringify(client)).not.toContain('canary');
  });

  it('P-53 a secret that never expires has no end; nulls are absences', async () => {
    fake.answer('/register', {
      status: 201,
      body: { client_id: 'a', client_secret: 's', client_secret_expires_at: 0, token_endpoint_auth_method: null },
    });
    expect(await register()).toEqual({
      clientId: 'a',
      authMethod: 'client_secret_basic',
      clientSecret: expect.anything(),
    });
    fake.answer('/register', { status: 201, body: { client_id: 'a', client_secret: null } });
    expect(await register()).toEqual({ clientId: 'a', authMethod: 'none' });
  });

  it('M-C 11 says that it was refused and why, in the server’s code only', async () => {
    fake.answer('/register', {
      status: 400,
      body: { error: 'invalid_redirect_uri', error_description: 'canary <b>text</b>' },
    });
    const refused = register();
    await expect(refused).rejects.toMatchObject({
      code: 'registration-refused',
      detail: { upstream: { status: 400, code: 'invalid_redirect_uri' } },
    });
    await refused.catch((fault: Error & { detail: unknown }) => {
      expect(fault.message + JSON.stringify(fault.detail)).not.toContain('canary');
    });
  });

  it.each([
    [{ status: 401, body: { error: 'invalid_client' } }, 'registration-refused'],
    [{ status: 403, body: '' }, 'registration-refused'],
    [{ status: 429, body: '' }, 'rate-limited'],
    [{ status: 503, body: '' }, 'service-down'],
    [{ status: 307, headers: { location: '/other' } }, 'service-answer-invalid'],
    [{ status: 200, body: '<html>' }, 'service-answer-invalid'],
    [{ status: 201, body: { client_id: '' } }, 'service-answer-invalid'],
    [{ status: 201, body: { client_id: 'a', token_endpoint_auth_method: 'private_key_jwt' } }, 'registration-refused'],
    [
      { status: 201, body: { client_id: 'a', token_endpoint_auth_method: 'client_secret_post' } },
      'registration-refused',
    ],
  ])('P-35 P-41 %j is %s', async (answer, code) => {
    fake.answer('/register', answer);
    const before = fake.seen.length;
    await expect(register()).rejects.toMatchObject({ code });
    expect(fake.seen.length - before).toBe(1);
  });
});
