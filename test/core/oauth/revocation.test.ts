import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { revocationEndpoint, revokeToken } from '../../../electron/core/oauth/revocation.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent);
const nowMs = 1_800_000_000_000;
let fake: FakeAuthorizationServer;

beforeAll(async () => {
  fake = await startAuthorizationServer();
});
beforeEach(() => fake.behave());
afterAll(async () => {
  await fake.close();
  await agent.close();
});

const revoke = () =>
  revokeToken(
    http,
    {
      endpoint: `${fake.origin}/revoke`,
      client: { clientId: 'client-1', authMethod: 'none' },
      token: new Secret('canary-token'),
      hint: 'refresh_token',
    },
    () => nowMs,
  );

describe('revocation', () => {
  it('P-56 posts token, hint and client, and is done when the server says so', async () => {
    await revoke();
    expect(fake.isRevoked('canary-token')).toBe(true);
    const request = fake.seenAt('/revoke').at(-1);
    expect([request?.method, request?.query.size]).toEqual(['POST', 0]);
    expect(Object.fromEntries(request?.form ?? [])).toEqual({
      token: 'canary-token',
      token_type_hint: 'refresh_token',
      client_id: 'client-1',
    });
  });

  it('P-56 nothing to read is a confirmation too', async () => {
    fake.answer('/revoke', { status: 200, body: '' });
    await revoke();
    fake.answer('/revoke', { status: 204 });
    await revoke();
    fake.answer('/revoke', { status: 200, headers: { 'content-type': 'text/html' }, body: '' });
    await revoke();
  });

  it.each([
    [
      { status: 503, headers: { 'retry-after': '30' } },
      { code: 'service-down', detail: { retryAtMs: nowMs + 30_000 } },
    ],
    [{ status: 429 }, { code: 'rate-limited' }],
    [{ status: 401, body: { error: 'invalid_client' } }, { code: 'client-refused' }],
    [{ status: 400, body: { error: 'unsupported_token_type' } }, { code: 'token-refused' }],
    [{ status: 404, body: '<h1>no</h1>' }, { code: 'token-refused' }],
    [{ status: 302, headers: { location: '/' } }, { code: 'service-answer-invalid' }],
    [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Hotel</h1>' }, { code: 'captive-portal' }],
    [{ cut: true }, { code: 'unreachable' }],
  ])('P-56 P-35 %j is no confirmation', async (answer, fault) => {
    fake.answer('/revoke', answer);
    const before = fake.seen.length;
    await expect(revoke()).rejects.toMatchObject(fault);
    expect(fake.seen.length - before).toBe(1);
    await revoke().catch((thrown: Error & { detail: unknown }) => {
      expect(thrown.message + JSON.stringify(thrown.detail)).not.toContain('canary');
    });
  });

  it('knows where, if anywhere', () => {
    const metadata = { issuer: 'https://a.example', revocation_endpoint: 'https://a.example/revoke' };
    expect(revocationEndpoint({ issuer: metadata.issuer, source: 'discovered', metadata })).toBe(
      metadata.revocation_endpoint,
    );
    expect(revocationEndpoint({ issuer: 'x', source: 'preset', metadata: { issuer: 'x' } })).toBeUndefined();
  });
});
