/**
 * Signing out where a refresh has no answer we could use: the last refresh token is kept to be cancelled, and nothing is
 * claimed of the newer one that the service may have given (RFC 7009 section 2.1, RFC 9700 section 4.14.2).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker } from '../../../electron/core/broker/create-broker.ts';
import { openVault } from '../../../electron/core/vault/open-vault.ts';
import { type GrantRecord, grantKey } from '../../../electron/core/vault/records.ts';
import type { Vault } from '../../../electron/core/vault/vault.ts';
import {
  type FakeAnswer,
  type FakeAuthorizationServer,
  startAuthorizationServer,
} from '../../fakes/authorization-server.ts';
import { type TestPlatform, testPlatform } from '../../fakes/person.ts';

let server: FakeAuthorizationServer;
let host: TestPlatform;
let vault: Vault;
let broker: Broker;
let id: string;

beforeEach(async () => {
  server = await startAuthorizationServer();
  host = testPlatform();
  const { now, log } = host.platform;
  vault = await openVault({ dataDir: '', keySource: { kind: 'memory' }, now, log });
  broker = createBroker(host.platform, vault);
  id = (await broker.addConnection({ target: server.resource })).connection.id;
  const attempt = await broker.signIns.start(id, {});
  await fetch(attempt.authorizationUrl ?? '');
  await broker.signIns.outcome(attempt.id);
  host.moveClock(3_600_000);
});

afterEach(async () => {
  await broker.close();
  await host.close();
  await server.close();
});

function grant(): GrantRecord {
  const [found] = vault.list('grant');
  if (!found) throw new Error('not signed in');
  return found;
}
const get = () =>
  broker.accessTokens.get({ connectionId: id, client: 'test' }).then(
    () => 'none',
    (fault: { code: string }) => fault.code,
  );
const signOut = () => broker.signOut(id, grant().accountId);
const revoked = () => server.seenAt('/revoke').map(({ form }) => form.get('token_type_hint'));
const sent = (to: string, token: string | undefined, field: string) =>
  server.seenAt(to).filter(({ form }) => form.get(field) === token).length;
const json = { 'content-type': 'application/json' };

const lost: readonly (readonly [string, FakeAnswer])[] = [
  ['cut off', { cut: true }],
  ['answered by a gateway', { status: 502, body: 'bad gateway' }],
  ['not understood', { headers: json, body: { access_token: 'AT9', refresh_token: 'RT9', token_type: 'mac' } }],
];

describe.each(lost)('a refresh that was %s', (_, answer) => {
  it('leaves open whether newer access lives: a sign-out at once does not claim that it is cancelled', async () => {
    const last = grant().refreshToken?.open();
    server.answer('/token', answer);
    await get();
    expect(await signOut()).toMatchObject({ service: 'may-live', proof: 'not-checked' });
    expect(sent('/revoke', last, 'token')).toBe(1);
    expect(vault.list('refreshJournal')).toEqual([]);
  });

  it('keeps its token to be cancelled only, first of all, also after it was found to be spent', async () => {
    const last = grant().refreshToken?.open();
    server.answer('/token', answer);
    await get();
    await broker.close();
    broker = createBroker(host.platform, vault);
    host.moveClock(120_000);
    expect(await get()).toBe('sign-in-needed');
    host.moveClock(120_000);
    expect(await get()).toBe('sign-in-needed');
    expect(grant().refreshToken).toBeUndefined();
    expect(await signOut()).toMatchObject({ service: 'may-live' });
    expect(sent('/token', last, 'refresh_token')).toBe(1);
    expect(sent('/revoke', last, 'token')).toBe(1);
    expect(revoked()).toEqual(['refresh_token', 'access_token']);
  });
});

describe('a refresh that is under way while a person signs out', () => {
  async function underWay(): Promise<{ readonly got: Promise<string>; readonly answer: (it: FakeAnswer) => void }> {
    let answer: (it: FakeAnswer) => void = () => undefined;
    const answered = new Promise<FakeAnswer>((resolve) => {
      answer = resolve;
    });
    const before = server.seenAt('/token').length;
    server.answer('/token', () => answered);
    const got = get();
    await expect.poll(() => server.seenAt('/token').length).toBe(before + 1);
    return { got, answer };
  }

  it('and whose answer is lost leaves open whether newer access lives', async () => {
    const { got, answer } = await underWay();
    const signedOut = signOut();
    await expect.poll(revoked).toEqual(['refresh_token', 'access_token']);
    answer({ cut: true });
    await got;
    expect(await signedOut).toMatchObject({ service: 'may-live' });
    expect(vault.list('refreshJournal')).toEqual([]);
  });

  it('and brings newer access is cancelled with it before anybody is told so', async () => {
    const { got, answer } = await underWay();
    const signedOut = signOut();
    await expect.poll(revoked).toEqual(['refresh_token', 'access_token']);
    answer({
      body: { access_token: 'AT9', refresh_token: 'RT9', token_type: 'Bearer', expires_in: 60, scope: 'read write' },
    });
    await got;
    expect(await signedOut).toMatchObject({ service: 'cancelled' });
    expect([server.isRevoked('RT9'), server.isRevoked('AT9')]).toEqual([true, true]);
    expect(vault.list('refreshJournal')).toEqual([]);
  });

  it('and is refused has brought nothing newer', async () => {
    const { got, answer } = await underWay();
    const signedOut = signOut();
    await expect.poll(revoked).toEqual(['refresh_token', 'access_token']);
    answer({ status: 400, body: { error: 'invalid_grant' } });
    await got;
    expect(await signedOut).toMatchObject({ service: 'cancelled' });
    expect(vault.list('refreshJournal')).toEqual([]);
  });
});

describe('a service that was seen to keep refresh tokens', () => {
  beforeEach(async () => {
    const { issuer, resource, accountId } = grant();
    const record = { ...grant(), rotatesRefreshToken: false };
    await vault.write([{ kind: 'grant', key: grantKey(issuer, resource, accountId), record }]);
  });

  it('may have replaced one all the same in an answer that was lost', async () => {
    server.answer('/token', { cut: true });
    await get();
    expect(await signOut()).toMatchObject({ service: 'may-live' });
  });

  it('is asked again, and its no to that says nothing of the answer that was lost', async () => {
    const last = grant().refreshToken?.open();
    server.answer('/token', { cut: true });
    await get();
    host.moveClock(120_000);
    server.answer('/token', { status: 503, body: { error: 'temporarily_unavailable' } });
    await get();
    host.moveClock(120_000);
    server.answer('/token', { status: 400, body: { error: 'invalid_grant' } });
    expect(await get()).toBe('sign-in-needed');
    expect(await signOut()).toMatchObject({ service: 'may-live' });
    expect(sent('/revoke', last, 'token')).toBe(1);
  });

  it('has kept it where it answers the next time', async () => {
    server.answer('/token', { cut: true });
    await get();
    host.moveClock(120_000);
    server.behave();
    expect(await get()).toBe('none');
    expect(await signOut()).toMatchObject({ service: 'cancelled' });
  });
});

it('P-53 a refresh token whose client was refused is alive: it is cancelled, and that is all there is', async () => {
  const last = grant().refreshToken?.open();
  server.answer('/token', { status: 401, body: { error: 'invalid_client' } });
  expect(await get()).toBe('sign-in-needed');
  expect(grant().refreshToken).toBeUndefined();
  expect(await signOut()).toMatchObject({ service: 'cancelled' });
  expect(server.isRevoked(last ?? '')).toBe(true);
});

it('a refresh token that the service refused is dropped, and leaves nothing open', async () => {
  server.answer('/token', { status: 400, body: { error: 'invalid_grant' } });
  expect(await get()).toBe('sign-in-needed');
  expect(await signOut()).toMatchObject({ service: 'cancelled' });
  expect(revoked()).toEqual(['access_token']);
});

describe('a service that cancels access tokens only', () => {
  const answering = (refused: FakeAnswer) =>
    server.answer('/revoke', ({ form }) =>
      form.get('token_type_hint') === 'refresh_token' ? refused : { status: 200, body: '' },
    );

  it('has no way to cancel a sign-in: its yes to the access token is not taken for that', async () => {
    answering({ status: 400, body: { error: 'unsupported_token_type' } });
    expect(await signOut()).toMatchObject({ service: 'no-way', proof: 'not-checked' });
  });

  it('and refuses the refresh token has refused', async () => {
    answering({ status: 400, body: { error: 'invalid_request' } });
    expect(await signOut()).toMatchObject({ service: 'refused' });
  });
});
