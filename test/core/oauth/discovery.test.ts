import { Agent } from 'undici';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discover, probeResource } from '../../../electron/core/oauth/discovery.ts';
import { type OAuthFetch, oauthFetch } from '../../../electron/core/oauth/http.ts';
import { mcp } from '../../../electron/core/services/mcp.ts';
import { practice } from '../../../electron/core/services/practice.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent, { timeoutMs: 2_000 });
let fake: FakeAuthorizationServer;

beforeEach(async () => {
  fake = await startAuthorizationServer();
});
afterEach(() => fake.close());
afterAll(() => agent.close());

const prm = '/.well-known/oauth-protected-resource';
const asMeta = '/.well-known/oauth-authorization-server';
const oidcMeta = '/.well-known/openid-configuration';

const find = (challenge?: { resourceMetadata?: string; scope?: string }, resource = fake.resource) =>
  discover(http, { resource, challenge: challenge ? { scheme: 'bearer', ...challenge } : undefined, service: mcp });
const wellKnowns = () => fake.seen.map((request) => request.path).filter((path) => path.includes('.well-known'));

/** What other things than metadata are found at well-known addresses. */
const notMetadata = {
  'a 404 page': { status: 404, body: '<h1>no</h1>', headers: { 'content-type': 'text/html' } },
  'HTML with status 200': { status: 200, body: '<html>{"a":1}</html>', headers: { 'content-type': 'text/html' } },
  'an array': { status: 200, body: [1, 2] },
  'JSON of something else': { status: 200, body: { hello: 'world' } },
  'broken JSON': { status: 200, body: '{"issuer":', headers: { 'content-type': 'application/json' } },
  'a redirect': { status: 302, headers: { location: '/login' } },
  'nothing at all': { status: 204 },
};

