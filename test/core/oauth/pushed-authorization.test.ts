/** Pushed authorization requests (RFC 9126). */
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthorizationRequest, beginAuthorization } from '../../../electron/core/oauth/authorization.ts';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import type { OAuthClient } from '../../../electron/core/oauth/client-authentication.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
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
const pushing = { http, now: () => nowMs };
const client: OAuthClient = {
  clientId: 'client-1',
  authMethod: 'client_secret_post',
  clientSecret: new Secret('canary-secret'),
};
const request: AuthorizationRequest = {
  redirectUri: 'http://127.0.0.1:4000/callback/a',
  resource: 'https://api.example/mcp',
  scopes: ['openid', 'read'],
  scopeSeparator: ',',
};
let fake: FakeAuthorizationServer;
let count = 0;

beforeAll(async () => {
  fake = await startAuthorizationServer();
});
beforeEach(() => {
  fake.behave();
  fake.answer('/par', () => ({ status: 201, body: { request_uri: `urn:request:${++count}`, expires_in: 60 } }));
});
afterAll(async () => {
  await fake.close();
  await agent.close();
});

function server(members: Record<string, unknown> = {}): AuthorizationServerInfo {
  const metadata = {
    ...fake.metadata,
    pushed_authorization_request_endpoint: `${fake.origin}/par`,
    ...members,
  };
  return { issuer: fake.origin, source: 'discovered', metadata: metadata as unknown as { issuer: string } };
}
const required = { require_pushed_authorization_requests: true };
const begin = (members: Record<string, unknown> = {}) => beginAuthorization(server(members), client, request, pushing);
const pushes = () => fake.seenAt('/par').length;

describe('a pushed authorization request', () => {
  it.each([
    ['required', required],
    ['offered', {}],
  ])('P-59 is pushed where that is %s, and the browser carries the reference alone', async (_what, members) => {
    const attempt = await begin(members);
    expect(Object.fromEntries(attempt.url.searchParams)).toEqual({
      client_id: 'client-1',
      request_uri: `urn:request:${count}`,
    });
    expect(attempt.urlEndsAtMs).toBe(nowMs + 60_000);
    const form = Object.fromEntries(fake.seenAt('/par').at(-1)?.form ?? []);
    expect(form).toMatchObject({
      response_type: 'code',
      client_id: 'client-1',
      client_secret: 'canary-secret',
      redirect_uri: request.redirectUri,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge_method: 'S256',
      // The comma is for the address of a consent page.
      scope: 'openid read',
      resource: request.resource,
    });
    expect(form).not.toHaveProperty('request_uri');
    expect(attempt.url.href).not.toContain('canary');
  });

  it('P-59 an address of the endpoint’s own keeps its query, and nothing that asks', async () => {
    const attempt = await begin({
      authorization_endpoint: `${fake.origin}/authorize?tenant=a&request_uri=urn:evil&scope=x`,
    });
    expect(attempt.url.searchParams.getAll('request_uri')).toEqual([`urn:request:${count}`]);
    expect(attempt.url.searchParams.get('tenant')).toBe('a');
    expect(attempt.url.searchParams.has('scope')).toBe(false);
  });

  it('P-59 is accepted with 200 as well, and an end that is not told is soon', async () => {
    fake.answer('/par', { status: 200, body: { request_uri: 'urn:request:x' } });
    const attempt = await begin();
    expect(attempt.url.searchParams.get('request_uri')).toBe('urn:request:x');
    expect(attempt.urlEndsAtMs).toBe(nowMs + 5_000);
  });

  it('P-59 is pushed again for another opening, as the same attempt', async () => {
    const attempt = await begin(required);
    const first = fake.seenAt('/par').at(-1)?.form;
    const again = await attempt.again();
    const second = fake.seenAt('/par').at(-1)?.form;
    expect(again.url.href).not.toBe(attempt.url.href);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(second?.get(name)).toBe(first?.get(name));
  });

  const passing: readonly [string, FakeAnswer, string][] = [
    ['is in trouble', { status: 503 }, 'service-down'],
    ['is busy', { status: 429 }, 'rate-limited'],
    ['does not answer', { cut: true }, 'unreachable'],
    [
      'is answered for by the network',
      { headers: { 'content-type': 'text/html' }, body: '<h1>Hotel</h1>' },
      'captive-portal',
    ],
  ];

  it.each(passing)('P-59 where an endpoint on offer %s, the ordinary address is used', async (_what, answer) => {
    fake.answer('/par', answer);
    const before = pushes();
    const attempt = await begin();
    expect(attempt.url.searchParams.get('state')).toBe(attempt.state);
    expect(attempt.url.searchParams.has('request_uri')).toBe(false);
    expect(attempt.urlEndsAtMs).toBeUndefined();
    expect(pushes() - before).toBe(1);
  });

  it.each(passing)('P-59 where a required endpoint %s, nothing weaker is used', async (_what, answer, code) => {
    fake.answer('/par', answer);
    expect(asFault(await begin(required).catch((thrown: unknown) => thrown)).code).toBe(code);
  });

  it.each<[string, FakeAnswer, string]>([
    ['the scope', { status: 400, body: { error: 'invalid_scope' } }, 'scope-refused'],
    ['the client', { status: 401, body: { error: 'invalid_client' } }, 'client-refused'],
    ['the resource', { status: 400, body: { error: 'invalid_target' } }, 'target-refused'],
    ['everything, without a word', { status: 403, body: '' }, 'token-refused'],
  ])('P-59 a refusal of %s is one, required or not', async (_what, answer, code) => {
    fake.answer('/par', answer);
    for (const members of [required, {}]) {
      const fault = asFault(await begin(members).catch((thrown: unknown) => thrown));
      expect(fault.code).toBe(code);
      expect(`${fault.message}${JSON.stringify(fault.detail)}`).not.toContain('canary');
    }
  });

  it.each([
    ['without a reference', {}],
    ['with a reference that is none', { request_uri: 'urn:a\r\nb', expires_in: 60 }],
  ])('P-59 an answer %s is not used', async (_what, body) => {
    fake.answer('/par', { status: 201, body });
    await expect(begin()).rejects.toMatchObject({ code: 'service-answer-invalid' });
  });

  it('P-59 required without an endpoint cannot begin', async () => {
    const asked = begin({ ...required, pushed_authorization_request_endpoint: undefined });
    await expect(asked).rejects.toMatchObject({ code: 'discovery-failed' });
  });

  it('P-59 a server that knows nothing of it is not asked', async () => {
    const before = pushes();
    const attempt = await begin({ pushed_authorization_request_endpoint: undefined });
    expect(attempt.url.searchParams.get('state')).toBe(attempt.state);
    expect(pushes()).toBe(before);
  });
});
