/** Access that is bound to a key of this computer, from the sign-in to the call, and what becomes of it elsewhere. */
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchange } from '../../../electron/core/bridge/exchange.ts';
import { upstreamOf } from '../../../electron/core/bridge/upstream.ts';
import type { Broker } from '../../../electron/core/broker/broker.ts';
import { startAuthorizationServer } from '../../fakes/authorization-server.ts';
import { type BoundResource, startBoundResource } from '../../fakes/bound-resource.ts';
import { type OidcProvider, type OidcProviderOptions, startOidcProvider } from '../../fakes/oidc-provider.ts';
import { startProtectedMcpServer } from '../../fakes/protected-mcp-server.ts';
import { openStage, type Stage } from '../../fakes/signed-in.ts';

let resource: BoundResource;
let provider: OidcProvider | undefined;
let stage: Stage;
let http: Agent;
const ping = {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  body: Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}'),
} as const;

const machine = {
  client_id: 'nightly report',
  client_secret: 'planted+oidc/secret%~',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
};

beforeEach(async () => {
  resource = await startBoundResource();
  stage = await openStage();
  http = new Agent();
});

afterEach(async () => {
  await stage.close();
  await Promise.all([resource.close(), provider?.close(), http.destroy()]);
  provider = undefined;
});

async function signedIn(options: Partial<OidcProviderOptions>, at = resource.resource): Promise<string> {
  provider = await startOidcProvider({ resource: at, ...options });
  resource.trust(provider.issuer);
  const id = await stage.connect(at);
  expect(await stage.signIn(id, provider)).toMatchObject({ kind: 'done' });
  return id;
}

const call = async (connectionId: string, broker: Broker = stage.broker) => {
  const upstream = upstreamOf(http, broker.accessTokens, connectionId, { client: 'test' });
  const { response } = await upstream.send(await upstream.access(), ping);
  response.discard();
  return response.status;
};
const account = (id: string) => stage.broker.findConnection(id).accounts[0];
const keys = () => new Set(resource.proofs.map(({ jkt }) => jkt));

