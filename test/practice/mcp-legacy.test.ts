import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { connectLegacy, type LegacyConnection, textOf, toolNames } from './clients.ts';
import { acceptance, tokensFor } from './sign-in.ts';

let practice: PracticeService;
let acme: string;
let globex: string;
beforeAll(async () => {
  practice = await startPractice();
  acme = (await tokensFor(practice, { account: 'acme' })).access_token;
  globex = (await tokensFor(practice, { account: 'globex' })).access_token;
});
afterAll(() => practice.stop());

describe('2025-11-25 and older, with the SDK’s 1.x client', () => {
  const connect = (token: string) => connectLegacy(practice.resource, () => token);
  let connection: LegacyConnection;
  beforeEach(async () => {
    connection = await connect(acme);
    return () => connection.end();
  });

  it('lists tools, a resource and a prompt', async () => {
    const { client } = connection;
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(toolNames);
    expect(tools.find(({ name }) => name === 'list_orders')).toHaveProperty('outputSchema');
    const readers = tools.filter(({ annotations }) => annotations?.readOnlyHint === true).map(({ name }) => name);
    expect(readers.sort()).toEqual(['big_report', 'list_orders', 'sales_by_month', 'slow_report', 'whoami']);
    for (const { annotations } of tools.filter(({ name }) => !readers.includes(name)))
      expect(annotations).toMatchObject({ readOnlyHint: false, destructiveHint: false, idempotentHint: false });
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(['sales://guide']);
    const [guide] = (await client.readResource({ uri: 'sales://guide' })).contents;
    expect(guide).toMatchObject({ mimeType: 'text/markdown', text: expect.stringContaining('list_orders') });
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['monthly_review']);
    const { messages } = await client.getPrompt({ name: 'monthly_review', arguments: { month: '2025-03' } });
    expect(messages[0]?.content).toMatchObject({ text: expect.stringContaining('2025-03') });
  });

  it('tells progress in order, and logs', async () => {
    const logged: unknown[] = [];
    connection.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      logged.push(params.data);
    });
    const steps: number[] = [];
    const call = { name: 'slow_report', arguments: { steps: 100, delayMs: 0 } };
    const result = await connection.client.callTool(call, undefined, {
      onprogress: ({ progress, total }) => {
        expect(total).toBe(100);
        steps.push(progress);
      },
    });
    expect(textOf(result)).toBe('The report is ready after 100 steps.');
    expect(steps).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(logged).toEqual(['A report of 100 steps begins.']);
  });

  it.each([
    [
      { action: 'accept', content: { approve: true, note: 'only today' } },
      'Discount approved by the person (only today).',
    ],
    [{ action: 'accept', content: { approve: false } }, 'Discount refused by the person.'],
    [{ action: 'decline' }, 'No discount: the person chose to decline.'],
  ] as const)('asks the person by elicitation: %j', async (answer, words) => {
    const asked: string[] = [];
    connection.client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return answer;
    });
    const call = { name: 'approve_discount', arguments: { customer: 'Lumen Hotels', percent: 15 } };
    expect(textOf(await connection.client.callTool(call))).toBe(words);
    expect(asked).toEqual(['Give Lumen Hotels a discount of 15 %?']);
  });

  it('keeps a session until DELETE, and counts it', async () => {
    const before = { ...practice.seen.sessions };
    const another = await connect(acme);
    expect(another.transport.sessionId).toMatch(/^[\x21-\x7e]{16,}$/);
    expect(practice.seen.sessions).toMatchObject({ opened: before.opened + 1, alive: before.alive + 1 });
    await expect.poll(() => practice.seen.getStreams.alive).toBe(2);
    expect(practice.seen.getStreams.opened).toBeGreaterThanOrEqual(2);
    await another.end();
    expect(practice.seen.sessions).toMatchObject({ closed: before.closed + 1, alive: before.alive });
    expect(practice.seen.mcpCount('DELETE', 200)).toBeGreaterThan(0);
    await expect.poll(() => practice.seen.getStreams.alive).toBe(1);
  });

  it('answers 404 in a session that is not known, or another account’s', async () => {
    const id = connection.transport.sessionId ?? '';
    const list = (token: string, session: string) =>
      fetch(practice.resource, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          Authorization: `Bearer ${token}`,
          'Mcp-Session-Id': session,
          'MCP-Protocol-Version': '2025-11-25',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      });
    expect((await list(acme, 'unknown')).status).toBe(404);
    expect((await list(globex, id)).status).toBe(404);
    const own = await list(acme, id);
    expect(own.status).toBe(200);
    await own.text();
  });

  it('stays in its session when the token is refreshed', async () => {
    let token = acme;
    const own = await connectLegacy(practice.resource, () => token);
    token = (await tokensFor(practice, { account: 'acme' })).access_token;
    expect(textOf(await own.client.callTool({ name: 'whoami', arguments: {} }))).toContain('"acme"');
    await own.end();
  });

  it('tells everyone who listens that the tools changed', async () => {
    const told = new Promise<void>((resolve) => {
      connection.client.fallbackNotificationHandler = async ({ method }) => {
        if (method === 'notifications/tools/list_changed') resolve();
      };
    });
    await expect.poll(() => practice.seen.getStreams.alive).toBe(1);
    practice.control.announceToolsChanged();
    await told;
  });
});

describe('what it saw', () => {
  it('names methods, statuses and token identifiers, and no token', async () => {
    const tokens = await tokensFor(practice, { account: 'private' });
    const before = practice.seen.mcpCount('initialize', 200);
    expect(await acceptance(practice, tokens.access_token)).toBe(200);
    expect(practice.seen.mcpCount('initialize', 200)).toBe(before + 1);
    const last = practice.seen.mcpRequests.at(-1);
    expect(last).toMatchObject({ method: 'initialize', status: 200, organisation: 'ana-torres' });
    expect(practice.seen.accessTokenIds).toContain(last?.tokenId);
    const everything = JSON.stringify([practice.seen, practice.seen.mcpRequests, practice.seen.accessTokenIds]);
    for (const secret of [acme, globex, tokens.access_token, tokens.refresh_token]) {
      expect(everything).not.toContain(secret);
    }
    expect(everything).not.toContain('eyJ');
  });
});
