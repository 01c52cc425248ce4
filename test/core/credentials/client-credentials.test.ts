import { generateKeyPairSync } from 'node:crypto';
import { importSPKI, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClientCredentialsApi,
  startClientCredentialsApi,
} from '../../../electron/practice/client-credentials-api.ts';
import { startPractice } from '../../../electron/practice/service.ts';
import { practiceCredentials } from '../../../shared/practice-credentials.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { type KeptRequests, keepRequests } from '../../fakes/kept-requests.ts';
import { faultOfOutcome, openScene, type Scene } from './scene.ts';

const { clientId, clientSecret } = practiceCredentials.api;
const given = { 'client-id': clientId, 'client-secret': clientSecret };
const hourMs = 60 * 60_000;

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.stop());

describe('an id and a secret over HTTP Basic', () => {
  let api: ClientCredentialsApi;
  let kept: KeptRequests;
  let id: string;
  async function open(options: Parameters<typeof startClientCredentialsApi>[0] = {}) {
    api = await startClientCredentialsApi({ now: scene.now, ...options });
    kept = keepRequests(api.baseUrl);
    id = await scene.add('practice-api', api.baseUrl);
  }
  afterEach(async () => {
    kept.end();
    await api.stop();
  });

  const signIn = (typed: Record<string, string> = given) =>
    scene.signIn(id, { wayIn: 'client-credentials', given: typed });
  const tokenRequests = () => kept.all.filter(({ target }) => target === '/oauth/v2/token');
  const headerOf = (name: string) =>
    tokenRequests()
      .at(-1)
      ?.headers.find(([one]) => one.toLowerCase() === name)?.[1];
  const grant = () => scene.vault.list('grant')[0];

  it('sends exactly what is documented, and uses the token as Bearer', async () => {
    await open();
    expect(await signIn()).toMatchObject({ kind: 'done', account: { label: clientId } });
    const encoded = 'practice-client:practice-secret%2Fwith%2Bsigns%25and%3Acolons';
    expect(headerOf('authorization')).toBe(`Basic ${Buffer.from(encoded).toString('base64')}`);
    expect(tokenRequests().map(({ body }) => body)).toEqual(['grant_type=client_credentials']);
    const { credential, resource } = await scene.get(id);
    expect(await credential?.headers({ method: 'GET', url: resource })).toEqual({
      authorization: `Bearer ${credential?.secret.open()}`,
    });
    expect(await scene.call(id, '/v2/account')).toBe(200);
  });

  it('works at servers that decode nothing, where only "-", "." and "_" are special', async () => {
    await open({ decodesBasic: false, clientId: 'my-client_1.0', clientSecret: 'se-cret_2.1' });
    expect(await signIn({ 'client-id': 'my-client_1.0', 'client-secret': 'se-cret_2.1' })).toMatchObject({
      kind: 'done',
    });
  });

  it('is renewed by asking again, once for fifty callers and without a journal, also after a restart', async () => {
    await open();
    await signIn();
    scene.moveClock(hourMs);
    await scene.restart();
    const all = await Promise.all(Array.from({ length: 50 }, () => scene.get(id)));
    expect(new Set(all.map(({ credential }) => credential?.secret.open())).size).toBe(1);
    expect(tokenRequests().length).toBe(2);
    expect(scene.vault.list('refreshJournal')).toEqual([]);
    api.control.rejectTokens();
    scene.moveClock(1000);
    expect(await scene.call(id)).toBe(200);
    expect(tokenRequests().length).toBe(3);
  });

  it('is asked for again where an answer was lost', async () => {
    await open();
    await signIn();
    scene.moveClock(hourMs);
    api.control.dropNext('token', { afterProcessing: true });
    expect(await scene.faultOf(scene.get(id))).toBe('unreachable');
    scene.moveClock(5000);
    expect(await scene.faultOf(scene.get(id))).toBe('none');
  });

  it('with a wrong secret stores nothing and says so', async () => {
    await open();
    expect(faultOfOutcome(await signIn({ ...given, 'client-secret': 'wrong' }))?.code).toBe('client-refused');
    expect([scene.vault.list('grant'), scene.vault.list('credential')]).toEqual([[], []]);
  });

  it('ends in "sign in again" where the secret was changed, is not asked again, and goes on with the new one', async () => {
    await open();
    await signIn();
    api.control.changeSecret('another');
    scene.moveClock(hourMs);
    for (let n = 0; n < 10; n += 1) {
      expect(await scene.faultOf(scene.get(id))).toBe('client-refused');
      scene.moveClock(10 * 60_000);
    }
    await scene.restart();
    expect(await scene.faultOf(scene.get(id))).toBe('client-refused');
    expect(tokenRequests().length).toBe(2);
    expect(scene.account(id)).toMatchObject({ state: 'sign-in-again' });
    expect(await signIn({ ...given, 'client-secret': 'another' })).toMatchObject({ kind: 'done', known: true });
    expect(await scene.call(id)).toBe(200);
    expect(scene.account(id)).toMatchObject({ state: 'connected', renewsItself: true });
  });

  it.each([
    ['missing', undefined],
    ['zero', 0],
    ['negative', -5],
    ['no number', 'soon'],
  ])('takes the end from the token itself where expires_in is %s', async (_name, expiresIn) => {
    await open();
    api.control.answerWith({ expires_in: expiresIn });
    api.control.setTokenLifeMs(2 * hourMs);
    await signIn();
    expect(Math.round(((grant()?.expiresAtMs ?? 0) - (grant()?.obtainedAtMs ?? 0)) / 1000)).toBe(7200);
  });

  it('understands an expires_in that is a string', async () => {
    await open();
    api.control.answerWith({ expires_in: '120' });
    await signIn();
    expect((grant()?.expiresAtMs ?? 0) - (grant()?.obtainedAtMs ?? 0)).toBe(120_000);
  });

  it.each([
    ['an unknown token type', () => api.control.answerWith({ token_type: 'mac' }), 'service-answer-invalid'],
    ['an answer without a token', () => api.control.answerWith({ access_token: undefined }), 'service-answer-invalid'],
    [
      'a token that fits no header',
      () => api.control.answerWith({ access_token: 'a\r\nb: c' }),
      'service-answer-invalid',
    ],
    ['200 with HTML', () => api.control.failNext('token', { status: 200, body: '<h1>Hi</h1>' }), 'captive-portal'],
    ['403 with nothing', () => api.control.failNext('token', { status: 403 }), 'token-refused'],
    ['503', () => api.control.failNext('token', { status: 503 }), 'service-down'],
    ['429', () => api.control.failNext('token', { status: 429, headers: { 'retry-after': '60' } }), 'rate-limited'],
  ])('%s ends in a fault of its own, before anything is stored and while renewing', async (_name, misbehave, code) => {
    await open();
    misbehave();
    expect(faultOfOutcome(await signIn())?.code).toBe(code);
    expect(scene.vault.list('grant')).toEqual([]);
    api.control.answerWith({});
    await signIn();
    scene.moveClock(hourMs);
    misbehave();
    const before = tokenRequests().length;
    for (let n = 0; n < 12; n += 1) expect(await scene.faultOf(scene.get(id))).toBe(code);
    expect(tokenRequests().length).toBe(before + 1);
  });

  it('ends here by itself where nothing can be cancelled', async () => {
    await open();
    await signIn();
    const result = await scene.broker().signOut(id, clientId);
    expect(result).toMatchObject({ service: 'no-way' });
    expect([scene.vault.list('credential'), scene.vault.list('grant'), scene.vault.list('account')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('is asked for with a client that came with the connection, and needs no typing', async () => {
    await open();
    const { Secret } = await import('../../../electron/core/vault/secret.ts');
    await scene.add('practice-api', api.baseUrl, { client: { clientId, clientSecret: new Secret(clientSecret) } });
    expect(await scene.signIn(id, {})).toMatchObject({ kind: 'done' });
    expect(await scene.call(id)).toBe(200);
  });
});

describe('an id and a secret at Conexor', () => {
  it('travel in the body with the scopes, and cancel what came of them', async () => {
    const practice = await startPractice({ now: scene.now });
    const kept = keepRequests(practice.baseUrl);
    try {
      const { conexor } = practiceCredentials;
      const id = await scene.add('practice', practice.resource);
      const outcome = await scene.signIn(id, {
        wayIn: 'client-credentials',
        given: { 'client-id': conexor.clientId, 'client-secret': conexor.clientSecret },
      });
      expect(outcome).toMatchObject({ kind: 'done', grantedScopes: ['mcp:tools:read', 'mcp:tools:execute'] });
      const [request] = kept.all.filter(({ target }) => target === '/api/oauth/token');
      expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
        grant_type: 'client_credentials',
        client_id: conexor.clientId,
        client_secret: conexor.clientSecret,
        scope: 'mcp:tools:read mcp:tools:execute',
      });
      expect(request?.headers.some(([name]) => name.toLowerCase() === 'authorization')).toBe(false);
      expect(await scene.broker().signOut(id, conexor.clientId)).toMatchObject({
        service: 'cancelled',
        proof: 'refused',
      });
    } finally {
      kept.end();
      await practice.stop();
    }
  });

  it('cancel what arrives for somebody who has signed out meanwhile', async () => {
    const practice = await startPractice({ now: scene.now });
    try {
      const { conexor } = practiceCredentials;
      const id = await scene.add('practice', practice.resource);
      await scene.signIn(id, {
        wayIn: 'client-credentials',
        given: { 'client-id': conexor.clientId, 'client-secret': conexor.clientSecret },
      });
      scene.moveClock(hourMs);
      practice.control.delayNext('token', 150);
      const renewing = scene.faultOf(scene.get(id));
      await expect.poll(() => practice.control.faultsLeft('token')).toBe(0);
      await scene.broker().signOut(id, conexor.clientId);
      expect(await renewing).toBe('sign-in-needed');
      await expect.poll(() => practice.seen.revoked.accessTokens).toBe(2);
      await expect.poll(() => scene.vault.list('revocation')).toEqual([]);
    } finally {
      await practice.stop();
    }
  });
});

describe('a server that a person names', () => {
  let server: FakeAuthorizationServer;
  beforeEach(async () => {
    server = await startAuthorizationServer();
  });
  afterEach(() => server.close());

  const answer = { access_token: 'opaque', token_type: 'bearer', expires_in: 60 };
  const tokenForm = () => server.seenAt('/my/token').at(-1);
  const names = (endpoints: Record<string, string>) => ({
    authorizationServer: { issuer: server.origin, endpoints },
  });

  it('is used by its endpoints where it publishes nothing, with the resource asked by GET', async () => {
    server.answer('/.well-known/oauth-authorization-server', { status: 404 });
    server.answer('/.well-known/openid-configuration', { status: 404 });
    server.answer('/my/token', { body: answer });
    server.answer('/v1', { status: 401, headers: { 'www-authenticate': 'Bearer scope="read write"' } });
    const id = await scene.add(
      'web-api',
      `${server.origin}/v1`,
      names({ token_endpoint: `${server.origin}/my/token` }),
    );
    const signingIn = scene.signIn(id, {
      wayIn: 'client-credentials',
      given: { 'client-id': 'a b', 'client-secret': 's' },
    });
    expect(faultOfOutcome(await signingIn)?.code).toBe('token-refused');
    expect(scene.vault.list('grant')).toEqual([]);
    expect(tokenForm()?.form.get('scope')).toBe('read write');
    expect(tokenForm()?.headers.authorization).toBe(`Basic ${Buffer.from('a+b:s').toString('base64')}`);
    expect(server.seenAt('/v1').map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('goes by what it publishes otherwise, and by a private key where one was given (RFC 7523)', async () => {
    server.metadata['token_endpoint_auth_methods_supported'] = ['private_key_jwt'];
    server.answer('/my/token', { body: answer });
    server.answer('/v1', { body: {} });
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const id = await scene.add(
      'web-api',
      `${server.origin}/v1`,
      names({ token_endpoint: `${server.origin}/my/token` }),
    );
    const outcome = await scene.signIn(id, {
      wayIn: 'client-credentials',
      given: { 'client-id': 'machine', 'private-key': pem },
    });
    expect(outcome).toMatchObject({ kind: 'done', account: { label: 'machine', issuer: server.origin } });
    const check = async () => {
      const form = tokenForm()?.form;
      const key = await importSPKI(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'ES256');
      const { payload } = await jwtVerify(form?.get('client_assertion') ?? '', key, { audience: server.origin });
      expect(payload).toMatchObject({ iss: 'machine', sub: 'machine' });
      return payload.jti;
    };
    const first = await check();
    scene.moveClock(60_000);
    await scene.get(id);
    expect(await check()).not.toBe(first);
  });

  it('is asked by the same client whether its access is still good (RFC 7662)', async () => {
    server.metadata['introspection_endpoint'] = `${server.origin}/introspect`;
    server.answer('/introspect', { body: { active: true, scope: 'read' } });
    server.answer('/token', { body: answer });
    server.answer('/v1', { body: {} });
    const id = await scene.add('web-api', `${server.origin}/v1`);
    await scene.signIn(id, { wayIn: 'client-credentials', given: { 'client-id': 'machine', 'client-secret': 's' } });
    expect(await scene.broker().validate(id, 'machine')).toMatchObject({
      active: 'yes',
      checkedBy: 'introspection',
      scopes: ['read'],
    });
    const [asked] = server.seenAt('/introspect');
    expect(asked?.headers.authorization).toBe(`Basic ${Buffer.from('machine:s').toString('base64')}`);
  });

  it('needs a secret or a key, and a key that can be read', async () => {
    server.answer('/v1', { body: {} });
    const id = await scene.add('web-api', `${server.origin}/v1`, names({}));
    const signIn = (typed: Record<string, string>) => scene.signIn(id, { wayIn: 'client-credentials', given: typed });
    expect(faultOfOutcome(await signIn({ 'client-id': 'machine' }))).toMatchObject({
      code: 'input-invalid',
      detail: { subject: 'client-secret', thing: 'missing-field' },
    });
    expect(faultOfOutcome(await signIn({ 'client-id': 'machine', 'private-key': 'no key' }))).toMatchObject({
      code: 'input-invalid',
      detail: { subject: 'private-key', thing: 'key-file' },
    });
    expect(server.seenAt('/token')).toEqual([]);
  });

  it('is never one that another connection’s access came from, under other endpoints', async () => {
    server.answer('/v1', { body: {} });
    server.answer('/v2', { body: {} });
    server.answer('/my/token', { body: answer });
    const typed = { 'client-id': 'machine', 'client-secret': 's' };
    const first = await scene.add(
      'web-api',
      `${server.origin}/v1`,
      names({ token_endpoint: `${server.origin}/my/token` }),
    );
    expect(await scene.signIn(first, { wayIn: 'client-credentials', given: typed })).toMatchObject({ kind: 'done' });
    const second = await scene.add(
      'web-api',
      `${server.origin}/v2`,
      names({ token_endpoint: `${server.origin}/evil` }),
    );
    const outcome = await scene.signIn(second, { wayIn: 'client-credentials', given: typed });
    expect(faultOfOutcome(outcome)?.code).toBe('issuer-mismatch');
    expect(server.seenAt('/evil')).toEqual([]);
  });
});
