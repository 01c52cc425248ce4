import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { connectLegacy, connectModern, type LegacyConnection, textOf } from './clients.ts';
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

const toolNames = [
  'approve_discount',
  'big_report',
  'create_order',
  'list_orders',
  'sales_by_month',
  'slow_report',
  'whoami',
];

interface Caller {
  readonly callTool: (call: { name: string; arguments?: Record<string, unknown> }) => Promise<unknown>;
}

const structured = async (client: Caller, name: string, input: Record<string, unknown> = {}) => {
  const result = (await client.callTool({ name, arguments: input })) as {
    isError?: boolean;
    structuredContent?: Record<string, unknown>;
  };
  expect(result.isError ?? false).toBe(false);
  return result.structuredContent ?? {};
};

/** What must be the same in both eras. */
function sharedBehaviour(connect: (token: string) => Promise<{ client: Caller; end: () => Promise<void> }>): void {
  let client: Caller;
  let end: () => Promise<void>;
  beforeEach(async () => {
    ({ client, end } = await connect(acme));
    return end;
  });

  it('tells who is calling', async () => {
    expect(await structured(client, 'whoami')).toEqual({
      name: 'Ana Torres',
      email: 'ana.torres@acme.example',
      organisation: 'acme',
      organisationName: 'Acme Trading',
    });
  });

  it('lists orders by customer and region', async () => {
    const all = await structured(client, 'list_orders', { limit: 500 });
    const some = await structured(client, 'list_orders', { customer: 'LUMEN', region: 'North' });
    const orders = some['orders'] as { customer: string; region: string }[];
    expect(all['organisation']).toBe('acme');
    expect(orders.length).toBeGreaterThan(0);
    expect(orders.length).toBeLessThan((all['orders'] as unknown[]).length);
    expect(new Set(orders.map(({ customer, region }) => `${customer}/${region}`))).toEqual(
      new Set(['Lumen Hotels/North']),
    );
    expect((await structured(client, 'list_orders', { limit: 2 }))['orders']).toHaveLength(2);
  });

  it('adds up sales by month, to the sum of the orders', async () => {
    const filter = { region: 'South' };
    const { months } = (await structured(client, 'sales_by_month', filter)) as { months: { revenue: number }[] };
    const { orders } = (await structured(client, 'list_orders', { ...filter, limit: 500 })) as {
      orders: { amount: number }[];
    };
    const sum = (list: number[]) => list.reduce((total, one) => total + one, 0);
    expect(sum(months.map(({ revenue }) => revenue))).toBe(sum(orders.map(({ amount }) => amount)));
    expect(months.length).toBeGreaterThan(1);
  });

  it('enters an order, which is there afterwards', async () => {
    const order = { customer: `Customer ${Math.trunc(performance.now() * 1000)}`, region: 'East', product: 'Anvil' };
    const entered = await structured(client, 'create_order', { ...order, quantity: 3, unitPrice: 10.5 });
    expect(entered['order']).toMatchObject({ ...order, amount: 31.5, date: new Date().toISOString().slice(0, 10) });
    const found = await structured(client, 'list_orders', { customer: order.customer });
    expect(found['orders']).toEqual([entered['order']]);
  });

  it.each([
    ['list_orders', { region: 'Middle' }, 'The region is one of: North, South, East, West.'],
    ['list_orders', { limit: 0 }, 'The limit is 1 or more.'],
    [
      'create_order',
      { customer: '', region: 'East', product: 'Anvil', quantity: 1, unitPrice: 1 },
      'Name the customer.',
    ],
    ['big_report', { sizeKiB: 1e9 }, 'The size is at most 65,536 KiB.'],
    ['slow_report', { steps: -1 }, 'At least one step.'],
  ])('refuses bad input to %s in plain words', async (name, input, words) => {
    const result = (await client.callTool({ name, arguments: input })) as { isError?: boolean };
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain(words);
  });

  it('answers with a large result, to the byte', async () => {
    expect(textOf(await client.callTool({ name: 'big_report', arguments: {} }))).toHaveLength(1024 * 1024);
    expect(textOf(await client.callTool({ name: 'big_report', arguments: { sizeKiB: 3 } }))).toHaveLength(3 * 1024);
  });

  it('shows another account’s data at the same address', async () => {
    const other = await connect(globex);
    try {
      const mine = await structured(client, 'list_orders');
      const theirs = await structured(other.client, 'list_orders');
      expect([mine['organisation'], mine['currency']]).toEqual(['acme', 'EUR']);
      expect([theirs['organisation'], theirs['currency']]).toEqual(['globex', 'USD']);
      const ids = (answer: Record<string, unknown>) => (answer['orders'] as { id: string }[]).map(({ id }) => id);
      expect(ids(theirs).some((id) => ids(mine).includes(id))).toBe(false);
    } finally {
      await other.end();
    }
  });
}

