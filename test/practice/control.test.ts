import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { soon } from '../fakes/soon.ts';
import { connectLegacy, textOf } from './clients.ts';
import { acceptance, callMcp, freshCode, postForm, refreshFields, tokenRequest, tokensFor } from './sign-in.ts';

let practice: PracticeService;
beforeEach(async () => {
  practice = await startPractice();
});
afterEach(() => practice.stop());

describe('failNext', () => {
  it('answers the next requests of the route as told, then behaves', async () => {
    const { refresh_token } = await tokensFor(practice);
    const fields = refreshFields(practice, refresh_token);
    practice.control.failNext('token', { status: 503, headers: { 'Retry-After': '1' }, times: 2 });
    practice.control.failNext('token', { status: 200, body: '<h1>Welcome to the hotel</h1>' });
    practice.control.failNext('token', { status: 400, body: { error: 'invalid_client' } });
    for (let time = 0; time < 2; time += 1) {
      const busy = await tokenRequest(practice, fields);
      expect([busy.status, busy.headers.get('retry-after'), await busy.text()]).toEqual([503, '1', '']);
    }
    const portal = await tokenRequest(practice, fields);
    expect([portal.status, portal.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await (await tokenRequest(practice, fields)).json()).toEqual({ error: 'invalid_client' });
    // None of them used the refresh token up.
    expect((await tokenRequest(practice, fields)).status).toBe(200);
    expect(practice.seen.tokenAnswers).toEqual({ 200: 3, 400: 1, 503: 2 });
  });

  it('works for revocation and MCP, where it is seen with its status', async () => {
    const { access_token } = await tokensFor(practice);
    practice.control.failNext('revoke', { status: 503 });
    const revoke = () =>
      postForm(`${practice.baseUrl}/api/oauth/revoke`, { client_id: practice.clientId, token: access_token });
    expect((await revoke()).status).toBe(503);
    expect(await acceptance(practice, access_token)).toBe(200);
    practice.control.failNext('mcp', { status: 502, body: 'Bad gateway' });
    expect(await acceptance(practice, access_token)).toBe(502);
    expect(practice.seen.mcpCount('initialize', 502)).toBe(1);
    expect((await revoke()).status).toBe(200);
    expect(await acceptance(practice, access_token)).toBe(401);
  });

  it('answers late where told', async () => {
    practice.control.failNext('token', { status: 500, delayMs: 60 });
    const startedMs = performance.now();
    expect((await tokenRequest(practice, {})).status).toBe(500);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(55);
  });
});

describe('delayNext', () => {
  it('carries the request out, late, and does not hold up stopping', async () => {
    practice.control.delayNext('token', 60);
    const startedMs = performance.now();
    const answered = await tokenRequest(practice, await freshCode(practice));
    expect(answered.status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(55);
    const other = await startPractice();
    other.control.delayNext('token', 60_000);
    const lost = tokenRequest(other, {}).then(
      () => 'answered',
      () => 'lost',
    );
    await expect.poll(() => other.control.faultsLeft('token')).toBe(0);
    await other.stop();
    expect(await lost).toBe('lost');
  });
});

describe('dropNext', () => {
  it('loses a request before anything happened', async () => {
    const { refresh_token } = await tokensFor(practice);
    const fields = refreshFields(practice, refresh_token);
    practice.control.dropNext('token');
    await expect(tokenRequest(practice, fields)).rejects.toThrow('fetch failed');
    expect(practice.seen.tokenRequests.refreshToken).toBe(0);
    expect((await tokenRequest(practice, fields)).status).toBe(200);
  });

  it('loses an answer after the refresh token was used up', async () => {
    const { refresh_token } = await tokensFor(practice);
    const fields = refreshFields(practice, refresh_token);
    practice.control.dropNext('token', { afterProcessing: true });
    await expect(tokenRequest(practice, fields)).rejects.toThrow('fetch failed');
    expect(practice.seen.tokenRequests.refreshToken).toBe(1);
    expect(practice.seen.tokenAnswers[0]).toBe(1);
    const again = await tokenRequest(practice, fields);
    expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
    expect(practice.seen.refreshReuses).toBe(1);
  });

  it('loses MCP requests in either way', async () => {
    const { access_token } = await tokensFor(practice);
    practice.control.dropNext('mcp');
    practice.control.dropNext('mcp', { afterProcessing: true });
    const call = () => callMcp(practice.resource, 'initialize', access_token);
    await expect(call()).rejects.toThrow('fetch failed');
    expect(practice.seen.sessions.opened).toBe(0);
    await expect(call()).rejects.toThrow('fetch failed');
    expect(practice.seen.sessions.opened).toBe(1);
    expect(practice.seen.mcpCount('initialize', 0)).toBe(2);
    expect((await call()).status).toBe(200);
  });
});

describe('tokens taken back', () => {
  it('rejectAccessTokens: 401 until refreshed', async () => {
    const { access_token, refresh_token } = await tokensFor(practice);
    practice.control.rejectAccessTokens();
    expect(await acceptance(practice, access_token)).toBe(401);
    const answered = await tokenRequest(practice, refreshFields(practice, refresh_token));
    const fresh = (await answered.json()) as { access_token: string };
    expect(await acceptance(practice, fresh.access_token)).toBe(200);
  });

  it('revokeEverything: nothing issued before works, a new sign-in does', async () => {
    const { access_token, refresh_token } = await tokensFor(practice);
    const code = await freshCode(practice);
    practice.control.revokeEverything();
    expect(await acceptance(practice, access_token)).toBe(401);
    expect((await tokenRequest(practice, refreshFields(practice, refresh_token))).status).toBe(400);
    expect((await tokenRequest(practice, code)).status).toBe(400);
    expect(await acceptance(practice, (await tokensFor(practice)).access_token)).toBe(200);
  });
});

describe('sessions and streams', () => {
  it('expireSessions: the old session gets 404, a new one can be opened', async () => {
    const { access_token } = await tokensFor(practice);
    const old = await connectLegacy(practice.resource, () => access_token);
    await practice.control.expireSessions();
    expect(practice.seen.sessions).toEqual({ opened: 1, closed: 0, expired: 1, alive: 0 });
    await expect(old.client.listTools()).rejects.toThrow('Session not found');
    expect(practice.seen.mcpCount('tools/list', 404)).toBe(1);
    await old.client.close();
    const fresh = await connectLegacy(practice.resource, () => access_token);
    expect((await fresh.client.listTools()).tools.length).toBeGreaterThan(0);
    await fresh.end();
  });

  /** A slow call by hand: the SDK's clients would wait on after a cut. Resolves once its first event arrived. */
  async function slowCall(token: string, headers: Record<string, string>, meta: Record<string, unknown>) {
    const params = { name: 'slow_report', arguments: { steps: 1_000, delayMs: 20 } };
    const answered = await fetch(practice.resource, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        Authorization: `Bearer ${token}`,
        ...headers,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 7,
        method: 'tools/call',
        params: { ...params, _meta: { progressToken: 'p', ...meta } },
      }),
    });
    const reader = answered.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('event: message');
    const readOn = async (): Promise<string> => ((await reader?.read())?.done === false ? readOn() : 'ended');
    return { ended: readOn().catch(() => 'broken') };
  }

  it('cutStreams: breaks answers that have begun, in both eras, and nothing else', async () => {
    const { access_token } = await tokensFor(practice);
    const { client, transport, end } = await connectLegacy(practice.resource, () => access_token);
    await expect.poll(() => practice.seen.getStreams.alive).toBe(1);
    const session = { 'Mcp-Session-Id': transport.sessionId ?? '', 'MCP-Protocol-Version': '2025-11-25' };
    const legacy = await slowCall(access_token, session, {});
    const version = '2026-07-28';
    const modern = await slowCall(
      access_token,
      { 'MCP-Protocol-Version': version, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'slow_report' },
      {
        'io.modelcontextprotocol/protocolVersion': version,
        'io.modelcontextprotocol/clientCapabilities': {},
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      },
    );
    expect(practice.control.cutStreams()).toBe(3);
    expect(await Promise.all([legacy.ended, modern.ended])).toEqual(['broken', 'broken']);
    expect(textOf(await client.callTool({ name: 'whoami', arguments: {} }))).toContain('acme');
    expect(practice.seen.sessions.alive).toBe(1);
    await end();
  });

  it('stop: ends a call that is under way', async () => {
    const { access_token } = await tokensFor(practice);
    const { client } = await connectLegacy(practice.resource, () => access_token);
    let steps = 0;
    const report = { name: 'slow_report', arguments: { steps: 1_000, delayMs: 20 } };
    const ended = client.callTool(report, undefined, { onprogress: () => (steps += 1) }).then(
      () => 'answered',
      () => 'ended',
    );
    await expect.poll(() => steps).toBeGreaterThan(1);
    await soon(Promise.all([practice.stop(), practice.stop()]));
    await client.close();
    expect(await ended).toBe('ended');
    // The hook that follows stops the one started here.
    practice = await startPractice();
  });
});
