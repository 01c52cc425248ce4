import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelRemote, type ToCancel } from '../../../../electron/core/clients/take-over/cancel-remote.ts';
import { oauthFetch } from '../../../../electron/core/oauth/http.ts';
import { Secret } from '../../../../electron/core/vault/secret.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../../fakes/authorization-server.ts';

const nowMs = 1_800_000_000_000;
const accessToken = new Secret('acc_1');
const refreshToken = new Secret('ref_1');

let server: FakeAuthorizationServer;
let http: Agent;
beforeEach(async () => {
  server = await startAuthorizationServer();
  http = new Agent();
});
afterEach(async () => {
  await http.close();
  await server.close();
});

const cancel = (wish: { readonly [K in keyof ToCancel]?: ToCancel[K] | undefined } = {}) =>
  cancelRemote({ http, oauth: oauthFetch(http, { timeoutMs: 2_000 }), now: () => nowMs }, {
    tokens: { accessToken, refreshToken, accessUntilMs: nowMs + 60_000 },
    client: { clientId: 'client-1' },
    target: server.resource,
    ownsRegistration: true,
    ...wish,
  } as ToCancel);
const told = () => server.seenAt('/revoke').map(({ form }) => [form.get('token_type_hint'), form.get('token')]);
/** The resource refuses what was cancelled. */
const refusesCancelled = () =>
  server.answer('/mcp', ({ headers }) => {
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    return token !== '' && !server.isRevoked(token)
      ? { body: { jsonrpc: '2.0', id: 1, result: {} } }
      : { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: {} };
  });

describe('cancelling at the service', () => {
  it('ends the refresh token first, then the access token, and sees by a call that it is refused', async () => {
    refusesCancelled();
    expect(await cancel()).toEqual({ service: 'cancelled', proof: 'refused' });
    expect(told()).toEqual([
      ['refresh_token', 'ref_1'],
      ['access_token', 'acc_1'],
    ]);
    expect(server.seenAt('/revoke')[0]?.form.get('client_id')).toBe('client-1');
  });

  it('says until when access lives that is taken still', async () => {
    expect(await cancel()).toEqual({
      service: 'cancelled',
      proof: 'still-accepted',
      accessUntilMs: nowMs + 60_000,
    });
  });

  it.each([
    ['client_secret_basic', 'authorization', 'Basic Y2xpZW50LTE6c2VjXzE='],
    ['client_secret_post', 'body', 'sec_1'],
    [undefined, 'authorization', 'Basic Y2xpZW50LTE6c2VjXzE='],
  ])('proves itself as it was registered: %s', async (authMethod, where, what) => {
    const client = { clientId: 'client-1', clientSecret: new Secret('sec_1'), ...(authMethod ? { authMethod } : {}) };
    expect((await cancel({ client })).service).toBe('cancelled');
    const [seen] = server.seenAt('/revoke');
    expect(where === 'body' ? seen?.form.get('client_secret') : seen?.headers.authorization).toBe(what);
  });

  it('uses the client of the entry where none was written down', async () => {
    expect((await cancel({ client: undefined, givenClient: { clientId: 'given' } })).service).toBe('cancelled');
    expect(server.seenAt('/revoke')[0]?.form.get('client_id')).toBe('given');
  });

  it('asks who has issued it, as it was written down, whatever the resource says now', async () => {
    server.resourceMetadata['authorization_servers'] = ['https://elsewhere.invalid'];
    expect((await cancel({ issuer: server.origin })).service).toBe('cancelled');
    expect((await cancel({ issuer: server.origin, target: undefined })).proof).toBe('not-checked');
    expect(told()).toHaveLength(4);
  });

  it('finds a server of the first MCP revisions, which publishes nothing about its resource', async () => {
    const gone = { status: 404, body: '' };
    server.answer('/.well-known/oauth-protected-resource/mcp', gone);
    server.answer('/.well-known/oauth-protected-resource', gone);
    server.answer('/mcp', { status: 405, body: '' });
    expect((await cancel()).service).toBe('cancelled');
  });
});