describe('2025-11-25 and older, with the SDK’s 1.x client', () => {
  const connect = (token: string) => connectLegacy(practice.resource, () => token);
  describe('the tools', () => sharedBehaviour(connect));

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
    expect(tools.find(({ name }) => name === 'create_order')?.annotations?.readOnlyHint).toBe(false);
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
    expect(await structured(own.client, 'whoami')).toMatchObject({ organisation: 'acme' });
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

describe('2026-07-28, with the SDK’s 2.x client', () => {
  const connect = async (token: string) => {
    const client = await connectModern(practice.resource, () => token);
    return { client, end: () => client.close() };
  };
  sharedBehaviour(connect);

  it('needs no session', async () => {
    const before = { ...practice.seen.sessions };
    const { client, end } = await connect(acme);
    expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual(toolNames);
    await end();
    expect(practice.seen.sessions).toEqual(before);
    expect(practice.seen.mcpCount('server/discover', 200)).toBeGreaterThan(0);
  });

  it('lists and reads a resource and a prompt', async () => {
    const { client, end } = await connect(acme);
    const [guide] = (await client.readResource({ uri: 'sales://guide' })).contents;
    expect(guide).toMatchObject({ text: expect.stringContaining('list_orders') });
    const { messages } = await client.getPrompt({ name: 'monthly_review', arguments: { month: '2025-03' } });
    expect(messages).toHaveLength(1);
    await end();
  });

  it('tells progress in order on the call’s own stream', async () => {
    const { client, end } = await connect(acme);
    const steps: number[] = [];
    const call = { name: 'slow_report', arguments: { steps: 20, delayMs: 1 } };
    const result = await client.callTool(call, { onprogress: ({ progress }) => steps.push(progress) });
    expect(textOf(result)).toBe('The report is ready after 20 steps.');
    expect(steps).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    await end();
  });

  it('tells whoever listens that the tools changed', async () => {
    const { client, end } = await connect(acme);
    const told = new Promise<void>((resolve) => {
      client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
    });
    const subscription = await client.listen({ toolsListChanged: true });
    practice.control.announceToolsChanged();
    await told;
    await subscription.close();
    await end();
  });

  it('asks the person by an input_required result and a second call', async () => {
    const asked: string[] = [];
    const client = await connectModern(
      practice.resource,
      () => acme,
      (fresh) =>
        fresh.setRequestHandler('elicitation/create', ({ params }) => {
          asked.push(params.message);
          return { action: 'accept', content: { approve: true } };
        }),
    );
    const before = practice.seen.mcpCount('tools/call');
    const call = { name: 'approve_discount', arguments: { customer: 'Baltic Paper', percent: 5 } };
    expect(textOf(await client.callTool(call))).toBe('Discount approved by the person.');
    expect(asked).toEqual(['Give Baltic Paper a discount of 5 %?']);
    expect(practice.seen.mcpCount('tools/call')).toBe(before + 2);
    await client.close();
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
