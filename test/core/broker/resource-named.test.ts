/** A resource may name any authorization server: that server is told whom its access is for, first and ever after. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { openScene, type Scene } from '../credentials/scene.ts';

let honest: FakeAuthorizationServer;
let evil: FakeAuthorizationServer;
let scene: Scene;
beforeEach(async () => {
  [honest, evil] = await Promise.all([startAuthorizationServer(), startAuthorizationServer()]);
  evil.resourceMetadata['authorization_servers'] = [honest.origin];
  scene = await openScene();
});
afterEach(async () => {
  await scene.stop();
  await Promise.all([honest.close(), evil.close()]);
});

const named = (path: string) =>
  honest.seenAt(path).map(({ query, form }) => query.get('resource') ?? form.get('resource'));
async function signIn(connection: string): Promise<string> {
  const { id, authorizationUrl } = await scene.broker().signIns.start(connection, { fresh: true });
  await fetch(authorizationUrl ?? '');
  return (await scene.broker().signIns.outcome(id)).kind;
}

it('a web API that names somebody else’s server is named there itself, in every request', async () => {
  const api = await scene.add('web-api', evil.resource);
  expect(await signIn(api)).toBe('done');
  scene.moveClock(3_600_000);
  expect(await scene.faultOf(scene.get(api))).toBe('none');
  await scene.restart();
  scene.moveClock(3_600_000);
  expect(await scene.faultOf(scene.get(api))).toBe('none');
  expect(named('/authorize')).toEqual([evil.resource]);
  expect(named('/token')).toEqual([evil.resource, evil.resource, evil.resource]);
});

it('so is one where a program signs in by itself, or a person by a code', async () => {
  honest.answer('/token', { body: { access_token: 'token', token_type: 'Bearer', expires_in: 3600 } });
  const given = { 'client-id': 'robot', 'client-secret': 'a secret' };
  const api = await scene.add('web-api', evil.resource, { wayIn: 'client-credentials' });
  expect((await scene.signIn(api, { wayIn: 'client-credentials', given })).kind).toBe('done');
  scene.moveClock(3_600_000);
  expect(await scene.faultOf(scene.get(api))).toBe('none');
  expect(named('/token')).toEqual([evil.resource, evil.resource]);

  honest.metadata['device_authorization_endpoint'] = `${honest.origin}/device`;
  honest.answer('/device', {
    body: { device_code: 'code', user_code: 'AAAA', verification_uri: `${honest.origin}/activate`, interval: 1 },
  });
  const { id } = await scene.broker().signIns.start(api, { fresh: true, another: true, wayIn: 'device-code' });
  expect((await scene.broker().signIns.outcome(id)).kind).toBe('done');
  expect(named('/device')).toEqual([evil.resource]);
  expect(named('/token').at(-1)).toBe(evil.resource);
});

it('a server that a person named by hand is asked as its documents say', async () => {
  const client = { clientId: 'by-hand', clientSecret: new Secret('a secret') };
  const authorizationServer = { issuer: honest.origin, endpoints: {} };
  const api = await scene.add('web-api', `${honest.origin}/api`, { client, authorizationServer });
  honest.answer('/api', ({ headers }) => (headers.authorization ? { body: {} } : { status: 401 }));
  expect(await signIn(api)).toBe('done');
  scene.moveClock(3_600_000);
  expect(await scene.faultOf(scene.get(api))).toBe('none');
  expect(named('/authorize')).toEqual([null]);
  expect(named('/token')).toEqual([null, null]);
});