describe('what is not confirmed', () => {
  it('is not said: a refusal, no way, and trouble', async () => {
    server.answer('/revoke', { status: 400, body: { error: 'invalid_client' } });
    expect(await cancel()).toMatchObject({ service: 'refused', accessUntilMs: nowMs + 60_000 });
    server.answer('/revoke', { status: 503, body: '' });
    expect(await cancel()).toMatchObject({ service: 'unreachable', fault: { code: 'service-down' } });
    server.answer('/revoke', { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Hotel</h1>' });
    expect((await cancel()).service).toBe('unreachable');
    server.answer('/revoke', { status: 302, headers: { location: 'https://hotel.invalid' }, body: '' });
    expect((await cancel()).service).not.toBe('cancelled');
    delete server.metadata['revocation_endpoint'];
    expect(await cancel()).toEqual({ service: 'no-way', accessUntilMs: nowMs + 60_000 });
  });

  it('of the refresh token is the answer, whatever the access token’s was; the other way about it is over', async () => {
    const refuse = (hint: string, error: string) =>
      server.answer('/revoke', ({ form }) =>
        form.get('token_type_hint') === hint ? { status: 400, body: { error } } : { status: 200, body: '' },
      );
    refuse('refresh_token', 'invalid_request');
    expect((await cancel()).service).toBe('refused');
    refuse('access_token', 'unsupported_token_type');
    expect(await cancel()).toMatchObject({ service: 'cancelled', proof: 'still-accepted' });
  });

  it('is no claim where nobody answers', async () => {
    await server.close();
    expect(await cancel()).toMatchObject({ service: 'unreachable', fault: { code: 'unreachable' } });
    server = await startAuthorizationServer();
  });

  it('sends nothing to an address without protection', async () => {
    expect(await cancel({ target: 'http://example.com/mcp' })).toMatchObject({
      service: 'no-way',
      fault: { code: 'address-insecure' },
    });
    expect(server.seen).toEqual([]);
  });

  it('asks nobody where nobody knows whom, or there is nothing to cancel', async () => {
    expect(await cancel({ target: undefined })).toEqual({ service: 'not-asked' });
    expect(await cancel({ tokens: undefined })).toEqual({ service: 'not-asked', nothing: true });
    expect(await cancel({ tokens: {} })).toEqual({ service: 'not-asked', nothing: true });
    expect(server.seen).toEqual([]);
  });

  it('is over by itself where its time has passed', async () => {
    const tokens = { accessToken, accessUntilMs: nowMs - 1 };
    expect(await cancel({ tokens })).toEqual({ service: 'cancelled', proof: 'not-checked' });
  });
});

describe('its registration', () => {
  const managed = () => ({
    clientId: 'client-1',
    registrationAccessToken: new Secret('reg_1'),
    registrationClientUri: `${server.origin}/register/client-1`,
  });

  it('is deleted where the service lets it, after the tokens', async () => {
    server.answer('/register/client-1', { status: 204 });
    expect(await cancel({ client: managed() })).toMatchObject({ service: 'cancelled', registration: 'deleted' });
    expect(server.seen.map(({ method, path }) => `${method} ${path}`).slice(-2)).toContain('DELETE /register/client-1');
    expect(server.seenAt('/register/client-1')[0]?.headers.authorization).toBe('Bearer reg_1');
    expect(await cancel({ client: managed(), tokens: undefined })).toEqual({
      service: 'not-asked',
      nothing: true,
      registration: 'deleted',
    });
  });

  it('is left where others use it, where the service does not let it, and where it lies elsewhere', async () => {
    expect(await cancel({ client: managed(), ownsRegistration: false })).toMatchObject({ registration: 'left' });
    server.answer('/register/client-1', { status: 405 });
    expect(await cancel({ client: managed() })).toMatchObject({ registration: 'left' });
    const elsewhere = { ...managed(), registrationClientUri: 'https://elsewhere.invalid/register/1' };
    expect(await cancel({ client: elsewhere })).toMatchObject({ registration: 'left' });
  });
});