describe('bound access', () => {
  it.each([
    ['without nonces', { dpop: 'offered' }],
    ['with nonces', { dpop: 'with-nonces' }],
    ['with nonces at a pushed request too', { dpop: 'with-nonces', pushed: 'required' }],
  ] as const)('P-60 P-61 is obtained and used, %s', async (_what, options) => {
    const id = await signedIn(options);
    expect(account(id)).toMatchObject({ bound: true });
    const before = resource.proofs.length;
    for (let time = 0; time < 5; time++) expect(await call(id)).toBe(200);
    expect(resource.proofs.length - before).toBe(5);
    expect(keys().size).toBe(1);
    expect(resource.refusals.filter((why) => why !== 'no DPoP token')).toEqual([]);
  });

  it('P-61 a nonce of the resource’s own is learned from its refusal, once', async () => {
    const id = await signedIn({ dpop: 'offered' });
    resource.wantNonce('first');
    const refused = () => resource.refusals.filter((why) => why === 'use_dpop_nonce').length;
    for (let time = 0; time < 3; time++) expect(await call(id)).toBe(200);
    expect(refused()).toBe(1);
    resource.wantNonce('second');
    expect(await call(id)).toBe(200);
    expect(refused()).toBe(2);
  });

  it('P-61 the first call after a sign-in learns it too', async () => {
    resource.wantNonce('at-once');
    const id = await signedIn({ dpop: 'with-nonces' });
    expect(account(id)).toMatchObject({ bound: true, state: 'connected' });
    expect(resource.proofs.every(({ nonce }) => nonce === 'at-once')).toBe(true);
  });

  it('P-60 is renewed by the same key, also after a restart', async () => {
    const id = await signedIn({ dpop: 'with-nonces' });
    const before = stage.vault.list('grant')[0]?.accessToken.open();
    stage.host.moveClock(3_590_000);
    const later = stage.restarted();
    const access = await later.accessTokens.get({ connectionId: id, client: 'test' });
    expect(access.credential?.secret.open()).not.toBe(before);
    expect(stage.vault.list('grant')[0]?.tokenType).toBe('DPoP');
    stage.host.moveClock(-3_590_000);
    const response = await exchange(http, access, ping);
    response.discard();
    expect(response.status).toBe(200);
    expect(keys().size).toBe(1);
  });

  it('P-60 P-61 a client’s own access is bound and renewed by one key', async () => {
    provider = await startOidcProvider({ resource: resource.resource, dpop: 'with-nonces', clients: [machine] });
    resource.trust(provider.issuer);
    const id = await stage.connect(resource.resource);
    const given = { 'client-id': machine.client_id, 'client-secret': machine.client_secret };
    const attempt = await stage.broker.signIns.start(id, { wayIn: 'client-credentials', given });
    expect(await stage.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
    expect(account(id)).toMatchObject({ bound: true, state: 'connected' });
    expect(await call(id)).toBe(200);
    const before = stage.vault.list('grant')[0]?.accessToken.open();
    stage.host.moveClock(3_590_000);
    const renewed = await stage.restarted().accessTokens.get({ connectionId: id, client: 'test' });
    expect(renewed.credential?.secret.open()).not.toBe(before);
    stage.host.moveClock(-3_590_000);
    const response = await exchange(http, renewed, ping);
    response.discard();
    expect(response.status).toBe(200);
    expect(keys().size).toBe(1);
  });

  it('P-60 a proof that is not of the server’s time signs nobody out: the clock is what is wrong', async () => {
    const id = await signedIn({ dpop: 'offered' });
    stage.host.moveClock(3_700_000);
    const refused = stage.broker.accessTokens.get({ connectionId: id, client: 'test' });
    await expect(refused).rejects.toMatchObject({ code: 'clock-wrong' });
    expect(account(id)).toMatchObject({ state: 'connected' });
    stage.host.moveClock(-3_700_000);
    expect(await call(id)).toBe(200);
  });

  it('P-60 two accounts have a key each', async () => {
    const id = await signedIn({ dpop: 'offered' });
    if (!provider) throw new Error('no provider');
    const attempt = await stage.broker.signIns.start(id, { another: true });
    await fetch(await provider.consent(new URL(attempt.authorizationUrl ?? ''), { account: 'grace' }));
    expect(await stage.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done', known: false });
    expect(keys().size).toBe(2);
  });

  it('P-60 stolen access is worth nothing without the key', async () => {
    const id = await signedIn({ dpop: 'offered' });
    const token = (await stage.broker.accessTokens.get({ connectionId: id, client: 'test' })).credential?.secret.open();
    for (const scheme of ['Bearer', 'DPoP']) {
      const stolen = await fetch(resource.resource, {
        method: 'POST',
        headers: { authorization: `${scheme} ${token}` },
      });
      expect(stolen.status).toBe(401);
    }
  });

  it('P-63 neither key nor proof is in the snapshot or the log', async () => {
    const id = await signedIn({ dpop: 'with-nonces' });
    await call(id);
    const { d } = JSON.parse(stage.vault.list('grant')[0]?.dpopKey?.open() ?? '{}');
    const said = JSON.stringify([stage.broker.snapshot(), stage.host.logged]);
    expect(d).toMatch(/.{40}/);
    expect(said).not.toContain(d);
  });

  it('P-56 is cancelled like any other', async () => {
    const id = await signedIn({ dpop: 'with-nonces' });
    expect(await stage.broker.signOut(id, account(id)?.id ?? '')).toMatchObject({ service: 'cancelled' });
    expect(stage.vault.list('grant')).toEqual([]);
  });
});

describe('where a server binds and the resource knows nothing of it', () => {
  it('P-60 the access is used without proofs, and does not call itself bound', async () => {
    const mcp = await startProtectedMcpServer();
    try {
      provider = await startOidcProvider({ resource: mcp.resource, dpop: 'with-nonces' });
      await mcp.trust(provider.issuer);
      const id = await stage.connect(mcp.resource);
      expect(await stage.signIn(id, provider)).toMatchObject({ kind: 'done' });
      expect(account(id)).toMatchObject({ bound: false, state: 'connected' });
      expect(stage.host.logged.join()).toContain('takes no proofs');
      stage.host.moveClock(3_590_000);
      const access = await stage.broker.accessTokens.get({ connectionId: id, client: 'test' });
      const carried = await access.credential?.headers({ method: 'POST', url: mcp.resource });
      expect(carried).toEqual({ authorization: expect.stringMatching(/^Bearer /) });
    } finally {
      await mcp.stop();
    }
  });

  it('P-62 access that came unbound although it was asked for bound is used as what it is, and said', async () => {
    const server = await startAuthorizationServer();
    try {
      server.metadata['dpop_signing_alg_values_supported'] = ['ES256'];
      const id = await stage.connect(server.resource);
      const attempt = await stage.broker.signIns.start(id, {});
      await fetch(attempt.authorizationUrl ?? '');
      expect(await stage.broker.signIns.outcome(attempt.id)).toMatchObject({ kind: 'done' });
      expect(server.seenAt('/token').at(-1)?.headers['dpop']).toEqual(expect.any(String));
      expect(account(id)).toMatchObject({ bound: false, state: 'connected' });
      expect(stage.vault.list('grant')[0]).toMatchObject({ tokenType: 'Bearer' });
      expect(stage.vault.list('grant')[0]?.dpopKey).toBeUndefined();
      expect(stage.host.logged.join()).toContain('came unbound');
    } finally {
      await server.close();
    }
  });

  it('P-62 a renewal that brings unbound access is noticed as well', async () => {
    const server = await startAuthorizationServer();
    try {
      server.metadata['dpop_signing_alg_values_supported'] = ['ES256'];
      const token = { access_token: 'first', token_type: 'DPoP', expires_in: 60, refresh_token: 'r' };
      server.answer('/token', { body: token });
      const id = await stage.connect(server.resource);
      const attempt = await stage.broker.signIns.start(id, {});
      await fetch(attempt.authorizationUrl ?? '');
      await stage.broker.signIns.outcome(attempt.id);
      expect(account(id)).toMatchObject({ bound: true });
      server.answer('/token', { body: { ...token, access_token: 'second', token_type: 'Bearer' } });
      stage.host.moveClock(60_000);
      const access = await stage.broker.accessTokens.get({ connectionId: id, client: 'test' });
      expect(await access.credential?.headers({ method: 'POST', url: server.resource })).toEqual({
        authorization: 'Bearer second',
      });
      expect(account(id)).toMatchObject({ bound: false });
      expect(stage.host.logged.join()).toContain('renewed as unbound');
    } finally {
      await server.close();
    }
  });
});
