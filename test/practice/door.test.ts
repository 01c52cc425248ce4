import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { Fault } from '../../shared/faults.ts';
import { acceptance, callMcp, consentRedirect, consentUrl, tokensFor } from './sign-in.ts';

const unauthorized = { error: 'Unauthorized', message: 'Invalid or expired token', statusCode: 401 };
const forbidden = { error: 'Forbidden', message: 'Insufficient permissions', statusCode: 403 };
const overPlan = {
  error: 'Payment Required',
  message: 'Query limit exceeded. Please upgrade your plan.',
  statusCode: 402,
};

let nowMs = Date.now();
let practice: PracticeService;
let published: PracticeService;
beforeAll(async () => {
  practice = await startPractice({ now: () => nowMs });
  published = await startPractice({ publishMetadata: true });
});
afterAll(() => Promise.all([practice.stop(), published.stop()]));

describe('the MCP address', () => {
  it('asks for a token with the documented body', async () => {
    const answered = await callMcp(practice.resource, 'initialize');
    expect(answered.status).toBe(401);
    expect(answered.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answered.json()).toEqual(unauthorized);
  });

  it('refuses a token that is not one, not ours, altered or in the address', async () => {
    const { access_token } = await tokensFor(practice);
    const foreign = (await tokensFor(published)).access_token;
    const [head = '', , signature = ''] = access_token.split('.');
    const claims = Buffer.from(JSON.stringify({ iss: practice.baseUrl, sub: 'user_ana_globex' })).toString('base64url');
    for (const token of ['nonsense', foreign, `${head}.${claims}.${signature}`]) {
      const answered = await callMcp(practice.resource, 'initialize', token);
      expect(answered.status).toBe(401);
      expect(answered.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(await answered.json()).toEqual(unauthorized);
    }
    const inAddress = await callMcp(`${practice.resource}?access_token=${access_token}`, 'initialize');
    expect(inAddress.status).toBe(401);
    const otherScheme = await callMcp(practice.resource, 'initialize', undefined, {
      Authorization: `JWT ${access_token}`,
    });
    expect(otherScheme.status).toBe(401);
  });

  it('refuses a token for another server, and one that has expired', async () => {
    const other = `${practice.baseUrl}/mcp/globex/sales-api`;
    const { access_token } = await tokensFor(practice, { resource: practice.resource });
    expect(await acceptance(practice, access_token)).toBe(200);
    expect(await acceptance(practice, access_token, other)).toBe(401);
    nowMs += 3_600_000;
    expect(await acceptance(practice, access_token)).toBe(401);
  });

  it.each([
    ['tools/list', 'mcp:tools:read'],
    ['tools/call', 'mcp:tools:execute'],
    ['resources/list', 'mcp:resources:read'],
    ['resources/read', 'mcp:resources:read'],
  ])('refuses %s without %s with the documented body, and says no more', async (method, scope) => {
    const all = ['mcp:tools:read', 'mcp:tools:execute', 'mcp:resources:read'];
    const without = await tokensFor(practice, { scope: all.filter((one) => one !== scope).join(',') });
    const answered = await callMcp(practice.resource, method, without.access_token);
    expect(answered.status).toBe(403);
    expect(answered.headers.get('www-authenticate')).toBeNull();
    expect(await answered.json()).toEqual(forbidden);
    const alone = await tokensFor(practice, { scope });
    // Past the door: the SDK misses the session.
    expect((await callMcp(practice.resource, method, alone.access_token)).status).toBe(400);
    expect(await acceptance(practice, without.access_token)).toBe(200);
  });

  it('answers 402 with the documented body when the plan is used up, for tool calls only', async () => {
    const { access_token } = await tokensFor(practice);
    const call = async (method: string) => {
      const answered = await callMcp(practice.resource, method, access_token);
      return { status: answered.status, body: await answered.json() };
    };
    practice.control.setPlanLimit(1);
    expect((await call('tools/call')).status).toBe(400);
    expect(await call('tools/call')).toEqual({ status: 402, body: overPlan });
    expect((await call('tools/list')).status).toBe(400);
    practice.control.setPlanLimit(undefined);
    expect((await call('tools/call')).status).toBe(400);
    const limited = await startPractice({ plan: { callLimit: 0 } });
    try {
      const token = (await tokensFor(limited)).access_token;
      expect((await callMcp(limited.resource, 'tools/call', token)).status).toBe(402);
    } finally {
      await limited.stop();
    }
  });

  it('answers what is not JSON as JSON-RPC does, once the token is accepted', async () => {
    const { access_token } = await tokensFor(practice);
    const send = (headers: Record<string, string>) =>
      fetch(practice.resource, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
        body: '{',
      });
    expect((await send({})).status).toBe(401);
    const answered = await send({ Authorization: `Bearer ${access_token}` });
    expect(answered.status).toBe(400);
    expect(await answered.json()).toMatchObject({ error: { code: -32_700 } });
  });

  it('does not exist for another organisation or server', async () => {
    const { access_token } = await tokensFor(practice);
    for (const path of ['/mcp/acme/other', '/mcp/initech/sales-api', '/mcp']) {
      const answered = await callMcp(`${practice.baseUrl}${path}`, 'initialize', access_token);
      expect(answered.status).toBe(404);
      expect(await answered.json()).toMatchObject({ error: 'Not Found', statusCode: 404 });
    }
  });
});

