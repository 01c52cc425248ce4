import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { firstCall, proveRevoked } from '../../../electron/core/broker/resource-call.ts';
import { headerCredential } from '../../../electron/core/credentials/credential.ts';
import { Secret } from '../../../electron/core/vault/secret.ts';
import { asFault, Fault } from '../../../shared/faults.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function resource(answer: (response: ServerResponse) => void): Promise<{ url: string; http: Agent }> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = new Agent();
  closers.push(
    () => http.destroy(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp/a/b`, http };
}

const calledAt = (resource: string) => ({ resource, service: { speaks: 'mcp' as const } });
const access = headerCredential('authorization', 'Bearer', new Secret('canary'));
const asJson = { 'content-type': 'application/json' };
const page = { 'content-type': 'text/html' };
const refusal = (error: unknown) => JSON.stringify(error);

describe('the first call after a sign-in, and the last one after a revocation', () => {
  it.each([
    ['a result', 200, asJson, '{}', 'worked', 'still-accepted'],
    ['a conversation that is missing', 400, asJson, '{"jsonrpc":"2.0","id":null}', 'worked', 'still-accepted'],
    ['a refusal of what it asks', 400, asJson, '{}', 'taken', 'still-accepted'],
    ['a used-up plan', 402, asJson, '{}', 'plan-limit', 'still-accepted'],
    ['a lacking permission', 403, asJson, refusal({ error: 'insufficient_scope' }), 'forbidden', 'still-accepted'],
    ['a refusal in no form', 403, asJson, 'x'.repeat(100_000), 'forbidden', 'still-accepted'],
    ['too many at once', 429, asJson, '{}', 'rate-limited', 'still-accepted'],
    ['a refused token', 401, asJson, '{}', 'token-refused', 'refused'],
    ['a disabled account', 403, asJson, refusal({ error: 'account_disabled' }), 'account-disabled', 'not-checked'],
    ['a disabled user', 403, asJson, refusal({ code: 'USER_DISABLED' }), 'account-disabled', 'not-checked'],
    ['a service in trouble', 503, page, '<h1>Down</h1>', 'service-down', 'not-checked'],
    ['a page of the network', 200, page, '<h1>Hotel</h1>', 'captive-portal', 'not-checked'],
    ['the network’s own status', 511, page, '<h1>Hotel</h1>', 'captive-portal', 'not-checked'],
    ['a way to another site', 302, { location: 'http://login.wifi.example/' }, '', 'captive-portal', 'not-checked'],
  ] as const)('%s', async (_what, status, headers, body, said, proof) => {
    const { url, http } = await resource((response) => response.writeHead(status, headers).end(body));
    const outcome = await firstCall(http, calledAt(url), access).catch((thrown: unknown) => asFault(thrown));
    const fault = outcome instanceof Fault ? outcome : outcome.kind === 'stopped' ? outcome.fault : undefined;
    expect(fault?.code ?? ('kind' in outcome && outcome.kind)).toBe(said);
    if (fault) expect(fault.detail.subject).toBe(new URL(url).host);
    expect(JSON.stringify(outcome)).not.toContain('canary');
    expect(await proveRevoked(http, calledAt(url), access)).toBe(proof);
  });

  it('the base of a web API may be forbidden to everybody; a place that is asked on purpose is not', async () => {
    const { url, http } = await resource((response) => response.writeHead(403, asJson).end('{}'));
    const api = (probePath?: string) => ({
      resource: url,
      service: { speaks: 'rest' as const, ...(probePath && { probePath }) },
    });
    expect(await firstCall(http, api(), access)).toEqual({ kind: 'taken' });
    expect(await firstCall(http, api('/me'), access)).toMatchObject({ kind: 'stopped', fault: { code: 'forbidden' } });
  });

  it('no answer at all: out of reach, and nothing proven', async () => {
    const { url, http } = await resource((response) => response.destroy());
    await expect(firstCall(http, calledAt(url), access)).rejects.toMatchObject({ code: 'unreachable' });
    expect(await proveRevoked(http, calledAt(url), access)).toBe('not-checked');
  });
});
