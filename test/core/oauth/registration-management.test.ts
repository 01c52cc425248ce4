/** Registrations that are there already (RFC 7592). */
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { managementAddress } from '../../../electron/core/oauth/management-address.ts';
import {
  deleteClient,
  type ManagedClient,
  readClient,
  updateClient,
} from '../../../electron/core/oauth/registration-management.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { asFault } from '../../../shared/faults.ts';
import {
  type FakeAnswer,
  type FakeAuthorizationServer,
  startAuthorizationServer,
} from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent, { timeoutMs: 3_000 });
const path = '/register/client-1';
let fake: FakeAuthorizationServer;
let client: ManagedClient;

beforeAll(async () => {
  fake = await startAuthorizationServer();
  client = {
    clientId: 'client-1',
    authMethod: 'client_secret_basic',
    clientSecret: new Secret('canary-secret'),
    registrationAccessToken: new Secret('canary-rat'),
    registrationClientUri: fake.origin + path,
    home: [fake.origin],
  };
});
beforeEach(() => fake.behave());
afterAll(async () => {
  await fake.close();
  await agent.close();
});

const last = () => fake.seenAt(path).at(-1);
const update = () => updateClient(http, client, { clientName: 'Us', redirectUri: 'http://127.0.0.1:4000/cb' });

describe('a managed registration', () => {
  it('P-55 is read with its own token, which may be another one afterwards', async () => {
    fake.answer(path, {
      body: {
        client_id: 'client-1',
        client_secret: 'new-secret',
        client_secret_expires_at: 2_000_000_000,
        token_endpoint_auth_method: 'client_secret_post',
        registration_access_token: 'new-rat',
        registration_client_uri: `${fake.origin}/moved`,
        redirect_uris: ['http://127.0.0.1:4000/cb'],
      },
    });
    const answer = await readClient(http, client);
    if (answer.kind !== 'present') throw new Error(answer.kind);
    expect(last()).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer canary-rat' } });
    expect(answer.redirectUris).toEqual(['http://127.0.0.1:4000/cb']);
    expect(answer.client).toMatchObject({
      authMethod: 'client_secret_post',
      secretExpiresAtMs: 2_000_000_000_000,
      registrationClientUri: `${fake.origin}/moved`,
    });
    expect(answer.client.clientSecret?.open()).toBe('new-secret');
    expect(answer.client.registrationAccessToken.open()).toBe('new-rat');
  });

  it('P-55 keeps what an answer leaves out', async () => {
    fake.answer(path, { body: { client_id: 'client-1', client_secret: null, registration_access_token: 'rotated' } });
    const answer = await readClient(http, client);
    if (answer.kind !== 'present') throw new Error(answer.kind);
    expect(answer.client.clientSecret?.open()).toBe('canary-secret');
    expect(answer.client.authMethod).toBe('client_secret_basic');
    expect(answer.client.registrationAccessToken.open()).toBe('rotated');
    expect(answer.client.registrationClientUri).toBe(client.registrationClientUri);
  });

  it('P-55 is changed by saying everything anew, and nothing that a client may not say', async () => {
    fake.answer(path, { body: { client_id: 'client-1' } });
    await update();
    const { method, body } = last() ?? { method: '', body: '{}' };
    expect(method).toBe('PUT');
    expect(JSON.parse(body)).toEqual({
      client_id: 'client-1',
      client_secret: 'canary-secret',
      client_name: 'Us',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1:4000/cb'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    });
  });

  it.each([
    [204, 'deleted'],
    [200, 'deleted'],
    [401, 'gone'],
    [404, 'gone'],
    [403, 'not-managed'],
    [405, 'not-managed'],
  ])('P-55 a deletion that is answered with %i: %s', async (status, outcome) => {
    fake.answer(path, { status });
    expect(await deleteClient(http, client)).toBe(outcome);
    expect(last()).toMatchObject({ method: 'DELETE', headers: { authorization: 'Bearer canary-rat' } });
  });

  it.each([
    [401, 'gone'],
    [404, 'gone'],
    [403, 'not-managed'],
    [405, 'not-managed'],
  ])('P-55 a question or change that is answered with %i: %s', async (status, kind) => {
    fake.answer(path, { status, body: '' });
    expect(await readClient(http, client)).toEqual({ kind });
    expect(await update()).toEqual({ kind });
  });

  it.each<[string, FakeAnswer, string]>([
    ['trouble', { status: 503 }, 'service-down'],
    ['too many questions', { status: 429 }, 'rate-limited'],
    ['a page', { headers: { 'content-type': 'text/html' }, body: '<h1>Hotel</h1>' }, 'captive-portal'],
    ['another client', { body: { client_id: 'client-2' } }, 'service-answer-invalid'],
    ['no client', { body: {} }, 'service-answer-invalid'],
    [
      'a redirect, which is not followed',
      { status: 307, headers: { location: '/elsewhere' } },
      'service-answer-invalid',
    ],
    ['no answer', { cut: true }, 'unreachable'],
  ])('P-55 %s is a fault, and says nothing about the registration', async (_what, answer, code) => {
    fake.answer(path, answer);
    for (const ask of [() => readClient(http, client), update]) {
      const fault = asFault(await ask().catch((thrown: unknown) => thrown));
      expect(fault.code).toBe(code);
      expect(`${fault.message}${JSON.stringify(fault.detail)}`).not.toContain('canary');
    }
  });

  it.each([
    'http://127.0.0.1:1/_all_my_data',
    'https://elsewhere.example/register/client-1',
    'https://10.0.0.1/register',
  ])('P-55 is never managed at an address that is not its server’s: %s', async (registrationClientUri) => {
    const elsewhere = { ...client, registrationClientUri, home: ['https://as.example'] };
    await expect(deleteClient(http, elsewhere)).rejects.toMatchObject({ code: 'address-insecure' });
    fake.answer(path, { body: { client_id: 'client-1', registration_client_uri: registrationClientUri } });
    expect(await readClient(http, client), 'the address before stays').toMatchObject({
      client: { registrationClientUri: client.registrationClientUri },
    });
  });

  it('P-55 may be managed in its server’s house, as far inside the network as that is', async () => {
    const home = ['https://login.example.com', 'https://login.example.com/register'];
    const at = (address: string, ...ips: string[]) =>
      managementAddress(address, home, async (host) => (host === 'api.example.com' ? ips : ['93.184.216.34']));
    expect(await at('https://login.example.com/r/1', '127.0.0.1')).toBe('https://login.example.com/r/1');
    expect(await at('https://api.example.com/r/1', '93.184.216.34')).toBe('https://api.example.com/r/1');
    for (const ip of ['127.0.0.1', '10.0.0.1', '169.254.169.254']) {
      expect(await at('https://api.example.com/r/1', ip)).toBeUndefined();
    }
    for (const none of ['http://login.example.com/r/1', 'https://example.org/r', 'no address', '', null]) {
      expect(await managementAddress(none, home)).toBeUndefined();
    }
  });

  it('P-55 a page in answer to a deletion deletes nothing', async () => {
    fake.answer(path, { headers: { 'content-type': 'text/html' }, body: '<h1>Hotel</h1>' });
    await expect(deleteClient(http, client)).rejects.toMatchObject({ code: 'captive-portal' });
  });
});
