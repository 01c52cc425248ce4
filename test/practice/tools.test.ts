import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PracticeService, startPractice } from '../../electron/practice/service.ts';
import { connectLegacy, connectModern, textOf } from './clients.ts';
import { tokensFor } from './sign-in.ts';

let practice: PracticeService;
let acme: string;
let globex: string;
beforeAll(async () => {
  practice = await startPractice();
  acme = (await tokensFor(practice, { account: 'acme' })).access_token;
  globex = (await tokensFor(practice, { account: 'globex' })).access_token;
});
afterAll(() => practice.stop());

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

describe('the tools, in 2025-11-25 and older', () =>
  sharedBehaviour((token) => connectLegacy(practice.resource, () => token)));

describe('the tools, in 2026-07-28', () =>
  sharedBehaviour(async (token) => {
    const client = await connectModern(practice.resource, () => token);
    return { client, end: () => client.close() };
  }));
