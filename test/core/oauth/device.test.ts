/** Device codes (RFC 8628) against a server that a test makes say what it likes. Waiting is counted, never done. */
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuthorizationServerInfo } from '../../../electron/core/oauth/authorization-server.ts';
import type { OAuthClient } from '../../../electron/core/oauth/client-authentication.ts';
import { authorizeDevice, type DeviceAuthorization, waitForDevice } from '../../../electron/core/oauth/device.ts';
import { oauthFetch } from '../../../electron/core/oauth/http.ts';
import { asFault } from '../../../shared/faults.ts';
import {
  type FakeAnswer,
  type FakeAuthorizationServer,
  startAuthorizationServer,
} from '../../fakes/authorization-server.ts';

const agent = new Agent();
const http = oauthFetch(agent, { timeoutMs: 3_000 });
const client: OAuthClient = { clientId: 'client-1', authMethod: 'none' };
const resource = 'https://api.example/mcp';
let fake: FakeAuthorizationServer;
let server: AuthorizationServerInfo;
let nowMs = 1_800_000_000_000;
const now = () => nowMs;
let waited: number[] = [];

const good = {
  device_code: 'canary-device-code',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://example.com/device',
  verification_uri_complete: 'https://example.com/device?user_code=WDJB-MJHT',
  expires_in: 600,
  interval: 5,
};
const tokens: FakeAnswer = { body: { access_token: 'canary-access', token_type: 'Bearer', expires_in: 60 } };
const pending: FakeAnswer = { status: 400, body: { error: 'authorization_pending' } };
const slowDown: FakeAnswer = { status: 400, body: { error: 'slow_down' } };

beforeAll(async () => {
  fake = await startAuthorizationServer();
  const metadata = { ...fake.metadata, device_authorization_endpoint: `${fake.origin}/device` };
  server = { issuer: fake.origin, source: 'discovered', metadata: metadata as unknown as { issuer: string } };
});
beforeEach(() => {
  fake.behave();
  fake.answer('/device', { body: good });
  waited = [];
});
afterAll(async () => {
  await fake.close();
  await agent.close();
});

const authorize = (scopes: readonly string[] | undefined = ['read']) =>
  authorizeDevice(http, server, client, { scopes, resource }, now);

/** Answers the polls in this order, the last one for ever. */
function polls(...answers: readonly FakeAnswer[]): void {
  let next = 0;
  fake.answer('/token', () => answers[Math.min(next++, answers.length - 1)] ?? {});
}

function wait(device: DeviceAuthorization, signal = new AbortController().signal) {
  const pause = async (ms: number) => {
    waited.push(ms);
    nowMs += ms;
  };
  return waitForDevice(http, server, client, device, { signal, now, pause });
}

const polled = () => fake.seenAt('/token').length;

describe('asking for a code', () => {
  it('P-58 gives address and code exactly as the server wrote them, and the code beside the complete address', async () => {
    const written = { ...good, verification_uri: 'https://Example.com/device/', user_code: 'wdjb mjht' };
    fake.answer('/device', { body: written });
    const device = await authorize();
    expect(device).toMatchObject({
      userCode: 'wdjb mjht',
      verificationUri: 'https://Example.com/device/',
      verificationUriComplete: good.verification_uri_complete,
      endsAtMs: nowMs + 600_000,
      intervalMs: 5_000,
    });
    const [asked] = fake.seenAt('/device').slice(-1);
    expect(Object.fromEntries(asked?.form ?? [])).toEqual({ client_id: 'client-1', scope: 'read', resource });
    expect(JSON.stringify(device)).not.toContain('canary');
  });

  it.each([
    ['no interval', { interval: undefined }, { intervalMs: 5_000 }],
    ['an interval of nothing', { interval: 0 }, { intervalMs: 5_000 }],
    ['an interval in a string', { interval: '7' }, { intervalMs: 7_000 }],
    ['an interval of almost nothing', { interval: 0.001 }, { intervalMs: 1_000 }],
    ['no end', { expires_in: undefined }, { lifeMs: 600_000 }],
    ['an end in the past', { expires_in: -1 }, { lifeMs: 600_000 }],
    ['a complete address to nowhere', { verification_uri_complete: 'javascript:alert(1)' }, { complete: undefined }],
    [
      'a complete address at another place than the one that is shown',
      { verification_uri_complete: 'https://phish.example/device?user_code=WDJB-MJHT' },
      { complete: undefined },
    ],
    ['the old name of the address', { verification_uri: undefined, verification_url: 'https://g.example/d' }, {}],
  ])('P-58 an answer with %s can be used', async (_what, members, expected: Record<string, unknown>) => {
    fake.answer('/device', { body: { ...good, ...members } });
    const device = await authorize();
    if ('intervalMs' in expected) expect(device.intervalMs).toBe(expected['intervalMs']);
    if ('lifeMs' in expected) expect(device.endsAtMs - nowMs).toBe(expected['lifeMs']);
    if ('complete' in expected) expect(device.verificationUriComplete).toBeUndefined();
  });

  it.each<[string, FakeAnswer, string]>([
    ['no code', { body: { ...good, user_code: undefined } }, 'service-answer-invalid'],
    ['a code that hides something', { body: { ...good, user_code: 'AB\u202eCD' } }, 'service-answer-invalid'],
    ['an open address', { body: { ...good, verification_uri: 'http://example.com/device' } }, 'address-insecure'],
    ['an address that is none', { body: { ...good, verification_uri: 'file:///etc/passwd' } }, 'address-invalid'],
    ['a page', { headers: { 'content-type': 'text/html' }, body: '<h1>Hotel</h1>' }, 'captive-portal'],
    ['a refusal of this client', { status: 401, body: { error: 'invalid_client' } }, 'client-refused'],
    ['a refusal of the scope', { status: 400, body: { error: 'invalid_scope' } }, 'scope-refused'],
    ['a refusal with an empty body', { status: 403, body: '' }, 'token-refused'],
    ['a refusal in an answer of 200', { body: { error: 'unauthorized_client' } }, 'client-refused'],
    ['trouble', { status: 503 }, 'service-down'],
  ])('P-58 %s ends in a fault', async (_what, answer, code) => {
    fake.answer('/device', answer);
    expect(asFault(await authorize().catch((thrown: unknown) => thrown)).code).toBe(code);
  });

  it('P-58 a server without device codes says so', async () => {
    const without = { ...server, metadata: { ...server.metadata, device_authorization_endpoint: undefined } };
    const asked = authorizeDevice(
      http,
      without as unknown as AuthorizationServerInfo,
      client,
      { scopes: [], resource },
      now,
    );
    await expect(asked).rejects.toMatchObject({ code: 'discovery-failed' });
  });
});

