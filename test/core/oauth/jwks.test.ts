/** Published keys (RFC 7517): who signed it, and what happens when keys are replaced or cannot be had. */
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { createKeySets, type KeySets } from '../../../electron/core/oauth/jwks.ts';
import { type FakeAuthorizationServer, startAuthorizationServer } from '../../fakes/authorization-server.ts';

interface Key {
  readonly jwk: JWK;
  sign(header?: { readonly kid?: string | undefined }): Promise<string>;
}

async function makeKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: ({ kid: named } = { kid }) =>
      new SignJWT({ sub: 'ada' })
        .setProtectedHeader(named === undefined ? { alg } : { alg, kid: named })
        .sign(privateKey),
  };
}

const agent = new Agent();
const http = oauthFetch(agent, { timeoutMs: 3_000 });
let nowMs = 1_800_000_000_000;
let fake: FakeAuthorizationServer;
let server: AuthorizationServerInfo;
let keySets: KeySets;
let one: Key;
let two: Key;

beforeAll(async () => {
  fake = await startAuthorizationServer();
  const metadata = { ...fake.metadata, jwks_uri: `${fake.origin}/jwks` };
  server = { issuer: fake.origin, source: 'discovered', metadata: metadata as unknown as { issuer: string } };
  [one, two] = await Promise.all([makeKey('one'), makeKey('two')]);
});
beforeEach(() => {
  fake.behave();
  publish(one);
  keySets = createKeySets({ http, now: () => nowMs });
});
afterAll(async () => {
  await fake.close();
  await agent.close();
});

const publish = (...keys: readonly Key[]) => fake.answer('/jwks', { body: { keys: keys.map(({ jwk }) => jwk) } });
const check = (jwt: string) => keySets.check(server, jwt);
async function askedDuring(work: () => Promise<unknown>): Promise<number> {
  const before = fake.seenAt('/jwks').length;
  await work();
  return fake.seenAt('/jwks').length - before;
}

describe('a signature', () => {
  it('P-33 is valid by a published key, which is asked for once', async () => {
    const jwt = await one.sign();
    const asked = await askedDuring(async () => {
      expect(await Promise.all([check(jwt), check(jwt)])).toEqual(['valid', 'valid']);
      expect(await check(jwt)).toBe('valid');
    });
    expect(asked).toBe(1);
  });

  it('P-33 is invalid by any other, and where it was changed or left out', async () => {
    expect(await check(await two.sign({ kid: 'one' }))).toBe('invalid');
    const [head, , signature] = (await one.sign()).split('.');
    expect(await check(`${head}.${Buffer.from('{"sub":"eve"}').toString('base64url')}.${signature}`)).toBe('invalid');
    expect(await check(new UnsecuredJWT({ sub: 'ada' }).encode())).toBe('invalid');
  });

  it('P-33 is found among several keys also where the token does not say which', async () => {
    publish(two, one);
    expect(await check(await one.sign({ kid: undefined }))).toBe('valid');
    const third = await makeKey('three');
    expect(await check(await third.sign({ kid: undefined }))).toBe('invalid');
  });

  it('P-33 RSA keys are keys too', async () => {
    const rsa = await makeKey('rsa', 'RS256');
    publish(one, rsa);
    expect(await check(await rsa.sign())).toBe('valid');
  });

  it.each([
    ['it is no JWT', async () => 'opaque-token'],
    [
      'it is signed with a shared secret',
      () => new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32)),
    ],
  ])('P-57 is not checked where %s, and nothing is asked', async (_what, make) => {
    const jwt = await make();
    const asked = await askedDuring(async () => expect(await check(jwt)).toBe('not-checked'));
    expect(asked).toBe(0);
  });

  it.each([
    ['are not there', { status: 404 }],
    ['are a page', { headers: { 'content-type': 'text/html' }, body: '<h1>Hotel</h1>' }],
    ['are something else', { body: { keys: 'none' } }],
    ['are endless', { body: { keys: [], pad: 'x'.repeat(300 * 1024) } }],
    ['lie elsewhere', { status: 302, headers: { location: 'https://evil.example/jwks' } }],
    ['cannot be reached', { cut: true }],
    ['are too many to try', { body: { keys: Array.from({ length: 65 }, (_, n) => ({ kty: 'EC', kid: `key-${n}` })) } }],
  ])('P-33 is not checked where the keys %s', async (_what, answer) => {
    fake.answer('/jwks', answer);
    expect(await check(await one.sign())).toBe('not-checked');
  });
});

describe('keys that were replaced', () => {
  it('P-33 are asked for anew at once, and not again and again for a key that nobody has', async () => {
    expect(await check(await one.sign())).toBe('valid');
    publish(two);
    const first = await two.sign();
    expect(await askedDuring(async () => expect(await check(first)).toBe('valid'))).toBe(1);
    expect(await check(await one.sign())).toBe('invalid');

    const strange = await (await makeKey('strange')).sign();
    const asked = await askedDuring(async () => {
      for (let time = 0; time < 10; time++) expect(await check(strange)).toBe('invalid');
    });
    expect(asked).toBe(0);
    nowMs += 31_000;
    expect(await askedDuring(async () => expect(await check(strange)).toBe('invalid'))).toBe(1);
  });

  it('P-33 are found also where no key has a name', async () => {
    const nameless = ({ jwk: { kid: _, ...jwk }, sign }: Key): Key => ({ jwk, sign: () => sign({ kid: undefined }) });
    publish(nameless(one));
    expect(await check(await nameless(one).sign())).toBe('valid');
    publish(nameless(two));
    expect(await check(await nameless(two).sign())).toBe('valid');
  });

  it('P-33 a key that was taken out is believed for ten minutes at most', async () => {
    const jwt = await one.sign();
    expect(await check(jwt)).toBe('valid');
    publish(two);
    expect(await check(jwt)).toBe('valid');
    nowMs += 600_000;
    expect(await check(jwt)).toBe('invalid');
  });

  it('P-33 the ones from before stay where no new ones can be had', async () => {
    const jwt = await one.sign();
    expect(await check(jwt)).toBe('valid');
    fake.answer('/jwks', { status: 503 });
    nowMs += 600_000;
    expect(await check(jwt)).toBe('valid');
  });
});
