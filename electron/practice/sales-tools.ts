/** The tools a person would use: who am I, two that read, one that writes. All answer with structured content. */
import type { CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { callingAccount, type SalesServerParts } from './sales-context.ts';
import { type Region, regions } from './sales-data.ts';

const regionField = z.enum(regions, { error: `The region is one of: ${regions.join(', ')}.` });
const customerField = z.string().max(200, 'The customer’s name is too long.');

const orderFields = z.object({
  id: z.string(),
  date: z.string(),
  customer: z.string(),
  region: z.string(),
  product: z.string(),
  quantity: z.number(),
  amount: z.number(),
});
const organisationFields = { organisation: z.string(), currency: z.string() };

const answer = (structuredContent: Record<string, unknown>): CallToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
  structuredContent,
});

export function registerSalesTools(server: McpServer, { books, now }: SalesServerParts): void {
  const reads = { readOnlyHint: true, openWorldHint: false };

  server.registerTool(
    'whoami',
    {
      title: 'Who is calling',
      description: 'The account and organisation whose data these tools see',
      inputSchema: z.object({}),
      outputSchema: z.object({
        name: z.string(),
        email: z.string(),
        organisation: z.string(),
        organisationName: z.string(),
      }),
      annotations: reads,
    },
    (_input, context) => {
      const { name, email, organisation, organisationName } = callingAccount(context);
      return answer({ name, email, organisation, organisationName });
    },
  );

  server.registerTool(
    'list_orders',
    {
      title: 'List orders',
      description: 'Orders of 2025 and later, by customer (any part of the name) and region',
      inputSchema: z.object({
        customer: customerField.optional(),
        region: regionField.optional(),
        limit: z
          .int('The limit is a whole number.')
          .min(1, 'The limit is 1 or more.')
          .max(500, 'The limit is at most 500.')
          .default(50),
      }),
      outputSchema: z.object({ ...organisationFields, total: z.number(), orders: z.array(orderFields) }),
      annotations: reads,
    },
    ({ customer, region, limit }, context) => {
      const { organisation } = callingAccount(context);
      const book = books.of(organisation);
      const orders = book.find({ customer, region });
      return answer({ organisation, currency: book.currency, total: orders.length, orders: orders.slice(0, limit) });
    },
  );

  server.registerTool(
    'sales_by_month',
    {
      title: 'Sales by month',
      description: 'Number of orders and revenue of each month',
      inputSchema: z.object({ customer: customerField.optional(), region: regionField.optional() }),
      outputSchema: z.object({
        ...organisationFields,
        months: z.array(z.object({ month: z.string(), orders: z.number(), revenue: z.number() })),
      }),
      annotations: reads,
    },
    (filter, context) => {
      const { organisation } = callingAccount(context);
      const book = books.of(organisation);
      return answer({ organisation, currency: book.currency, months: book.byMonth(filter) });
    },
  );

  server.registerTool(
    'create_order',
    {
      title: 'Create an order',
      description: 'Enters a new order, dated today, for the calling organisation',
      inputSchema: z.object({
        customer: customerField.min(1, 'Name the customer.'),
        region: regionField,
        product: z.string().min(1, 'Name the product.').max(200, 'The product’s name is too long.'),
        quantity: z
          .int('The quantity is a whole number.')
          .min(1, 'The quantity is 1 or more.')
          .max(10_000, 'The quantity is at most 10,000.'),
        unitPrice: z.number().min(0, 'The price cannot be negative.').max(1_000_000, 'The price is at most 1,000,000.'),
      }),
      outputSchema: z.object({ ...organisationFields, order: orderFields }),
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    },
    ({ customer, region, product, quantity, unitPrice }, context) => {
      const { organisation } = callingAccount(context);
      const book = books.of(organisation);
      const date = new Date(now()).toISOString().slice(0, 10);
      const order = {
        date,
        customer,
        region: region satisfies Region,
        product,
        quantity,
        amount: quantity * unitPrice,
      };
      return answer({ organisation, currency: book.currency, order: book.add(order) });
    },
  );
}
