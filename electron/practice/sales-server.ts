/**
 * The MCP server with sample sales data, on the official SDK; one instance per session (older revisions) or per request
 * (2026-07-28). Whose data it shows is read from each request's verified token, never from the address.
 */
import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { registerExerciseTools } from './exercise-tools.ts';
import type { SalesServerParts } from './sales-context.ts';
import { registerSalesTools } from './sales-tools.ts';

const guide = `# How to read the sales data

- Amounts are in the organisation's own currency; \`whoami\` and every answer say whose data it is.
- Look up single orders with \`list_orders\`, a year's course with \`sales_by_month\`.
- Before \`create_order\`, say which organisation the order will be entered for.
`;

export function createSalesServer(parts: SalesServerParts): McpServer {
  const server = new McpServer(
    { name: 'practice-sales-api', title: 'Practice sales data', version: '1.0.0' },
    {
      capabilities: { logging: {}, tools: { listChanged: true } },
      instructions: 'Made-up sales data of the practice service. Call whoami to see which organisation it is for.',
    },
  );
  registerSalesTools(server, parts);
  registerExerciseTools(server, parts);
  server.registerResource(
    'guide',
    'sales://guide',
    {
      title: 'How to read the sales data',
      description: 'A skill for working with the data',
      mimeType: 'text/markdown',
    },
    (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/markdown', text: guide }] }),
  );
  server.registerPrompt(
    'monthly_review',
    {
      title: 'Monthly sales review',
      description: 'Asks for a short review of one month',
      argsSchema: z.object({
        month: z.string().regex(/^\d{4}-\d{2}$/, 'Give the month as YYYY-MM, for example 2025-03.'),
      }),
    },
    ({ month }) => ({
      messages: [
        {
          role: 'user' as const,
          content: {
            type: 'text' as const,
            text: `Review the sales of ${month}: use sales_by_month and list_orders, name the three largest orders, and say in one sentence what changed against the month before.`,
          },
        },
      ],
    }),
  );
  return server;
}