describe('waiting for the person', () => {
  it('P-58 asks not faster than the interval, and gives the token', async () => {
    polls(pending, pending, tokens);
    const before = polled();
    const set = await wait(await authorize());
    expect(set.accessToken.open()).toBe('canary-access');
    expect(waited).toEqual([5_000, 5_000, 5_000]);
    expect(polled() - before).toBe(3);
    const form = fake.seenAt('/token').at(-1)?.form;
    expect(Object.fromEntries(form ?? [])).toEqual({
      client_id: 'client-1',
      device_code: 'canary-device-code',
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      resource,
    });
  });

  it('P-58 slow_down adds five seconds for good', async () => {
    polls(pending, slowDown, pending, slowDown, pending, tokens);
    await wait(await authorize());
    expect(waited).toEqual([5_000, 5_000, 10_000, 10_000, 15_000, 15_000]);
  });

  it('P-58 "not yet" counts also where it comes with 200', async () => {
    polls({ body: { error: 'authorization_pending' } }, tokens);
    await wait(await authorize());
    expect(waited).toEqual([5_000, 5_000]);
  });

  it('P-58 backs off where there is no way or trouble, and is back to the interval afterwards', async () => {
    polls({ cut: true }, { status: 503 }, { status: 503 }, pending, tokens);
    await wait(await authorize());
    expect(waited).toEqual([5_000, 10_000, 20_000, 40_000, 5_000]);
  });

  it('P-58 waits as long as Retry-After says', async () => {
    polls({ status: 429, headers: { 'retry-after': '90' } }, tokens);
    await wait(await authorize());
    expect(waited).toEqual([5_000, 90_000]);
  });

  it.each<[string, FakeAnswer, string]>([
    ['the person refuses', { status: 400, body: { error: 'access_denied' } }, 'consent-denied'],
    ['the code has ended', { status: 400, body: { error: 'expired_token' } }, 'sign-in-timed-out'],
    ['the code is not known', { status: 400, body: { error: 'invalid_grant' } }, 'sign-in-needed'],
    ['the registration has vanished', { status: 401, body: { error: 'invalid_client' } }, 'client-refused'],
    ['a page comes with 200', { headers: { 'content-type': 'text/html' }, body: '<h1>Hi</h1>' }, 'captive-portal'],
    ['403 comes with an empty body', { status: 403, body: '' }, 'token-refused'],
    ['the token is of an unknown type', { body: { access_token: 'a', token_type: 'mac' } }, 'service-answer-invalid'],
  ])('P-58 stops at once where %s', async (_what, answer, code) => {
    polls(answer);
    const before = polled();
    const fault = asFault(await wait(await authorize()).catch((thrown: unknown) => thrown));
    expect(fault.code).toBe(code);
    expect(`${fault.message}${JSON.stringify(fault.detail)}`).not.toContain('canary');
    expect(polled() - before).toBe(1);
  });

  it('P-58 stops when the code has ended, without asking once more', async () => {
    fake.answer('/device', { body: { ...good, expires_in: 17 } });
    polls(pending);
    const before = polled();
    await expect(wait(await authorize())).rejects.toMatchObject({ code: 'sign-in-timed-out' });
    expect(waited).toEqual([5_000, 5_000, 5_000, 2_000]);
    expect(polled() - before).toBe(3);
  });

  it('P-58 stops where nobody wants it any more', async () => {
    const over = new AbortController();
    const device = await authorize();
    const before = polled();
    const waiting = waitForDevice(http, server, client, device, { signal: over.signal, now });
    over.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'sign-in-cancelled' });
    expect(polled()).toBe(before);
  });
});