describe('metadata', () => {
  it('is not there by default', async () => {
    for (const path of ['oauth-protected-resource/mcp/acme/sales-api', 'oauth-authorization-server', 'jwks.json']) {
      expect((await fetch(`${practice.baseUrl}/.well-known/${path}`)).status).toBe(404);
    }
  });

  it('is published on request, named in challenges, and true', async () => {
    const challenged = await callMcp(published.resource, 'initialize');
    const address = /resource_metadata="([^"]+)"/.exec(challenged.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect(address).toBe(`${published.baseUrl}/.well-known/oauth-protected-resource/mcp/acme/sales-api`);
    expect(await (await fetch(address)).json()).toMatchObject({
      resource: published.resource,
      authorization_servers: [published.baseUrl],
    });
    const described = await (await fetch(`${published.baseUrl}/.well-known/oauth-authorization-server`)).json();
    expect(described).toMatchObject({
      issuer: published.baseUrl,
      authorization_endpoint: `${published.baseUrl}/oauth/consent`,
      token_endpoint: `${published.baseUrl}/api/oauth/token`,
      revocation_endpoint: `${published.baseUrl}/api/oauth/revoke`,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
  });

  it('comes with iss in every authorization response (RFC 9207)', async () => {
    for (const allow of [true, false]) {
      const back = await consentRedirect(consentUrl(published), { allow });
      expect(back.searchParams.get('iss')).toBe(published.baseUrl);
    }
  });

  it('comes with the missing scope in a 403', async () => {
    const { access_token } = await tokensFor(published, { scope: 'mcp:tools:read' });
    const answered = await callMcp(published.resource, 'tools/call', access_token);
    expect(answered.status).toBe(403);
    const challenge = answered.headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="mcp:tools:execute"');
    expect(await answered.json()).toEqual(forbidden);
  });
});

describe('the service as a local program', () => {
  const statusWithHost = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(practice.baseUrl);
      request({ host: '127.0.0.1', port, path: '/oauth/consent', headers: { Host: host } }, (answered) => {
        answered.resume();
        resolve(answered.statusCode);
      })
        .on('error', reject)
        .end();
    });

  it('answers loopback names only', async () => {
    for (const host of ['127.0.0.1', 'localhost:1', '[::1]:80']) expect(await statusWithHost(host)).toBe(400);
    for (const host of ['evil.example', '127.0.0.1.evil.example', '0.0.0.0'])
      expect(await statusWithHost(host)).toBe(403);
  });

  it('answers no page from elsewhere at its MCP address', async () => {
    const { access_token } = await tokensFor(practice);
    const from = (origin: string) => callMcp(practice.resource, 'initialize', access_token, { Origin: origin });
    expect((await from('https://evil.example')).status).toBe(403);
    expect((await from('http://localhost:6274')).status).toBe(200);
  });

  it('says so when its port is taken', async () => {
    const port = Number(new URL(practice.baseUrl).port);
    const fault = await startPractice({ port }).catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code: 'port-taken', detail: { subject: String(port) } });
  });

  it('frees its port when stopped, streams or not', async () => {
    const first = await startPractice();
    const { access_token } = await tokensFor(first);
    const opened = await callMcp(first.resource, 'initialize', access_token);
    const session = opened.headers.get('mcp-session-id') ?? '';
    const stream = await fetch(first.resource, {
      headers: { Authorization: `Bearer ${access_token}`, Accept: 'text/event-stream', 'Mcp-Session-Id': session },
    });
    expect(stream.status).toBe(200);
    await first.stop();
    const second = await startPractice({ port: Number(new URL(first.baseUrl).port) });
    await second.stop();
  });
});