describe('asking without a token', () => {
  it('reads the challenge of a protected resource', async () => {
    expect(await probeResource(http, fake.resource)).toEqual({
      access: 'protected',
      challenge: { scheme: 'bearer', resourceMetadata: `${fake.origin}${prm}/mcp` },
    });
    expect(fake.seen).toHaveLength(1);
    expect(fake.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('takes a 401 without any challenge for what it is', async () => {
    fake.answer('/mcp', { status: 401, body: { error: 'Unauthorized', statusCode: 401 } });
    expect(await probeResource(http, fake.resource)).toEqual({ access: 'protected', challenge: undefined });
  });

  it('knows an open server of either era, and leaves no session behind', async () => {
    const refusal = { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'no session' } };
    fake.answer('/mcp', { status: 400, body: refusal });
    expect(await probeResource(http, fake.resource)).toEqual({ access: 'none' });
    expect(fake.seen).toHaveLength(1);

    fake.answer('/mcp', ({ method, body }) =>
      method === 'DELETE'
        ? { status: 204 }
        : body.includes('"initialize"')
          ? {
              headers: { 'content-type': 'text/event-stream', 'mcp-session-id': 's1' },
              body: 'data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n',
            }
          : { status: 400, body: 'which session?' },
    );
    expect(await probeResource(http, fake.resource)).toEqual({ access: 'none' });
    expect(fake.seen.at(-1)).toMatchObject({ method: 'DELETE', headers: { 'mcp-session-id': 's1' } });
  });

  it.each([
    [404, 'discovery-failed'],
    [200, 'discovery-failed'],
    [302, 'discovery-failed'],
    [503, 'service-down'],
    [429, 'rate-limited'],
  ])('P-66 says what a web page with status %i is not', async (status, code) => {
    fake.answer('/mcp', { status, body: '<h1>Welcome</h1>', headers: { 'content-type': 'text/html', location: '/x' } });
    await expect(probeResource(http, fake.resource)).rejects.toMatchObject({ code });
  });
});

describe('resource metadata', () => {
  it('M-C 1 uses the address of the challenge, else the path well-known, else the root one', async () => {
    fake.answer('/meta', { body: fake.resourceMetadata });
    await find({ resourceMetadata: `${fake.origin}/meta` });
    expect(fake.seen.map(({ path }) => path)).toEqual(['/meta', asMeta]);

    const before = fake.seen.length;
    await find();
    expect(fake.seen.slice(before).map(({ path }) => path)).toEqual([`${prm}/mcp`, asMeta]);

    fake.answer(`${prm}/mcp`, { status: 404 });
    fake.answer(prm, { body: { ...fake.resourceMetadata, resource: fake.origin } });
    const found = await find();
    expect(wellKnowns().slice(-3)).toEqual([`${prm}/mcp`, prm, asMeta]);
    expect(found.resource).toBe(fake.origin);
  });

  it.each(Object.entries(notMetadata))('P-66 passes over %s', async (_what, answer) => {
    fake.answer('/meta', answer);
    fake.answer(`${prm}/mcp`, answer);
    fake.answer(prm, { body: fake.resourceMetadata });
    expect((await find({ resourceMetadata: `${fake.origin}/meta` })).server.issuer).toBe(fake.origin);
  });

  it('P-66 a challenge with an unusable address is no dead end', async () => {
    for (const resourceMetadata of ['http://a.example/meta', 'not a url', 'http://127.0.0.1:9/meta']) {
      expect((await find({ resourceMetadata })).server.issuer).toBe(fake.origin);
    }
  });

  it.each(['https://other.example/mcp', '/mcp/other', '/mc', '/mcp?tenant=2', '/mcp#x'])(
    'M-C 3 refuses metadata about %s',
    async (other) => {
      fake.resourceMetadata['resource'] = new URL(other, fake.origin).href;
      await expect(find()).rejects.toMatchObject({ code: 'resource-mismatch' });
    },
  );

  it('P-49 keeps the resource exactly as it is published, with or without a slash', async () => {
    for (const spelling of [fake.origin, `${fake.origin}/`, fake.resource]) {
      fake.resourceMetadata['resource'] = spelling;
      expect((await find()).resource).toBe(spelling);
    }
  });

  it('M-C 18 suggests the scopes of the challenge, else of the metadata, else none', async () => {
    expect((await find({ scope: 'special  other' })).suggestedScopes).toEqual(['special', 'other']);
    expect((await find()).suggestedScopes).toEqual(['read', 'write']);
    delete fake.resourceMetadata['scopes_supported'];
    expect((await find()).suggestedScopes).toBeUndefined();
  });

  it('M-C 18 suggests nothing that is no scope', async () => {
    fake.resourceMetadata['scopes_supported'] = [
      'read',
      'a\nb',
      '\u001b]0;x\u0007',
      'two words',
      '"',
      'ä',
      'mcp:write',
    ];
    expect((await find()).suggestedScopes).toEqual(['read', 'mcp:write']);
    expect((await find({ scope: 'a\nb \u001b[2J special' })).suggestedScopes).toEqual(['special']);
  });

  it('M-C 6 tries the next authorization server where the first is out of reach', async () => {
    fake.resourceMetadata['authorization_servers'] = ['http://127.0.0.1:9', fake.origin];
    expect((await find()).server.issuer).toBe(fake.origin);
  });

  it('says so where nothing is published, and keeps a passing failure apart', async () => {
    fake.answer(`${prm}/mcp`, { status: 404 });
    await expect(find()).rejects.toMatchObject({ code: 'discovery-failed' });
    fake.answer(prm, { status: 503 });
    await expect(find()).rejects.toMatchObject({ code: 'service-down' });
  });
});

describe('authorization server metadata', () => {
  it('M-C 4 looks for an issuer with a path in the three places, in order', async () => {
    const issuer = `${fake.origin}/tenant/1`;
    fake.resourceMetadata['authorization_servers'] = [issuer];
    fake.answer('/tenant/1/.well-known/openid-configuration', { body: { ...fake.metadata, issuer } });
    expect((await find()).server).toMatchObject({ issuer, source: 'discovered' });
    expect(wellKnowns().slice(1)).toEqual([
      `${asMeta}/tenant/1`,
      `${oidcMeta}/tenant/1`,
      '/tenant/1/.well-known/openid-configuration',
    ]);
  });

  it.each(Object.entries(notMetadata))('P-66 passes over %s at the first place', async (_what, answer) => {
    fake.answer(asMeta, answer);
    fake.answer(oidcMeta, { body: fake.metadata });
    expect((await find()).server.issuer).toBe(fake.origin);
  });

  it.each(['https://evil.example', 'ORIGIN/', 'ORIGIN/x'])('P-32 refuses metadata of the issuer %s', async (issuer) => {
    fake.metadata['issuer'] = issuer.replace('ORIGIN', fake.origin);
    await expect(find()).rejects.toMatchObject({ code: 'issuer-mismatch' });
  });

  it('P-32 takes the one spelling that URL libraries produce unasked', async () => {
    fake.resourceMetadata['authorization_servers'] = [`${fake.origin}/`];
    expect((await find()).server.issuer).toBe(fake.origin);
  });

  it.each([undefined, [], ['plain'], 's256'])(
    'P-20 M-C 14 refuses code_challenge_methods_supported %j',
    async (methods) => {
      fake.metadata['code_challenge_methods_supported'] = methods;
      await expect(find()).rejects.toMatchObject({ code: 'pkce-unsupported' });
      fake.answer(asMeta, { status: 404 });
      fake.answer(oidcMeta, { body: fake.metadata });
      await expect(find()).rejects.toMatchObject({ code: 'pkce-unsupported' });
    },
  );

  it.each(['authorization_endpoint', 'token_endpoint'])('M-C 23 refuses an insecure %s', async (name) => {
    fake.metadata[name] = 'http://a.example/x';
    await expect(find()).rejects.toMatchObject({ code: 'address-insecure' });
    fake.metadata[name] = 'javascript:alert(1)';
    await expect(find()).rejects.toMatchObject({ code: 'address-invalid' });
  });

  it('P-29 takes device codes of one server to no other', async () => {
    const at = async (device: string) => {
      fake.metadata['device_authorization_endpoint'] = device;
      return (await find()).server.metadata.device_authorization_endpoint;
    };
    expect(await at(`${fake.origin}/device`)).toBe(`${fake.origin}/device`);
    for (const elsewhere of ['http://127.0.0.1:9/device', 'https://honest.example/device', 'javascript:alert(1)', '']) {
      expect(await at(elsewhere)).toBeUndefined();
    }
    fake.metadata['token_endpoint'] = 'https://api.house.example/token';
    expect(await at('https://login.house.example/device')).toBe('https://login.house.example/device');
  });

  it('a server for programs and devices alone has no page, and is only used where none is needed', async () => {
    delete fake.metadata['authorization_endpoint'];
    delete fake.metadata['code_challenge_methods_supported'];
    await expect(find()).rejects.toMatchObject({ code: 'pkce-unsupported' });
    const input = { resource: fake.resource, challenge: undefined, service: mcp };
    const { server } = await discover(http, { ...input, needsPage: false });
    expect(server.metadata.token_endpoint).toBe(`${fake.origin}/token`);
    fake.metadata['token_endpoint'] = 'http://a.example/x';
    await expect(discover(http, { ...input, needsPage: false })).rejects.toMatchObject({ code: 'address-insecure' });
  });

  it('P-29 refuses a page of one server with the token endpoint of another, unless iss tells them apart', async () => {
    const elsewhere = 'http://127.0.0.1:9';
    const mixed = (page: string, token: string, promised?: boolean) => {
      fake.metadata['authorization_endpoint'] = `${page}/authorize?prompt=none&scope=admin`;
      fake.metadata['token_endpoint'] = `${token}/token`;
      fake.metadata['authorization_response_iss_parameter_supported'] = promised;
      return find();
    };
    for (const promised of [undefined, false]) {
      await expect(mixed(elsewhere, fake.origin, promised)).rejects.toMatchObject({ code: 'issuer-mismatch' });
      await expect(mixed(elsewhere, 'http://127.0.0.1:10', promised)).rejects.toMatchObject({
        code: 'issuer-mismatch',
      });
    }
    const { metadata } = (await mixed(elsewhere, fake.origin, true)).server;
    expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
    expect((await mixed(fake.origin, elsewhere)).server.metadata.token_endpoint).toBe(`${elsewhere}/token`);
    expect((await mixed(elsewhere, elsewhere)).server.metadata.token_endpoint).toBe(`${elsewhere}/token`);
    // Many a service has its page at www and the rest at api.
    for (const page of ['https://www.house.example', 'https://house.example']) {
      await expect(mixed(page, 'https://api.house.example')).resolves.toBeDefined();
    }
    for (const page of ['https://www.other.co.uk', 'https://house.example.evil.example', 'https://co.uk']) {
      await expect(mixed(page, 'https://api.house.co.uk')).rejects.toMatchObject({ code: 'issuer-mismatch' });
    }
    await expect(mixed('https://a.co.uk', 'https://b.co.uk')).rejects.toMatchObject({ code: 'issuer-mismatch' });
  });

  it('does without an endpoint that is optional and insecure', async () => {
    fake.metadata['revocation_endpoint'] = 'http://a.example/revoke';
    fake.metadata['scopes_supported'] = 'all of them';
    const { metadata } = (await find()).server;
    expect(metadata.revocation_endpoint).toBeUndefined();
    expect(metadata.scopes_supported).toBeUndefined();
    expect(metadata.registration_endpoint).toBe(`${fake.origin}/register`);
  });

  it('P-65 an endless document is given up', async () => {
    fake.answer(asMeta, { body: { ...fake.metadata, padding: 'x'.repeat(300_000) } });
    await expect(find()).rejects.toMatchObject({ code: 'too-large' });
  });
});

describe('a service that documents its endpoints', () => {
  const atPractice = () => discover(http, { resource: fake.resource, challenge: undefined, service: practice });

  it('is used by them where nothing is published', async () => {
    fake.answer(`${prm}/mcp`, { status: 404 });
    fake.answer(asMeta, { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } });
    const found = await atPractice();
    expect(found.server).toMatchObject({
      source: 'preset',
      metadata: { token_endpoint: `${fake.origin}/api/oauth/token` },
    });
    expect(found.resource).toBe(fake.resource);
    expect(found.suggestedScopes).toEqual(['mcp:tools:read', 'mcp:tools:execute', 'mcp:resources:read']);
  });

  it('is used by what it publishes where it does, and that is checked', async () => {
    fake.answer(`${prm}/mcp`, { status: 404 });
    expect((await atPractice()).server).toMatchObject({ source: 'discovered' });
    delete fake.metadata['code_challenge_methods_supported'];
    await expect(atPractice()).rejects.toMatchObject({ code: 'pkce-unsupported' });
  });

  it('is unreachable where it is', async () => {
    const { resource } = fake;
    await fake.close();
    await expect(discover(http, { resource, challenge: undefined, service: practice })).rejects.toMatchObject({
      code: 'unreachable',
    });
    fake = await startAuthorizationServer();
  });
});

describe('inner addresses', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    'mcp.public.example': ['203.0.113.5'],
    'login.public.example': ['203.0.113.6', '2001:db8::6'],
    'rebound.example': ['203.0.113.7', '10.0.0.5'],
    'mcp.corp.example': ['10.1.0.1'],
    'login.corp.example': ['10.1.0.2'],
    'mapped.example': ['::ffff:192.168.0.1'],
    'local.example': ['127.0.0.1'],
    'nat64.example': ['64:ff9b::10.0.0.1'],
    'public64.example': ['64:ff9b::203.0.113.8', '2002:cb00:7108::1', '::ffff:203.0.113.8'],
  };
  const lookup = async (name: string) => names[name] ?? Promise.reject(new Error('unknown'));

  /** A web of documents by address; what is not in it is a 404. */
  const web =
    (documents: Readonly<Record<string, unknown>>): OAuthFetch =>
    async (url) =>
      url in documents ? Response.json(documents[url]) : new Response(null, { status: 404 });

  const discoverAt = (resource: string, issuer: string, endpoint = issuer) =>
    discover(
      web({
        [`${new URL(resource).origin}${prm}/mcp`]: { resource, authorization_servers: [issuer] },
        [`${issuer}${asMeta}`]: {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${endpoint}/token`,
          code_challenge_methods_supported: ['S256'],
        },
      }),
      { resource, challenge: undefined, service: mcp, lookup },
    );

  const open = 'https://mcp.public.example/mcp';
  const corporate = 'https://mcp.corp.example/mcp';

  it.each([
    [open, 'https://login.public.example'],
    [open, 'https://unknown.example'],
    [open, 'https://public64.example'],
    [open, 'https://[2001:db8::6]'],
    [corporate, 'https://login.corp.example'],
    [corporate, 'https://login.public.example'],
    ['http://127.0.0.1:4801/mcp', 'http://127.0.0.1:5000'],
    ['http://localhost:4801/mcp', 'https://login.public.example'],
  ])('P-65 %s may name %s', async (resource, issuer) => {
    expect((await discoverAt(resource, issuer)).server.issuer).toBe(issuer);
  });

  it.each([
    [open, 'https://login.corp.example'],
    [open, 'https://rebound.example'],
    [open, 'https://mapped.example'],
    [open, 'https://local.example'],
    [open, 'https://10.0.0.1'],
    [open, 'https://169.254.169.254'],
    [open, 'https://[fd00::1]'],
    [open, 'https://[::1]'],
    [open, 'https://nat64.example'],
    [open, 'https://[::ffff:10.0.0.1]'],
    [open, 'https://[::10.0.0.1]'],
    [open, 'https://[::127.0.0.1]'],
    [open, 'https://[64:ff9b::a9fe:a9fe]'],
    [corporate, 'https://[64:ff9b::127.0.0.1]'],
    [corporate, 'https://[64:ff9b:1::7f00:1]'],
    [open, 'https://[2002:c0a8:1::1]'],
    [corporate, 'https://[2002:7f00:1::]'],
    [open, 'http://127.0.0.1:4801'],
    [open, 'https://2130706433'],
    [corporate, 'https://localhost'],
    [corporate, 'https://169.254.169.254'],
  ])('P-65 %s may not name %s', async (resource, issuer) => {
    await expect(discoverAt(resource, issuer)).rejects.toMatchObject({ code: 'address-insecure' });
    await expect(discoverAt(resource, 'https://login.public.example', issuer)).rejects.toMatchObject({
      code: 'address-insecure',
    });
  });
});
