/** Token introspection (RFC 7662). */
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import type { OAuthClient } from '../../../electron/core/oauth/client-authentication.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { introspectToken } from '../../../electron/core/oauth/introspection.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { asFault } from '../../../shared/faults.ts';
import {
  type FakeAnswer,
  type FakeAuthorizationServer,
  startAuthorizationServer,
} from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent, { timeoutMs: 3_000 });
const nowMs = 1_800_000_000_000;
const nowSeconds = nowMs / 1000;
const client: OAuthClient = {
  clientId: 'one',
  authMethod: 'client_secret_basic',
  clientSecret: new Secret('canary-s'),
};
let fake: FakeAuthorizationServer;
let server: AuthorizationServerInfo;

beforeAll(async () => {
  fake = await startAuthorizationServer();
  const metadata = { ...fake.metadata, introspection_endpoint: `${fake.origin}/introspect` };
  server = { issuer: fake.origin, source: 'discovered', metadata: metadata as unknown as { issuer: string } };
});
beforeEach(() => fake.behave());
afterAll(async () => {
  await fake.close();
  await agent.close();
});

const ask = (as: OAuthClient = client) =>
  introspectToken(http, server, as, { token: new Secret('canary-token'), hint: 'access_token' }, () => nowMs);
const answered = (body: unknown) => fake.answer('/introspect', { body });

describe('introspection', () => {
  it('P-57 posts the token as an authenticated client, and reads what is said', async () => {
    answered({ active: true, scope: 'read write', exp: nowSeconds + 60, aud: 'https://api.example/mcp', sub: 'ada' });
    expect(await ask()).toEqual({
      active: true,
      scopes: ['read', 'write'],
      expiresAtMs: nowMs + 60_000,
      audience: ['https://api.example/mcp'],
    });
    const asked = fake.seenAt('/introspect').at(-1);
    expect(asked?.method).toBe('POST');
    expect(asked?.headers.authorization).toBe(`Basic ${btoa('one:canary-s')}`);
    expect(Object.fromEntries(asked?.form ?? [])).toEqual({ token: 'canary-token', token_type_hint: 'access_token' });
    expect([...(asked?.query ?? [])]).toEqual([]);
  });

  it('P-57 a public client says who it is', async () => {
    answered({ active: true });
    await ask({ clientId: 'public', authMethod: 'none' });
    expect(fake.seenAt('/introspect').at(-1)?.form.get('client_id')).toBe('public');
  });

  it.each([
    ['active is false, whatever else is said', { active: false, exp: nowSeconds + 60, scope: 'read' }, false],
    ['its end has passed', { active: true, exp: nowSeconds - 61 }, false],
    ['it begins later', { active: true, nbf: nowSeconds + 61 }, false],
    ['nothing but active is said', { active: true }, true],
    ['other members are of the wrong kind', { active: true, exp: 'soon', aud: 7, scope: ['read'] }, true],
    ['our clock is a little ahead', { active: true, exp: nowSeconds - 30 }, true],
  ])('P-57 active decides: %s', async (_what, body, active) => {
    answered(body);
    expect((await ask()).active).toBe(active);
  });

  it.each<[string, FakeAnswer, string]>([
    ['active as a word', { body: { active: 'true' } }, 'service-answer-invalid'],
    ['no JSON', { body: 'active' }, 'service-answer-invalid'],
    ['a page', { headers: { 'content-type': 'text/html' }, body: '<h1>Hotel</h1>' }, 'captive-portal'],
    ['a refusal of us', { status: 401, body: { error: 'invalid_client' } }, 'client-refused'],
    ['a refusal of us without a word', { status: 401, body: '' }, 'client-refused'],
    ['403 with an empty body', { status: 403, body: '' }, 'token-refused'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }, 'captive-portal'],
    ['trouble', { status: 500 }, 'service-down'],
  ])('P-57 %s says nothing about the token, and is a fault', async (_what, answer, code) => {
    fake.answer('/introspect', answer);
    const fault = asFault(await ask().catch((thrown: unknown) => thrown));
    expect(fault.code).toBe(code);
    expect(`${fault.message}${JSON.stringify(fault.detail)}`).not.toContain('canary');
  });
});
