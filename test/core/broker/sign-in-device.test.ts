/** Signing in by a code, end to end: oidc-provider asks, a program types the code at its page, the access works. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OidcProvider, type OidcProviderOptions, startOidcProvider } from '../../fakes/oidc-provider.ts';
import { type ProtectedMcpServer, startProtectedMcpServer } from '../../fakes/protected-mcp-server.ts';
import { openStage, type Stage } from '../../fakes/signed-in.ts';

let resource: ProtectedMcpServer;
let provider: OidcProvider;
let stage: Stage;
let connectionId: string;
/** Lets the next question be asked. */
let goOn: () => void;
const waited: number[] = [];

async function start(options: Partial<OidcProviderOptions> = {}): Promise<void> {
  provider = await startOidcProvider({ resource: resource.resource, device: true, ...options });
  await resource.trust(provider.issuer);
}

beforeEach(async () => {
  waited.length = 0;
  resource = await startProtectedMcpServer();
  stage = await openStage({
    pause: (ms, signal) =>
      new Promise((resolve) => {
        waited.push(ms);
        goOn = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  });
  connectionId = await stage.connect(resource.resource);
});

afterEach(async () => {
  await stage.close();
  await Promise.all([resource.stop(), provider.close()]);
});

const begin = () => stage.broker.signIns.start(connectionId, { wayIn: 'device-code' });
const view = () => stage.broker.findConnection(connectionId);
const polls = () => provider.seen.filter((request) => request === 'POST /token').length;
const until = async (isSo: () => boolean) => {
  await expect.poll(isSo, { timeout: 10_000, interval: 5 }).toBe(true);
};

describe('a sign-in by a code', () => {
  it('P-58 shows address and code, waits, and is signed in when the person has typed and allowed it', async () => {
    await start();
    const attempt = await begin();
    expect(attempt.authorizationUrl).toBeUndefined();
    const { device } = attempt;
    expect(device).toMatchObject({
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verificationUri: `${provider.issuer}/device`,
      verificationUriComplete: `${provider.issuer}/device?user_code=${device?.userCode}`,
    });
    expect(view()).toMatchObject({ state: 'signing-in', signIn: { device: { userCode: device?.userCode } } });
    await until(() => waited.length === 1);
    goOn();
    await until(() => waited.length === 2);
    await provider.typeCode(device?.verificationUri ?? '', device?.userCode ?? '', { account: 'grace' });
    goOn();
    const outcome = await stage.broker.signIns.outcome(attempt.id);
    expect(outcome).toMatchObject({ kind: 'done', account: { subject: 'grace', wayIn: 'device-code' } });
    expect(waited).toEqual([5_000, 5_000]);
    expect([...resource.seen.accepted.values()]).toEqual(['grace']);
    expect(JSON.stringify([stage.broker.snapshot(), stage.host.logged])).not.toContain('device_code');

    stage.host.moveClock(3_600_000);
    const access = await stage.broker.accessTokens.get({ connectionId, client: 'test' });
    expect(access.accountLabel).toBe(outcome.kind === 'done' ? outcome.account.label : '');
    expect(polls()).toBe(3);
  });

  it('P-58 the next sign-in by a code is by the same registration, made for codes alone', async () => {
    await start();
    const first = await begin();
    stage.broker.signIns.cancel(first.id);
    await stage.broker.signIns.outcome(first.id);
    await begin();
    expect(provider.seen.filter((request) => request === 'POST /reg')).toHaveLength(1);
  });

  it('P-58 ends calmly where the person refuses', async () => {
    await start();
    const { id, device } = await begin();
    await provider.typeCode(device?.verificationUri ?? '', device?.userCode ?? '', { deny: true });
    await until(() => waited.length === 1);
    goOn();
    expect(await stage.broker.signIns.outcome(id)).toEqual({ kind: 'denied' });
    expect(stage.vault.list('account')).toEqual([]);
  });

  it('P-58 ends when the code has ended, and asks no more', async () => {
    await start();
    const { id } = await begin();
    await until(() => waited.length === 1);
    stage.host.moveClock(600_000);
    goOn();
    expect(await stage.broker.signIns.outcome(id)).toEqual({ kind: 'timed-out' });
    expect(polls()).toBeLessThanOrEqual(1);
  });

  it('P-58 stops asking where it is cancelled', async () => {
    await start();
    const { id } = await begin();
    await until(() => waited.length === 1);
    stage.broker.signIns.cancel(id);
    expect(await stage.broker.signIns.outcome(id)).toEqual({ kind: 'cancelled' });
    expect(view().signIn).toBeUndefined();
    expect(polls()).toBe(0);
  });

  it('P-58 a program that asks to sign in is told address and code, and no browser opens', async () => {
    await start();
    const { id, device } = await begin();
    const told = await stage.broker.signIn(connectionId);
    expect(told).toEqual({
      authorizationUrl: device?.verificationUri,
      host: new URL(provider.issuer).host,
      userCode: device?.userCode,
    });
    expect(stage.host.opened).toEqual([]);
    await stage.broker.signIns.openBrowser(id);
    expect(stage.host.opened.map(String)).toEqual([device?.verificationUriComplete]);
  });

  it('P-60 is bound to a key where the server binds', async () => {
    await start({ dpop: 'with-nonces' });
    const { id, device } = await begin();
    await provider.typeCode(device?.verificationUri ?? '', device?.userCode ?? '');
    await until(() => waited.length === 1);
    goOn();
    expect(await stage.broker.signIns.outcome(id)).toMatchObject({ kind: 'done' });
    expect(stage.vault.list('grant')[0]?.dpopKey).toBeDefined();
  });

  it('P-58 a server without codes says that one cannot sign in so', async () => {
    await start({ device: false });
    await expect(begin()).rejects.toMatchObject({ code: 'discovery-failed' });
    expect(view().state).toBe('sign-in-again');
  });
});
