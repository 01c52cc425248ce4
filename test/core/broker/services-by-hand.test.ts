/** Services that are added by name or by hand: what is taken, what they are called, and where their access comes from. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseTarget } from '../../../electron/core/broker/connections.ts';
import { grantKey } from '../../../electron/core/vault/records.ts';
import { faultSentence } from '../../../shared/fault-words.ts';
import { asFault } from '../../../shared/faults.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { faultOfOutcome, openScene, type Scene } from '../credentials/scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.stop());

describe('a target', () => {
  it('may be the bare name of a service with one address', () => {
    for (const [target, service, resource] of [
      ['connexease', undefined, 'https://api.connexease.com'],
      ['connexease', 'connexease', 'https://api.connexease.com'],
      [' practice-connexease ', undefined, 'http://127.0.0.1:4802'],
      ['practice-api', undefined, 'http://127.0.0.1:4803'],
      ['conexor-agent', undefined, 'https://app.conexor.io'],
      ['practice-agent', undefined, 'http://127.0.0.1:4801'],
      ['acme/sales-api', undefined, 'https://app.conexor.io/mcp/acme/sales-api'],
    ] as const) {
      expect([target, parseTarget(target, service).resource]).toEqual([target, resource]);
    }
    for (const [target, service] of [
      ['web-api', undefined],
      ['client-credentials-api', undefined],
      ['practice-connexease', 'connexease'],
      ['acme/sales-api', 'connexease'],
    ] as const) {
      expect(() => parseTarget(target, service)).toThrow(expect.objectContaining({ code: 'address-invalid' }));
    }
  });

  it('may be the name of a service in any case, as it is printed or as its id', () => {
    for (const [target, service, resource] of [
      ['Connexease', undefined, 'https://api.connexease.com'],
      [' CONNEXEASE ', 'Connexease', 'https://api.connexease.com'],
      ['connexease (PRACTICE)', undefined, 'http://127.0.0.1:4802'],
      ['Practice-API', undefined, 'http://127.0.0.1:4803'],
      ['acme/sales-api', 'Conexor', 'https://app.conexor.io/mcp/acme/sales-api'],
      // An organisation may be called as a host is, where it is said that it is one.
      ['acme.corp/sales-api', 'Conexor', 'https://app.conexor.io/mcp/acme.corp/sales-api'],
      ['acme.corp/sales-api', undefined, 'https://acme.corp/sales-api'],
    ] as const) {
      expect([target, parseTarget(target, service).resource]).toEqual([target, resource]);
    }
    expect(() => parseTarget('Conexor', 'Connexease')).toThrow(expect.objectContaining({ code: 'address-invalid' }));
  });

  it('may be an address without its scheme: protected, or on this computer', () => {
    for (const [target, resource] of [
      ['localhost:3000/mcp', 'http://localhost:3000/mcp'],
      ['127.0.0.1:9/mcp', 'http://127.0.0.1:9/mcp'],
      ['[::1]:9', 'http://[::1]:9'],
      ['192.168.1.5/mcp', 'https://192.168.1.5/mcp'],
      ['mcp.example.com', 'https://mcp.example.com'],
      ['mcp.example.com:8443/x?team=a', 'https://mcp.example.com:8443/x?team=a'],
      ['https://mcp.example.com', 'https://mcp.example.com'],
    ] as const) {
      expect([target, parseTarget(target, undefined).resource]).toEqual([target, resource]);
    }
  });

  it('that is none is not said again where it may hold a secret', () => {
    const wordsOf = (target: string) => {
      try {
        return `leads to ${parseTarget(target, undefined).resource}`;
      } catch (thrown) {
        return faultSentence(asFault(thrown), 'en');
      }
    };
    expect(wordsOf('nonsense')).toMatch(/^"nonsense" is not an address that can be used\. Give /);
    const withSecret = ["curl -H 'Authorization: Bearer hunter2' https://x.y/z", 'mcp_practice_hunter2', 'hunter2:x'];
    for (const target of withSecret)
      expect(wordsOf(target)).toMatch(/^This is not an address that can be used\. Give /);
    const inAddress = ['https://user:hunter2@127.0.0.1:9/x', 'http://hunter2@x.example', 'ftp://hunter2@x.example'];
    for (const target of inAddress) expect(wordsOf(target)).toMatch(/^This is not .* Take the password or key out/);
  });

  it('gives a service its name, and one of its kind the name of its host', async () => {
    const title = (id: string) => scene.broker().findConnection(id).title;
    expect(title(await scene.add('connexease', 'connexease'))).toBe('Connexease');
    expect(title(await scene.add('web-api', 'https://api.example/v1'))).toBe('api.example');
    expect(title(await scene.add('client-credentials-api', 'https://other.example/'))).toBe('other.example');
  });

  it('is only added with what leads in there', async () => {
    await expect(scene.add('connexease', 'connexease', { wayIn: 'api-key' })).rejects.toMatchObject({
      code: 'input-invalid',
      detail: { thing: 'way-in' },
    });
    const authorizationServer = { issuer: 'https://evil.example', endpoints: {} };
    await expect(scene.add('conexor', 'acme/sales-api', { authorizationServer })).rejects.toMatchObject({
      code: 'input-invalid',
    });
    expect(scene.broker().snapshot().connections).toEqual([]);
  });

  it('that is there already takes the rules that are named now, unless somebody is signed in', async () => {
    const first = await scene.add('mcp', 'https://api.example/v1');
    expect(await scene.add('web-api', 'https://api.example/v1', { wayIn: 'api-key' })).toBe(first);
    expect(scene.broker().findConnection(first)).toMatchObject({
      service: 'web-api',
      speaks: 'rest',
      wayIn: 'api-key',
    });
  });
});

it('a way in that is only tried is not the one that is suggested afterwards', async () => {
  const id = await scene.add('connexease', 'connexease');
  const suggested = () => scene.broker().findConnection(id).wayIn;
  const before = suggested();
  expect(before).not.toBe('jwt-login');
  expect(await scene.add('connexease', 'connexease', { wayIn: 'jwt-login' })).toBe(id);
  expect(suggested()).toBe(before);
});

describe('a way in that a person has to type', () => {
  it('is nothing that a program can start', async () => {
    const id = await scene.add('connexease', 'connexease');
    await expect(scene.broker().signIn(id)).rejects.toMatchObject({
      code: 'sign-in-needed',
      detail: { advice: 'enter-in-conexor', next: expect.stringContaining('open Conexor') },
    });
    expect(scene.broker().snapshot().connections[0]?.state).toBe('sign-in-again');
  });
});

describe('a web API', () => {
  let server: FakeAuthorizationServer;
  let api: string;
  beforeEach(async () => {
    server = await startAuthorizationServer();
    api = `${server.origin}/v1`;
    for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/v1']) {
      server.answer(path, { status: 404 });
    }
  });
  afterEach(() => server.close());
  const startIn = async (id: string) => (await scene.broker().signIns.start(id, {})).authorizationUrl ?? '';

  it('is not open because its base answers everybody, and is asked by GET', async () => {
    server.answer('/v1', { body: { hello: 'world' } });
    const id = await scene.add('web-api', api);
    const url = new URL(await startIn(id));
    expect(url.href).toContain(`${server.origin}/authorize`);
    expect(scene.broker().findConnection(id).access).toBe('sign-in');
    expect(server.seenAt('/v1').map(({ method }) => method)).toEqual(['GET']);
  });

  it('may have a base of any length', async () => {
    server.answer('/v1', { body: 'x'.repeat(400_000) });
    const id = await scene.add('web-api', api);
    expect(await startIn(id)).toContain(`${server.origin}/authorize`);
  });

  it('that says nothing and whose origin publishes nothing cannot be signed in to by browser', async () => {
    server.answer('/v1', { status: 401 });
    server.answer('/.well-known/oauth-authorization-server', { status: 404 });
    server.answer('/.well-known/openid-configuration', { status: 404 });
    const id = await scene.add('web-api', api);
    await expect(startIn(id)).rejects.toMatchObject({ code: 'discovery-failed' });
  });

  it('goes by the page that a person names, also where the metadata says nothing of PKCE', async () => {
    server.answer('/v1', { status: 401 });
    delete server.metadata['code_challenge_methods_supported'];
    const page = `${server.origin}/their/page`;
    const named = (endpoints: Record<string, string>) => ({
      authorizationServer: { issuer: server.origin, endpoints },
    });
    const id = await scene.add('web-api', api, named({}));
    await expect(startIn(id)).rejects.toMatchObject({ code: 'pkce-unsupported' });
    await scene.add('web-api', api, named({ authorization_endpoint: page }));
    const url = new URL(await startIn(id));
    expect(url.origin + url.pathname).toBe(page);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  });

  it('P-48 that answers 401 at one place costs no token that was obtained just now', async () => {
    server.answer('/v1', { body: {} });
    server.answer('/token', { body: { access_token: 'a', token_type: 'bearer' } });
    const id = await scene.add('web-api', api);
    await scene.signIn(id, { wayIn: 'client-credentials', given: { 'client-id': 'c', 'client-secret': 's' } });
    server.answer('/v1/not-for-you', { status: 401 });
    expect(await scene.call(id, '/not-for-you')).toBe(401);
    expect(server.seenAt('/token')).toHaveLength(1);
    scene.moveClock(61_000);
    server.answer('/token', { body: { access_token: 'b', token_type: 'bearer' } });
    expect(await scene.call(id, '/not-for-you')).toBe(401);
    expect(await scene.call(id, '/not-for-you')).toBe(401);
    expect(server.seenAt('/token')).toHaveLength(2);
    expect(scene.account(id)?.state).toBe('connected');
  });

  it('that answers 401 at one place ends no sign-in that cannot be renewed; one that answers it itself does', async () => {
    server.answer('/v1', { body: {} });
    server.answer('/token', { body: { access_token: 'a', token_type: 'bearer' } });
    const id = await scene.add('web-api', api);
    await scene.signIn(id, { wayIn: 'client-credentials', given: { 'client-id': 'c', 'client-secret': 's' } });
    const [grant] = scene.vault.list('grant');
    if (!grant) throw new Error('nobody is signed in');
    const key = grantKey(grant.issuer, grant.resource, grant.accountId);
    await scene.vault.write([{ kind: 'grant', key, record: { ...grant, wayIn: 'authorization-code' } }]);
    server.answer('/v1/not-for-you', { status: 401 });
    for (const passedMs of [0, 61_000, 24 * 60 * 60_000]) {
      scene.moveClock(passedMs);
      expect(await scene.call(id, '/not-for-you')).toBe(401);
    }
    expect(scene.account(id)?.state).toBe('connected');
    server.answer('/v1', { status: 401 });
    expect(await scene.faultOf(scene.call(id, '/not-for-you'))).toBe('sign-in-needed');
    expect(scene.account(id)?.state).toBe('sign-in-again');
  });

  it('P-48 is asked once whether it takes the access, for all who met a 401 at the same moment', async () => {
    server.answer('/v1', { body: {} });
    server.answer('/token', { body: { access_token: 'a', token_type: 'bearer' } });
    const id = await scene.add('web-api', api);
    await scene.signIn(id, { wayIn: 'client-credentials', given: { 'client-id': 'c', 'client-secret': 's' } });
    const rejected = await scene.broker().accessTokens.get({ connectionId: id, client: 'test' });
    const before = server.seenAt('/v1').length;
    const again = () => scene.broker().accessTokens.get({ connectionId: id, client: 'test', rejected });
    await Promise.all(Array.from({ length: 20 }, again));
    expect([server.seenAt('/v1').length - before, server.seenAt('/token').length]).toEqual([1, 1]);
  });

  it('needs no PKCE for a client that no browser is sent for', async () => {
    server.answer('/v1', { body: {} });
    delete server.metadata['code_challenge_methods_supported'];
    server.answer('/token', { body: { access_token: 'a', token_type: 'bearer' } });
    const id = await scene.add('web-api', api);
    const outcome = await scene.signIn(id, {
      wayIn: 'client-credentials',
      given: { 'client-id': 'c', 'client-secret': 's' },
    });
    expect(faultOfOutcome(outcome)).toBeUndefined();
    expect(outcome.kind).toBe('done');
  });

  it('whose named server is away is not guessed at', async () => {
    server.answer('/v1', { status: 401 });
    const gone = await startAuthorizationServer();
    await gone.close();
    const id = await scene.add('web-api', api, {
      authorizationServer: { issuer: gone.origin, endpoints: { token_endpoint: `${gone.origin}/token` } },
    });
    await expect(startIn(id)).rejects.toMatchObject({ code: 'unreachable' });
  });
});
